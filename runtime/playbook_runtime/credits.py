"""Store credit that a step grants, told to the simulation as an offer of that step alone.

A credit pays for a later order like an offer does: it is used with a chance, up to the order's
value, costs the shop what it pays for, and stays until it is used. Each step has its own, so that
the same step grants nothing more while its credit is unused; credits of several steps stand side
by side, the one worth most used first. Targets see the step as it was written.
"""

from __future__ import annotations

from playbook_compiler.graph import Node, TriggerGraph
from playbook_compiler.model import Offer
from playbook_compiler.steps import Grant
from playbook_compiler.values import replace


def with_credits(graph: TriggerGraph) -> TriggerGraph:
    """Return the same graph in which every grant of credit gives an offer named like its node."""
    nodes = {name: _with_offer(node) for name, node in graph.nodes.items()}
    given = {
        name: Offer(origin=node.what.origin, id=name, credit=node.what.grant.credit)
        for name, node in graph.nodes.items()
        if _grants_credit(node) and isinstance(node.what, Grant)
    }
    if not given:
        return graph
    playbook = replace(graph.playbook, offers={**graph.playbook.offers, **given})
    return TriggerGraph(playbook, nodes, graph.edges)


def _grants_credit(node: Node) -> bool:
    return isinstance(node.what, Grant) and node.what.grant.credit is not None


def _with_offer(node: Node) -> Node:
    if not (isinstance(node.what, Grant) and _grants_credit(node)):
        return node
    gift = replace(node.what.grant, offer=node.id, credit=None)
    return replace(node, what=replace(node.what, grant=gift))
