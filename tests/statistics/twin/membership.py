"""The paid membership in the plain-Python life: who joins, what is paid, who leaves."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from tests.statistics.twin import points, tiers

from playbook_compiler.programmes import PaidMembership
from playbook_compiler.units import DAY_SECONDS
from playbook_runtime.kernel.layout import WITH, PerMonth, World
from playbook_runtime.kernel.tables import HISTORY

if TYPE_CHECKING:
    from tests.statistics.twin.life import Life

FAR = 50.0


def programme(life: Life) -> PaidMembership | None:
    programmes = life.rules.playbook.programmes
    return programmes.membership if programmes is not None else None


def _chance(life: Life, membership: PaidMembership) -> float:
    """Return P(join) by the person's expected saving in the time of one fee."""
    draw, person, playbook = life.draw, life.person, life.rules.playbook
    x, observed, spent = 0.0, 0.0, 0.0
    if person.kind == HISTORY:
        x, observed, spent = float(person.x), person.T, float(person.repeat_value)
    shape, rate = draw.r + draw.k * x, draw.alpha + observed
    weight = draw.q - 1.0 + draw.p * x
    value = draw.p * (draw.gamma + spent) / weight if weight > 0.0 else 0.0
    seconds = float(round(membership.fee.per.nominal_days * DAY_SECONDS))
    orders = shape / rate / draw.k * draw.drift * (seconds / DAY_SECONDS)
    free = any(right.right == "free-shipping" for right in membership.rights)
    off = max(
        (right.percent_off.ppm for right in membership.rights if right.percent_off), default=0
    )
    saving = orders * ((life.rules.money.shipping if free else 0) + off / 1_000_000.0 * value)
    fee = membership.fee.amount.minor(playbook.decimals)
    logit = draw.programme["join"] + ((saving - fee) / fee if fee else 0.0)
    return 1.0 / (1.0 + math.exp(-min(FAR, max(-FAR, logit))))


def consider(life: Life) -> None:
    """Ask a buyer once, with his first order, whether he joins."""
    membership = programme(life)
    if membership is None or life.was_asked or not life.has_programmes:
        return
    life.was_asked = True
    life.at(life.now, 1, partial(_ask, life, membership))


def _ask(life: Life, membership: PaidMembership) -> None:
    if life.who.randomness.uniform("membership/join") >= _chance(life, membership):
        return
    life.is_member = True
    life.count(World.JOINED)
    if not life.loyalty.takes_part:
        points.belong(life, life.now)
    if membership.trial is not None:
        due = life.clock.add(life.now, membership.trial)
        life.at(due, 2, partial(_renew, life, membership, 0))
    else:
        _pay(life, membership, 0)
    for offer in sorted({right.offer for right in membership.rights if right.offer}):
        tiers.give(life, "(members)", offer)


def _renew(life: Life, membership: PaidMembership, n: int) -> None:
    stays = life.who.randomness.uniform("membership/renew", n) < life.draw.programme["renew"]
    if stays:
        _pay(life, membership, n + 1)
        return
    life.is_member = False
    life.count(World.LEFT)
    if not life.loyalty.takes_part:
        points.leave(life)


def _pay(life: Life, membership: PaidMembership, n: int) -> None:
    """Pay a fee, which counts for the time until the next."""
    fee = membership.fee.amount.minor(life.rules.decimals)
    begin, end = life.now, life.clock.add(life.now, membership.fee.per)
    life.count(World.FEES_PAID, fee)
    until = min(end, life.launch.end)
    life.count(World.FEES, fee * (until - begin) // (end - begin))
    layout, starts = life.layout(), life.launch.month_start
    for month in range(life.month(), len(starts)):
        first = max(begin, starts[month]) if month > life.month() else begin
        last = min(until, starts[month + 1]) if month + 1 < len(starts) else until
        if first < last:
            part = fee * (last - begin) // (end - begin) - fee * (first - begin) // (end - begin)
            life.counts[layout.month_column(month, WITH, PerMonth.FEES)] += part
    life.at(end, 2, partial(_renew, life, membership, n))
