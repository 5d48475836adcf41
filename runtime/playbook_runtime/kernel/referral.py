"""Referral: orders bring friends. One who would not have come otherwise has a life of his own,
in the world with alone, that is simulated after that of the person who recommended the shop.
"""

from __future__ import annotations

import math

from playbook_runtime.kernel import fields as at
from playbook_runtime.kernel import instructions as code
from playbook_runtime.kernel import scratch as m
from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.clock import add
from playbook_runtime.kernel.layout import PerMonth, World, world_column
from playbook_runtime.kernel.months import WITH
from playbook_runtime.kernel.points import award, cost_of
from playbook_runtime.kernel.random import second_uniform, sticky_word, uniform
from playbook_runtime.kernel.scratch import schedule
from playbook_runtime.kernel.streams import FRIEND, FRIEND_KEY, REFERRAL
from playbook_runtime.kernel.tables import NEVER

MOST_OF_AN_ORDER = 8
# So many people who go back to one recommendation are no shop: R is above one.
MOST_REFERRED = 10_000
SPREAD = 30.0 * 86400.0  # friends come within so many seconds of the order
_PHI = m.DRAWN + at.REFERRED
_IOTA = m.DRAWN + at.ANYWAY
_COST = world_column(1, World.REFERRAL_COST)
_OFFER_COST = world_column(1, World.OFFER_COST)
_MONTH_OFFER_COST = WITH + int(PerMonth.OFFER_COST)


@compiled
def recommend(s, g, number, moment):
    """Draw who comes of an order, and when: a Poisson number of friends, phi on average."""
    phi = g[_PHI]
    u = uniform(s, REFERRAL, number)
    weight = math.exp(-phi)
    total = weight
    friends = 0
    while u >= total and friends < MOST_OF_AN_ORDER:
        friends += 1
        weight = weight * phi / float(friends)
        total += weight
    for j in range(friends):
        counter = number * MOST_OF_AN_ORDER + j
        after = math.floor(second_uniform(s, FRIEND, counter) * SPREAD)
        schedule(s, moment + after, 1, m.COMES, counter, 0, 0)


@compiled
def comes_anyway(s, g, counter):
    """Return whether a friend is a newcomer of both worlds, who has only used the link."""
    return uniform(s, FRIEND, counter) < g[_IOTA]


@compiled
def friend_key(s, counter):
    """Return the key of a friend, the same in every draw."""
    return sticky_word(s, FRIEND_KEY, counter)


@compiled
def bring(s, key, moment):
    """Put a friend down for a life of his own."""
    n = s[m.REFERRED]
    if n >= MOST_REFERRED:
        s[m.OVERFLOW] = m.ENDLESS
        return
    if n >= s[m.ROOM]:
        s[m.OVERFLOW] = m.NO_ROOM
        return
    row = s[m.FRIENDS] + n * m.FRIEND_WIDTH
    s[row + m.FRIEND_IS], s[row + m.FRIEND_AT] = key, moment
    s[m.REFERRED] = n + 1


@compiled
def promise(p, s, moment):
    """Schedule the reward for a friend who ordered, unless there were enough of them lately."""
    most = p[at.REWARD_MOST]
    if most > 0:
        first = s[m.REWARD_LOG]
        oldest = s[first]
        if oldest != NEVER and add(p, s[m.ZONE], oldest, p[at.REWARD_WITHIN]) > moment:
            return
        for cell in range(first, first + most - 1):
            s[cell] = s[cell + 1]
        s[first + most - 1] = moment
    due = moment if p[at.REWARD_AFTER] < 0 else add(p, s[m.ZONE], moment, p[at.REWARD_AFTER])
    schedule(s, due, 1, m.REWARD, 0, 0, 0)


@compiled
def give(p, s, out, row, value, discount):
    """Book a reward in full, at an order of that value and discount; return what it takes off."""
    cost, off = cost_of(p, row, value, discount)
    out[_COST] += cost
    out[_OFFER_COST] += cost
    out[s[m.MONTH_ROW] + _MONTH_OFFER_COST] += cost
    return off


@compiled
def give_points(p, s, out, row, moment):
    """Give the points of a reward, if it is one of points, to who takes part in them."""
    if p[row + code.REDEEM_POINTS] > 0:
        award(p, s, out, p[row + code.REDEEM_POINTS], -1, moment)


@compiled
def welcome(p, s, out, value, discount, moment):
    """The first order of one who was recommended: return what his reward takes off."""
    s[m.WELCOME] = 0
    row = p[at.REFERRALS] + code.REDEEM_WIDTH
    give_points(p, s, out, row, moment)
    return give(p, s, out, row, value, discount)
