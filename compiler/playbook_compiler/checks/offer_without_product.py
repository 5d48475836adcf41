"""An offer for the product of the trigger, in a flow whose trigger is about no product."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._flows import running
from playbook_compiler.diagnostics import Diagnostic, Label, error
from playbook_compiler.event_catalogue import trigger_source
from playbook_compiler.facts import RunKey
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Flow, Playbook
from playbook_compiler.steps import Grant, Send
from playbook_compiler.triggers import EventTrigger

RULE = name_of(__name__)
THE_PRODUCT = "trigger.product"


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find sends and gifts of offers with `product: trigger.product` that are for nothing."""
    playbook = graph.playbook
    bound = {one.id for one in playbook.offers.values() if one.product == THE_PRODUCT}
    if not bound:
        return
    about = {flow.id: _is_about_product(flow, playbook) for flow in running(playbook)}
    for node in graph.nodes.values():
        match node.what:
            case Send(offer=name):
                span = node.origin.span("offer")
            case Grant(grant=gift):
                name, span = gift.offer, node.origin.span("grant")
            case _:
                continue
        if name in bound and not about.get(node.flow, True):
            flow = playbook.flows[node.flow]
            yield error(
                RULE,
                f"`{name}` is for the product of the trigger, and `{flow.id}` starts with none",
                span,
                caption="for no product",
                help="name a product in the offer, or start the flow with one, such as"
                " `trigger: product_browsed`",
                labels=(
                    Label(playbook.offers[name].origin.span("product"), "the offer is for this"),
                    Label(flow.trigger.origin.span(flow.trigger.kind), "about no product"),
                ),
            )


def _is_about_product(flow: Flow, playbook: Playbook) -> bool:
    trigger = flow.trigger
    event = trigger.event if isinstance(trigger, EventTrigger) else ""
    fields = playbook.catalogue.trigger_facts(trigger_source(trigger.kind, event))
    by_order = bool(event) and playbook.catalogue.events[event].key is RunKey.ORDER
    return by_order or any(name.startswith(f"{THE_PRODUCT}.") for name in fields)
