"""Discounts that may be used together and then take more than an order leaves."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from playbook_compiler.checks._discounts import depth, discount_span, is_discount, room
from playbook_compiler.checks._flows import sends
from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.units import Share

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find stackable discounts, sent by any flow, beyond the margin when all are used at once."""
    guardrails, free = graph.playbook.guardrails, room(graph.playbook)
    rules = guardrails.discounts if guardrails is not None else None
    if rules is None or not rules.stackable or free is None:
        return
    sent = {one.step.offer for one in sends(graph)}
    offers = [one for one in graph.playbook.offers.values() if one.id in sent and is_discount(one)]
    depths = [taken.fraction for one in offers if (taken := depth(one)) is not None]
    together = sum(depths, Decimal(0))
    if len(depths) > 1 and together > free.fraction:
        yield warning(
            RULE,
            f"used together, the offers take {Share(together)} off, and an order has {free} to"
            " give away",
            rules.origin.span("stackable"),
            caption="lets one order use all of them",
            help="write `stackable: false`: the order then uses the best of them",
            labels=tuple(Label(discount_span(one), f"`{one.id}`") for one in offers),
        )
