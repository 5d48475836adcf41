"""What a playbook reads and listens to: its conditions, the channels and the events that matter."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.conditions import Condition, Happened, Has, nodes, references
from playbook_compiler.facts import IdKind
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.steps import Branch, If, UntilEvent, Wait
from playbook_compiler.triggers import EventTrigger

ORDER = "order_placed"


def conditions_of(graph: TriggerGraph) -> Iterator[Condition]:
    """Yield every condition that the simulation reads."""
    for audience in graph.playbook.audiences.values():
        yield audience.where
    for flow in graph.playbook.flows.values():
        for condition in (flow.trigger.where, flow.audience, flow.exit_when):
            if condition is not None:
                yield condition
    for node in graph.nodes.values():
        if isinstance(node.what, If):
            yield node.what.condition
        elif isinstance(node.what, Branch):
            for case in node.what.branch:
                yield case.condition


def channels_of(graph: TriggerGraph, conditions: tuple[Condition, ...]) -> tuple[str, ...]:
    found = {message.channel for message in graph.playbook.messages.values()}
    guardrails = graph.playbook.guardrails
    if guardrails is not None:
        found |= {cap.channel for cap in guardrails.frequency if cap.channel}
    for condition in conditions:
        found |= {r.name for r in references(condition) if r.kind is IdKind.CHANNEL}
        found |= {
            leaf.value
            for leaf in nodes(condition)
            if isinstance(leaf, Has) and leaf.fact.name == "consent"
        }
    return tuple(sorted(found))


def events_of(graph: TriggerGraph, conditions: tuple[Condition, ...]) -> tuple[str, ...]:
    """Return the events that something listens to."""
    found = {ORDER}
    for flow in graph.playbook.flows.values():
        found |= set(flow.exit_on or ())
        if isinstance(flow.trigger, EventTrigger):
            found.add(flow.trigger.event)
    for node in graph.nodes.values():
        if isinstance(node.what, Wait) and isinstance(node.what.wait, UntilEvent):
            found.add(node.what.wait.until)
    for condition in conditions:
        found |= {leaf.event for leaf in nodes(condition) if isinstance(leaf, Happened)}
    return tuple(sorted(found))
