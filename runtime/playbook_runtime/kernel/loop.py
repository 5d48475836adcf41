"""The event loop: one person after the other, one draw after the other, both worlds at once."""

from __future__ import annotations

import math

from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.clock import add
from playbook_runtime.kernel.effects import next_candidate, totals
from playbook_runtime.kernel.instructions import (
    ANY_TIME,
    BEFORE_ORDER,
    FORM_ADDED,
    FORM_RATE,
)
from playbook_runtime.kernel.layout import PerFlow, World, flow_column, world_column
from playbook_runtime.kernel.orders import count_without, follow, lapse, place, value_of
from playbook_runtime.kernel.random import DAY, STICKY, beta, gamma, two_uniforms, uniform
from playbook_runtime.kernel.runs import NO_KEY, happen, proceed, try_entry
from playbook_runtime.kernel.scratch import (
    ACTIVE,
    ALIVE_NOW,
    ARG0,
    ARG1,
    ARG2,
    BASELINE,
    CANDIDATE,
    CLOCK,
    COUNT,
    DRAW,
    DRAW_ID,
    DROPOUT,
    DUE,
    EVENT,
    EVENTS,
    EXISTING,
    FINISH,
    FIRST_ORDER,
    HELD_OUT,
    HORIZON_ORDERS,
    KIND,
    LAPSE,
    LAST_ORDER,
    MOMENT,
    NUMBER,
    ORDERS,
    OVERFLOW,
    PENDING,
    PERSON,
    PERSON_ID,
    RATE_OF_BUYING,
    REVENUE,
    SCOPE_ALL,
    SEED_ID,
    SLOT,
    SOURCE,
    SPEND_RATE,
    STAMP,
    START,
    T_CANCELLED,
    T_EXTRA,
    T_ORDER,
    TOKEN,
    ZONE,
    ZONE_KNOWN,
    next_event,
    note,
    schedule,
    wipe,
)
from playbook_runtime.kernel.streams import (
    ALIVE,
    ARRIVAL,
    CANCEL,
    COIN,
    DROPOUT_A,
    DROPOUT_B,
    GAP,
    HOLDOUT,
    LAMBDA,
    VALUE,
)
from playbook_runtime.kernel.tables import HISTORY, NEWCOMER, PROSPECT

EXTRA_ORDERS = flow_column(0, PerFlow.EXTRA_ORDERS)
FLOW_COLUMNS = flow_column(1, PerFlow.ENTERED) - flow_column(0, PerFlow.ENTERED)
ACTIVE_OF = (
    world_column(0, World.ACTIVE_CUSTOMERS),
    world_column(1, World.ACTIVE_CUSTOMERS),
)
RETAINED_OF = (
    world_column(0, World.RETAINED_CUSTOMERS),
    world_column(1, World.RETAINED_CUSTOMERS),
)
CUSTOMERS_OF = (world_column(0, World.CUSTOMERS), world_column(1, World.CUSTOMERS))
REPEATERS_OF = (world_column(0, World.REPEAT_CUSTOMERS), world_column(1, World.REPEAT_CUSTOMERS))
NEWCOMERS_OF = (world_column(0, World.NEWCOMERS), world_column(1, World.NEWCOMERS))


@compiled
def simulate(p, zones, people, draws, seed, start, end, s, out):
    """Add the counts of all people to out, int64 (D, columns). Returns 1 when room ran out."""
    for i in range(people.key.shape[0]):
        for d in range(draws.number.shape[0]):
            _person(p, zones, people, draws, seed, start, end, s, out[d], i, d)
            if s.reg[OVERFLOW]:
                return 1
    return 0


@compiled
def _person(p, zones, people, draws, seed, start, end, s, out, i, d):
    """Simulate one person in one draw."""
    kind = people.kind[i]
    if kind == NEWCOMER and people.index[i] >= draws.newcomers[d, people.month[i]]:
        return
    if kind == PROSPECT and people.index[i] >= draws.prospects[d, people.month[i]]:
        return
    wipe(s)
    s.ids[SEED_ID], s.ids[DRAW_ID], s.ids[PERSON_ID] = seed, draws.number[d], people.key[i]
    s.reg[PERSON], s.reg[DRAW], s.reg[START], s.reg[FINISH] = i, d, start, end
    s.reg[ZONE_KNOWN] = people.zone[i] >= 0
    s.reg[ZONE] = people.zone[i] if people.zone[i] >= 0 else 0
    s.reg[ORDERS], s.reg[REVENUE] = people.orders[i], people.revenue[i]
    s.reg[FIRST_ORDER], s.reg[LAST_ORDER] = people.first_order[i], people.last_order[i]
    s.last_event[:] = people.last_event[i]
    s.static[:] = people.static[i]
    born = _born(p, s, people, draws, start, i, d)
    if born >= end:
        return
    _consent(p, s, people, i)
    s.reg[HELD_OUT] = uniform(STICKY, STICKY, s.ids[PERSON_ID], HOLDOUT, 0) < p.holdout
    if kind == HISTORY:
        _existing(p, s, zones, start)
    elif kind == NEWCOMER:
        out[NEWCOMERS_OF[0]] += 1
        out[NEWCOMERS_OF[1]] += 1
        s.freg[CLOCK] = float(born - start)
        schedule(s, born, 0, BASELINE, 0, 0, 0)
    elif p.sign_up_event >= 0:
        schedule(s, born, 1, EVENT, p.sign_up_event, SCOPE_ALL, NO_KEY)
    if kind == HISTORY and s.reg[ALIVE_NOW]:
        s.freg[CLOCK] = 0.0
        _next_baseline(s, start, 0)
    for k in range(p.source_event.shape[0]):
        if p.source_nature[k] == BEFORE_ORDER or p.source_nature[k] == ANY_TIME:
            _next_source(p, s, k, 0, float(born - start))
    without = 0
    while s.reg[EVENTS]:
        row = next_event(s)
        without += _handle(p, s, zones, people, draws, out, s.queue[row], i, d)
        if s.reg[OVERFLOW]:
            return
    for world in range(2):
        orders = without if world == 0 else s.reg[HORIZON_ORDERS]
        ever = people.orders[i] + orders
        if orders > 0:
            out[ACTIVE_OF[world]] += 1
            if people.base[i]:
                out[RETAINED_OF[world]] += 1
        if ever > 0:
            out[CUSTOMERS_OF[world]] += 1
        if ever > 1:
            out[REPEATERS_OF[world]] += 1


@compiled
def _born(p, s, people, draws, start, i, d):
    """Draw the person's state; return when he is first there: start, or his arrival."""
    seed, draw, person = s.ids[SEED_ID], s.ids[DRAW_ID], s.ids[PERSON_ID]
    r, alpha = draws.behaviour[d, 0], draws.behaviour[d, 1]
    a, b = draws.behaviour[d, 2], draws.behaviour[d, 3]
    m = draws.m[d]
    s.freg[SPEND_RATE] = 0.0
    if people.kind[i] != HISTORY:
        month = people.month[i]
        share = uniform(seed, draw, person, ARRIVAL, 0)
        born = p.month_start[month] + math.floor(share * float(p.month_length[month]))
        s.freg[RATE_OF_BUYING] = 0.0
        s.freg[DROPOUT] = 1.0
        s.reg[ALIVE_NOW] = 0
        if people.kind[i] == NEWCOMER:
            s.reg[ALIVE_NOW] = 1
            rate = gamma(seed, draw, person, LAMBDA, 0, r) / alpha
            s.freg[RATE_OF_BUYING] = rate * draws.drift[d]
            s.freg[DROPOUT] = beta(seed, draw, person, DROPOUT_A, DROPOUT_B, a, b)
        return max(born, start)
    x = float(people.x[i])
    weight = 0.0
    if people.x[i] > 0 or m == 1:
        odds = (alpha + people.T[i]) / (alpha + people.t_x[i])
        weight = a / (b + x + float(m) - 1.0) * math.exp((r + x) * math.log(odds))
    alive = uniform(seed, draw, person, ALIVE, 0) < 1.0 / (1.0 + weight)
    s.reg[ALIVE_NOW] = alive
    observed = people.T[i] if alive else people.t_x[i]
    rate = gamma(seed, draw, person, LAMBDA, 0, r + x) / (alpha + observed)
    s.freg[RATE_OF_BUYING] = rate * draws.drift[d]
    if alive:
        s.freg[DROPOUT] = beta(seed, draw, person, DROPOUT_A, DROPOUT_B, a, b + x + float(m))
    return start


@compiled
def _consent(p, s, people, i):
    """Settle consent by channel: known, given at sign-up, or drawn from the assumed share."""
    seed, draw, person = s.ids[SEED_ID], s.ids[DRAW_ID], s.ids[PERSON_ID]
    for channel in range(p.channel_share.shape[0]):
        known = people.consent[i, channel]
        if people.kind[i] == PROSPECT and channel == p.email:
            known = 1
        if known < 0:
            u = uniform(seed, draw, person, p.channel_stream[channel], 0)
            known = 1 if u < p.channel_share[channel] else 0
        s.consent[channel] = known


@compiled
def _existing(p, s, zones, start):
    """Day one: the lapse timer goes on where it stands; flows may take those already past it."""
    passed = 0
    while passed < p.thresholds.shape[0]:
        due = add(zones, s.reg[ZONE], s.reg[LAST_ORDER], p.durations, p.thresholds[passed])
        if due >= start:
            break
        passed += 1
    lapse(p, s, zones, start, passed)
    for flow in range(p.flow_first.shape[0]):
        threshold = p.existing[flow, 1]
        if p.existing[flow, 0] < 0 or threshold >= passed or threshold < 0:
            continue
        u = uniform(s.ids[SEED_ID], s.ids[DRAW_ID], s.ids[PERSON_ID], p.existing_stream[flow], 0)
        moment = start + math.floor(u * float(p.existing[flow, 0]))
        schedule(s, moment, 2, EXISTING, flow, s.reg[STAMP], 0)


@compiled
def _next_baseline(s, start, n):
    """Schedule baseline order n: one exponential gap after the clock."""
    u = uniform(s.ids[SEED_ID], s.ids[DRAW_ID], s.ids[PERSON_ID], GAP, n)
    if not s.freg[RATE_OF_BUYING] > 0.0:
        return
    s.freg[CLOCK] += -math.log(u) / s.freg[RATE_OF_BUYING] * DAY
    if s.freg[CLOCK] < float(s.reg[FINISH] - start):
        schedule(s, start + math.floor(s.freg[CLOCK]), 0, BASELINE, n, 0, 0)


@compiled
def _next_source(p, s, k, n, clock):
    """Schedule the n-th unlagged moment of an assumed stream of events, after `clock` seconds."""
    rate = p.source_rate[k]
    if p.source_nature[k] == BEFORE_ORDER:
        if not s.reg[ALIVE_NOW]:
            return
        rate = rate * s.freg[RATE_OF_BUYING]
    if not rate > 0.0:
        return
    u = uniform(s.ids[SEED_ID], s.ids[DRAW_ID], s.ids[PERSON_ID], p.source_stream[k], n)
    clock += -math.log(u) / rate * DAY
    if clock < float(s.reg[FINISH] - s.reg[START]):
        moment = s.reg[START] + math.floor(clock)
        s.source_clock[k] = clock
        schedule(s, moment, 1, SOURCE, k, n, 0)


@compiled
def _handle(p, s, zones, people, draws, out, event, i, d):
    """Handle one event; return how many orders it means in the world without."""
    moment, kind = event[MOMENT], event[KIND]
    arg0, arg1, arg2 = event[ARG0], event[ARG1], event[ARG2]
    if kind == DUE:
        run = s.runs[arg0]
        if run[ACTIVE] and run[NUMBER] == arg1 and run[TOKEN] == arg2:
            proceed(p, s, zones, draws, out, arg0, moment)
    elif kind == BASELINE:
        _baseline(p, s, zones, people, draws, out, arg0, moment, i, d)
        return 1
    elif kind == CANDIDATE:
        _candidate(p, s, zones, people, draws, out, arg0, arg1, moment)
    elif kind == EVENT:
        happen(p, s, zones, draws, out, arg0, arg1, arg2, moment)
    elif kind == SOURCE:
        _source(p, s, zones, arg0, arg1, moment)
    elif kind == LAPSE:
        if arg0 == s.reg[STAMP]:
            for j in range(p.threshold_first[arg1], p.threshold_first[arg1 + 1]):
                flow = p.threshold_flows[j]
                try_entry(p, s, zones, draws, out, flow, NO_KEY, moment)
            lapse(p, s, zones, moment, arg1 + 1)
    elif kind == EXISTING and arg1 == s.reg[STAMP]:
        try_entry(p, s, zones, draws, out, arg0, NO_KEY, moment)
    return 0


@compiled
def _source(p, s, zones, k, n, moment):
    """An unlagged moment: the event comes after its lag; the next moment is scheduled."""
    if p.source_nature[k] == BEFORE_ORDER and not s.reg[ALIVE_NOW]:
        return
    due = add(zones, s.reg[ZONE], moment, p.durations, p.source_lag[k])
    schedule(s, due, 1, EVENT, p.source_event[k], SCOPE_ALL, n)
    _next_source(p, s, k, n + 1, s.source_clock[k])


@compiled
def _baseline(p, s, zones, people, draws, out, n, moment, i, d):
    """Baseline order n: always in the world without; in the world with unless cancelled."""
    value = value_of(s, people, draws, VALUE, n)
    count_without(p, s, out, value)
    seed, draw, person = s.ids[SEED_ID], s.ids[DRAW_ID], s.ids[PERSON_ID]
    rates, _ = totals(p, s, moment, FORM_RATE)
    added, _ = totals(p, s, moment, FORM_ADDED)
    cancelled = False
    if rates < 0.0 or added < 0.0:
        c1 = min(1.0, max(0.0, -rates))
        c2 = min(1.0, max(0.0, -added) / s.freg[RATE_OF_BUYING])
        chance = 1.0 - (1.0 - c1) * (1.0 - c2)
        cancelled = uniform(seed, draw, person, CANCEL, n) < chance
    tosses = not (people.kind[i] == NEWCOMER and n == 0 and draws.m[d] == 0)
    if tosses and uniform(seed, draw, person, COIN, n) < s.freg[DROPOUT]:
        s.reg[ALIVE_NOW] = 0
    else:
        _next_baseline(s, s.reg[START], n + 1)
    if cancelled:
        note(s, moment, T_CANCELLED, n, value)
        return
    note(s, moment, T_ORDER, n, value)
    number = place(p, s, zones, out, value, moment, True)
    happen(p, s, zones, draws, out, p.order_event, SCOPE_ALL, number, moment)
    follow(p, s, zones, number, moment)


@compiled
def _candidate(p, s, zones, people, draws, out, x, counter, moment):
    """A candidate order of effect x: accepted with the share that the net effect leaves it."""
    slot = s.effects[x, SLOT]
    form = p.slot_form[slot]
    if form == FORM_RATE and not s.reg[ALIVE_NOW]:
        s.effects[x, PENDING] = 0
        return
    _, u1 = two_uniforms(
        s.ids[SEED_ID], s.ids[DRAW_ID], s.ids[PERSON_ID], p.slot_stream[slot], counter
    )
    net, positive = totals(p, s, moment, form)
    accepted = u1 < max(0.0, net) / positive
    s.effects[x, COUNT] += 1
    next_candidate(p, s, x)
    if not accepted:
        return
    value = value_of(s, people, draws, p.slot_value_stream[slot], counter)
    out[EXTRA_ORDERS + p.slot_flow[slot] * FLOW_COLUMNS] += 1
    note(s, moment, T_EXTRA, slot, value)
    number = place(p, s, zones, out, value, moment, False)
    happen(p, s, zones, draws, out, p.order_event, SCOPE_ALL, number, moment)
    follow(p, s, zones, number, moment)
