"""Our conditions as trees of Dittofeed's tests, in the three values of the language.

What Dittofeed cannot know is read from a trait that the shop keeps, when the caller allows losses:
without a value it is neither true nor false there, as an unknown fact is here.
"""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.conditions import (
    Between,
    Bought,
    Compare,
    Condition,
    Engaged,
    Entered,
    Happened,
    Has,
    InAudience,
    InSet,
    IsKnown,
    Received,
    Unsubscribed,
)
from playbook_compiler.export.bundle import stable_uuid
from playbook_compiler.export.capability import Support
from playbook_compiler.export.constructs import condition_name
from playbook_compiler.export.logic import Formula, Lowered, either, lowered
from playbook_compiler.export.wording import variation
from playbook_compiler.facts import IdKind
from playbook_compiler.steps import Send, Step, children
from playbook_compiler.targets.dittofeed import segment_tests as tests
from playbook_compiler.targets.dittofeed import terms
from playbook_compiler.targets.dittofeed.fact_readings import lower_fact
from playbook_compiler.targets.dittofeed.scope import Scope, loss, stand_in
from playbook_compiler.units import Duration
from playbook_compiler.values import replace


def lower_condition(condition: Condition, scope: Scope) -> Lowered:
    """Return the condition for Dittofeed; what it cannot say is noted in the scope's lowering."""
    return lowered(condition, lambda part: _part(part, scope))


def happened(event: str, within: Duration | None) -> Formula:
    """Return a test that an event happened."""
    name, told = terms.event_of(event)
    span = None if within is None else tests.seconds(within)
    properties = [(path, tests.equals(value)) for path, value in told.items()]
    return tests.performed(name, within=span, properties=properties)


def entered(flow: str, within: Duration | None) -> Formula:
    """Return a test that a run of a flow began."""
    return tests.performed(
        terms.NODE_DONE,
        within=None if within is None else tests.seconds(within),
        properties=[
            ("journeyId", tests.equals(stable_uuid(terms.TARGET, "journey", flow))),
            ("nodeId", tests.equals(terms.ENTERED)),
        ],
    )


def _part(condition: Condition, scope: Scope) -> Lowered:
    if isinstance(condition, Compare | InSet | Between | IsKnown | Has):
        return lower_fact(condition, scope)
    lowering, name = scope.lowering, condition_name(condition)
    found: Formula | None = None
    how = ""
    match condition:
        case InAudience(audience):
            lowering.note(name, scope.name, condition.span)
            return _audience(audience, condition, scope)
        case Happened(event, within):
            found = happened(event, within)
        case Engaged(channel, within) if channel in terms.ENGAGED:
            span = tests.seconds(within)
            found = either(*(tests.performed(one, within=span) for one in terms.ENGAGED[channel]))
        case Engaged(channel):
            how = f"Dittofeed does not hear whether anything was opened by `{channel}`"
        case Received(IdKind.CHANNEL, channel) if channel not in terms.CHANNELS:
            how = f"Dittofeed sends nothing by `{channel}` itself"
        case Received():
            found = _received(condition, scope)
        case Bought(kind, product, within):
            path = terms.PRODUCT_FIELDS[kind.value]
            found = tests.performed(
                terms.PRODUCT_ORDERED,
                within=None if within is None else tests.seconds(within),
                properties=[(path, tests.equals(product))],
            )
            note = "one for each line of an order, with product.sku and product.category"
            lowering.need("event", terms.PRODUCT_ORDERED, note)
        case Entered(flow, within):
            scope.needs.entered.add(flow)
            found = entered(flow, within)
        case Unsubscribed(channel):
            found = tests.unsubscribed(scope.group(channel))
    if found is None:
        lowering.note(name, scope.name, condition.span, how, Support.REFUSED, loss(condition))
        return stand_in(condition, scope)
    lowering.note(name, scope.name, condition.span)
    return Lowered.known(found)


def _received(condition: Received, scope: Scope) -> Formula:
    """Return a test that a message, or one of a channel, was sent."""
    within = None if condition.within is None else tests.seconds(condition.within)
    if condition.kind is IdKind.CHANNEL:
        channel = terms.CHANNELS[condition.name]
        return tests.performed(
            terms.SENT, within=within, properties=[("channel", tests.equals(channel))]
        )
    return either(
        *(
            tests.performed(
                terms.SENT, within=within, properties=[("templateId", tests.equals(one))]
            )
            for one in _templates(condition.name, scope)
        )
    )


def template_uuid(message: str, offer: str) -> str:
    """Return the id of the template of a message with an offer, or none."""
    return stable_uuid(terms.TARGET, "template", variation(message, offer))


def _templates(message: str, scope: Scope) -> list[str]:
    """Return the templates that a message is sent with: one for each offer that it carries."""
    offers = {
        step.offer
        for flow in scope.playbook.flows.values()
        for step in _sends(flow.steps)
        if message in step.send.messages
    }
    return [template_uuid(message, offer) for offer in sorted(offers or {""})]


def _sends(steps: tuple[Step, ...]) -> Iterator[Send]:
    for step in steps:
        if isinstance(step, Send):
            yield step
        for _, inner in children(step):
            yield from _sends(inner)


def _audience(audience: str, condition: Condition, scope: Scope) -> Lowered:
    """Return membership: true or false, never unknown; the audience's condition stands inside."""
    if audience in scope.audiences:
        return stand_in(condition, scope)
    scope.needs.audiences.add(audience)
    inner = replace(scope, audiences=(*scope.audiences, audience))
    return Lowered.known(lower_condition(scope.playbook.audiences[audience].where, inner).true)
