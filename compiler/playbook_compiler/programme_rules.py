"""What must hold within the programmes before anything can be compiled from them."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, Fix, error
from playbook_compiler.facts import Event
from playbook_compiler.fixes import rewritten
from playbook_compiler.model import Playbook
from playbook_compiler.programmes import BENEFITS, Earn, Points, Programmes, Referral, Reward
from playbook_compiler.reading import Origin
from playbook_compiler.units import plain


def broken_programmes(playbook: Playbook) -> Iterator[Diagnostic]:
    """Yield a finding for everything in the programmes that contradicts itself."""
    programmes = playbook.programmes
    if programmes is None:
        return
    if programmes.points is not None:
        yield from _points(programmes.points, playbook)
    if programmes.referral is not None:
        yield from _referral(programmes.referral)
    yield from _fee(programmes, playbook)
    yield from _times(programmes)


def _points(points: Points, playbook: Playbook) -> Iterator[Diagnostic]:
    for earn in points.earn:
        yield from _earn(earn, playbook)
    for redeem in points.redeem:
        yield from _reward(redeem.reward, "points are redeemed for")
        if redeem.reward.points is not None:
            yield error(
                "misplaced-key",
                "points are redeemed for points",
                redeem.reward.origin.key_span("points"),
                caption="expected something else for them",
                help=f"write one of {', '.join(name for name in BENEFITS if name != 'points')}",
            )


def _earn(earn: Earn, playbook: Playbook) -> Iterator[Diagnostic]:
    rate = earn.points
    if not rate.currency:
        return
    if rate.currency != playbook.currency:
        amount = "" if rate.per == 1 else f"{plain(rate.per)} "
        right = f"{plain(rate.points)} per {amount}{playbook.currency}"
        yield error(
            "wrong-currency",
            f"points are earned per {rate.currency}, but all money of this playbook is in"
            f" {playbook.currency}",
            earn.origin.span("points"),
            caption=f"expected {playbook.currency}",
            help=f"write `{right}`",
            fix=_rewritten(earn.origin, "points", right),
        )
    elif not _has_amount(playbook.catalogue.events[earn.event]):
        yield error(
            "wrong-shape",
            f"`{earn.event}` has no amount to earn points on",
            earn.origin.span("points"),
            caption="expected a number of points",
            help="write a number such as 100, or earn these points on order_placed",
        )


def _rewritten(origin: Origin, name: str, text: str) -> Fix | None:
    """Return the edit that makes the scalar under `name` say `text`."""
    span, place = origin.span(name), origin.document.places.get((*origin.path, name))
    if place is None or place.text is None or span.file != origin.document.source.path:
        return None  # the argument of a tactic
    return rewritten(origin.document.source, span, place.text, text)


def _has_amount(event: Event) -> bool:
    return event.field("order.total") is not None


def _referral(referral: Referral) -> Iterator[Diagnostic]:
    if referral.referrer is None and referral.newcomer is None:
        yield error(
            "no-benefit",
            "the referral programme gives nothing",
            referral.origin.span(),
            caption="add `referrer`, `newcomer` or both",
        )
    for name, reward in (("referrer", referral.referrer), ("newcomer", referral.newcomer)):
        if reward is not None:
            yield from _reward(reward, f"the {name} gets")


def _reward(reward: Reward, what: str) -> Iterator[Diagnostic]:
    """Find rewards that give nothing or several things."""
    written = reward.origin.has
    given = [name for name in BENEFITS if written(name)] or (["choice"] if reward.choice else [])
    if len(given) > 1:
        yield error(
            "several-benefits",
            f"{what} {' and '.join(f'`{name}`' for name in given)}",
            reward.origin.key_span(given[1]),
            caption="a reward is one thing",
            help="write a second entry, or `choice:` of several offers",
        )
    elif not given or (given == ["free_shipping"] and not reward.free_shipping):
        yield error(
            "no-benefit",
            f"{what} nothing",
            reward.origin.span(),
            caption=f"add one of {', '.join(BENEFITS)}",
        )
    if reward.cost is not None and not reward.gift:
        yield error(
            "misplaced-key",
            "`cost` is what a `gift` costs",
            reward.origin.key_span("cost"),
            caption="means nothing here",
        )


def _fee(programmes: Programmes, playbook: Playbook) -> Iterator[Diagnostic]:
    membership = programmes.membership
    if membership is None:
        return
    amount = membership.fee.amount.amount
    if amount != round(amount, playbook.decimals):
        yield error(
            "too-many-decimals",
            f"amounts in {playbook.currency} have at most {playbook.decimals} decimals here,"
            f" found {plain(amount)}",
            membership.origin.span("fee"),
            caption=f"write {plain(round(amount, playbook.decimals))} per {membership.fee.per}",
        )


def _times(programmes: Programmes) -> Iterator[Diagnostic]:
    """Find deliveries without any time between them."""
    subscription = programmes.subscription
    for index, every in enumerate(subscription.every if subscription is not None else ()):
        if subscription is not None and every.is_zero:
            yield error(
                "out-of-range",
                "a subscription cannot deliver again after no time",
                subscription.origin.span("every", index),
                caption="expected a time such as 30d",
            )
