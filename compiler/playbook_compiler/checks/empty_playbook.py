"""A playbook in which nothing runs: it has no flows, or all of them are paused."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find playbooks without a running flow."""
    playbook = graph.playbook
    if any(flow.enabled for flow in playbook.flows.values()):
        return
    has_flows = bool(playbook.flows)
    place = "flows" if playbook.origin.has("flows") else "playbook"
    yield warning(
        RULE,
        "every flow of this playbook is paused" if has_flows else "this playbook has no flows",
        playbook.origin.key_span(place),
        caption="nothing will run",
        help="set `enabled: true` in one of them"
        if has_flows
        else "add for example `flows: {win-back: {trigger: {inactive_for: 120d}, steps: [...]}}`",
    )
