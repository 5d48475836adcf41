"""A flow that everyone leaves on entering it: `exit_when` already holds at entry."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._conditions import Meanings, Placed, entry_parts, meanings
from playbook_compiler.conditions import And, Compare, Condition, Not, all_of, facts_read
from playbook_compiler.conditions_analysis import is_impossible
from playbook_compiler.diagnostics import Diagnostic, Label, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Flow
from playbook_compiler.steps import Wait

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find flows whose first action comes at once and whose entry implies their exit."""
    told = meanings(graph.playbook)
    for flow in graph.playbook.flows.values():
        if flow.exit_when is None or not flow.steps or isinstance(flow.steps[0], Wait):
            continue  # after a wait the facts may be others
        parts = entry_parts(flow, graph.playbook)
        if parts and _implies(parts, flow.exit_when, told):
            yield _found(flow, parts)


def _implies(parts: list[Placed], leave: Condition, told: Meanings) -> bool:
    """Return whether no customer can enter without meeting `leave`."""
    named = all_of([part.condition for part in parts])
    if is_impossible(all_of([named, Not(leave)])):
        return not is_impossible(named) and _is_known(leave, named)
    entry = told.of(named)
    if is_impossible(entry) or not is_impossible(all_of([entry, Not(told.of(leave))])):
        return False
    return _is_known(told.of(leave), entry)


def _is_known(leave: Condition, entry: Condition) -> bool:
    """Return whether every fact that `leave` reads has a value in those who enter."""
    sure = entry.parts if isinstance(entry, And) else (entry,)
    known = {one.fact for one in sure if isinstance(one, Compare)}
    return all(not read.fact.may_be_missing or read.fact in known for read in facts_read(leave))


def _found(flow: Flow, parts: list[Placed]) -> Diagnostic:
    return error(
        RULE,
        f"everyone who enters `{flow.id}` leaves it before the first step",
        flow.origin.span("exit_when"),
        caption="already true at entry",
        help="write what has to change for a run to end, for example `not audience(...)`",
        labels=(Label(parts[-1].span, f"at entry {parts[-1].condition}"),),
    )
