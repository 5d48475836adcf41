"""How long a run takes to get to each of its steps, at least."""

from __future__ import annotations

from decimal import Decimal

from playbook_compiler.graph import HAPPENED, Edge, Node, TriggerGraph
from playbook_compiler.steps import UntilEvent, Wait
from playbook_compiler.units import Duration


def least_waits(graph: TriggerGraph, flow: str, *, through_people: bool) -> dict[str, Decimal]:
    """Return the fewest days from a flow's trigger to each node that a run can reach.

    A wait for an event may end at once, and so may one until a time of day; a time-out may not.
    Without `through_people`, ways on which a person has to act first (`happened`) are left out.
    """
    nodes = graph.of_flow(flow)
    least = {nodes[0].id: Decimal(0)} if nodes else {}
    for node in nodes:
        if node.id not in least:
            continue
        for edge in graph.out(node.id):
            if edge.way == HAPPENED and not through_people:
                continue
            at = least[node.id] + days_on(node, edge)
            least[edge.target] = min(at, least.get(edge.target, at))
    return least


def days_on(node: Node, edge: Edge) -> Decimal:
    """Return the days that a step takes on one of its ways, at least."""
    if not isinstance(node.what, Wait) or edge.way == HAPPENED:
        return Decimal(0)
    wait = node.what.wait
    length = wait.at_most if isinstance(wait, UntilEvent) else wait
    return length.nominal_days if isinstance(length, Duration) else Decimal(0)
