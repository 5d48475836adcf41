"""Referral in the plain-Python life: whom orders bring, what both sides get for it."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING

from tests.statistics.twin import points
from tests.statistics.twin.behaviour import Person
from tests.statistics.twin.philox import philox
from tests.statistics.twin.randomness import Randomness
from tests.statistics.twin.state import Happening

from playbook_compiler.programmes import Redeem, Referral, Reward
from playbook_compiler.units import DAY_SECONDS, Duration
from playbook_runtime.kernel.layout import PerMonth, World
from playbook_runtime.kernel.tables import REFERRED
from playbook_runtime.launch import stream

if TYPE_CHECKING:
    from tests.statistics.twin.life import Life

MOST = 8


def programme(life: Life) -> Referral | None:
    programmes = life.rules.playbook.programmes
    return programmes.referral if programmes is not None and life.has_programmes else None


def recommend(life: Life, number: int) -> None:
    """Draw whom the order of that number brings, and when."""
    if programme(life) is None:
        return
    phi, drawn = life.draw.programme["referred"], life.who.randomness
    weights = [math.exp(-phi)]
    for k in range(1, MOST):
        weights.append(weights[-1] * phi / k)
    u = drawn.uniform("referral", number)
    friends = sum(u >= upto for upto in accumulate(weights))
    for counter in range(MOST * number, MOST * number + friends):
        into = drawn.uniforms("referral/friend", counter)[1] * (30 * DAY_SECONDS)
        life.at(life.now + math.floor(into), 1, partial(_come, life, counter))


def _come(life: Life, counter: int) -> None:
    """A friend orders for the first time."""
    referral = programme(life)
    assert referral is not None
    key = philox((life.person.key, stream("referral/key"), counter, 0), (0, 0))[0]
    anyway = life.who.randomness.uniform("referral/friend", counter) < life.draw.programme["anyway"]
    if anyway:
        life.count(World.REFERRED_ANYWAY)
        drawn = Randomness(life.launch.seed, life.draw.number, key)
        nu = drawn.gamma("spend", life.draw.q) / life.draw.gamma
        value = replace(life.who, randomness=drawn, nu=nu).value("value", 0)
        off = _book(life, referral.newcomer, value, 0)
        life.count(World.REVENUE, -off)
        life.count_month(PerMonth.REVENUE, -off)
    else:
        life.friends.append((key, life.now))
    _promise(life, referral)
    if "referred" in life.launch.events:
        life.event(Happening("referred"))


def _promise(life: Life, referral: Referral) -> None:
    limit = referral.at_most
    if limit is not None and isinstance(limit.per, Duration):
        most = int(limit.count)
        latest = life.promised[-most:]
        if len(latest) == most and life.clock.add(latest[0], limit.per) > life.now:
            return
        life.promised.append(life.now)
    due = life.clock.add(life.now, referral.reward_after or Duration())
    life.at(due, 1, partial(_reward, life, referral.referrer))


def _reward(life: Life, reward: Reward | None) -> None:
    """Book what the referrer gets, as at an order that he places on average."""
    _book(life, reward, life.who.expected_value(), 0)
    if reward is not None and reward.points is not None:
        points.award(life, reward.points, Duration())


def _book(life: Life, reward: Reward | None, value: int, discounts: int) -> int:
    """Count what a reward costs; return what it takes off."""
    if reward is None or reward.points is not None:
        return 0
    step = Redeem(origin=reward.origin, points=1, reward=reward)
    cost, off = points.cost_of(life, step, value, discounts)
    life.count(World.REFERRAL_COST, cost)
    life.count(World.OFFER_COST, cost)
    life.count_month(PerMonth.OFFER_COST, cost)
    return off


def welcome(life: Life, value: int, discounts: int) -> int:
    """Return what his reward takes off the first order of one who was recommended."""
    referral = programme(life)
    if referral is None or life.person.kind != REFERRED or life.placed > 1:
        return 0
    if referral.newcomer is not None and referral.newcomer.points is not None:
        points.award(life, referral.newcomer.points, Duration())
    return _book(life, referral.newcomer, value, discounts)


def friend(life: Life, key: int) -> Person:
    """Return one who was recommended: nothing is known of him."""
    return Person(
        row=life.person.row,
        key=key,
        kind=REFERRED,
        x=0,
        t_x=0.0,
        T=0.0,
        repeat_value=0,
        orders=0,
        revenue=0,
        first_order=None,
        last_order=None,
        zone=-1,
        consent=dict.fromkeys(life.launch.channels, -1),
        base=False,
        month=0,
        index=0,
        birthday=0,
        cohort=-1,
        basis=0,
        basis_at=0,
        static=dict.fromkeys(life.launch.statics),
        last_event={},
        latest_mark=None,
        mark_orders=[0] * len(life.launch.orders.marks),
        mark_moment={},
    )
