"""A step that no run ever gets to: it stands after an exit, or on a way that nobody takes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from playbook_compiler.conditions import Condition, Not, facts_read
from playbook_compiler.conditions_analysis import is_impossible
from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import CASE, NO, VARIANT, Edge, Node, TriggerGraph
from playbook_compiler.steps import Branch, If, Split

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find the first step of every stretch that nothing leads to."""
    for flow in graph.playbook.flows:
        nodes = graph.of_flow(flow)
        reached = {nodes[0].id}
        led_to: dict[str, list[Edge]] = {}
        for node in nodes:
            for edge in graph.out(node.id):
                led_to.setdefault(edge.target, []).append(edge)
                if node.id in reached and not _never_taken(node, edge):
                    reached.add(edge.target)
        for before, node in pairwise(nodes):
            sources = led_to.get(node.id, [])
            lost = all(edge.source in reached for edge in sources)
            if node.id in reached or node.kind == "end" or not lost:
                continue
            cause = graph.nodes[sources[0].source] if sources else before
            yield warning(
                RULE,
                "no run ever gets to this step",
                node.origin.key_span(node.kind),
                caption="unreachable",
                help="remove it, or put it before the exit"
                if not sources
                else "remove it, or correct the condition",
                labels=(Label(cause.origin.key_span(cause.kind), _why(cause)),),
            )


def _why(cause: Node) -> str:
    return "the run always goes another way here" if cause.kind != "exit" else "the run ends here"


def _never_taken(node: Node, edge: Edge) -> bool:
    """Whether no customer takes a way: an earlier one takes all of them, or its share is 0%.

    What is unknown goes to `else`.
    """
    step = node.what
    if isinstance(step, If) and edge.way == NO:
        return _holds_for_all(step.condition)
    if isinstance(step, Branch) and edge.way in (CASE, NO):
        before = step.branch if edge.way == NO else step.branch[: int(edge.name) - 1]
        return any(_holds_for_all(case.condition) for case in before)
    if isinstance(step, Split) and edge.way == VARIANT:
        return not step.variants[edge.name].share.fraction
    return False


def _holds_for_all(condition: Condition) -> bool:
    sure = not any(read.fact.may_be_missing for read in facts_read(condition))
    return sure and is_impossible(Not(condition))
