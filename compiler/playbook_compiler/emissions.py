"""What running flows make happen by themselves, and which flows that starts: the `emits` edges.

Only the system acts here. What a person has to do first (click, buy, answer) is no emission, so a
circle of these edges and of `start` runs without anybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from playbook_compiler.changes import FIELD, SUPPRESS, TAG, UNTAG
from playbook_compiler.conditions import (
    Condition,
    Entered,
    FactTest,
    Holds,
    InAudience,
    InFlow,
    Received,
    Unsubscribed,
    nodes,
)
from playbook_compiler.facts import IdKind
from playbook_compiler.graph import EMITS, TRIGGER_STEP, Edge, Node
from playbook_compiler.model import Playbook
from playbook_compiler.steps import Grant, Send, Update
from playbook_compiler.triggers import (
    EntersAudience,
    EventTrigger,
    OfferExpiring,
    PointsExpiring,
    PointsReach,
    TierChanged,
)

# What happens and to what: ("tag", "warm"), ("offer", "come-back"), ("points", "").
Effect: TypeAlias = tuple[str, str]

POINTS, OFFER, TAG_SET, FIELD_SET = "points", "offer", "tag", "field"
MESSAGE, CHANNEL, SUPPRESSED, ENTRY = "message", "channel", "suppressed", "entry"
ANY = "*"
_OF_CHANGE = {TAG: TAG_SET, UNTAG: TAG_SET, FIELD: FIELD_SET, SUPPRESS: SUPPRESSED}


def emissions(playbook: Playbook, nodes_by_id: dict[str, Node]) -> Iterator[Edge]:
    """Yield an edge from every node to each flow that what it does starts; the name says by what.

    Flows that are paused neither emit nor react.
    """
    reacting: dict[Effect, list[str]] = {}
    for flow in playbook.flows.values():
        if flow.enabled:
            for effect in reactions(playbook, flow.id):
                reacting.setdefault(effect, []).append(flow.id)
    if not reacting:
        return
    for node in nodes_by_id.values():
        if not playbook.flows[node.flow].enabled:
            continue
        for effect in _effects(node, playbook):
            kind, name = effect
            started = {*reacting.get(effect, ()), *reacting.get((kind, ANY), ())}
            for flow_id in sorted(started):
                label = f"{kind} {name}".rstrip()
                yield Edge(node.id, f"{flow_id}/{TRIGGER_STEP}", EMITS, label)


def _effects(node: Node, playbook: Playbook) -> Iterator[Effect]:
    """Yield what a node makes happen by itself."""
    step = node.what
    if node.kind == "trigger":
        yield ENTRY, node.flow
    match step:
        case Grant(grant=gift):
            if gift.points is not None:
                yield POINTS, ""
            if gift.offer:
                yield OFFER, gift.offer
        case Update(update=change):
            yield _OF_CHANGE[change.deed], change.name
        case Send(send=choice, offer=offer):
            for name in choice.messages:
                yield MESSAGE, name
            for channel in sorted({playbook.messages[name].channel for name in choice.messages}):
                yield CHANNEL, channel
            if offer:
                yield OFFER, offer


def reactions(playbook: Playbook, flow_id: str) -> set[Effect]:
    """Return what starts a flow without a person, beside a `start` step."""
    trigger = playbook.flows[flow_id].trigger
    match trigger:
        case PointsReach() | PointsExpiring():
            return {(POINTS, "")}
        case OfferExpiring():
            return {(OFFER, ANY)}
        case EventTrigger(event="points_earned" | "points_expiring"):
            return {(POINTS, "")}
        case TierChanged() | EventTrigger(event="tier_changed"):
            return {(POINTS, "")} if _tiers_count_points(playbook) else set()
        case EntersAudience(enters=audience):
            return set(_reads(playbook, playbook.audiences[audience].where, {audience}))
    return set()


def _tiers_count_points(playbook: Playbook) -> bool:
    tiers = playbook.programmes.tiers if playbook.programmes is not None else None
    return tiers is not None and tiers.basis.figure == "points_earned"


def _reads(playbook: Playbook, condition: Condition, seen: set[str]) -> Iterator[Effect]:
    """Yield what can make a customer meet a condition, or miss it, without a person."""
    for node in nodes(condition):
        match node:
            case InAudience(audience):
                if audience not in seen:
                    seen.add(audience)
                    yield from _reads(playbook, playbook.audiences[audience].where, seen)
            case Received(kind, name):
                yield (CHANNEL if kind is IdKind.CHANNEL else MESSAGE), name
            case InFlow(flow) | Entered(flow):
                yield ENTRY, flow
            case Holds(offer):
                yield OFFER, offer
            case Unsubscribed(channel):
                yield SUPPRESSED, channel
            case _ if isinstance(node, FactTest):
                fact = node.fact
                if fact.name == "tags":
                    value = getattr(node, "value", ANY)
                    yield TAG_SET, str(value)
                elif fact.name == "points" or (
                    fact.name == "tier" and _tiers_count_points(playbook)
                ):
                    yield POINTS, ""
                else:
                    yield FIELD_SET, fact.name
