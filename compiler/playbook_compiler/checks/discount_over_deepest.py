"""A discount deeper than the playbook's own limit, `guardrails.discounts.deepest`."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._discounts import depth, discount_span, is_discount
from playbook_compiler.diagnostics import Diagnostic, Label, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find offers beyond `deepest`; an amount off counts on the least order it may be used on."""
    guardrails = graph.playbook.guardrails
    rules = guardrails.discounts if guardrails is not None else None
    if rules is None or rules.deepest is None:
        return
    for offer in graph.playbook.offers.values():
        taken = depth(offer)
        if not is_discount(offer) or (
            taken is not None and taken.fraction <= rules.deepest.fraction
        ):
            continue
        if taken is None:
            size = "any share of a small order"
        else:
            size = str(taken) if offer.percent_off is not None else f"up to {taken}"
        yield error(
            RULE,
            f"the offer `{offer.id}` takes {size} off; your guardrail allows {rules.deepest}",
            discount_span(offer),
            caption=f"expected no more than {rules.deepest}",
            help=(
                f"write {rules.deepest} or less, or raise `deepest`"
                if offer.percent_off is not None
                else "set `minimum` so that the amount is a small enough share of any order"
            ),
            labels=(Label(rules.origin.span("deepest"), "the limit is set here"),),
        )
