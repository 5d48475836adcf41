"""Points that are issued faster than money is set aside for them: the shop cannot honour them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from playbook_compiler.checks._programmes import given_back, points_of
from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.units import Share

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find earning rates above the reserve: rate x worth of a point > reserve x margin.

    Points for other events than orders, and the multiples that rights give, come on top.
    """
    points, economics = points_of(graph.playbook), graph.playbook.economics
    back = given_back(graph.playbook, with_rights=False)
    if points is None or points.reserve is None or back is None:
        return
    reserve, labels = points.reserve, []
    basis, words = Decimal(1), " of revenue"
    if reserve.of != "revenue":
        if economics is None:
            return
        margin = economics.gross_margin.default
        basis, words = margin.fraction, f" of {reserve.of}, x {margin} margin"
        labels.append(Label(economics.origin.span("gross_margin"), "what an order leaves"))
    set_aside = Share(round(reserve.share.fraction * basis, 6))
    if back.share.fraction <= set_aside.fraction or back.share.fraction >= 1:
        return
    needed = Share((back.share.fraction / basis).quantize(Decimal("0.001")))
    labels.append(Label(back.earn.origin.span("points"), "the earning rate"))
    labels.append(Label(back.redeem.origin.span("points"), "the dearest way to redeem"))
    yield warning(
        RULE,
        f"points cost up to {back.share} of what is spent ({back.arithmetic}), and"
        f" {set_aside} is set aside ({reserve.share}{words})",
        points.origin.span("reserve"),
        caption=f"would need {needed} of {reserve.of}",
        help="earn fewer points, ask for more in `redeem`, or set aside more",
        labels=tuple(labels),
    )
