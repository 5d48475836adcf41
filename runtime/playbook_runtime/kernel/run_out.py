"""What is owed for points at a moment: who of those that hold some still redeems them.

The person goes on buying at his own rate from there, without new points and without any message,
until nothing is left that could be redeemed, the points have lapsed, or he is gone. So the
liability is the value of a point, times what is outstanding, times the share of it that is redeemed
in a run-out, and all three are counted rather than assumed.
"""

from __future__ import annotations

import math

from playbook_runtime.kernel import fields as at
from playbook_runtime.kernel import instructions as code
from playbook_runtime.kernel import scratch as m
from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.clock import DAY_SECONDS, add
from playbook_runtime.kernel.effects import MILLION
from playbook_runtime.kernel.layout import PerMonth, World, world_column
from playbook_runtime.kernel.months import WITH, to_month
from playbook_runtime.kernel.orders import value_of
from playbook_runtime.kernel.points import cost_of, redemption_for
from playbook_runtime.kernel.random import DAY, uniform
from playbook_runtime.kernel.streams import LATER_COIN, LATER_GAP, LATER_VALUE

_OUTSTANDING = world_column(1, World.POINTS_OUTSTANDING)
_LATER = world_column(1, World.POINTS_LATER)
_LIABILITY = world_column(1, World.LIABILITY)
_MONTH_OUTSTANDING = WITH + int(PerMonth.POINTS_OUTSTANDING)
_MONTH_LIABILITY = WITH + int(PerMonth.LIABILITY)
# The run-out ends so long after its moment for points that never lapse.
LONGEST = 50 * 365 * DAY_SECONDS


@compiled
def owed_until(p, s, g, out, moment):
    """Count what is owed at the end of each month that is over at a moment, and turn it."""
    while moment >= s[m.MONTH_END]:
        _owed(p, s, g, out, s[m.MONTH_END])
        to_month(p, s, s[m.MONTH] + 1)


@compiled
def settle(p, s, g, out):
    """Count what is owed at the end, and at the ends of the months until then."""
    owed_until(p, s, g, out, s[m.FINISH] - 1)
    later, cost = _owed(p, s, g, out, s[m.FINISH])
    out[_OUTSTANDING] += s[m.BALANCE] + s[m.PENDING_POINTS]
    out[_LATER] += later
    out[_LIABILITY] += cost


@compiled
def _owed(p, s, g, out, moment):
    """Count what is owed at the end of the present month; return it."""
    points = s[m.BALANCE] + s[m.PENDING_POINTS]
    later, cost = 0, 0
    if points > 0 and s[m.REDEEMER] and s[m.ALIVE_NOW] and g[m.RATE_OF_BUYING] > 0.0:
        later, cost = _run_out(p, s, g, moment)
    out[s[m.MONTH_ROW] + _MONTH_OUTSTANDING] += points
    out[s[m.MONTH_ROW] + _MONTH_LIABILITY] += cost
    return later, cost


@compiled
def _run_out(p, s, g, now):
    """Return (points, cost) of what is redeemed from `now` on without new points."""
    zone, life = s[m.ZONE], p[at.POINTS_LIFE]
    idle = p[at.POINTS_EXPIRE] == code.EXPIRE_IDLE
    old = p[at.POINTS_EXPIRE] == code.EXPIRE_OLD
    left, later, total = s[m.BALANCE] + s[m.PENDING_POINTS], 0, 0
    since = now if s[m.PENDING_POINTS] > 0 else s[m.ACTIVE_AT]
    fresh_until = add(p, zone, now, life)
    lot, gone = s[m.FIRST_LOT], 0  # the oldest lot that is not used up, and what is gone of it
    last = now + LONGEST
    counter, clock = s[m.MONTH] * MILLION, 0.0
    while True:
        row = redemption_for(p, left)
        if row < 0:
            return later, total
        clock += -math.log(uniform(s, LATER_GAP, counter)) / g[m.RATE_OF_BUYING] * DAY
        if clock >= float(LONGEST):
            return later, total
        moment = now + math.floor(clock)
        if old:
            while lot < s[m.LOTS] and s[_lot(s, lot) + m.LOT_EXPIRES] <= moment:
                left -= s[_lot(s, lot) + m.LOT_LEFT] - gone
                lot, gone = lot + 1, 0
            if lot == s[m.LOTS] and moment >= fresh_until:
                return later, total
            row = redemption_for(p, left)
        elif idle:
            last = add(p, zone, since, life)
        if row < 0 or moment >= last:
            return later, total
        cost, _ = cost_of(p, row, value_of(s, g, LATER_VALUE, counter), 0)
        points = p[row + code.REDEEM_POINTS]
        later, total = later + points, total + cost
        left, since = left - points, moment
        while old and points > 0 and lot < s[m.LOTS]:
            taken = min(points, s[_lot(s, lot) + m.LOT_LEFT] - gone)
            gone += taken
            points -= taken
            if gone == s[_lot(s, lot) + m.LOT_LEFT]:
                lot, gone = lot + 1, 0
        if uniform(s, LATER_COIN, counter) < g[m.DROPOUT]:
            return later, total
        counter += 1


@compiled
def _lot(s, lot):
    """Return the cell where a lot stands."""
    return s[m.LOT_TABLE] + lot * m.LOT_WIDTH
