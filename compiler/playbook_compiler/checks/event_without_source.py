"""A flow waits for an event that the orders do not tell of and that `assume` leaves out."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._conditions import of_customers
from playbook_compiler.checks._flows import running
from playbook_compiler.conditions import Happened, nodes
from playbook_compiler.diagnostics import Diagnostic, hint
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.source import Span
from playbook_compiler.steps import UntilEvent, Wait
from playbook_compiler.triggers import EventTrigger

RULE = name_of(__name__)
# Told by the orders file, or made by the simulation itself.
TOLD = ("order_placed", "offer_redeemed", "unsubscribed")
# Made by the simulation where there is such a programme.
MADE_BY = {
    "points": ("points_earned", "points_redeemed", "points_expiring"),
    "tiers": ("tier_changed",),
    "subscription": ("subscription_renewed", "subscription_cancelled"),
}


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find triggers, waits and conditions on events that only an events file could bring.

    A playbook that assumes nothing at all says nothing about projections, and is left alone.
    """
    playbook = graph.playbook
    if not playbook.assume:
        return
    given = {*TOLD, *playbook.assume}
    for programme, events in MADE_BY.items():
        if getattr(playbook.programmes, programme, None) is not None:
            given.update(events)
    places: list[tuple[str, Span, str]] = []
    for flow in running(playbook):
        if isinstance(flow.trigger, EventTrigger):
            places.append((flow.trigger.event, flow.trigger.origin.span("event"), "never starts"))
    for node in graph.nodes.values():
        if not isinstance(node.what, Wait) or not isinstance(node.what.wait, UntilEvent):
            continue
        if playbook.flows[node.flow].enabled:
            span = node.origin.span("wait", "until")
            places.append((node.what.wait.until, span, "always times out"))
    for placed in of_customers(graph):
        for one in nodes(placed.condition):
            if isinstance(one, Happened):
                places.append((one.event, one.span, "is unknown and counts as no"))
    for event, span, outcome in places:
        if event not in given:
            yield hint(
                RULE,
                f"no order tells of `{event}`: without an events file this {outcome} in a"
                " projection",
                span,
                caption="nothing is known of it",
                help=f"add an assumption such as `assume: {{{event}: {_example(event, graph)}}}`",
            )


def _example(event: str, graph: TriggerGraph) -> str:
    nature = graph.playbook.catalogue.events[event].nature
    return {
        "sign-up": "{rate: 40 per 1mo}",
        "before-order": "{rate: 0.8 per order}",
        "after-order": "{lag: 3d}",
        "after-message": "{rate: 4%, of: sends, lag: 1d}",
    }.get(nature.value, "{rate: 5 per 1mo}")
