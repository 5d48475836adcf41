"""A discount that takes more than an order leaves: every order with it loses money."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._discounts import (
    depth,
    discount_span,
    is_discount,
    margin_of,
    room,
)
from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.units import Share

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find discounts beyond the gross margin, less the margin that is to be kept."""
    playbook = graph.playbook
    for offer in playbook.offers.values():
        margin = margin_of(playbook, offer.product)
        free = room(playbook, margin.share) if margin is not None else None
        if margin is None or free is None:
            return
        taken = depth(offer)
        if not is_discount(offer) or (taken is not None and taken.fraction <= free.fraction):
            continue
        if taken is not None and taken.fraction > 1:
            continue  # an error of its own
        labels = [Label(margin.span, f"the margin of {margin.of}" if margin.of else "the margin")]
        rules = playbook.guardrails.discounts if playbook.guardrails else None
        if rules is not None and rules.keep_margin is not None:
            labels.append(Label(rules.origin.span("keep_margin"), "less what is to be kept"))
        whose = f"an order of {margin.of}" if margin.of else "an order"
        if taken is None:
            message = f"the offer `{offer.id}` can be used on orders smaller than it"
            help_ = f"add a `minimum`, for example three times {offer.amount_off}"
        else:
            message = f"the offer `{offer.id}` takes {taken} off, and {whose} has {_left(free)}"
            less = "give less" if offer.percent_off is not None else "give less, raise `minimum`"
            help_ = f"{less}, or give something that costs less than it is worth"
        yield warning(
            RULE,
            message,
            discount_span(offer),
            caption=f"expected no more than {free} of {whose}"
            if free.fraction > 0
            else "expected no discount",
            help=help_,
            labels=tuple(labels),
        )


def _left(free: Share) -> str:
    return f"{free} to give away" if free.fraction > 0 else "nothing to give away"
