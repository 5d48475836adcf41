"""The ways through the flows of a graph: what is sent where, and how long it takes to get there."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.graph import Node, TriggerGraph
from playbook_compiler.model import Flow, Message, Playbook
from playbook_compiler.steps import Send
from playbook_compiler.values import dataclass


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


def enters_without_limit(flow: Flow) -> bool:
    """Whether a customer may enter again within a day."""
    entry = flow.entry
    if entry is None or entry.rule == "once":
        return False
    return entry.again_after is None or entry.again_after.nominal_days < 1
