"""Our conditions as Klaviyo's: each node, in the three values of the language.

What Klaviyo cannot know is read from a profile property that the shop fills, when the caller allows
losses: unset, it is neither true nor false there, as an unknown fact is here.
"""

from __future__ import annotations

from playbook_compiler.conditions import (
    And,
    Between,
    Bought,
    Compare,
    Condition,
    Engaged,
    Happened,
    Has,
    InAudience,
    InSet,
    IsKnown,
    Not,
    Or,
    Received,
    Unsubscribed,
)
from playbook_compiler.export.bundle import ref
from playbook_compiler.export.capability import Support
from playbook_compiler.export.constructs import condition_name
from playbook_compiler.facts import IdKind
from playbook_compiler.targets.klaviyo import profile_tests as tests
from playbook_compiler.targets.klaviyo import terms
from playbook_compiler.targets.klaviyo.fact_readings import lower_fact
from playbook_compiler.targets.klaviyo.formula import (
    Formula,
    Lowered,
    TooManyGroups,
    both,
    either,
)
from playbook_compiler.targets.klaviyo.scope import Scope, loss, stand_in
from playbook_compiler.values import replace


def lower_condition(condition: Condition, scope: Scope) -> Lowered:
    """Return the condition for Klaviyo; what it cannot say is noted in the scope's lowering."""
    try:
        return _lower(condition, scope)
    except TooManyGroups:
        scope.lowering.note(
            condition_name(condition),
            scope.name,
            condition.span,
            "the condition has more alternatives than a Klaviyo filter holds",
            Support.REFUSED,
            loss(condition),
            kept=True,
        )
        return stand_in(condition, scope)


def _lower(condition: Condition, scope: Scope) -> Lowered:
    match condition:
        case And(parts):
            lowered = [_lower(part, scope) for part in parts]
            return Lowered(
                both(*(part.true for part in lowered)), either(*(part.false for part in lowered))
            )
        case Or(parts):
            lowered = [_lower(part, scope) for part in parts]
            return Lowered(
                either(*(part.true for part in lowered)), both(*(part.false for part in lowered))
            )
        case Not(part):
            inner = _lower(part, scope)
            return Lowered(inner.false, inner.true)
        case Compare() | InSet() | Between() | IsKnown() | Has():
            return lower_fact(condition, scope)
        case _:
            return _deed(condition, scope)


def _deed(condition: Condition, scope: Scope) -> Lowered:
    lowering = scope.lowering
    name, how, support = condition_name(condition), "", None
    found: Formula | None = None
    match condition:
        case Happened(event, within):
            metric = terms.event_metric(event)
            how, support = _metric_note(event)
            frame = tests.ALL_TIME if within is None else tests.relative(within)
            found = tests.happened(lowering, metric.name, frame)
        case Engaged(channel, within) if channel in terms.ENGAGED:
            frame = tests.relative(within)
            found = either(
                *(tests.happened(lowering, one, frame) for one in terms.ENGAGED[channel])
            )
        case Received(IdKind.CHANNEL, channel, within) if channel in terms.RECEIVED:
            frame = tests.ALL_TIME if within is None else tests.relative(within)
            found = tests.happened(lowering, terms.RECEIVED[channel], frame)
        case Bought(kind, product, within):
            frame = tests.ALL_TIME if within is None else tests.relative(within)
            field = "SKU" if kind is IdKind.PRODUCT else "Categories"
            filter_ = (
                {"type": "string", "operator": "equals", "value": product}
                if kind is IdKind.PRODUCT
                else {"type": "list", "operator": "contains-any", "value": [product]}
            )
            filters = ({"property": field, "filter": filter_},)
            found = tests.happened(lowering, terms.ORDERED_PRODUCT, frame, filters)
        case Unsubscribed(channel) if channel in ("email", "sms"):
            found = tests.unsubscribed(channel)
        case InAudience(audience):
            lowering.note(name, scope.name, condition.span)
            return _audience(audience, condition, scope)
    if found is None:
        lossy = loss(condition)
        lowering.note(name, scope.name, condition.span, "", Support.REFUSED, lossy, kept=True)
        return stand_in(condition, scope)
    lowering.note(name, scope.name, condition.span, how, support)
    return Lowered.known(found)


def _audience(audience: str, condition: Condition, scope: Scope) -> Lowered:
    """Return membership: true or false, never unknown."""
    if not scope.in_segment:
        if scope.segments is not None:
            scope.segments.add(audience)
        return Lowered.known(tests.in_group(ref("segment", audience)))
    if audience in scope.audiences:
        return stand_in(condition, scope)
    written = scope.playbook.audiences[audience].origin
    span = written.key_span("where") if written.has("where") else written.key_span()
    how = "its condition stands inside the segments that refer to it"
    scope.lowering.note("audience.where", audience, span, how, Support.EXACT)
    inner = replace(scope, audiences=(*scope.audiences, audience))
    return Lowered.known(_lower(scope.playbook.audiences[audience].where, inner).true)


def _metric_note(event: str) -> tuple[str, Support | None]:
    if event in terms.METRICS and not terms.METRICS[event].note:
        return "", None
    metric = terms.event_metric(event)
    return f"the metric `{metric.name}`: {metric.note}", Support.APPROXIMATED
