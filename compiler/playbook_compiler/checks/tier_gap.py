"""Levels that leave a gap: a customer below the lowest one has no level at all."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.units import plain

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find tier programmes in which no level begins at 0."""
    programmes = graph.playbook.programmes
    tiers = programmes.tiers if programmes is not None else None
    if tiers is None or not all(tiers.levels.values()):
        return
    lowest = tiers.in_order[0]
    yield error(
        RULE,
        f"nobody below {plain(tiers.levels[lowest])} has a level: the lowest is `{lowest}`",
        tiers.origin.span("levels", lowest),
        caption="expected a level that begins at 0",
        help=f"write `{lowest}: 0`, or add a level below it: member: 0",
    )
