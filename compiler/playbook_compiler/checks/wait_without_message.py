"""A wait for somebody to open or click, before anything was sent: it always times out."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.facts import Nature
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.steps import Send, UntilEvent, Wait

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find waits for opens and clicks that no message of the same run comes before."""
    events = graph.playbook.catalogue.events
    for flow in graph.playbook.flows:
        told: set[str] = set()  # nodes that a run can reach after a message
        for node in graph.of_flow(flow):
            step = node.what
            if node.id in told or isinstance(step, Send):
                told.update(edge.target for edge in graph.out(node.id))
                continue
            if not isinstance(step, Wait) or not isinstance(step.wait, UntilEvent):
                continue
            if events[step.wait.until].nature is Nature.AFTER_MESSAGE:
                yield warning(
                    RULE,
                    f"this waits for `{step.wait.until}`, and the flow has sent nothing yet",
                    node.origin.span("wait", "until"),
                    caption="only messages of this run count",
                    help="put a `send` before it",
                )
