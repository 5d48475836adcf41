"""Flows that start each other with days between: they write to a customer for good."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from playbook_compiler.checks._flows import sends
from playbook_compiler.checks._starting import endless, quickest, startings, ways, within_a_day
from playbook_compiler.cycles import cycles, shortest_round
from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)
DAYS_A_YEAR = 365


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find circles of flows that wait a day or more and say how many messages a year they send."""
    started = startings(graph)
    at_once = endless(within_a_day(started), graph)
    quick = {node for one in cycles(ways(at_once)) for node in one}
    found = endless(started, graph)
    messages: dict[str, set[str]] = {}
    for sent in sends(graph):
        messages.setdefault(sent.flow.id, set()).add(sent.node.id)
    best = quickest(found)
    started_by = ways(found)
    for component in cycles(started_by):
        if quick & set(component):
            continue
        around = shortest_round(started_by, component[0])
        steps = [
            best[source, target]
            for source, target in zip(around, (*around[1:], around[0]), strict=True)
        ]
        days = sum((one.days for one in steps), Decimal(0))
        if days < 1:  # on the quickest way nothing turns back: it goes round on a slower one
            days = max(sum((one.most for one in steps), Decimal(0)), Decimal(1))
        often = "day" if days == 1 else f"{days.normalize():f} days"
        rounds = DAYS_A_YEAR / days
        count = round(rounds * sum(len(messages.get(flow, ())) for flow in around))
        last = steps[-1]
        yield warning(
            RULE,
            f"these flows start each other every {often}, with up to {count}"
            f" messages a year for each customer: {' -> '.join((*around, around[0]))}",
            last.node.origin.span(last.node.kind),
            caption=f"starts `{last.target}` again",
            help="limit entry, for example `entry: {again_after: 180d}`, if this is not meant",
            labels=tuple(
                Label(one.node.origin.span(one.node.kind), f"starts `{one.target}`")
                for one in steps[:-1]
            ),
        )
