"""An order brings an offer, the offer brings an order, and so on: a discount on every order."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._conditions import entry_parts, meanings
from playbook_compiler.checks._flows import enters_without_limit, sends
from playbook_compiler.conditions import Compare, all_of
from playbook_compiler.conditions_analysis import is_impossible
from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.facts import RunKey
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.triggers import EventTrigger

RULE = name_of(__name__)
MANY_ORDERS = 10**6


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find flows that every order starts and that send an offer without a limit of any kind."""
    told, playbook = meanings(graph.playbook), graph.playbook
    many = Compare(playbook.catalogue.facts["orders"], ">=", MANY_ORDERS)
    seen: set[str] = set()
    for sent in sends(graph):
        trigger, flow = sent.flow.trigger, sent.flow
        if not sent.step.offer or not isinstance(trigger, EventTrigger) or sent.node.id in seen:
            continue
        offer = playbook.offers[sent.step.offer]
        by_order = playbook.catalogue.events[trigger.event].key is RunKey.ORDER
        limited = offer.once_per_customer or offer.limit is not None
        if not by_order or limited or not enters_without_limit(flow):
            continue
        parts = [told.of(part.condition) for part in entry_parts(flow, playbook)]
        if is_impossible(all_of([*parts, many])):
            continue  # bounded by the number of orders, as in `orders = 5`
        seen.add(sent.node.id)
        yield warning(
            RULE,
            f"every order brings the offer `{offer.id}`, and every offer an order",
            sent.node.origin.span("offer"),
            caption="no limit on how often",
            help=(
                "add `once_per_customer: true` to the offer, `entry: {again_after: 180d}` to the"
                " flow, or `where: orders = 1` to its trigger"
            ),
            labels=(Label(trigger.origin.span("event"), "starts with every order"),),
        )
