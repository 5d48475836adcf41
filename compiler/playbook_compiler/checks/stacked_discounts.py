"""Discounts that may be used together and then take more than an order leaves."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TypeAlias

from playbook_compiler.checks._discounts import (
    depth,
    discount_span,
    is_discount,
    margin_of,
    room,
)
from playbook_compiler.checks._flows import sends
from playbook_compiler.checks._programmes import rights
from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Discounts, Offer, Playbook
from playbook_compiler.source import Span
from playbook_compiler.steps import Grant
from playbook_compiler.units import Share

RULE = name_of(__name__)
# How much is taken off, by what, and where that stands.
Used: TypeAlias = tuple[Share, str, Span]


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find stackable discounts beyond the margin when all are used at once: offers that a flow
    sends or a right gives, the best right of a level, and that of the membership."""
    playbook = graph.playbook
    rules = playbook.guardrails.discounts if playbook.guardrails is not None else None
    if rules is None or not rules.stackable:
        return
    offers = _offers(graph)
    standing = list(_standing(playbook))
    for on in sorted({"", *(offer.product for offer in offers)}):
        margin = margin_of(playbook, on)
        free = room(playbook, margin.share) if margin is not None else None
        if free is None:
            return
        used = [
            (taken, f"`{offer.id}`", discount_span(offer))
            for offer in offers
            if offer.product in ("", on) and (taken := depth(offer)) is not None
        ]
        used += standing
        together = sum((taken.fraction for taken, _, _ in used), Decimal(0))
        if len(used) > 1 and together > free.fraction:
            yield _found(rules, used, together, free, standing=bool(standing))
            return


def _found(
    rules: Discounts, used: list[Used], together: Decimal, free: Share, *, standing: bool
) -> Diagnostic:
    what = "offers and rights" if standing else "offers"
    return warning(
        RULE,
        f"used together, the {what} take {Share(together)} off, and an order has {free} to"
        " give away",
        rules.origin.span("stackable"),
        caption="lets one order use all of them",
        help="write `stackable: false`: the order then uses the best of them",
        labels=tuple(Label(span, name) for _, name, span in used),
    )


def _offers(graph: TriggerGraph) -> list[Offer]:
    """Return the discounts that customers are given."""
    given = {one.step.offer for one in sends(graph)}
    given |= {right.offer for right in rights(graph.playbook)}
    given |= {n.what.grant.offer for n in graph.nodes.values() if isinstance(n.what, Grant)}
    return [one for one in graph.playbook.offers.values() if one.id in given and is_discount(one)]


def _standing(playbook: Playbook) -> Iterator[Used]:
    """Yield the best standing discount of the levels, and that of the membership."""
    programmes = playbook.programmes
    tiers = programmes.tiers if programmes is not None else None
    membership = programmes.membership if programmes is not None else None
    of_tiers = [right for several in tiers.rights.values() for right in several] if tiers else []
    of_members = list(membership.rights) if membership else []
    for name, several in (("the best level", of_tiers), ("the membership", of_members)):
        cuts = [(right.percent_off, right) for right in several if right.percent_off is not None]
        if cuts:
            share, right = max(cuts, key=lambda one: one[0].fraction)
            yield share, name, right.origin.span("percent_off")
