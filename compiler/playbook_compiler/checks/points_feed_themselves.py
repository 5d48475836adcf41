"""Points that are earned for points: each gain brings the next one, without end."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._programmes import points_of
from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)
OWN_EVENTS = ("points_earned", "points_expiring")


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find points earned on an event that points themselves bring about."""
    points = points_of(graph.playbook)
    for earn in points.earn if points is not None else ():
        if earn.event in OWN_EVENTS:
            yield error(
                RULE,
                f"points are earned for `{earn.event}`, which points themselves bring about",
                earn.origin.span("event"),
                caption="leads back to itself",
                help="earn them on what a customer does, such as order_placed or review_left",
            )
