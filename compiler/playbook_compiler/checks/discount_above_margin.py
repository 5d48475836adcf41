"""A discount that takes more than an order leaves: every order with it loses money."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._discounts import depth, discount_span, is_discount, room
from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find discounts beyond the gross margin, less the margin that is to be kept."""
    free = room(graph.playbook)
    economics = graph.playbook.economics
    if free is None or economics is None:
        return
    for offer in graph.playbook.offers.values():
        taken = depth(offer)
        if not is_discount(offer) or (taken is not None and taken.fraction <= free.fraction):
            continue
        if taken is not None and taken.fraction > 1:
            continue  # an error of its own
        labels = [Label(economics.origin.span("gross_margin"), "the margin")]
        rules = graph.playbook.guardrails.discounts if graph.playbook.guardrails else None
        if rules is not None and rules.keep_margin is not None:
            labels.append(Label(rules.origin.span("keep_margin"), "less what is to be kept"))
        if taken is None:
            message = f"the offer `{offer.id}` can be used on orders smaller than it"
            help_ = f"add a `minimum`, for example three times {offer.amount_off}"
        else:
            message = (
                f"the offer `{offer.id}` takes {taken} off, and an order has {free} to give away"
            )
            less = "give less" if offer.percent_off is not None else "give less, raise `minimum`"
            help_ = f"{less}, or give something that costs less than it is worth"
        yield warning(
            RULE,
            message,
            discount_span(offer),
            caption=f"expected no more than {free} of an order",
            help=help_,
            labels=tuple(labels),
        )
