"""A flow for a marketplace's buyers that its rules forbid: it would never send, or break them.

Flows for everyone are no breach: a marketplace's rules are held at the moment of sending, for each
message and buyer. Only flows that name the marketplace, or all of them, in their audience or in
`where` are held to this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from playbook_compiler.checks._conditions import Placed, entry_parts, meanings
from playbook_compiler.checks._flows import Sent, sends
from playbook_compiler.conditions import And, Compare, Condition, InSet, IsKnown, Not, Or
from playbook_compiler.diagnostics import Diagnostic, Label, error
from playbook_compiler.facts import RunKey
from playbook_compiler.family import name_of
from playbook_compiler.graph import Node, TriggerGraph
from playbook_compiler.marketplaces import Marketplace
from playbook_compiler.model import Flow, Playbook
from playbook_compiler.steps import Send
from playbook_compiler.triggers import EventTrigger
from playbook_compiler.units import Duration
from playbook_compiler.waits import least_waits

RULE = name_of(__name__)
FACTS = ("marketplace", "trigger.order.marketplace")
ALL = "*"


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find messages of a forbidden kind, forbidden offers, and more messages than are allowed."""
    playbook = graph.playbook
    if not playbook.marketplaces:
        return
    aimed = {flow.id: _aimed(flow, playbook) for flow in playbook.flows.values() if flow.enabled}
    for sent in sends(graph):
        for rules, place in aimed[sent.flow.id]:
            yield from _of_send(sent, rules, place)
    for flow, targets in aimed.items():
        for rules, place in targets:
            yield from _count(playbook.flows[flow], graph, rules, place)


def _aimed(flow: Flow, playbook: Playbook) -> list[tuple[Marketplace, Placed]]:
    """Return the marketplaces whose buyers a flow is for, each with the condition that says so."""
    told = meanings(playbook)
    found: dict[str, tuple[Marketplace, Placed]] = {}
    for part in entry_parts(flow, playbook):
        named = {name.casefold() for name in _named(told.of(part.condition), truth=True)}
        for rules in playbook.marketplaces.values():
            if rules.id.casefold() in named or ALL in named:
                found.setdefault(rules.id, (rules, part))
    return list(found.values())


def _named(condition: Condition, *, truth: bool) -> Iterator[str]:
    """Yield the marketplaces that customers who meet the condition may be buyers of by name."""
    match condition:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _named(part, truth=truth)
        case Not(part):
            yield from _named(part, truth=not truth)
        case Compare(fact, operator, value) if fact.name in FACTS:
            if (operator == "=") is truth:
                yield str(value)
        case InSet(fact, values) if fact.name in FACTS and truth:
            yield from (str(value) for value in values)
        case IsKnown(fact, known) if fact.name in FACTS and known is truth:
            yield ALL


def _of_send(sent: Sent, rules: Marketplace, place: Placed) -> Iterator[Diagnostic]:
    labels = (
        Label(place.span, f"is for buyers of {rules.id}"),
        Label(rules.origin.key_span(), "its rules"),
    )
    if sent.message.kind not in rules.kinds:
        yield error(
            RULE,
            f"`{sent.message.id}` is {sent.message.kind}, and {rules.id} allows its buyers only"
            f" {' and '.join(rules.kinds)} messages",
            sent.node.origin.span("send"),
            caption=f"never sent to buyers of {rules.id}",
            help=f"leave buyers of {rules.id} out of this flow, or tell them in the parcel",
            labels=labels,
        )
    if sent.step.offer and not rules.offers:
        yield error(
            RULE,
            f"`{sent.step.offer}` goes to buyers of {rules.id}, which allows no offers",
            sent.node.origin.span("offer"),
            caption="expected no offer",
            help=f"send without the offer, or leave buyers of {rules.id} out of this flow",
            labels=labels,
        )


def _count(
    flow: Flow, graph: TriggerGraph, rules: Marketplace, place: Placed
) -> Iterator[Diagnostic]:
    """Find the first step at which one run has sent more than the marketplace allows."""
    limit = rules.at_most
    if limit is None:
        return
    within = None
    if isinstance(limit.per, Duration):
        within = limit.per.nominal_days
    elif not _by_order(flow, graph.playbook):
        return
    most = _most_sent(flow.id, graph)
    waits = least_waits(graph, flow.id, through_people=True)
    for node in graph.of_flow(flow.id):
        in_time = within is None or waits.get(node.id, within) < within
        if isinstance(node.what, Send) and most.get(node.id, 0) > limit.count and in_time:
            yield error(
                RULE,
                f"one run of `{flow.id}` sends {most[node.id]} messages up to here, and {rules.id}"
                f" allows {limit}",
                node.origin.span("send"),
                caption=f"expected {limit}",
                help=f"send one message less, or leave buyers of {rules.id} out of this flow",
                labels=(
                    Label(place.span, f"is for buyers of {rules.id}"),
                    Label(rules.origin.span("at_most"), "its limit"),
                ),
            )
            return


def _by_order(flow: Flow, playbook: Playbook) -> bool:
    trigger = flow.trigger
    if not isinstance(trigger, EventTrigger):
        return False
    return playbook.catalogue.events[trigger.event].key is RunKey.ORDER


def _most_sent(flow: str, graph: TriggerGraph) -> Mapping[str, int]:
    """Return the most messages that a run has sent when it has passed each node."""
    nodes = graph.of_flow(flow)
    most = {nodes[0].id: 0}
    for node in nodes:
        if node.id not in most:
            continue
        most[node.id] += _messages(node)
        for edge in graph.out(node.id):
            most[edge.target] = max(most[node.id], most.get(edge.target, 0))
    return most


def _messages(node: Node) -> int:
    if not isinstance(node.what, Send):
        return 0
    return len(node.what.send.messages) if node.what.send.order == "ladder" else 1
