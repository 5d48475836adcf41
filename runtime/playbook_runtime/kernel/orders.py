"""Orders inside the kernel: their value, the offers they use, what they bring."""

from __future__ import annotations

import math

from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.clock import add
from playbook_runtime.kernel.instructions import (
    AFTER_ORDER,
    AMOUNT,
    CREDIT,
    PERCENT,
)
from playbook_runtime.kernel.layout import PerFlow, World, flow_column, world_column
from playbook_runtime.kernel.random import gamma, uniform
from playbook_runtime.kernel.scratch import (
    DRAW,
    DRAW_ID,
    EVENT,
    EXTRA,
    FIRST_ORDER,
    HORIZON_ORDERS,
    LAPSE,
    LAST_ORDER,
    ORDER_NUMBER,
    ORDERS,
    PERSON,
    PERSON_ID,
    REVENUE,
    SCOPE_ORDER,
    SEED_ID,
    SPEND_RATE,
    STAMP,
    T_REDEEMED,
    ZONE,
    note,
    schedule,
)
from playbook_runtime.kernel.streams import SPEND
from playbook_runtime.kernel.tables import HISTORY, NEVER

LARGEST_VALUE = 1_000_000_000
WITHOUT_ORDERS = world_column(0, World.ORDERS)
WITHOUT_REVENUE = world_column(0, World.REVENUE)
WITHOUT_CONTRIBUTION = world_column(0, World.CONTRIBUTION_MICRO)
WITH_ORDERS = world_column(1, World.ORDERS)
WITH_REVENUE = world_column(1, World.REVENUE)
WITH_CONTRIBUTION = world_column(1, World.CONTRIBUTION_MICRO)
WITH_OFFER_COST = world_column(1, World.OFFER_COST)
FLOW_COLUMNS = flow_column(1, PerFlow.ENTERED) - flow_column(0, PerFlow.ENTERED)
OFFERS_USED = flow_column(0, PerFlow.OFFERS_USED)
SUBSIDISED = flow_column(0, PerFlow.SUBSIDISED)


@compiled
def value_of(s, people, draws, stream, counter):
    """Return the value of an order in minor units: Gamma(p, nu), at least 1."""
    d, i = s.reg[DRAW], s.reg[PERSON]
    seed, draw, person = s.ids[SEED_ID], s.ids[DRAW_ID], s.ids[PERSON_ID]
    p, q, scale = draws.spend[d, 0], draws.spend[d, 1], draws.spend[d, 2]
    if s.freg[SPEND_RATE] == 0.0:
        if people.kind[i] == HISTORY:
            shape = q + p * float(people.x[i])
            rate = scale + float(people.repeat_value[i])
        else:
            shape, rate = q, scale
        s.freg[SPEND_RATE] = gamma(seed, draw, person, SPEND, 0, shape) / rate
    value = gamma(seed, draw, person, stream, counter, p) / s.freg[SPEND_RATE] + 0.5
    if value >= float(LARGEST_VALUE):
        return LARGEST_VALUE
    return max(1, math.floor(value))


@compiled
def contribution(p, value):
    """Return what an order leaves after goods, payment and its fixed costs, in micro."""
    return (value * p.margin_ppm) // 100 - p.fixed_micro


@compiled
def _cost_of(p, offer, value):
    """Return (cost, discount) of using an offer at an order, minor units."""
    kind, size = p.offer_kind[offer], p.offer_value[offer]
    if kind == PERCENT:
        cost = (value * size + 500_000) // 1_000_000
        return cost, cost
    if kind in (AMOUNT, CREDIT):
        cost = min(size, value)
        return cost, cost
    return size, 0


@compiled
def _redeem(p, s, out, value, moment, baseline):
    """Use the live offers that the customer will use; return the discount."""
    discount, best, best_cost = 0, -1, -1
    for offer in range(p.offer_kind.shape[0]):
        if s.offer_until[offer] <= moment or not s.offer_will[offer]:
            continue
        if value < p.offer_minimum[offer]:
            continue
        cost, _ = _cost_of(p, offer, value)
        if p.stackable:
            discount = _use(p, s, out, offer, value, discount, moment)
            best = offer
            if baseline and best_cost < 0:
                best_cost = 0
                out[SUBSIDISED + s.offer_flow[offer] * FLOW_COLUMNS] += 1
        elif cost > best_cost:
            best, best_cost = offer, cost
    if best >= 0 and not p.stackable:
        discount = _use(p, s, out, best, value, 0, moment)
        if baseline:
            out[SUBSIDISED + s.offer_flow[best] * FLOW_COLUMNS] += 1
    return discount


@compiled
def _use(p, s, out, offer, value, discount, moment):
    """Use one offer; return the order's discount so far, which stops at its value."""
    cost, off = _cost_of(p, offer, value)
    if off > 0:
        off = min(off, value - discount)
        cost = off
    s.offer_until[offer] = NEVER
    out[WITH_OFFER_COST] += cost
    out[OFFERS_USED + s.offer_flow[offer] * FLOW_COLUMNS] += 1
    note(s, moment, T_REDEEMED, offer, cost)
    return discount + off


@compiled
def count_without(p, s, out, value):
    """Count a baseline order in the world without."""
    out[WITHOUT_ORDERS] += 1
    out[WITHOUT_REVENUE] += value
    out[WITHOUT_CONTRIBUTION] += contribution(p, value)


@compiled
def place(p, s, zones, out, value, moment, baseline):
    """An order in the world with: money, facts, lapse timer, and what follows from it later.

    Returns the order's number; the caller lets `order_placed` happen.
    """
    paid = value - _redeem(p, s, out, value, moment, baseline)
    out[WITH_ORDERS] += 1
    out[WITH_REVENUE] += paid
    out[WITH_CONTRIBUTION] += contribution(p, value)
    number = s.reg[ORDER_NUMBER]
    s.reg[ORDER_NUMBER] += 1
    s.reg[HORIZON_ORDERS] += 1
    if not baseline:
        s.reg[EXTRA] += 1
    s.reg[ORDERS] += 1
    s.reg[REVENUE] += paid
    if s.reg[FIRST_ORDER] == NEVER:
        s.reg[FIRST_ORDER] = moment
    s.reg[LAST_ORDER] = moment
    s.reg[STAMP] += 1
    lapse(p, s, zones, moment, 0)
    return number


@compiled
def lapse(p, s, zones, now, index):
    """Schedule threshold `index` of the lapse timer, not before now."""
    if index >= p.thresholds.shape[0]:
        return
    due = add(zones, s.reg[ZONE], s.reg[LAST_ORDER], p.durations, p.thresholds[index])
    schedule(s, max(due, now), 2, LAPSE, s.reg[STAMP], index, 0)


@compiled
def follow(p, s, zones, number, moment):
    """Schedule the after-order events of an order, by their assumed rates."""
    for k in range(p.source_event.shape[0]):
        if p.source_nature[k] != AFTER_ORDER:
            continue
        u = uniform(s.ids[SEED_ID], s.ids[DRAW_ID], s.ids[PERSON_ID], p.source_stream[k], number)
        if u < p.source_rate[k]:
            due = add(zones, s.reg[ZONE], moment, p.durations, p.source_lag[k])
            schedule(s, due, 1, EVENT, p.source_event[k], SCOPE_ORDER, number)
