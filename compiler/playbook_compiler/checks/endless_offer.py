"""An order brings an offer, the offer brings an order, and so on: a discount on every order."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._conditions import entry_parts, meanings
from playbook_compiler.checks._flows import enters_without_limit
from playbook_compiler.conditions import Compare, all_of
from playbook_compiler.conditions_analysis import is_impossible
from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.facts import RunKey
from playbook_compiler.family import name_of
from playbook_compiler.graph import Node, TriggerGraph
from playbook_compiler.model import Flow, Playbook
from playbook_compiler.source import Span
from playbook_compiler.steps import Grant, Send
from playbook_compiler.triggers import EventTrigger
from playbook_compiler.values import dataclass

RULE = name_of(__name__)
MANY_ORDERS = 10**6


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find flows that every order starts and that give an offer or credit without any limit."""
    told, playbook = meanings(graph.playbook), graph.playbook
    many = Compare(playbook.catalogue.facts["orders"], ">=", MANY_ORDERS)
    endless: dict[str, bool] = {}
    for node in graph.nodes.values():
        given = _given(node, playbook)
        if given is None:
            continue
        flow = playbook.flows[node.flow]
        if flow.id not in endless:
            parts = entry_parts(flow, playbook)
            endless[flow.id] = _is_endless(flow, playbook) and not is_impossible(
                all_of([*(told.of(part.condition) for part in parts), many])
            )  # bounded by the number of orders, as in `orders = 5`
        if endless[flow.id]:
            yield _found(given, flow)


@dataclass(frozen=True, slots=True)
class _Given:
    """What a step gives, in words, where it stands, and how to limit it."""

    what: str
    again: str
    span: Span
    limit: str


def _given(node: Node, playbook: Playbook) -> _Given | None:
    """Return the offer or credit that a step gives without a limit of its own."""
    match node.what:
        case Send(offer=name) if name:
            span = node.origin.span("offer")
        case Grant(grant=gift) if gift.offer:
            name, span = gift.offer, node.origin.span("grant")
        case Grant(grant=gift) if gift.credit is not None:
            span = gift.origin.span("credit")
            return _Given(f"a credit of {gift.credit}", "every credit", span, "")
        case _:
            return None
    offer = playbook.offers[name]
    if offer.once_per_customer or offer.limit is not None:
        return None
    limit = "add `once_per_customer: true` to the offer, "
    return _Given(f"the offer `{name}`", "every offer", span, limit)


def _is_endless(flow: Flow, playbook: Playbook) -> bool:
    trigger = flow.trigger
    if not flow.enabled or not isinstance(trigger, EventTrigger):
        return False
    by_order = playbook.catalogue.events[trigger.event].key is RunKey.ORDER
    return by_order and enters_without_limit(flow)


def _found(given: _Given, flow: Flow) -> Diagnostic:
    entry = "add `entry: {again_after: 180d}` to the flow"
    if given.limit:
        entry = f"{given.limit}{entry.removeprefix('add ')}"
    return warning(
        RULE,
        f"every order brings {given.what}, and {given.again} an order",
        given.span,
        caption="no limit on how often",
        help=f"{entry}, or `where: orders = 1` to its trigger",
        labels=(Label(flow.trigger.origin.span("event"), "starts with every order"),),
    )
