"""Points that never expire: what the shop owes grows for ever."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._programmes import points_of
from playbook_compiler.diagnostics import Diagnostic, hint
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find points programmes in which no `expire` is written; `never` says it was decided."""
    points = points_of(graph.playbook)
    if points is not None and points.expire is None:
        yield hint(
            RULE,
            "nothing says when points lapse, so they never do, and the debt only grows",
            points.origin.key_span(),
            caption="no `expire`",
            help="write `expire: 12mo after last activity`, or `expire: never` if that is meant",
        )
