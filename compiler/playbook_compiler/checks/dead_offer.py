"""A discount that nobody may get: whom it is for is left out by `discounts.only_for`."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._conditions import told_audiences
from playbook_compiler.checks._discounts import is_discount
from playbook_compiler.condition_implication import can_both_hold
from playbook_compiler.conditions import InAudience, any_of
from playbook_compiler.conditions_analysis import is_impossible
from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.reading import listed

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find offers whose `for` audience shares nobody with those of `only_for`."""
    playbook = graph.playbook
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
            yield warning(
                RULE,
                f"nobody gets the offer `{offer.id}`: it is for `{offer.audience}`, and discounts"
                f" are only for {listed(rules.only_for)}",
                offer.origin.span("for"),
                caption="shares nobody with them",
                help=f"add `{offer.audience}` to `only_for`, or name another audience here",
                labels=(Label(rules.origin.span("only_for"), "who may get discounts"),),
            )
