"""Which flows start which: by `start`, and by events that only the system emits."""

from __future__ import annotations

from decimal import Decimal

from playbook_compiler.checks._flows import enters_without_limit
from playbook_compiler.graph import Node, TriggerGraph
from playbook_compiler.values import dataclass
from playbook_compiler.waits import least_waits


@dataclass(frozen=True, slots=True)
class Starting:
    """`node` of the flow `source` starts the flow `target` after at least `days` in the run, people
    not asked."""

    source: str
    target: str
    node: Node
    days: Decimal


def startings(graph: TriggerGraph) -> list[Starting]:
    """Return every way in which a running flow starts one that a customer may enter at any time.

    Ways on which a person has to act first are left out, and so are flows whose `entry` limits how
    often a customer enters: both end every circle.
    """
    flows = [flow for flow in graph.playbook.flows.values() if flow.enabled]
    endless = {flow.id for flow in flows if enters_without_limit(flow)}
    found: list[Starting] = []
    for flow in flows:
        starting = [node for node in graph.of_flow(flow.id) if graph.across(node.id)]
        if not starting:
            continue
        waits = least_waits(graph, flow.id, through_people=False)
        for node in starting:
            if node.id in waits:
                targets = {graph.nodes[edge.target].flow for edge in graph.across(node.id)}
                found.extend(
                    Starting(flow.id, target, node, waits[node.id])
                    for target in sorted(targets & endless)
                )
    return found


def ways(found: list[Starting]) -> dict[str, list[str]]:
    """Return the flows that each flow starts, sorted."""
    targets: dict[str, set[str]] = {}
    for one in found:
        targets.setdefault(one.source, set()).add(one.target)
    return {source: sorted(targets[source]) for source in sorted(targets)}


def between(found: list[Starting], source: str, target: str) -> Starting:
    """Return the quickest way from one flow to another."""
    return min(
        (one for one in found if (one.source, one.target) == (source, target)),
        key=lambda one: (one.days, one.node.id),
    )
