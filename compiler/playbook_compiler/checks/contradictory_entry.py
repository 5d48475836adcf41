"""A flow that nobody can enter: its trigger and its audience exclude each other."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._conditions import entry_parts, places, said, told_audiences
from playbook_compiler.conditions_analysis import conflict_of, is_impossible
from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find flows whose parts hold one by one but never together."""
    audiences = told_audiences(graph.playbook)
    for flow in graph.playbook.flows.values():
        parts = [part.condition for part in entry_parts(flow, graph.playbook)]
        if len(parts) < 2:
            continue
        conflict = conflict_of(parts, audiences)
        if conflict is None or any(is_impossible(one, audiences) for one in parts):
            continue
        span = conflict.second or conflict.first
        yield error(
            RULE,
            f"nobody can enter `{flow.id}`: {said(conflict)}",
            span,
            caption="excluded at entry",
            help=(
                "conditions are read with the triggering event in them: right after an order"
                " `days_since_last_order` is 0, and with `inactive_for: 120d` it is 120"
            ),
            labels=places(conflict, graph.playbook, span),
        )
