"""A flow that everyone leaves on entering it: `exit_when` already holds at entry."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._conditions import Placed, entry_parts, told_audiences
from playbook_compiler.checks._moments import acts_at_once
from playbook_compiler.condition_implication import surely_implies
from playbook_compiler.conditions import all_of
from playbook_compiler.conditions_analysis import is_impossible
from playbook_compiler.diagnostics import Diagnostic, Label, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Flow

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find flows whose first action comes at once and whose entry implies their exit."""
    audiences = told_audiences(graph.playbook)
    for flow in graph.playbook.flows.values():
        if flow.exit_when is None or not flow.steps or not acts_at_once(flow.steps):
            continue  # after a wait the facts may be others
        parts = entry_parts(flow, graph.playbook)
        if not parts:
            continue
        entry = all_of([part.condition for part in parts])
        if surely_implies(entry, flow.exit_when, audiences) and not is_impossible(entry, audiences):
            yield _found(flow, parts)


def _found(flow: Flow, parts: list[Placed]) -> Diagnostic:
    return error(
        RULE,
        f"everyone who enters `{flow.id}` leaves it before the first step",
        flow.origin.span("exit_when"),
        caption="already true at entry",
        help="write what has to change for a run to end, for example `not audience(...)`",
        labels=(Label(parts[-1].span, f"at entry {parts[-1].condition}"),),
    )
