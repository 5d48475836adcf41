"""Points that are given before it is known what they buy: a debt of unknown size."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._programmes import points_of
from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)
EXAMPLE = "redeem: [{points: 500, for: {amount_off: 5.00}}]"


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find points programmes without `redeem`."""
    points = points_of(graph.playbook)
    if points is not None and not points.redeem:
        yield warning(
            RULE,
            "points are given, but nothing says what they can be redeemed for",
            points.origin.key_span(),
            caption="no `redeem`",
            help=f"decide it before any point is issued, for example {EXAMPLE}",
        )
