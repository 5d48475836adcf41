"""What programmes give back: the worth of a point, the cost of a reward, the discounts of rights.

All figures are per unit of the playbook's currency that customers spend, before any breakage: every
point is taken to be redeemed in the way that costs the shop most.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from playbook_compiler.model import Offer, Playbook
from playbook_compiler.products import Product
from playbook_compiler.programmes import Earn, Points, Redeem, Reward
from playbook_compiler.rights import Right
from playbook_compiler.units import Share, plain
from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What points give back of each unit of money spent, and where the figures stand.

    share = rate x multiple x worth: points per unit, times the best right, times money per point.
    """

    share: Share
    rate: Decimal
    multiple: Decimal
    worth: Decimal
    earn: Earn
    redeem: Redeem

    @property
    def arithmetic(self) -> str:
        """The sum in words: `1 point per EUR x 1.5 (the best right) x 0.01 EUR a point = 1.5%`."""
        money = self.earn.points.currency
        points = "1 point" if self.rate == 1 else f"{_short(self.rate)} points"
        right = f" x {plain(self.multiple)} (the best right)" if self.multiple != 1 else ""
        return f"{points} per {money}{right} x {_short(self.worth)} {money} a point = {self.share}"


def points_of(playbook: Playbook) -> Points | None:
    """Return the points programme, if there is one."""
    return playbook.programmes.points if playbook.programmes is not None else None


def given_back(playbook: Playbook, *, with_rights: bool = True) -> GivenBack | None:
    """Return what the points programme gives back at most; None where that cannot be told."""
    points = points_of(playbook)
    if points is None:
        return None
    dearest = _dearest(points, playbook)
    by_amount = [earn for earn in points.earn if earn.points.currency]
    if dearest is None or not by_amount:
        return None
    redeem, worth = dearest
    always = sum((one.points.per_unit for one in by_amount if one.where is None), Decimal(0))
    some = max((one.points.per_unit for one in by_amount if one.where is not None), default=0)
    rate = always + some
    times = [right.points.times for right in _all_rights(playbook) if right.points is not None]
    multiple = max(times, default=Decimal(1)) if with_rights else Decimal(1)
    share = Share(round(rate * multiple * worth, 4))
    top = max(by_amount, key=lambda one: one.points.per_unit)
    return GivenBack(share, rate, multiple, worth, top, redeem)


def _dearest(points: Points, playbook: Playbook) -> tuple[Redeem, Decimal] | None:
    """Return the way to redeem that costs most per point, with that cost."""
    found = [
        (redeem, max(cost - _paid(redeem), Decimal(0)) / redeem.points)
        for redeem in points.redeem
        if (cost := cost_of(redeem.reward, playbook)) is not None
    ]
    return max(found, key=lambda one: one[1]) if found else None


def _paid(redeem: Redeem) -> Decimal:
    return redeem.plus.amount if redeem.plus is not None else Decimal(0)


def cost_of(reward: Reward, playbook: Playbook) -> Decimal | None:
    """Return what a reward costs the shop each time; None where nothing in the playbook tells.

    A percentage depends on the order, and a gift without `cost` on what it is.
    """
    if reward.amount_off is not None:
        return reward.amount_off.amount
    if reward.credit is not None:
        return reward.credit.amount
    if reward.gift:
        return reward.cost.amount if reward.cost is not None else None
    if reward.free_shipping:
        return _shipping(playbook)
    if reward.points is not None:
        points = points_of(playbook)
        dearest = _dearest(points, playbook) if points is not None else None
        return dearest[1] * reward.points if dearest is not None else None
    costs = [_cost_of_choice(name, playbook) for name in reward.choice]
    return max((cost for cost in costs if cost is not None), default=None)


def _cost_of_choice(name: str, playbook: Playbook) -> Decimal | None:
    if name in playbook.offers:
        return _cost_of_offer(playbook.offers[name], playbook)
    return _cost_of_product(playbook.products[name], playbook)


def _cost_of_offer(offer: Offer, playbook: Playbook) -> Decimal | None:
    if offer.free_shipping:
        return _shipping(playbook)
    for amount in (offer.amount_off, offer.credit, offer.cost):
        if amount is not None:
            return amount.amount
    return None


def _cost_of_product(product: Product, playbook: Playbook) -> Decimal | None:
    margins = playbook.economics.gross_margin if playbook.economics is not None else None
    margin = product.margin
    if margin is None and margins is not None:
        margin = margins.by_category.get(product.category, margins.default)
    if product.price is None or margin is None:
        return None
    return product.price.amount * (1 - margin.fraction)


def _shipping(playbook: Playbook) -> Decimal | None:
    economics = playbook.economics
    costs = economics.order_costs if economics is not None else None
    return costs.shipping.amount if costs is not None else None


def _all_rights(playbook: Playbook) -> Iterator[Right]:
    programmes = playbook.programmes
    if programmes is None:
        return
    if programmes.tiers is not None:
        for rights in programmes.tiers.rights.values():
            yield from rights
    if programmes.membership is not None:
        yield from programmes.membership.rights


def rights(playbook: Playbook) -> tuple[Right, ...]:
    """Return every right that levels and the membership give."""
    return tuple(_all_rights(playbook))


def rewards(playbook: Playbook) -> Iterator[tuple[str, Reward]]:
    """Yield the rewards of the programmes with a word for each."""
    programmes = playbook.programmes
    if programmes is None:
        return
    if programmes.points is not None:
        for redeem in programmes.points.redeem:
            yield f"{redeem.points} points", redeem.reward
    if programmes.referral is not None:
        if programmes.referral.referrer is not None:
            yield "a recommendation", programmes.referral.referrer
        if programmes.referral.newcomer is not None:
            yield "being recommended", programmes.referral.newcomer


def _short(number: Decimal) -> str:
    return plain(round(number, 6))
