"""Levels: what counts towards them, when they change, and the rights that they and a paid
membership give at orders."""

from __future__ import annotations

from playbook_runtime.kernel import fields as at
from playbook_runtime.kernel import instructions as code
from playbook_runtime.kernel import scratch as m
from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.clock import add
from playbook_runtime.kernel.layout import PerMonth, World, world_column
from playbook_runtime.kernel.months import WITH
from playbook_runtime.kernel.scratch import schedule

_OFFER_COST = world_column(1, World.OFFER_COST)
_MONTH_OFFER_COST = WITH + int(PerMonth.OFFER_COST)
_RIGHTS_COST = world_column(1, World.RIGHTS_COST)


@compiled
def open_level(p, s, amount, moment, start):
    """Put somebody who takes part on the level that his orders before the start give him."""
    if amount > 0:
        _log(s, amount, moment)
    _sum_up(p, s, start)
    s[m.TIER] = _level(p, s[m.COUNTED])
    if s[m.TIER] > 0:
        _tell(p, s)
        _keep(p, s, start)


@compiled
def qualify(p, s, amount, moment):
    """Count an amount towards the level."""
    _log(s, amount, moment)
    review(p, s, moment)


@compiled
def review(p, s, moment):
    """Let the level follow what counts for it, but down only when it is kept no longer."""
    _sum_up(p, s, moment)
    level, old = _level(p, s[m.COUNTED]), s[m.TIER]
    if level < old and p[at.TIER_KEEP] >= 0 and moment < s[m.TIER_UNTIL]:
        return
    if level != old:
        s[m.TIER] = level
        _tell(p, s)
        schedule(s, moment, 1, m.CHANGED, old, level, 0)
    _keep(p, s, moment)


@compiled
def _log(s, amount, moment):
    n = s[m.LOGGED_AMOUNTS]
    if n >= s[m.ROOM]:
        s[m.OVERFLOW] = m.NO_ROOM
        return
    row = s[m.AMOUNTS] + n * m.AMOUNT_WIDTH
    s[row + m.AMOUNT_AT], s[row + m.AMOUNT] = moment, amount
    s[m.LOGGED_AMOUNTS] = n + 1
    s[m.COUNTED] += amount


@compiled
def _sum_up(p, s, moment):
    """Leave out what counts no longer, the oldest first."""
    if p[at.TIER_OVER] < 0:
        return
    while s[m.FIRST_AMOUNT] < s[m.LOGGED_AMOUNTS]:
        row = s[m.AMOUNTS] + s[m.FIRST_AMOUNT] * m.AMOUNT_WIDTH
        if add(p, s[m.ZONE], s[row + m.AMOUNT_AT], p[at.TIER_OVER]) > moment:
            return
        s[m.COUNTED] -= s[row + m.AMOUNT]
        s[m.FIRST_AMOUNT] += 1


@compiled
def _level(p, counted):
    """Return the highest level that an amount reaches."""
    level = 0
    for i in range(1, p[at.LEVELS]):
        if counted >= p[p[at.TIER_LEVELS] + i]:
            level = i
    return level


@compiled
def _tell(p, s):
    """Let conditions on the level know it."""
    s[s[m.TOLD] + p[at.TIER_CELL]] = s[m.TIER]


@compiled
def _keep(p, s, moment):
    """The level is reached, or reached again: look at it when it is no longer kept, or when the
    first of what counts for it counts no longer."""
    s[m.TIER_STAMP] += 1
    if p[at.TIER_KEEP] >= 0:
        s[m.TIER_UNTIL] = add(p, s[m.ZONE], moment, p[at.TIER_KEEP])
    if s[m.TIER] == 0 or p[at.TIER_OVER] < 0:
        return
    due = s[m.TIER_UNTIL]
    if p[at.TIER_KEEP] < 0:
        row = s[m.AMOUNTS] + s[m.FIRST_AMOUNT] * m.AMOUNT_WIDTH
        due = add(p, s[m.ZONE], s[row + m.AMOUNT_AT], p[at.TIER_OVER])
    schedule(s, due, 2, m.REVIEW, s[m.TIER_STAMP], 0, 0)


@compiled
def right(p, s, column):
    """Return the best that the level and the membership give of a kind of right."""
    best = code.SINGLE if column == code.RIGHT_TIMES else 0
    if s[m.TAKES_PART]:
        best = p[p[at.RIGHTS] + s[m.TIER] * code.RIGHT_WIDTH + column]
    if s[m.MEMBER]:
        best = max(best, p[p[at.RIGHTS] + p[at.LEVELS] * code.RIGHT_WIDTH + column])
    return best


@compiled
def use_rights(p, s, out, value, discount, alone):
    """Give what the rights give at an order; return the discount. `alone` says that nothing else
    was redeemed, without which a standing discount needs `stackable`."""
    cost = right(p, s, code.RIGHT_SHIPPING)
    off = 0
    if alone or p[at.STACKABLE]:
        off = (value * right(p, s, code.RIGHT_PERCENT) + 500_000) // 1_000_000
        off = min(off, value - discount)
    out[_OFFER_COST] += cost + off
    out[s[m.MONTH_ROW] + _MONTH_OFFER_COST] += cost + off
    out[_RIGHTS_COST] += cost + off
    return off
