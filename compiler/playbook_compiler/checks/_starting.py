"""Which flows start which: by `start`, and by events that only the system emits."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from playbook_compiler.checks._conditions import Meanings, meanings
from playbook_compiler.checks._flows import (
    by_flow,
    enters_without_limit,
    least_waits,
    outgoing,
)
from playbook_compiler.conditions import (
    Condition,
    Entered,
    Has,
    InAudience,
    InFlow,
    Received,
    nodes,
)
from playbook_compiler.graph import Node, TriggerGraph
from playbook_compiler.model import Flow
from playbook_compiler.steps import Grant, Send, Start, Update
from playbook_compiler.triggers import EntersAudience, EventTrigger, PointsReach
from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class Starting:
    """`node` of the flow `source` starts the flow `target` after at least `days` in the run, people
    not asked. `how` says by what."""

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
    told = meanings(graph.playbook)
    reacting: dict[tuple[str, str], list[str]] = {}
    for flow in flows:
        if enters_without_limit(flow):
            for effect in sorted(_reacts_to(flow, told)):
                reacting.setdefault(effect, []).append(flow.id)
    if not reacting:
        return []
    leaving, nodes_of = outgoing(graph), by_flow(graph)
    found: list[Starting] = []
    for flow in flows:
        waits = least_waits(nodes_of[flow.id], leaving, through_people=False)
        for node in nodes_of[flow.id]:
            if node.id in waits:
                targets = {target for one in _effects(node) for target in reacting.get(one, ())}
                found.extend(
                    Starting(flow.id, target, node, waits[node.id]) for target in sorted(targets)
                )
    return found


def _effects(node: Node) -> list[tuple[str, str]]:
    """Return what a step makes happen by itself, in the words of `_reacts_to`."""
    step = node.what
    match step:
        case Start(start=flow):
            return [("start", flow)]
        case Grant(grant={"points": _}):
            return [("points", "")]
        case Update(update={"tag": tag}):
            return [("tag", str(tag))]
        case Send(send=choice):
            return [("message", name) for name in choice.messages]
        case _ if node.kind == "trigger":
            return [("entry", node.flow)]
    return []


def _reacts_to(flow: Flow, told: Meanings) -> set[tuple[str, str]]:
    """Return what starts a flow without a person."""
    found = {("start", flow.id)}
    trigger = flow.trigger
    if isinstance(trigger, PointsReach) or (
        isinstance(trigger, EventTrigger) and trigger.event == "points_earned"
    ):
        found.add(("points", ""))
    if isinstance(trigger, EntersAudience):
        found.update(_reads(told.of(InAudience(trigger.enters))))
    return found


def _reads(condition: Condition) -> Iterator[tuple[str, str]]:
    for node in nodes(condition):
        match node:
            case Has(fact, tag) if fact.name == "tags":
                yield ("tag", tag)
            case Received(_, name):
                yield ("message", name)
            case InFlow(flow) | Entered(flow):
                yield ("entry", flow)


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
