"""Points that give back more than an order leaves: the programme loses money on each order."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._discounts import room
from playbook_compiler.checks._programmes import given_back
from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find points worth more than the gross margin, less the margin that is to be kept."""
    back, free, economics = (
        given_back(graph.playbook),
        room(graph.playbook),
        graph.playbook.economics,
    )
    if back is None or free is None or economics is None:
        return
    if free.fraction < back.share.fraction < 1:
        yield warning(
            RULE,
            f"points give back {back.share} of what is spent, and an order has {free} to give"
            f" away: {back.arithmetic}",
            back.earn.origin.span("points"),
            caption=f"expected no more than {free}",
            help="earn fewer points per order, or ask for more points in `redeem`",
            labels=(
                Label(back.redeem.origin.span("points"), "the dearest way to redeem them"),
                Label(economics.origin.span("gross_margin"), "the margin"),
            ),
        )
