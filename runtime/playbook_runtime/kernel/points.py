"""Points: earned, credited, redeemed at orders, lapsed; and what is owed for them at the end.

Integers throughout: what was earned is what was redeemed, has lapsed or is outstanding, person by
person. What a lot of them costs is known when it is redeemed; until then it is a liability.
"""

from __future__ import annotations

from playbook_runtime.kernel import fields as at
from playbook_runtime.kernel import instructions as code
from playbook_runtime.kernel import scratch as m
from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.clock import add
from playbook_runtime.kernel.evaluate import holds
from playbook_runtime.kernel.instructions import AMOUNT, CREDIT, PERCENT
from playbook_runtime.kernel.layout import PerMonth, World, world_column
from playbook_runtime.kernel.months import WITH
from playbook_runtime.kernel.scratch import schedule
from playbook_runtime.kernel.tables import NEVER
from playbook_runtime.kernel.tiers import qualify, right

_EARNED = world_column(1, World.POINTS_EARNED)
_REDEEMED = world_column(1, World.POINTS_REDEEMED)
_EXPIRED = world_column(1, World.POINTS_EXPIRED)
_COST = world_column(1, World.POINTS_COST)
_OFFER_COST = world_column(1, World.OFFER_COST)
_MONTH_EARNED = WITH + int(PerMonth.POINTS_EARNED)
_MONTH_REDEEMED = WITH + int(PerMonth.POINTS_REDEEMED)
_MONTH_EXPIRED = WITH + int(PerMonth.POINTS_EXPIRED)
_MONTH_OFFER_COST = WITH + int(PerMonth.OFFER_COST)
NO_POINTS = -1


@compiled
def earn(p, f, s, out, event, number, paid, moment):
    """Earn what an event brings; `paid` is what was paid at the order that it is about, or 0."""
    for i in range(p[at.EARNINGS]):
        row = p[at.EARNS] + i * code.EARN_WIDTH
        if p[row + code.EARN_EVENT] != event:
            continue
        points = p[row + code.EARN_FIXED]
        if points == 0:
            points = paid * p[row + code.EARN_POINTS] // p[row + code.EARN_PER]
        points = points * right(p, s, code.RIGHT_TIMES) // 1_000_000
        if points <= 0 or not holds(p, f, s, p[row + code.EARN_WHERE], moment):
            continue
        if p[row + code.EARN_MOST] == 0 or _often_enough(p, s, row, number, moment):
            award(p, s, out, points, p[row + code.EARN_PENDING], moment)


@compiled
def _often_enough(p, s, row, number, moment):
    """Return whether a limited way to earn is open, and note that it was taken."""
    first = s[m.EARN_LOG] + p[row + code.EARN_LOG]
    last = first + p[row + code.EARN_MOST] - 1
    within = p[row + code.EARN_WITHIN]
    oldest = s[first]
    if within < 0:
        if oldest == number:
            return False
    elif oldest != NEVER and add(p, s[m.ZONE], oldest, within) > moment:
        return False
    for cell in range(first, last):
        s[cell] = s[cell + 1]
    s[last] = number if within < 0 else moment
    return True


@compiled
def award(p, s, out, points, pending, moment):
    """Give points, which can be redeemed when they are no longer pending."""
    if not s[m.TAKES_PART]:
        return
    out[_EARNED] += points
    out[s[m.MONTH_ROW] + _MONTH_EARNED] += points
    s[m.PENDING_POINTS] += points
    due = moment if pending < 0 else add(p, s[m.ZONE], moment, pending)
    schedule(s, due, 1, m.CREDIT, points, 0, 0)
    if p[at.TIER_BASIS] == code.BY_POINTS:
        qualify(p, s, points, moment)


@compiled
def credit(p, s, points, moment):
    """Points can be redeemed from now on."""
    s[m.PENDING_POINTS] -= points
    s[m.BALANCE] += points
    if p[at.POINTS_EXPIRE] == code.EXPIRE_OLD:
        lot = s[m.LOTS]
        if lot >= s[m.ROOM]:
            s[m.OVERFLOW] = m.NO_ROOM
            return
        row = s[m.LOT_TABLE] + lot * m.LOT_WIDTH
        s[row + m.LOT_EXPIRES] = add(p, s[m.ZONE], moment, p[at.POINTS_LIFE])
        s[row + m.LOT_LEFT] = points
        s[m.LOTS] = lot + 1
    active(p, s, moment)


@compiled
def active(p, s, moment):
    """Something was ordered, credited or redeemed: idle points lapse so much later."""
    s[m.ACTIVE_AT] = moment
    _next_expiry(p, s, moment)


@compiled
def _next_expiry(p, s, moment):
    """Schedule when points lapse next, and the warnings before it, if that moment has changed."""
    due = 0
    if s[m.BALANCE] > 0:
        if p[at.POINTS_EXPIRE] == code.EXPIRE_IDLE:
            due = add(p, s[m.ZONE], s[m.ACTIVE_AT], p[at.POINTS_LIFE])
        elif p[at.POINTS_EXPIRE] == code.EXPIRE_OLD:
            due = max(moment, s[_first_lot(s) + m.LOT_EXPIRES])
    if due == s[m.EXPIRES]:
        return
    s[m.EXPIRES] = due
    s[m.POINTS_STAMP] += 1
    if due == 0:
        return
    schedule(s, due, 2, m.EXPIRE, s[m.POINTS_STAMP], 0, 0)
    for i in range(p[at.WARNED]):
        row = p[at.WARNINGS] + 2 * i
        early = max(moment, add(p, s[m.ZONE], due, p[row + 1]))
        schedule(s, early, 2, m.WARNING, s[m.POINTS_STAMP], p[row], 0)


@compiled
def _first_lot(s):
    """Return the cell of the oldest lot that holds points; a balance has one."""
    row = s[m.LOT_TABLE] + s[m.FIRST_LOT] * m.LOT_WIDTH
    while s[row + m.LOT_LEFT] == 0:
        s[m.FIRST_LOT] += 1
        row += m.LOT_WIDTH
    return row


@compiled
def expire(p, s, out, moment):
    """Points lapse: all that are idle, or the oldest lot."""
    lapsed = s[m.BALANCE]
    if p[at.POINTS_EXPIRE] == code.EXPIRE_OLD:
        row = _first_lot(s)
        lapsed = s[row + m.LOT_LEFT]
        s[row + m.LOT_LEFT] = 0
    s[m.BALANCE] -= lapsed
    out[_EXPIRED] += lapsed
    out[s[m.MONTH_ROW] + _MONTH_EXPIRED] += lapsed
    s[m.EXPIRES] = 0
    _next_expiry(p, s, moment)


@compiled
def take(p, s, points):
    """Take points from the balance, the oldest first."""
    s[m.BALANCE] -= points
    if p[at.POINTS_EXPIRE] != code.EXPIRE_OLD:
        return
    while points > 0:
        row = _first_lot(s)
        taken = min(points, s[row + m.LOT_LEFT])
        s[row + m.LOT_LEFT] -= taken
        points -= taken


@compiled
def redemption_for(p, balance):
    """Return the cell of the dearest redemption that a balance allows, -1 for none."""
    for i in range(p[at.REDEMPTIONS]):
        row = p[at.REDEEMS] + i * code.REDEEM_WIDTH
        if p[row + code.REDEEM_POINTS] <= balance:
            return row
    return -1


@compiled
def cost_of(p, row, value, discount):
    """Return (cost, discount) of a redemption at an order that has a discount already: of several
    rewards the one of the highest cost."""
    best_cost, best_off = -1, 0
    for i in range(p[row + code.REDEEM_FIRST], p[row + code.REDEEM_LAST]):
        kind, size = p[p[at.REWARDS] + 2 * i], p[p[at.REWARDS] + 2 * i + 1]
        cost, off = size, 0
        if kind == PERCENT:
            cost = (value * size + 500_000) // 1_000_000
        if kind in (PERCENT, AMOUNT, CREDIT):
            cost = min(cost, value - discount)
            off = cost
        if cost > best_cost:
            best_cost, best_off = cost, off
    return max(0, best_cost - p[row + code.REDEEM_PLUS]), best_off


@compiled
def redeem(p, s, out, value, discount, moment):
    """Redeem points at an order if the customer does so; return whether, and the discount."""
    if not s[m.REDEEMER]:
        return False, 0
    row = redemption_for(p, s[m.BALANCE])
    if row < 0:
        return False, 0
    cost, off = cost_of(p, row, value, discount)
    points = p[row + code.REDEEM_POINTS]
    take(p, s, points)
    out[_REDEEMED] += points
    out[s[m.MONTH_ROW] + _MONTH_REDEEMED] += points
    out[_COST] += cost
    out[_OFFER_COST] += cost
    out[s[m.MONTH_ROW] + _MONTH_OFFER_COST] += cost
    if p[at.POINTS_REDEEMED_EVENT] >= 0:
        schedule(s, moment, 1, m.EVENT, p[at.POINTS_REDEEMED_EVENT], m.SCOPE_ALL, NO_POINTS)
    return True, off
