"""Timers: what lets flows start by the clock: days that come again, schedules, refills."""

from __future__ import annotations

import math

from playbook_runtime.kernel import fields as at
from playbook_runtime.kernel import instructions as code
from playbook_runtime.kernel import scratch as m
from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.clock import (
    DAY_SECONDS,
    add,
    add_days,
    civil,
    day_of,
    local_day,
    to_utc,
)
from playbook_runtime.kernel.random import uniform
from playbook_runtime.kernel.scratch import schedule
from playbook_runtime.kernel.tables import NEVER

# 1970-01-05, a Monday: from there days and weeks are counted.
MONDAY = 4
NO_KEY = -1
# How many gaps of the population stand beside a customer's own.
SHRINK = 2


@compiled
def _timer(p, i):
    """Return the cell where timer i stands."""
    return p[at.TIMERS] + i * code.TIMER_WIDTH


@compiled
def _moment(p, s, timer, k):
    """Return when a timer goes off for the k-th time: in year k, or in its k-th period."""
    kind, zone = p[timer + code.TIMER_KIND], s[m.ZONE]
    every, second, on = p[timer + code.TIMER_A], p[timer + code.TIMER_B], p[timer + code.TIMER_C]
    if kind == code.DAILY:
        return to_utc(p, zone, (MONDAY + every * k) * DAY_SECONDS + second)
    if kind == code.WEEKLY:
        return to_utc(p, zone, (MONDAY + 7 * every * k + on) * DAY_SECONDS + second)
    if kind == code.MONTHLY:
        month = every * k
        day = day_of(1970 + month // 12, month % 12 + 1, on)
        return to_utc(p, zone, day * DAY_SECONDS + second)
    day = every
    if kind == code.ANNIVERSARY:
        _, month, dom = civil(local_day(p, zone, s[m.FIRST_ORDER]))
        day = day_of(k, month, dom)
    elif kind != code.ONE_DAY:
        date = s[m.BIRTHDAY] if kind == code.BIRTHDAY else every
        day = day_of(k, date // 100, date % 100)
    return add(p, zone, to_utc(p, zone, day * DAY_SECONDS), p[timer + code.TIMER_SHIFT])


@compiled
def _first(p, s, timer, moment):
    """Return a k whose moment is not later than the first one at or after `moment`."""
    kind, every = p[timer + code.TIMER_KIND], p[timer + code.TIMER_A]
    day = local_day(p, s[m.ZONE], moment)
    if kind == code.ONE_DAY:
        return 0
    if kind == code.DAILY:
        return (day - MONDAY) // every
    if kind == code.WEEKLY:
        return (day - MONDAY) // (7 * every)
    year, month, _ = civil(day)
    if kind == code.MONTHLY:
        return ((year - 1970) * 12 + month - 1) // every
    k = year - p[timer + code.TIMER_BACK]
    if kind == code.ANNIVERSARY:
        since, _, _ = civil(local_day(p, s[m.ZONE], s[m.FIRST_ORDER]))
        k = max(k, since + 1)
    return k


@compiled
def _begin(p, s, i, moment):
    """Set a timer to its first time at or after `moment`."""
    timer = _timer(p, i)
    k = _first(p, s, timer, moment)
    due = _moment(p, s, timer, k)
    while due < moment:
        if p[timer + code.TIMER_KIND] == code.ONE_DAY:
            return
        k += 1
        due = _moment(p, s, timer, k)
    schedule(s, due, 2, m.TICK, i, k, 0)


@compiled
def _refill(p, s, timer):
    """Return when what was bought last is used up."""
    zone, last = s[m.ZONE], s[m.LAST_ORDER]
    if p[timer + code.TIMER_KIND] == code.REFILL:
        return add(p, zone, last, p[timer + code.TIMER_A])
    gaps = s[m.GAPS] + SHRINK
    total = SHRINK * p[timer + code.TIMER_A] + last - s[m.FIRST_ORDER]
    days = max(1, (2 * total + gaps * DAY_SECONDS) // (2 * gaps * DAY_SECONDS))
    return add_days(p, zone, last, days)


@compiled
def start_timers(p, s, moment):
    """Set all timers for somebody who is there from `moment` on."""
    for i in range(p[at.CLOCKS]):
        timer = _timer(p, i)
        kind = p[timer + code.TIMER_KIND]
        if kind == code.BY_MARK:
            _by_mark(p, s, i, timer, moment)
        elif kind >= code.REFILL:
            if s[m.LAST_ORDER] != NEVER:
                _go_on(p, s, i, timer, moment)
        elif kind == code.BIRTHDAY:
            if s[m.BIRTHDAY] > 0:
                _begin(p, s, i, moment)
        elif kind != code.ANNIVERSARY or s[m.FIRST_ORDER] != NEVER:
            _begin(p, s, i, moment)


@compiled
def _go_on(p, s, i, timer, start):
    """Let a refill of the history go on; one that was due before the start comes late or never."""
    due = _refill(p, s, timer)
    if due >= start:
        schedule(s, due, 2, m.TICK, i, 0, s[m.STAMP])
        return
    flow = p[timer + code.TIMER_FLOW]
    spread = p[p[at.EXISTING] + 2 * flow]
    if spread >= 0:
        u = uniform(s, p[p[at.EXISTING_STREAM] + flow], 0)
        schedule(s, start + math.floor(u * float(spread)), 2, m.PAST, flow, s[m.STAMP], 0)


@compiled
def _by_mark(p, s, i, timer, start):
    """Let what was bought before the start be used up, each thing by itself; what was used up by
    then comes late or never."""
    flow = p[timer + code.TIMER_FLOW]
    spread = p[p[at.EXISTING] + 2 * flow]
    for mark in range(p[at.MARKS]):
        last, lasts = s[s[m.LAST_BY_MARK] + mark], p[p[at.MARK_LASTS] + mark]
        if last == NEVER or lasts < 0:
            continue
        due = add(p, s[m.ZONE], last, lasts)
        if due < start:
            if spread < 0:
                continue
            u = uniform(s, p[p[at.EXISTING_STREAM] + flow], 0)
            due = start + math.floor(u * float(spread))
        schedule(s, due, 2, m.TICK, i, mark, last)


@compiled
def _lasts(p, s, i, mark, moment):
    """Schedule when what an order brought is used up."""
    lasts = p[p[at.MARK_LASTS] + mark] if mark >= 0 else -1
    if lasts >= 0:
        schedule(s, max(moment, add(p, s[m.ZONE], moment, lasts)), 2, m.TICK, i, mark, moment)


@compiled
def timer_key(p, i, k):
    """Return the key of a run that a timer starts: what is used up, where it tells things apart."""
    return k if p[_timer(p, i) + code.TIMER_KIND] == code.BY_MARK else NO_KEY


@compiled
def restart_timers(p, s, moment, previous):
    """An order at `moment`, the one before it at `previous`: refills count from now."""
    zone = s[m.ZONE]
    if previous != NEVER and local_day(p, zone, previous) != local_day(p, zone, moment):
        s[m.GAPS] += 1
    for i in range(p[at.CLOCKS]):
        timer = _timer(p, i)
        kind = p[timer + code.TIMER_KIND]
        if kind == code.BY_MARK:
            _lasts(p, s, i, s[m.LAST_MARK], moment)
        elif kind >= code.REFILL:
            schedule(s, max(moment, _refill(p, s, timer)), 2, m.TICK, i, 0, s[m.STAMP])
        elif kind == code.ANNIVERSARY and previous == NEVER:
            _begin(p, s, i, moment)


@compiled
def ticked(p, s, i, k, stamp):
    """Return the flow to start when a timer goes off, -1 if an order came since; set it anew."""
    timer = _timer(p, i)
    kind = p[timer + code.TIMER_KIND]
    if kind == code.BY_MARK:
        return p[timer + code.TIMER_FLOW] if stamp == s[s[m.LAST_BY_MARK] + k] else -1
    if kind >= code.REFILL:
        return p[timer + code.TIMER_FLOW] if stamp == s[m.STAMP] else -1
    if kind != code.ONE_DAY:
        schedule(s, _moment(p, s, timer, k + 1), 2, m.TICK, i, k + 1, 0)
    return p[timer + code.TIMER_FLOW]
