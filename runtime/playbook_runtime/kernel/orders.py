"""Orders inside the kernel: their value, the offers they use, what they bring."""

from __future__ import annotations

import math

from playbook_runtime.kernel import fields as at
from playbook_runtime.kernel import scratch as m
from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.clock import add
from playbook_runtime.kernel.instructions import (
    AFTER_ORDER,
    AMOUNT,
    BY_ORDERS,
    BY_REVENUE,
    CREDIT,
    MEMBERSHIP_ON,
    PERCENT,
    POINTS,
    SUBSCRIPTION_ON,
)
from playbook_runtime.kernel.layout import (
    FLOW,
    FLOW_MONTH,
    PerFlow,
    PerFlowMonth,
    PerMonth,
    World,
    flow_column,
    world_column,
)
from playbook_runtime.kernel.marks import fits, margin_of, note_mark
from playbook_runtime.kernel.months import WITH, count_order
from playbook_runtime.kernel.points import active, award, redeem
from playbook_runtime.kernel.random import gamma, uniform
from playbook_runtime.kernel.referral import welcome
from playbook_runtime.kernel.scratch import note, schedule
from playbook_runtime.kernel.subscription import consider
from playbook_runtime.kernel.tables import LARGEST_VALUE, NEVER
from playbook_runtime.kernel.tiers import qualify, use_rights
from playbook_runtime.kernel.timers import restart_timers

# More than thirteen orders a day for a year are no customer: orders that bring orders.
MOST_ORDERS = 5_000
_WITHOUT_ORDERS = world_column(0, World.ORDERS)
_WITHOUT_REVENUE = world_column(0, World.REVENUE)
_WITHOUT_CONTRIBUTION = world_column(0, World.CONTRIBUTION_MICRO)
_WITH_ORDERS = world_column(1, World.ORDERS)
_WITH_REVENUE = world_column(1, World.REVENUE)
_WITH_CONTRIBUTION = world_column(1, World.CONTRIBUTION_MICRO)
_WITH_OFFER_COST = world_column(1, World.OFFER_COST)
_DELIVERIES = world_column(1, World.DELIVERIES)
_DELIVERY_DISCOUNTS = world_column(1, World.DELIVERY_DISCOUNTS)
_OFFERS_USED = flow_column(0, PerFlow.OFFERS_USED)
_SUBSIDISED = flow_column(0, PerFlow.SUBSIDISED)
_MONTH_OFFER_COST = WITH + int(PerMonth.OFFER_COST)
_FLOW_MONTH_OFFER_COST = int(PerFlowMonth.OFFER_COST)


@compiled
def value_of(s, g, stream, counter):
    """Return the value of an order in minor units: Gamma(p, nu), at least 1.

    SPEND_RATE is nu, drawn when the person's state is.
    """
    value = gamma(s, stream, counter, g[m.DRAWN + at.P]) / g[m.SPEND_RATE] + 0.5
    if not value < float(LARGEST_VALUE):
        return LARGEST_VALUE
    return max(1, math.floor(value))


@compiled
def _contribution(p, value, mark):
    """Return what an order leaves after goods, payment and its fixed costs, in micro."""
    return (value * margin_of(p, mark)) // 100 - p[at.FIXED_MICRO]


@compiled
def expected_contribution(p, g):
    """Return what the person's expected order leaves, in micro."""
    return _contribution(p, expected_value(g), -1)


@compiled
def expected_value(g):
    """Return what the person's orders are worth on average, in minor units."""
    value = g[m.DRAWN + at.P] / g[m.SPEND_RATE] + 0.5
    if not value < float(LARGEST_VALUE):
        return LARGEST_VALUE
    return max(1, math.floor(value))


@compiled
def _cost_of(p, offer, value):
    """Return (cost, discount) of using an offer at an order, minor units."""
    kind, size = p[p[at.OFFER_KIND] + offer], p[p[at.OFFER_VALUE] + offer]
    if kind == PERCENT:
        cost = (value * size + 500_000) // 1_000_000
        return cost, cost
    if kind in (AMOUNT, CREDIT):
        return size, size
    if kind == POINTS:
        return 0, 0
    return size, 0


@compiled
def _redeem(p, s, out, value, mark, moment, baseline):
    """Use the live offers that the customer will use; return the discount."""
    discount, best, best_cost, first = 0, -1, -1, -1
    for offer in range(p[at.OFFERS]):
        if s[s[m.OFFER_UNTIL] + offer] <= moment or not s[s[m.OFFER_WILL] + offer]:
            continue
        if value < p[p[at.OFFER_MINIMUM] + offer]:
            continue
        if not fits(p, offer, mark):
            continue
        cost, _ = _cost_of(p, offer, value)
        if p[at.STACKABLE]:
            if first < 0:
                first = offer
            discount = _use(p, s, out, offer, value, discount, moment)
        elif cost > best_cost:
            best, best_cost = offer, cost
    if best >= 0:
        first = best
        discount = _use(p, s, out, best, value, 0, moment)
    if baseline and first >= 0 and s[s[m.OFFER_FLOW] + first] >= 0:
        out[_SUBSIDISED + s[s[m.OFFER_FLOW] + first] * FLOW] += 1
    if s[m.TAKES_PART] or s[m.MEMBER]:
        alone = first < 0
        if p[at.STACKABLE] or alone:
            used, off = redeem(p, s, out, value, discount, moment)
            alone = alone and not used
            discount += off
        discount += use_rights(p, s, out, value, discount, alone)
    return discount


@compiled
def _use(p, s, out, offer, value, discount, moment):
    """Use one offer; return the order's discount so far, which stops at its value."""
    cost, off = _cost_of(p, offer, value)
    if off > 0:
        off = min(off, value - discount)
        cost = off
    s[s[m.OFFER_UNTIL] + offer] = NEVER
    if p[p[at.OFFER_KIND] + offer] == POINTS:
        award(p, s, out, p[p[at.OFFER_VALUE] + offer], -1, moment)
    out[_WITH_OFFER_COST] += cost
    out[s[m.MONTH_ROW] + _MONTH_OFFER_COST] += cost
    flow = s[s[m.OFFER_FLOW] + offer]
    if flow >= 0:
        out[_OFFERS_USED + flow * FLOW] += 1
        out[s[m.FLOW_MONTH_ROW] + flow * FLOW_MONTH + _FLOW_MONTH_OFFER_COST] += cost
    note(s, moment, m.T_REDEEMED, offer, cost, -1, flow)
    return discount + off


@compiled
def _at_hand(p, s, value, mark, moment):
    """Note which live offers a recorded order could have used, each at the first such order."""
    for offer in range(p[at.OFFERS]):
        if s[s[m.OFFER_UNTIL] + offer] <= moment or not s[s[m.OFFER_WILL] + offer]:
            continue
        if value < p[p[at.OFFER_MINIMUM] + offer]:
            continue
        if not fits(p, offer, mark):
            continue
        cost, off = _cost_of(p, offer, value)
        if off > 0:
            cost = min(off, value)
        s[s[m.OFFER_WILL] + offer] = 0
        note(s, moment, m.T_BOUGHT, offer, cost, -1, s[s[m.OFFER_FLOW] + offer])


@compiled
def count_without(p, s, out, value, mark):
    """Count a baseline order in the world without."""
    out[_WITHOUT_ORDERS] += 1
    out[_WITHOUT_REVENUE] += value
    left = _contribution(p, value, mark)
    out[_WITHOUT_CONTRIBUTION] += left
    count_order(s, out, 0, s[m.ORDERS_BEFORE] + s[m.WITHOUT_ORDERS], value, left)
    s[m.WITHOUT_ORDERS] += 1


@compiled
def place(p, s, out, value, mark, moment, baseline):
    """An order in the world with, after its offers are used: it is booked.

    `baseline` says whether the world without has it, too. Returns the order's number; the caller
    lets `order_placed` happen.
    """
    discount = _redeem(p, s, out, value, mark, moment, baseline)
    if s[m.WELCOME]:
        discount += welcome(p, s, out, value, discount, moment)
    return _book(p, s, out, value, value - discount, discount, mark, moment)


@compiled
def place_recorded(p, s, out, value, discount, mark, moment):
    """A recorded order: of `value` after a `discount` that may be unknown (-1). It uses no offer;
    which it could have used is noted."""
    _at_hand(p, s, value, mark, moment)
    return _book(p, s, out, value, value, discount, mark, moment)


@compiled
def place_delivery(p, s, out, moment):
    """A delivery of the subscription, at its own price: nothing else is redeemed on it."""
    value = s[m.DELIVERED_VALUE]
    off = min(value, (value * p[at.SUBSCRIPTION_DISCOUNT] + 500_000) // 1_000_000)
    out[_DELIVERIES] += 1
    out[_DELIVERY_DISCOUNTS] += off
    out[_WITH_OFFER_COST] += off
    out[s[m.MONTH_ROW] + _MONTH_OFFER_COST] += off
    number = _book(p, s, out, value, value - off, off, s[m.DELIVERED_MARK], moment)
    note(s, moment, m.T_DELIVERED, number, value, -1, value - off)
    return number


@compiled
def _book(p, s, out, value, paid, discount, mark, moment):
    """Book an order: money, facts, lapse timer, and what follows from it later."""
    out[_WITH_ORDERS] += 1
    out[_WITH_REVENUE] += paid
    left = _contribution(p, value, mark)
    out[_WITH_CONTRIBUTION] += left
    count_order(s, out, 1, s[m.ORDERS], paid, left)
    number = s[m.ORDER_NUMBER]
    s[m.ORDER_NUMBER] += 1
    if p[at.READS_ORDERS]:
        _note_order(s, number, paid, discount, mark)
    note_mark(s, mark, moment)
    s[m.HORIZON_ORDERS] += 1
    if s[m.HORIZON_ORDERS] > MOST_ORDERS:
        s[m.OVERFLOW] = m.RUNAWAY
    s[m.ORDERS] += 1
    s[m.REVENUE] += paid
    if s[m.FIRST_ORDER] == NEVER:
        s[m.FIRST_ORDER] = moment
    previous = s[m.LAST_ORDER]
    s[m.LAST_ORDER] = moment
    s[m.STAMP] += 1
    s[m.STIRS] += 1
    lapse(p, s, moment, 0)
    if p[at.CLOCKS]:
        restart_timers(p, s, moment, previous)
    if s[m.TAKES_PART]:
        active(p, s, moment)
        if p[at.TIER_BASIS] == BY_REVENUE:
            qualify(p, s, paid, moment)
        elif p[at.TIER_BASIS] == BY_ORDERS:
            qualify(p, s, 1, moment)
    if p[at.PROGRAMMES] & MEMBERSHIP_ON and not s[m.ASKED]:
        s[m.ASKED] = 1
        schedule(s, moment, 1, m.ASK, 0, 0, 0)
    if p[at.PROGRAMMES] & SUBSCRIPTION_ON and not s[m.OFFERED]:
        consider(p, s, value, mark, moment)
    return number


@compiled
def _note_order(s, number, paid, discount, mark):
    """Remember of an order what conditions may read."""
    if number >= s[m.ROOM]:
        s[m.OVERFLOW] = m.NO_ROOM
        return
    row = s[m.PLACED] + number * m.PLACED_WIDTH
    s[row + m.MARK] = mark
    s[row + m.TOTAL], s[row + m.DISCOUNT], s[row + m.NTH] = paid, discount, s[m.ORDERS] + 1


@compiled
def lapse_due(p, s, index):
    """Return when threshold `index` of the lapse timer is reached."""
    return add(p, s[m.ZONE], s[m.LAST_ORDER], p[p[at.THRESHOLDS] + index])


@compiled
def lapse(p, s, now, index):
    """Schedule threshold `index` of the lapse timer, not before now; those that had passed at the
    start are skipped as long as there was no order since."""
    while index < p[at.LAPSES]:
        due = lapse_due(p, s, index)
        if s[m.STAMP] > 0 or due >= s[m.START]:
            schedule(s, max(due, now), 2, m.LAPSE, s[m.STAMP], index, 0)
            return
        index += 1


@compiled
def follow(p, f, s, number, moment, slot, counter):
    """Schedule the after-order events of an order, by their assumed rates.

    Random numbers are keyed by where the order came from, baseline order `counter` (slot -1) or a
    candidate of a slot, so that orders of other flows change none of them.
    """
    for k in range(p[at.SOURCES]):
        if p[p[at.SOURCE_NATURE] + k] != AFTER_ORDER:
            continue
        stream = p[p[at.SOURCE_STREAM] + k]
        if slot >= 0:
            stream = p[p[at.SLOT_EVENT] + slot * p[at.SOURCES] + k]
        if uniform(s, stream, counter) < f[p[at.SOURCE_RATE] + k]:
            due = add(p, s[m.ZONE], moment, p[p[at.SOURCE_LAG] + k])
            schedule(s, due, 1, m.EVENT, p[p[at.SOURCE_EVENT] + k], m.SCOPE_ORDER, number)
