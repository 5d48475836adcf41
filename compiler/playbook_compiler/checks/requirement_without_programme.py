"""A requirement on points where the playbook has no points programme: it is met by nothing."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._programmes import points_of
from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.reading import Origin

RULE = name_of(__name__)
OF_POINTS = ("points_liability",)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find requirements on the points that the shop owes, where it gives none."""
    if points_of(graph.playbook) is not None:
        return
    for line in graph.playbook.require:
        if line.metric in OF_POINTS or line.of in OF_POINTS:
            origin: Origin = line.origin
            yield warning(
                RULE,
                f"`{line.text}` is about points, and the playbook has no points programme",
                origin.span(),
                caption="nothing is ever owed",
                help="remove the line, or add `programmes: {points: ...}`",
            )
