"""A wait of more than 730 days: nobody is still the same customer after it."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, error, shown
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.steps import UntilEvent, Wait
from playbook_compiler.units import Duration

RULE = name_of(__name__)
LIMIT_DAYS = 730


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find waits, and time-outs of waits, beyond two years."""
    for node in graph.nodes.values():
        if not isinstance(node.what, Wait):
            continue
        wait = node.what.wait
        length = wait.at_most if isinstance(wait, UntilEvent) else wait
        if isinstance(length, Duration) and int(length.nominal_days) > LIMIT_DAYS:
            until = isinstance(wait, UntilEvent)
            yield error(
                RULE,
                f"{shown(length)} is longer than a wait can be",
                node.origin.span("wait", "at_most") if until else node.origin.span("wait"),
                caption=f"expected no more than {LIMIT_DAYS}d",
                help="start another flow then, for example with `trigger: {inactive_for: 1y}`",
            )
