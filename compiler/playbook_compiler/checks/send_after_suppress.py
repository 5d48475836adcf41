"""A marketing message in a channel that the run has just closed: it is never sent."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.changes import SUPPRESS
from playbook_compiler.checks._flows import Sent, is_marketing, sends
from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.steps import Update

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find marketing that every way to it leads through `update: {suppress: ...}` of its
    channel."""
    closing = [
        node
        for node in graph.nodes.values()
        if isinstance(node.what, Update) and node.what.update.deed == SUPPRESS
    ]
    if not closing:
        return
    sent: dict[str, list[Sent]] = {}
    for one in sends(graph):
        if is_marketing(one):
            sent.setdefault(one.flow.id, []).append(one)
    told: set[str] = set()
    for node in closing:
        assert isinstance(node.what, Update)
        channel = node.what.update.name
        still_open = _reached(graph, node.flow, channel)
        for one in sent.get(node.flow, ()):
            late = one.node.id not in still_open and one.node.id not in told
            if one.message.channel == channel and late:
                told.add(one.node.id)
                yield warning(
                    RULE,
                    f"`{one.message.id}` is never sent: the customer gets no more marketing by"
                    f" {channel}",
                    one.node.origin.span("send"),
                    caption="after its channel was closed",
                    help="send it before the update, or in another channel",
                    labels=(Label(node.origin.span("update"), "closed here"),),
                )


def _reached(graph: TriggerGraph, flow: str, channel: str) -> set[str]:
    """Return the nodes that a run can come to while the channel is open, or that nothing leads
    to."""
    nodes = graph.of_flow(flow)
    found, passed = {nodes[0].id}, {nodes[0].id}
    for node in nodes:
        if node.id not in passed:
            continue
        closes = (
            isinstance(node.what, Update)
            and node.what.update.deed == SUPPRESS
            and node.what.update.name == channel
        )
        for edge in graph.out(node.id):
            passed.add(edge.target)
            if node.id in found and not closes:
                found.add(edge.target)
    return found | {node.id for node in nodes if node.id not in passed}
