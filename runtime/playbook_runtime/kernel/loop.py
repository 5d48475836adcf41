"""The event loop: one draw after the other, one person after the other, both worlds at once."""

from __future__ import annotations

import math

from playbook_runtime.kernel import fields as at
from playbook_runtime.kernel import scratch as m
from playbook_runtime.kernel.cache import compiled, entry
from playbook_runtime.kernel.cells import cells, shifted
from playbook_runtime.kernel.clock import add
from playbook_runtime.kernel.effects import changed_value, effect_row, next_candidate, totals
from playbook_runtime.kernel.evaluate import holds
from playbook_runtime.kernel.instructions import (
    AFTER_MESSAGE,
    AFTER_ORDER,
    BEFORE_ORDER,
    FORM_ADDED,
    FORM_RATE,
    REFERRAL_ON,
    WATCH_WIDTH,
)
from playbook_runtime.kernel.layout import (
    FLAGS,
    FLOW,
    WORLD,
    PerFlow,
    PerMonth,
    World,
    flow_column,
    world_column,
)
from playbook_runtime.kernel.life import first_coin, go_on, next_baseline, next_source, toss
from playbook_runtime.kernel.marks import drawn_mark
from playbook_runtime.kernel.months import WITH, WITHOUT, count_ever, to_month, turn
from playbook_runtime.kernel.orders import (
    count_without,
    expected_contribution,
    follow,
    lapse,
    lapse_due,
    place,
    place_recorded,
    value_of,
)
from playbook_runtime.kernel.programmes import enrol, programme_event
from playbook_runtime.kernel.random import second_uniform, sticky_uniform, uniform
from playbook_runtime.kernel.referral import recommend
from playbook_runtime.kernel.run_out import owed_until, settle
from playbook_runtime.kernel.runs import NO_KEY, happen, proceed, try_entry
from playbook_runtime.kernel.scratch import next_event, note, schedule, wipe
from playbook_runtime.kernel.season import operational, pace
from playbook_runtime.kernel.state import draw_state
from playbook_runtime.kernel.streams import CANCEL, COIN, HOLDOUT, MARK, VALUE
from playbook_runtime.kernel.subscription import is_replaced
from playbook_runtime.kernel.tables import HISTORY, NEVER, NEWCOMER, PROSPECT, REFERRED
from playbook_runtime.kernel.timers import start_timers, ticked, timer_key
from playbook_runtime.kernel.watches import first_look, look

_EXTRA_ORDERS = flow_column(0, PerFlow.EXTRA_ORDERS)
_SENT = flow_column(0, PerFlow.SENT)
_ENTERED = flow_column(0, PerFlow.ENTERED)
_ACTIVE = world_column(0, World.ACTIVE_CUSTOMERS)
_RETAINED = world_column(0, World.RETAINED_CUSTOMERS)
_CUSTOMERS = world_column(0, World.CUSTOMERS)
_REPEATERS = world_column(0, World.REPEAT_CUSTOMERS)
_NEWCOMERS = world_column(0, World.NEWCOMERS)
_REFERRED = world_column(1, World.REFERRED)
_MONTH_NEWCOMERS = int(PerMonth.NEWCOMERS)
_WORLD = world_column(1, World.ORDERS)
_REPAYMENTS = world_column(1, World.REPAYMENTS)
_REPAYMENT_MICRO = world_column(1, World.REPAYMENT_MICRO)


@entry
def simulate(p, f, people, times, draws, values, s, g, out, each, first, items):
    """Add the counts of all people to out, int64 (D, columns); stops when room runs out.

    `people` and `times` are packed people, `draws` and `values` packed draws; seed and horizon
    stand in memory s. All arrays are C-contiguous. `each` is empty, or int64 (D, N, columns of
    layout.each_width) for every person's own counts: then out has one row, to count in. `first`
    is empty, or int64 (N + 1,) for a replay: the first of each person's recorded `items`, int64
    (K, ITEM_WIDTH).
    """
    apart = each.shape[0] > 0
    months = (draws.shape[1] - at.NEWCOMERS) // 2
    integers, floats = cells(s), cells(g)
    replays = first.shape[0] > 0
    integers[m.REPLAYS] = 1 if replays else 0
    for d in range(draws.shape[0]):
        integers[m.DRAW], integers[m.DRAW_ID] = d, draws[d, at.DRAW_NUMBER]
        for column in range(values.shape[1]):
            floats[m.DRAWN + column] = values[d, column]
        draw = shifted(cells(draws), d * draws.shape[1])
        row = shifted(cells(out), 0 if apart else d * out.shape[1])
        for i in range(people.shape[0]):
            person = shifted(cells(people), i * people.shape[1])
            if not (replays or _comes(person, draw, months)):
                continue
            wipe(integers)
            integers[m.PERSON] = i
            if replays:
                integers[m.LAST_ITEM] = first[i + 1]
                _replay(cells(p), cells(f), integers, floats, row, person, first[i], cells(items))
            else:
                time = shifted(cells(times), i * times.shape[1])
                integers[m.REFERRED] = 0
                _person(cells(p), cells(f), integers, floats, row, person, time, draw)
                if integers[m.REFERRED]:
                    _referred(cells(p), cells(f), integers, floats, row, time, draw)
            if integers[m.OVERFLOW]:
                return
            if apart:
                place = (d * each.shape[1] + i) * each.shape[2]
                _take_out(p, integers, row, shifted(cells(each), place))


@compiled
def _referred(p, f, s, g, out, times, draw):
    """Simulate those who were recommended, and whom these recommend, one after the other."""
    traced = s[m.TRACE_ROOM]
    s[m.TRACE_ROOM] = 0  # the trace is of the population
    i = 0
    while i < s[m.REFERRED] and not s[m.OVERFLOW]:
        friend = s[m.FRIENDS] + i * m.FRIEND_WIDTH
        s[s[m.FRIEND] + at.KEY] = s[friend + m.FRIEND_IS]
        s[m.ARRIVES] = s[friend + m.FRIEND_AT]
        wipe(s)
        _person(p, f, s, g, out, shifted(s, s[m.FRIEND]), times, draw)
        i += 1
    s[m.TRACE_ROOM] = traced


@compiled
def _take_out(p, s, out, line):
    """Move a person's counts from out to a line of his own: both worlds, then bits of the flows
    that he entered, then of those that sent him something."""
    flows = p[at.FLOWS]
    entered = 2 * WORLD
    sent = entered + (flows + FLAGS - 1) // FLAGS
    for column in range(entered):
        line[column] = out[column]
    for flow in range(flows):
        bit = 1 << (flow % FLAGS)
        if out[_ENTERED + flow * FLOW] > 0:
            line[entered + flow // FLAGS] += bit
        if out[_SENT + flow * FLOW] > 0:
            line[sent + flow // FLAGS] += bit
    for column in range(s[m.BY_MONTH]):
        out[column] = 0


@compiled
def _comes(person, draw, months):
    """Return whether a person is there in a draw: customers are, newcomers up to their number."""
    if person[at.KIND] == HISTORY:
        return True
    first = at.NEWCOMERS + (months if person[at.KIND] == PROSPECT else 0)
    return person[at.ORDINAL] < draw[first + person[at.MONTH]]


@compiled
def _person(p, f, s, g, out, person, times, draw):
    """Simulate one person in one draw."""
    kind, tosses_first = person[at.KIND], draw[at.TOSSES_FIRST]
    _who(s, person)
    start = s[m.START]
    born = draw_state(p, s, g, person, times, tosses_first, draw[at.PHASES])
    if born >= s[m.FINISH]:
        return
    _there(p, f, s, person, born)
    first_coin(s, g, person, tosses_first)
    if p[at.PROGRAMMES]:
        enrol(p, f, s, g, out, person, times, born)
    if kind == HISTORY:
        _first_day(p, f, s)
        s[m.ALIVE_WITHOUT] = s[m.ALIVE_NOW]
        g[m.CLOCK] = 0.0
        if s[m.ALIVE_NOW]:
            next_baseline(p, f, s, g, 0, s[m.PHASES_OVER])
    elif kind == NEWCOMER:
        out[_NEWCOMERS] += 1
        out[_NEWCOMERS + _WORLD] += 1
        out[s[m.MONTH_ROW] + WITHOUT + _MONTH_NEWCOMERS] += 1
        out[s[m.MONTH_ROW] + WITH + _MONTH_NEWCOMERS] += 1
        g[m.CLOCK] = operational(p, f, float(born - start))
        s[m.ALIVE_WITHOUT], s[m.PATH_PENDING] = 1, 1
        schedule(s, born, 0, m.BASELINE, 0, 0, 0)
        start_timers(p, s, born)
    elif kind == REFERRED:
        out[_REFERRED] += 1
        s[m.WELCOME], s[m.PATH_PENDING] = 1, 1
        g[m.CLOCK] = operational(p, f, float(born - start))
        schedule(s, born, 0, m.BASELINE, 0, 0, 0)
        start_timers(p, s, born)
    else:
        if p[at.SIGN_UP_EVENT] >= 0:
            schedule(s, born, 1, m.EVENT, p[at.SIGN_UP_EVENT], m.SCOPE_ALL, NO_KEY)
        start_timers(p, s, born)
    if kind != HISTORY and p[at.WATCHED]:
        schedule(s, born, 2, m.LOOK, 0, 0, 0)
    for k in range(p[at.SOURCES]):
        nature = p[p[at.SOURCE_NATURE] + k]
        if nature != AFTER_ORDER and nature != AFTER_MESSAGE:  # noqa: PLR1714
            clock = float(born - start)
            if nature == BEFORE_ORDER:
                clock = operational(p, f, clock)
            g[s[m.SOURCE_CLOCK] + k] = clock
            next_source(p, f, s, g, k, 0)
    tosses = tosses_first == 1 or (kind != NEWCOMER and kind != REFERRED)  # noqa: PLR1714
    while s[m.EVENTS]:
        event = next_event(s)
        moment = s[event + m.MOMENT]
        if moment >= s[m.MONTH_END]:
            if s[m.TAKES_PART]:
                owed_until(p, s, g, out, moment)
            turn(p, s, moment)
        _handle(p, f, s, g, out, event, tosses)
        if p[at.WATCHED]:
            look(p, f, s, g, out, moment)
        if s[m.OVERFLOW]:
            return
    _count_repayments(p, s, g, out)
    if s[m.TAKES_PART]:
        settle(p, s, g, out)
    _count_person(s, out, person, 0, s[m.WITHOUT_ORDERS])
    _count_person(s, out, person, 1, s[m.HORIZON_ORDERS])


@compiled
def _who(s, person):
    """Take over who a person is and what he had ordered."""
    s[m.PERSON_ID] = person[at.KEY]
    s[m.ZONE_KNOWN] = 1 if person[at.ZONE_OF] >= 0 else 0
    s[m.ZONE] = max(person[at.ZONE_OF], 0)
    s[m.ORDERS], s[m.REVENUE] = person[at.ORDERS_BEFORE], person[at.REVENUE_BEFORE]
    s[m.ORDERS_BEFORE] = person[at.ORDERS_BEFORE]
    s[m.FIRST_ORDER], s[m.LAST_ORDER] = person[at.FIRST_BEFORE], person[at.LAST_BEFORE]
    s[m.COHORT_OF] = person[at.COHORT]
    s[m.BIRTHDAY], s[m.GAPS] = person[at.BORN_ON], person[at.X]


@compiled
def _there(p, f, s, person, born):
    """A person is there from `born` on: in the month, with what is known of him."""
    to_month(p, s, 0)
    turn(p, s, born)
    _remember(p, f, s, person)
    s[m.HELD_OUT] = 1 if sticky_uniform(s, HOLDOUT) < f[at.HOLDOUT_SHARE] else 0


@compiled
def _first_day(p, f, s):
    """What stands for somebody of the history on day one: timers, and the audiences he is in."""
    if s[m.LAST_ORDER] != NEVER:
        _day_one(p, s)
    start_timers(p, s, s[m.START])
    if p[at.WATCHED]:
        first_look(p, f, s, s[m.START])


@compiled
def _replay(p, f, s, g, out, person, item, items):
    """Let one person live through what is recorded of him, from his item number `item` on.

    Somebody of the history is there from the start, else from his first item on.
    """
    _who(s, person)
    known = person[at.KIND] == HISTORY
    if not known and item >= s[m.LAST_ITEM]:
        return
    born = s[m.START] if known else items[item * m.ITEM_WIDTH + m.ITEM_MOMENT]
    if born >= s[m.FINISH]:
        return
    g[m.RATE_OF_BUYING], g[m.DROPOUT], g[m.SPEND_RATE] = 0.0, 0.0, 1.0
    s[m.ASKED], s[m.OFFERED] = 1, 1  # nobody joins the programmes: who would have is not known
    _there(p, f, s, person, born)
    left = p[at.UNSUBSCRIBED_EVENT]
    if left >= 0 and s[s[m.LAST_EVENT] + left] != NEVER:
        s[m.SUPPRESSED] = 1
    _next_item(s, items, item)
    if known:
        _first_day(p, f, s)
    else:
        start_timers(p, s, born)
        if p[at.WATCHED]:
            schedule(s, born, 2, m.LOOK, 0, 0, 0)
    while s[m.EVENTS]:
        event = next_event(s)
        moment = s[event + m.MOMENT]
        if moment >= s[m.MONTH_END]:
            turn(p, s, moment)
        if s[event + m.KIND] == m.RECORDED:
            item = s[event + m.ARG0]
            _next_item(s, items, item + 1)
            _recorded(p, f, s, g, out, shifted(items, item * m.ITEM_WIDTH), item, moment)
        else:
            _handle(p, f, s, g, out, event, False)
        if p[at.WATCHED]:
            look(p, f, s, g, out, moment)
        if s[m.OVERFLOW]:
            return


@compiled
def _next_item(s, items, item):
    """Schedule a person's next recorded order or event."""
    if item < s[m.LAST_ITEM]:
        row = item * m.ITEM_WIDTH
        rank = 0 if items[row + m.ITEM_WHAT] < 0 else 1
        schedule(s, items[row + m.ITEM_MOMENT], rank, m.RECORDED, item, 0, 0)


@compiled
def _recorded(p, f, s, g, out, row, item, moment):
    """A recorded order or event happens.

    An after-order event is that of the latest order since the start. One on a message is of no
    message of ours: it concerns no run.
    """
    event = row[m.ITEM_WHAT]
    if event < 0:
        value, discount = row[m.ITEM_VALUE], row[m.ITEM_DISCOUNT]
        number = place_recorded(p, s, out, value, discount, row[m.ITEM_MARK], moment)
        note(s, moment, m.T_ORDER, number, value, -1, value)
        happen(p, f, s, g, out, p[at.ORDER_EVENT], m.SCOPE_ALL, number, moment)
        return
    if event == p[at.UNSUBSCRIBED_EVENT]:
        s[m.SUPPRESSED] = 1
    nature = p[p[at.EVENT_NATURE] + event]
    if nature == AFTER_ORDER:
        happen(p, f, s, g, out, event, m.SCOPE_ORDER, s[m.ORDER_NUMBER] - 1, moment)
    elif nature == AFTER_MESSAGE:
        happen(p, f, s, g, out, event, m.SCOPE_RUN, NO_KEY, moment)
    else:
        number = item if nature == BEFORE_ORDER else NO_KEY
        happen(p, f, s, g, out, event, m.SCOPE_ALL, number, moment)


@compiled
def _count_person(s, out, person, number, orders):
    """Count what a person is at the end of a world."""
    ever = person[at.ORDERS_BEFORE] + orders
    world = number * _WORLD
    count_ever(s, out, number, ever)
    if orders > 0:
        out[_ACTIVE + world] += 1
        if person[at.BASE]:
            out[_RETAINED + world] += 1
    if ever > 0:
        out[_CUSTOMERS + world] += 1
    if ever > 1:
        out[_REPEATERS + world] += 1


@compiled
def _remember(p, f, s, person):
    """Take over consent, answers and latest events; unknown consent is drawn from its share."""
    column = at.CONSENT
    for channel in range(p[at.CHANNELS]):
        known = person[column + channel]
        if known < 0:
            stream = p[p[at.CHANNEL_STREAM] + channel]
            u = sticky_uniform(s, stream) if s[m.REPLAYS] else uniform(s, stream, 0)
            known = 1 if u < f[p[at.CHANNEL_SHARE] + channel] else 0
        s[s[m.CONSENTS_TO] + channel] = known
    column += p[at.CHANNELS]
    for i in range(s[m.OFFER_UNTIL] - s[m.STATIC_ANSWERS]):
        s[s[m.STATIC_ANSWERS] + i] = person[column + i]
    column += s[m.OFFER_UNTIL] - s[m.STATIC_ANSWERS]
    for event in range(p[at.EVENTS_COUNTED]):
        s[s[m.LAST_EVENT] + event] = person[column + event]
        if p[p[at.EVENT_ENGAGES] + event] and p[at.EMAIL] >= 0:
            mail = s[m.LAST_ENGAGED] + p[at.EMAIL]
            s[mail] = max(s[mail], person[column + event])
    column += p[at.EVENTS_COUNTED]
    marks = p[at.MARKS]
    s[m.LAST_MARK] = person[at.LATEST_MARK]
    for mark in range(marks):
        s[s[m.OWN_BY_MARK] + mark] = person[column + mark]
        s[m.OWN_ORDERS] += person[column + mark]
        s[s[m.LAST_BY_MARK] + mark] = person[column + marks + mark]


@compiled
def _day_one(p, s):
    """The lapse timer goes on where it stands; flows may take those who had passed it before."""
    start = s[m.START]
    lapse(p, s, start, 0)
    for flow in range(p[at.FLOWS]):
        rule = p[at.EXISTING] + 2 * flow
        if p[rule] < 0 or p[rule + 1] < 0 or lapse_due(p, s, p[rule + 1]) >= start:
            continue
        u = uniform(s, p[p[at.EXISTING_STREAM] + flow], 0)
        moment = start + math.floor(u * float(p[rule]))
        schedule(s, moment, 2, m.PAST, flow, s[m.STAMP], 0)


@compiled
def _handle(p, f, s, g, out, event, tosses):
    """Handle one event, taken off the queue at cell `event`."""
    moment, kind = s[event + m.MOMENT], s[event + m.KIND]
    arg0, arg1, arg2 = s[event + m.ARG0], s[event + m.ARG1], s[event + m.ARG2]
    if kind == m.DUE:
        run = s[m.RUN_TABLE] + arg0 * m.RUN_WIDTH
        if s[run + m.ACTIVE] and s[run + m.NUMBER] == arg1 and s[run + m.TOKEN] == arg2:
            s[run + m.WAITING] = -1
            proceed(p, f, s, g, out, arg0, moment)
    elif kind == m.BASELINE:
        _baseline(p, f, s, g, out, arg0, moment, tosses or arg0 > 0)
    elif kind == m.CANDIDATE:
        _candidate(p, f, s, g, out, arg0, arg1, moment)
    elif kind == m.EXPIRING:
        if s[s[m.OFFER_UNTIL] + arg1] == arg2:
            try_entry(p, f, s, g, out, arg0, NO_KEY, moment)
    elif kind == m.COMEBACK:
        _comeback(p, f, s, g, out, arg0, arg1, moment)
    elif kind == m.EVENT:
        happen(p, f, s, g, out, arg0, arg1, arg2, moment)
    elif kind == m.SOURCE:
        _source(p, f, s, g, arg0, arg1, moment)
    elif kind == m.LAPSE:
        if arg0 == s[m.STAMP]:
            lapse(p, s, moment, arg1 + 1)
            first = p[p[at.THRESHOLD_FIRST] + arg1]
            for j in range(first, p[p[at.THRESHOLD_FIRST] + arg1 + 1]):
                flow = p[p[at.THRESHOLD_FLOWS] + j]
                try_entry(p, f, s, g, out, flow, NO_KEY, moment)
    elif kind == m.TICK:
        flow = ticked(p, s, arg0, arg1, arg2)
        if flow >= 0:
            try_entry(p, f, s, g, out, flow, timer_key(p, arg0, arg1), moment)
    elif kind == m.JOIN:
        if holds(p, f, s, p[p[at.WATCHES] + WATCH_WIDTH * arg1], moment):
            try_entry(p, f, s, g, out, arg0, NO_KEY, moment)
    elif kind >= m.CREDIT:
        programme_event(p, f, s, g, out, kind, arg0, arg1, moment)
    elif kind == m.PAST and arg1 == s[m.STAMP]:
        try_entry(p, f, s, g, out, arg0, NO_KEY, moment)


@compiled
def _source(p, f, s, g, k, n, moment):
    """An unlagged moment: the next is scheduled, and the event comes after its lag."""
    alive = s[m.ALIVE_NOW]
    next_source(p, f, s, g, k, n + 1)
    if p[p[at.SOURCE_NATURE] + k] == BEFORE_ORDER and not alive:
        return
    due = add(p, s[m.ZONE], moment, p[p[at.SOURCE_LAG] + k])
    schedule(s, due, 1, m.EVENT, p[p[at.SOURCE_EVENT] + k], m.SCOPE_ALL, n)


@compiled
def _baseline(p, f, s, g, out, n, moment, tosses):
    """Baseline order n: in each world in which he is alive; in that with unless it is cancelled."""
    without, alive = s[m.ALIVE_WITHOUT], s[m.ALIVE_NOW]
    s[m.PATH_PENDING] = 0
    if not without and not alive:
        return
    s[m.PATH_NEXT] = n + 1
    value, mark = value_of(s, g, VALUE, n), drawn_mark(p, f, s, MARK, n)
    if without:
        count_without(p, s, out, value, mark)
    cancelled = alive and (is_replaced(p, s, mark) or _is_cancelled(p, f, s, g, n, moment))
    if tosses:
        u = uniform(s, COIN, n)
        if without and u < g[m.DROPOUT]:
            s[m.ALIVE_WITHOUT] = 0
        if alive:
            toss(s, g, u, moment)
    if s[m.ALIVE_WITHOUT] or s[m.ALIVE_NOW]:
        next_baseline(p, f, s, g, n + 1, 0)
    if not alive:
        note(s, moment, m.T_LOST, n, value, -1, -1)
    elif cancelled:
        if without:
            note(s, moment, m.T_CANCELLED, n, value, -1, -1)
    else:
        _ordered(p, f, s, g, out, value, mark, moment, -1, n, without)


@compiled
def _is_cancelled(p, f, s, g, n, moment):
    """Return whether effects cancel a baseline order, or an extra one has come in its place."""
    rates, _ = totals(p, s, g, moment, FORM_RATE)
    added, _ = totals(p, s, g, moment, FORM_ADDED)
    if rates < 0.0 or added < 0.0:
        c1 = min(1.0, max(0.0, -rates))
        speed = pace(p, f, float(moment - s[m.START]))
        c2 = min(1.0, max(0.0, -added) / (g[m.RATE_OF_BUYING] * speed))
        if uniform(s, CANCEL, n) < 1.0 - (1.0 - c1) * (1.0 - c2):
            return True
    if s[m.OWED] > 0:
        s[m.OWED] -= 1
        return True
    return False


@compiled
def _candidate(p, f, s, g, out, x, counter, moment):
    """A candidate order of effect x: accepted with the share that the net effect leaves it."""
    row = effect_row(s, x)
    slot = s[row + m.SLOT]
    form = p[p[at.SLOT_FORM] + slot]
    if moment >= s[row + m.UNTIL] or (form == FORM_RATE and not s[m.ALIVE_NOW]):
        s[row + m.PENDING] = 0
        return
    net, positive = totals(p, s, g, moment, form)
    u = second_uniform(s, p[p[at.SLOT_STREAM] + slot], counter)
    next_candidate(p, f, s, g, x)
    if not u < max(0.0, net) / positive:
        return
    if p[at.TOSSES_ON_EXTRAS] and s[m.ALIVE_NOW]:
        toss(s, g, uniform(s, p[p[at.SLOT_COIN] + slot], counter), moment)
    _extra(p, f, s, g, out, slot, counter, moment)


@compiled
def _comeback(p, f, s, g, out, slot, counter, moment):
    """One who is gone comes back with an order, and tosses his coin."""
    if s[m.ALIVE_NOW]:
        return
    toss(s, g, uniform(s, p[p[at.SLOT_COIN] + slot], counter), moment)
    if s[m.ALIVE_NOW]:
        go_on(p, f, s, g, moment)
    _extra(p, f, s, g, out, slot, counter, moment)


@compiled
def _extra(p, f, s, g, out, slot, counter, moment):
    """An order that a message brought; it may be one that would have come later."""
    value = value_of(s, g, p[p[at.SLOT_VALUE_STREAM] + slot], counter)
    mark = drawn_mark(p, f, s, p[p[at.SLOT_MARK] + slot], counter)
    if is_replaced(p, s, mark):
        return
    if p[p[at.SLOT_FLOW] + slot] >= 0:
        out[_EXTRA_ORDERS + p[p[at.SLOT_FLOW] + slot] * FLOW] += 1
    repaid = p[p[at.SLOT_REPAID] + slot]
    if repaid >= 0:
        u = uniform(s, p[p[at.SLOT_REPAID_STREAM] + slot], counter)
        if u < g[m.DRAWN + at.EFFECT + repaid]:
            s[m.OWED] += 1
    _ordered(p, f, s, g, out, value, mark, moment, slot, counter, 0)


@compiled
def _ordered(p, f, s, g, out, value, mark, moment, slot, counter, without):
    """An order in the world with: placed, told to the flows, followed by its own events.

    It is baseline order `counter` (slot -1), which may be in the world without, too, or candidate
    `counter` of a slot.
    """
    plain, before = value, s[m.REVENUE]
    if p[at.CHANGES_BASKETS]:
        value = changed_value(p, s, g, value, moment)
    number = place(p, s, out, value, mark, moment, without)
    kind, named = m.T_EXTRA, slot
    if slot < 0:
        kind, named = m.T_ORDER if without else m.T_SAVED, counter
    note(s, moment, kind, named, plain, -1, s[m.REVENUE] - before)
    happen(p, f, s, g, out, p[at.ORDER_EVENT], m.SCOPE_ALL, number, moment)
    follow(p, f, s, number, moment, slot, counter)
    if p[at.PROGRAMMES] & REFERRAL_ON:
        recommend(s, g, number, moment)


@compiled
def _count_repayments(p, s, g, out):
    """Count what extra orders will still cost: the next orders of one who is alive."""
    if s[m.OWED] == 0 or not s[m.ALIVE_NOW]:
        return
    out[_REPAYMENTS] += s[m.OWED]
    out[_REPAYMENT_MICRO] += s[m.OWED] * expected_contribution(p, g)
