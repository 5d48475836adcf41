"""A wait of no time does nothing: the next step follows at once."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.steps import UntilEvent, Wait
from playbook_compiler.units import Duration

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find waits for no time, and waits for an event that give up at once."""
    for node in graph.nodes.values():
        if not isinstance(node.what, Wait):
            continue
        wait = node.what.wait
        length = wait.at_most if isinstance(wait, UntilEvent) else wait
        if isinstance(length, Duration) and length.is_zero:
            yield warning(
                RULE,
                "this wait takes no time",
                node.origin.span("wait"),
                caption="the next step follows at once",
                help="remove it, or write how long to wait: `wait: 3d`",
            )
