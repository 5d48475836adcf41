"""The subscription: who joins at which rhythm, what becomes of each delivery, which orders it
replaces.

Staying is shifted-beta-geometric (Fader & Hardie 2007, "How to project customer retention"): each
subscriber has his own chance to stay from one delivery to the next, from a Beta distribution.
"""

from __future__ import annotations

from playbook_runtime.kernel import fields as at
from playbook_runtime.kernel import instructions as code
from playbook_runtime.kernel import scratch as m
from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.clock import add
from playbook_runtime.kernel.layout import World, world_column
from playbook_runtime.kernel.marks import answer_of
from playbook_runtime.kernel.random import DAY, beta, three_uniforms, uniform
from playbook_runtime.kernel.scratch import schedule
from playbook_runtime.kernel.streams import (
    SUBSCRIBE,
    SUBSCRIPTION_DUE,
    SUBSCRIPTION_LEAVE,
    SUBSCRIPTION_RENEW,
    SUBSCRIPTION_STAY,
)
from playbook_runtime.kernel.tables import YES

_SUBSCRIBED = world_column(1, World.SUBSCRIBED)
_ENDED = world_column(1, World.SUBSCRIPTIONS_ENDED)
_D = m.DRAWN
# What becomes of a delivery that is due.
LEFT_OUT, OVER, DELIVERED = range(3)


@compiled
def suits(p, mark):
    """Return whether an order of a mark is of the goods that can be subscribed to."""
    first = p[at.SUBSCRIPTION_MARKS]
    return first < 0 or answer_of(p, first, mark) == YES


@compiled
def is_replaced(p, s, mark):
    """Return whether an order does not come because deliveries come in its place."""
    return s[m.SUBSCRIBER] != 0 and suits(p, mark)


@compiled
def consider(p, s, value, mark, moment):
    """Ask a buyer once, with his first order of such goods that he stays alive after."""
    if s[m.ALIVE_NOW] and suits(p, mark):
        s[m.OFFERED] = 1
        schedule(s, moment, 1, m.SUBSCRIBES, value, mark, 0)


@compiled
def _days(p, rhythm):
    """Return the nominal days of a rhythm."""
    return float(p[p[at.RHYTHMS] + 2 * rhythm + 1]) / DAY


@compiled
def _uses(p, f, s, g):
    """Return how many orders a day of such goods the customer places by himself: of all that share
    of which an order is expected to be."""
    rate, marks = g[m.RATE_OF_BUYING], p[at.MARKS]
    if p[at.SUBSCRIPTION_MARKS] < 0:
        return rate
    own, shop, before = 0, 0.0, 0.0
    for mark in range(marks):
        cumulated = f[p[at.MARK_SHARE] + mark]
        if suits(p, mark):
            own += s[s[m.OWN_BY_MARK] + mark]
            shop += cumulated - before
        before = cumulated
    strength = f[p[at.MARK_STRENGTH]]
    return rate * ((float(own) + strength * shop) / (float(s[m.OWN_ORDERS]) + strength))


@compiled
def _need(p, g, rhythm):
    """Return the share of the deliveries of a rhythm that the customer uses."""
    return min(1.0, _days(p, rhythm) * g[m.USES])


@compiled
def _nearest(p, g):
    """Return the rhythm that is nearest to the customer's own."""
    best = p[at.RHYTHM_COUNT] - 1
    if not g[m.USES] > 0.0:
        return best
    gap = 1.0 / g[m.USES]
    distance = abs(_days(p, best) - gap)
    for i in range(p[at.RHYTHM_COUNT] - 2, -1, -1):
        if abs(_days(p, i) - gap) <= distance:
            best, distance = i, abs(_days(p, i) - gap)
    return best


@compiled
def subscribe(p, f, s, g, out, value, mark, moment):
    """Let a buyer subscribe to what he has just ordered, if he does."""
    g[m.USES] = _uses(p, f, s, g)
    rhythm = _nearest(p, g)
    chance = g[_D + at.SUBSCRIBE]
    if not p[at.SUBSCRIPTION_MAY] & code.MAY_SKIP:
        chance = chance * _need(p, g, rhythm)
    if not uniform(s, SUBSCRIBE, 0) < chance:
        return
    s[m.SUBSCRIBER], s[m.RHYTHM] = 1, rhythm
    s[m.DELIVERED_VALUE], s[m.DELIVERED_MARK] = value, mark
    out[_SUBSCRIBED] += 1
    weight = 1.0 / g[_D + at.UNLIKE] - 1.0
    stay = g[_D + at.STAY]
    g[m.STAYS] = beta(
        s, SUBSCRIPTION_STAY, SUBSCRIPTION_LEAVE, stay * weight, (1.0 - stay) * weight
    )
    _next_due(p, s, 0, 1, moment)


@compiled
def _next_due(p, s, n, rhythms, moment):
    """Schedule due date n so many rhythms from now."""
    due = moment
    for _ in range(rhythms):
        due = add(p, s[m.ZONE], due, p[p[at.RHYTHMS] + 2 * s[m.RHYTHM]])
    schedule(s, due, 0, m.DELIVERY, n, 0, 0)


@compiled
def fall_due(p, s, g, out, n, moment):
    """Decide what becomes of due date n: left out, or the end, or delivered."""
    may = p[at.SUBSCRIPTION_MAY]
    paused, skipped, changed = three_uniforms(s, SUBSCRIPTION_DUE, n)
    if may & code.MAY_CHANGE and changed < g[_D + at.CHANGES_RHYTHM]:
        s[m.RHYTHM] = (s[m.RHYTHM] + 1) % p[at.RHYTHM_COUNT]
    if may & code.MAY_PAUSE and paused < g[_D + at.PAUSES]:
        longer = paused < 0.5 * g[_D + at.PAUSES]
        _next_due(p, s, n + 1, 3 if longer else 2, moment)
        return LEFT_OUT
    if may & code.MAY_SKIP:
        kept = _need(p, g, s[m.RHYTHM]) * (1.0 - g[_D + at.SKIPS])
        if not skipped < kept:
            _next_due(p, s, n + 1, 1, moment)
            return LEFT_OUT
    if not uniform(s, SUBSCRIPTION_RENEW, n) < g[m.STAYS]:
        s[m.SUBSCRIBER] = 0
        out[_ENDED] += 1
        return OVER
    _next_due(p, s, n + 1, 1, moment)
    return DELIVERED
