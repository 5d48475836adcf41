"""An offer that nobody may get: those whom it is for are left out by `only_for`, or by the flow."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._conditions import entry_parts, told_audiences
from playbook_compiler.checks._discounts import getting, is_discount
from playbook_compiler.checks._flows import sends
from playbook_compiler.checks._moments import moments, nobody
from playbook_compiler.condition_implication import can_both_hold
from playbook_compiler.condition_states import Want
from playbook_compiler.conditions import InAudience, any_of
from playbook_compiler.conditions_analysis import is_impossible
from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Playbook
from playbook_compiler.reading import listed
from playbook_compiler.steps import Send

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find offers whose `for` audience shares nobody with those of `only_for`, and offers of a
    first message that nobody who has just entered may get."""
    dead = set()
    for name, found in _left_out(graph.playbook):
        dead.add(name)
        yield found
    yield from _at_entry(graph, dead)


def _left_out(playbook: Playbook) -> Iterator[tuple[str, Diagnostic]]:
    rules = playbook.guardrails.discounts if playbook.guardrails is not None else None
    if rules is None or not rules.only_for:
        return
    audiences = told_audiences(playbook)
    allowed = any_of([InAudience(name) for name in rules.only_for])
    for offer in playbook.offers.values():
        if not offer.audience or not is_discount(offer):
            continue
        for_whom = InAudience(offer.audience)
        apart = can_both_hold(for_whom, allowed, audiences) is False
        if apart and not is_impossible(for_whom, audiences):
            yield (
                offer.id,
                warning(
                    RULE,
                    f"nobody gets the offer `{offer.id}`: it is for `{offer.audience}`, and"
                    f" discounts are only for {listed(rules.only_for)}",
                    offer.origin.span("for"),
                    caption="shares nobody with them",
                    help=f"add `{offer.audience}` to `only_for`, or name another audience here",
                    labels=(Label(rules.origin.span("only_for"), "who may get discounts"),),
                ),
            )


def _at_entry(graph: TriggerGraph, dead: set[str]) -> Iterator[Diagnostic]:
    playbook = graph.playbook
    bound = {
        offer.id: conditions
        for offer in playbook.offers.values()
        if offer.id not in dead and (conditions := list(getting(offer, playbook)))
    }
    offering = {sent.flow.id: sent.flow for sent in sends(graph) if sent.step.offer in bound}
    audiences = told_audiences(playbook)
    for flow in offering.values():
        parts = entry_parts(flow, playbook)
        for moment in moments(flow.steps, [(part.condition, Want.TRUE) for part in parts]):
            step = moment.step
            if not moment.first or not isinstance(step, Send):
                continue
            for condition, span, whose in bound.get(step.offer, ()):
                if nobody(moment.known, (condition, Want.TRUE), audiences):
                    yield warning(
                        RULE,
                        f"nobody gets the offer `{step.offer}` in `{flow.id}`: it is {whose}",
                        step.origin.span("offer"),
                        caption="none of those who have just entered",
                        help="send another offer, or change for whom it is",
                        labels=(
                            Label(span, "who may get it"),
                            Label(flow.trigger.origin.key_span(flow.trigger.kind), "who enters"),
                        ),
                    )
