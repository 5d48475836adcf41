"""A case of a branch that nobody gets to: earlier cases take everyone who meets it."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._conditions import told_audiences
from playbook_compiler.condition_implication import always_holds, surely_implies
from playbook_compiler.conditions import any_of
from playbook_compiler.conditions_analysis import is_impossible
from playbook_compiler.diagnostics import Diagnostic, Label, shown, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.steps import Branch

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find cases that lie inside the earlier ones together.

    After a case that takes everybody all is an unreachable step.
    """
    audiences = told_audiences(graph.playbook)
    for node in graph.nodes.values():
        if not isinstance(node.what, Branch):
            continue
        cases = node.what.branch
        for number, case in enumerate(cases[1:], 1):
            before = [one.condition for one in cases[:number]]
            if any(always_holds(one, audiences) for one in before):
                break
            if not surely_implies(case.condition, any_of(before), audiences):
                continue
            if is_impossible(case.condition, audiences):
                continue
            taking = [
                one
                for one in cases[:number]
                if not is_impossible(one.condition, audiences)
                and surely_implies(case.condition, one.condition, audiences)
            ] or cases[:number]
            yield warning(
                RULE,
                f"nobody gets to the case `{shown(str(case.condition))}`: whoever meets it has met"
                " an earlier one",
                case.origin.span("if"),
                caption="taken before",
                help="put the narrower case first: the first that holds is taken",
                labels=tuple(
                    Label(one.origin.span("if"), f"takes {shown(str(one.condition))}")
                    for one in taking[:3]
                ),
            )
