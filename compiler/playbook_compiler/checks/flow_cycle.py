"""Flows that start each other within a day: they would write to a customer without end."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._starting import endless, quickest, startings, ways, within_a_day
from playbook_compiler.cycles import cycles, shortest_round
from playbook_compiler.diagnostics import Diagnostic, Label, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find circles of flows with no wait of a day, no limit on entry and no person in them."""
    quick = endless(within_a_day(startings(graph)), graph)
    best = quickest(quick)
    started_by = ways(quick)
    for component in cycles(started_by):
        around = shortest_round(started_by, component[0])
        steps = [
            best[source, target]
            for source, target in zip(around, (*around[1:], around[0]), strict=True)
        ]
        last = steps[-1]
        yield error(
            RULE,
            f"flows start each other without end: {' -> '.join((*around, around[0]))}",
            last.node.origin.span(last.node.kind),
            caption=f"starts `{last.target}` again",
            help=(
                "put a wait of a day or more between, limit entry (`entry: {again_after: 30d}`),"
                " or wait for something the customer does"
            ),
            labels=tuple(
                Label(one.node.origin.span(one.node.kind), f"starts `{one.target}`")
                for one in steps[:-1]
            ),
        )
