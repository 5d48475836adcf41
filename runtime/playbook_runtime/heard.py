"""What a playbook reads and listens to: its conditions, the channels and the events that matter."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.changes import FIELD, SUPPRESS, TAG, UNTAG, Change
from playbook_compiler.conditions import (
    Condition,
    Engaged,
    Happened,
    Has,
    Value,
    nodes,
    references,
)
from playbook_compiler.facts import IdKind
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.message_choice import LADDER
from playbook_compiler.model import Playbook
from playbook_compiler.programmes import PROGRAMME_NAMES, Tiers
from playbook_compiler.steps import Branch, Grant, If, Send, UntilEvent, Update, Wait
from playbook_compiler.triggers import EventTrigger
from playbook_compiler.values import dataclass
from playbook_runtime.launch import PROGRAMMES

ORDER = "order_placed"
MEMBERS = "(members)"  # among the levels: the paid membership
TIER_FACT = (FIELD, "tier")  # as a field that changes
# The events that say that a message of a ladder has reached somebody; `delivered` is assumed.
REACHED_BY = {"opened": "message_opened", "clicked": "link_clicked"}


@dataclass(frozen=True, slots=True)
class Told:
    """What steps make of a tag or field: its value on day one (None: not known), then each that a
    step gives it. A tag is True or False."""

    states: tuple[Value | None, ...]


def conditions_of(graph: TriggerGraph) -> Iterator[Condition]:
    """Yield every condition that the simulation reads."""
    for audience in graph.playbook.audiences.values():
        yield audience.where
    programmes = graph.playbook.programmes
    if programmes is not None and programmes.points is not None:
        for earn in programmes.points.earn:
            if earn.where is not None:
                yield earn.where
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
    found |= {change.name for change in changes_of(graph) if change.deed == SUPPRESS}
    return tuple(sorted(found))


def changes_of(graph: TriggerGraph) -> Iterator[Change]:
    """Yield what the steps of flows that are on change of customers, in the order of nodes."""
    for node in graph.nodes.values():
        if isinstance(node.what, Update) and graph.playbook.flows[node.flow].enabled:
            yield node.what.update


def told_of(graph: TriggerGraph) -> dict[tuple[str, str], Told]:
    """Return the tags and own fields that steps change, in alphabetical order, by (`tag`, its name)
    or (`field`, its name)."""
    states: dict[tuple[str, str], list[Value]] = {}
    for change in changes_of(graph):
        if change.deed in (TAG, UNTAG):
            states.setdefault((TAG, change.name), []).append(change.deed == TAG)
        elif change.value is not None:
            states.setdefault((FIELD, change.name), []).append(change.value)
    found: dict[tuple[str, str], Told] = {}
    tiers = graph.playbook.programmes.tiers if graph.playbook.programmes is not None else None
    if tiers is not None:
        found[TIER_FACT] = Told(level_names(tiers))
    for key, values in sorted(states.items()):
        first = False if key[0] == TAG and True in values else None
        others = sorted({value for value in values if value != first}, key=str)
        found[key] = Told((first, *others))
    return found


def ladder_events(step: Send) -> tuple[str, ...]:
    """Return the event that a ladder waits for; none where delivery is enough."""
    sign = step.reached.sign if step.send.order == LADDER and step.reached is not None else ""
    return (REACHED_BY[sign],) if sign in REACHED_BY else ()


def offers_granted(graph: TriggerGraph) -> tuple[str, ...]:
    """Return the nodes that give an offer without a message, sorted."""
    return tuple(
        sorted(
            node.id
            for node in graph.nodes.values()
            if isinstance(node.what, Grant) and node.what.grant.offer
        )
    )


def has_membership(playbook: Playbook) -> bool:
    """Return whether a playbook has a paid membership."""
    return playbook.programmes is not None and playbook.programmes.membership is not None


def has_tiers(playbook: Playbook) -> bool:
    """Return whether a playbook has a tier programme."""
    return playbook.programmes is not None and playbook.programmes.tiers is not None


def has_referral(playbook: Playbook) -> bool:
    """Return whether a playbook has a referral programme."""
    return playbook.programmes is not None and playbook.programmes.referral is not None


def level_names(tiers: Tiers) -> tuple[str | None, ...]:
    """Return the levels from the lowest up; None stands below the first where that begins above
    nothing."""
    names = tiers.in_order
    return names if tiers.levels[names[0]] == 0 else (None, *names)


def gifts_of(playbook: Playbook) -> tuple[tuple[str, str], ...]:
    """Return (level, offer) of the offers that are given once on reaching a level, or on
    joining."""
    programmes = playbook.programmes
    if programmes is None:
        return ()
    given = dict(programmes.tiers.rights) if programmes.tiers is not None else {}
    if programmes.membership is not None:
        given[MEMBERS] = programmes.membership.rights
    found = [(level, one.offer) for level, rights in given.items() for one in rights if one.offer]
    return tuple(sorted(set(found)))


def gift_send(level: str, offer: str) -> str:
    """Return the name under which a gift stands among the sends."""
    return f"{PROGRAMMES}/{level}-{offer}"


def programmes_of(playbook: Playbook) -> frozenset[str]:
    """Return the names of the programmes that a playbook has."""
    programmes = playbook.programmes
    if programmes is None:
        return frozenset()
    return frozenset(name for name in PROGRAMME_NAMES if getattr(programmes, name) is not None)


def has_points(playbook: Playbook) -> bool:
    """Return whether a playbook has a points programme."""
    return playbook.programmes is not None and playbook.programmes.points is not None


def made_by_programmes(playbook: Playbook) -> frozenset[str]:
    """Return the events that a playbook's programmes bring about in the simulation."""
    made: set[str] = set()
    if has_points(playbook):
        made |= {"points_earned", "points_redeemed", "points_expiring"}
    if has_tiers(playbook):
        made.add("tier_changed")
    if has_referral(playbook):
        made.add("referred")
    return frozenset(made)


def events_of(graph: TriggerGraph, conditions: tuple[Condition, ...]) -> tuple[str, ...]:
    """Return the events that something listens to."""
    found = {ORDER}
    programmes = graph.playbook.programmes
    if programmes is not None and programmes.points is not None:
        found |= {earn.event for earn in programmes.points.earn}
    for flow in graph.playbook.flows.values():
        found |= set(flow.exit_on or ())
        if isinstance(flow.trigger, EventTrigger):
            found.add(flow.trigger.event)
    for node in graph.nodes.values():
        if isinstance(node.what, Wait) and isinstance(node.what.wait, UntilEvent):
            found.add(node.what.wait.until)
        elif isinstance(node.what, Send):
            found |= set(ladder_events(node.what))
    for condition in conditions:
        found |= {leaf.event for leaf in nodes(condition) if isinstance(leaf, Happened)}
        if any(isinstance(leaf, Engaged) for leaf in nodes(condition)):
            found |= {"message_opened", "link_clicked"}
    return tuple(sorted(found))
