"""Points or tiers without a programme that says what they are."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.source import Span
from playbook_compiler.steps import Grant
from playbook_compiler.triggers import PointsExpiring, PointsReach, TierChanged

RULE = name_of(__name__)
WRITE = {
    "points": "{earn: [{event: order_placed, points: 1 per EUR}],"
    " redeem: [{points: 500, for: {amount_off: 5.00}}], expire: 12mo after last activity}",
    "tiers": "{basis: revenue over 12mo, keep: 12mo, levels: {basic: 0, plus: 150}}",
}


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find triggers on points and tiers, and gifts of points, of a shop that has no such thing."""
    programmes = graph.playbook.programmes
    given = {
        "points": programmes is not None and programmes.points is not None,
        "tiers": programmes is not None and programmes.tiers is not None,
    }
    for node in graph.nodes.values():
        match node.what:
            case PointsReach() | PointsExpiring() as trigger if not given["points"]:
                yield _missing("points", trigger.origin.key_span(trigger.kind), "never starts")
            case TierChanged() as trigger if not given["tiers"]:
                yield _missing("tiers", trigger.origin.key_span(trigger.kind), "never starts")
            case Grant(grant=gift) if gift.points is not None and not given["points"]:
                yield _missing("points", gift.origin.key_span("points"), "gives nothing")


def _missing(programme: str, span: Span, outcome: str) -> Diagnostic:
    return error(
        RULE,
        f"this {outcome}: the playbook has no programme of {programme}",
        span,
        caption=f"nobody has {programme}",
        help=f"say what they are: `programmes: {{{programme}: {WRITE[programme]}}}`",
    )
