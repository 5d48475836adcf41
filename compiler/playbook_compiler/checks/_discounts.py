"""How deep an offer cuts into an order."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from playbook_compiler.conditions import Condition, InAudience, any_of
from playbook_compiler.model import Offer, Playbook
from playbook_compiler.reading import listed
from playbook_compiler.source import Span
from playbook_compiler.units import Share
from playbook_compiler.values import dataclass


def depth(offer: Offer) -> Share | None:
    """Return the largest share of an order that a discount takes; None where nothing bounds it.

    An amount off is deepest on the smallest order that it may be used on. Other offers take none.
    """
    if offer.percent_off is not None:
        return offer.percent_off
    if offer.amount_off is None:
        return Share(Decimal(0))
    if offer.minimum is None or not offer.minimum.amount:
        return None
    return Share(round(offer.amount_off.amount / offer.minimum.amount, 4))


def is_discount(offer: Offer) -> bool:
    """Whether the offer lowers the price, in a share or an amount."""
    return offer.percent_off is not None or offer.amount_off is not None


def discount_span(offer: Offer) -> Span:
    """Return where the size of the discount stands."""
    return offer.origin.span("percent_off" if offer.percent_off is not None else "amount_off")


def getting(offer: Offer, playbook: Playbook) -> Iterator[tuple[Condition, Span, str]]:
    """Yield what a customer has to meet to get an offer, where it stands, and whose it is."""
    if offer.audience:
        yield InAudience(offer.audience), offer.origin.span("for"), f"for `{offer.audience}`"
    rules = playbook.guardrails.discounts if playbook.guardrails is not None else None
    if rules is not None and rules.only_for and is_discount(offer):
        allowed = any_of([InAudience(name) for name in rules.only_for])
        whose = f"a discount, and discounts are only for {listed(rules.only_for)}"
        yield allowed, rules.origin.span("only_for"), whose


def room(playbook: Playbook, margin: Share | None = None) -> Share | None:
    """Return the share of an order that can be given away: margin less `keep_margin`, if known.

    The margin is that of everything where none is told.
    """
    if playbook.economics is None:
        return None
    rules = playbook.guardrails.discounts if playbook.guardrails is not None else None
    kept = rules.keep_margin if rules is not None else None
    whole = margin if margin is not None else playbook.economics.gross_margin.default
    return Share(whole.fraction - (kept.fraction if kept is not None else 0))


@dataclass(frozen=True, slots=True)
class MarginOf:
    """The gross margin of what a discount is on, where it stands, and `of` what it is."""

    share: Share
    span: Span
    of: str = ""


def margin_of(playbook: Playbook, what: str) -> MarginOf | None:
    """Return the margin of a product or a category; of everything where nothing is said of it."""
    economics = playbook.economics
    if economics is None:
        return None
    margins = economics.gross_margin
    product = playbook.products.get(what)
    if product is not None and product.margin is not None:
        return MarginOf(product.margin, product.origin.span("margin"), what)
    category = product.category if product is not None else what
    if category in margins.by_category:
        place = economics.origin.span("gross_margin", category)
        return MarginOf(margins.by_category[category], place, category)
    return MarginOf(margins.default, economics.origin.span("gross_margin"))
