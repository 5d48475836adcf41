"""The ways through the flows of a graph: what is sent where, and how long it takes to get there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from playbook_compiler.graph import HAPPENED, STARTS, Edge, Node, TriggerGraph
from playbook_compiler.model import Flow, Message, Playbook
from playbook_compiler.steps import Send, UntilEvent, Wait
from playbook_compiler.units import Duration
from playbook_compiler.values import dataclass

Outgoing = Mapping[str, list[Edge]]


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that one step may send."""

    flow: Flow
    node: Node
    step: Send
    message: Message


def sends(graph: TriggerGraph) -> Iterator[Sent]:
    """Yield what the flows that are not paused send, every message of a ladder or rotation."""
    playbook = graph.playbook
    for node in graph.nodes.values():
        if isinstance(node.what, Send) and playbook.flows[node.flow].enabled:
            for name in node.what.send.messages:
                yield Sent(playbook.flows[node.flow], node, node.what, playbook.messages[name])


def is_marketing(sent: Sent) -> bool:
    """Whether the message is bound by consent, caps and holdout."""
    return sent.message.kind == "marketing"


def running(playbook: Playbook) -> list[Flow]:
    """Return the flows that are not paused."""
    return [flow for flow in playbook.flows.values() if flow.enabled]


def outgoing(graph: TriggerGraph) -> Outgoing:
    """Return the edges that leave each node."""
    leaving: dict[str, list[Edge]] = {node: [] for node in graph.nodes}
    for edge in graph.edges:
        leaving[edge.source].append(edge)
    return leaving


def by_flow(graph: TriggerGraph) -> dict[str, list[Node]]:
    """Return the nodes of each flow in their order: a node stands after those that lead to it."""
    found: dict[str, list[Node]] = {flow: [] for flow in graph.playbook.flows}
    for node in graph.nodes.values():
        found[node.flow].append(node)
    return found


def least_waits(
    nodes: list[Node], leaving: Outgoing, *, through_people: bool
) -> dict[str, Decimal]:
    """Return the fewest days from a flow's trigger to each node that a run can reach.

    Without `through_people`, ways on which a person has to act first (`happened`) are left out.
    """
    least = {nodes[0].id: Decimal(0)}
    for node in nodes:
        if node.id not in least:
            continue
        for edge in leaving[node.id]:
            if edge.way == STARTS or (edge.way == HAPPENED and not through_people):
                continue
            at = least[node.id] + _passes(node, edge)
            least[edge.target] = min(at, least.get(edge.target, at))
    return least


def _passes(node: Node, edge: Edge) -> Decimal:
    """Return the days that a step takes on one of its ways."""
    if not isinstance(node.what, Wait) or edge.way == HAPPENED:
        return Decimal(0)
    wait = node.what.wait
    length = wait.at_most if isinstance(wait, UntilEvent) else wait
    return length.nominal_days if isinstance(length, Duration) else Decimal(0)


def enters_without_limit(flow: Flow) -> bool:
    """Whether a customer may enter again within a day."""
    entry = flow.entry
    if entry is None or entry.rule == "once":
        return False
    return entry.again_after is None or entry.again_after.nominal_days < 1
