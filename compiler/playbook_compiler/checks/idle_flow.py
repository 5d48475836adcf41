"""A flow that does nothing: it waits and branches, but sends, gives and asks for nothing."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._flows import running
from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)
ACTIONS = ("send", "grant", "update", "audience", "task", "call", "start")


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find flows without an action."""
    active = {node.flow for node in graph.nodes.values() if node.kind in ACTIONS}
    for flow in running(graph.playbook):
        if flow.id not in active:
            yield warning(
                RULE,
                f"the flow `{flow.id}` does nothing",
                flow.origin.key_span(),
                caption="has no action",
                help="add a step such as `send: hello`, or pause it with `enabled: false`",
            )
