"""Points that can be redeemed before the order can no longer be returned."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._programmes import points_of
from playbook_compiler.diagnostics import Diagnostic, hint
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find points on an order's value that do not wait for returns."""
    points = points_of(graph.playbook)
    for earn in points.earn if points is not None else ():
        waits = earn.pending is not None and not earn.pending.is_zero
        if earn.points.currency and not waits:
            yield hint(
                RULE,
                "these points can be redeemed at once, and the order can still be returned",
                earn.origin.span("points"),
                caption="no `pending`",
                help="add `pending: 14d`, or how long your customers may return goods",
            )
