"""A flow that wants an order and goes on after it: reminders of a cart that was bought."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._flows import is_marketing, sends
from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.facts import Nature
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.steps import Wait
from playbook_compiler.triggers import EventTrigger, Inactivity, Replenishment

RULE = name_of(__name__)
ENDING = (Nature.ORDER, Nature.AFTER_ORDER)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find flows on carts, visits, wishes, inactivity and refills without an exit on an order.

    Left out, `exit_on` is `order_placed` for these; they are found where it says something else.
    """
    events = graph.playbook.catalogue.events
    waiting = {node.flow for node in graph.nodes.values() if isinstance(node.what, Wait)}
    flows = {sent.flow.id: sent.flow for sent in sends(graph) if is_marketing(sent)}
    for flow in flows.values():
        trigger = flow.trigger
        wants = isinstance(trigger, Inactivity | Replenishment) or (
            isinstance(trigger, EventTrigger)
            and events[trigger.event].nature is Nature.BEFORE_ORDER
        )
        ends = any(events[event].nature in ENDING for event in flow.exit_on or ())
        if wants and not ends and flow.exit_when is None and flow.id in waiting:
            yield warning(
                RULE,
                f"`{flow.id}` goes on after the customer has ordered",
                flow.origin.span("exit_on"),
                caption="expected order_placed among these",
                help="write `exit_on: [order_placed]`, or leave `exit_on` out: it is the default",
                labels=(Label(trigger.origin.span(trigger.kind), "asks for an order"),),
            )
