"""Watched audiences: flows that start when a customer comes to belong to one.

Whether he belongs is looked at after everything that is handled for him, and at the moments at
which a part of the condition changes by the clock alone.
"""

from __future__ import annotations

import math

from playbook_runtime.kernel import fields as at
from playbook_runtime.kernel import instructions as code
from playbook_runtime.kernel import scratch as m
from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.clock import DAY_SECONDS, add, local_day, to_utc
from playbook_runtime.kernel.evaluate import holds
from playbook_runtime.kernel.marks import last_bought
from playbook_runtime.kernel.random import uniform
from playbook_runtime.kernel.runs import NO_KEY, try_entry
from playbook_runtime.kernel.scratch import schedule
from playbook_runtime.kernel.tables import NEVER

NO_CHANGE = 2**62
DAYS = 3  # from this fact on: days since something


@compiled
def first_look(p, f, s, start):
    """Note to which audiences a customer of the history belongs; flows may take those, too."""
    for w in range(p[at.WATCHED]):
        watch = p[at.WATCHES] + code.WATCH_WIDTH * w
        inside = holds(p, f, s, p[watch], start)
        s[s[m.INSIDE] + w] = 1 if inside else 0
        _look_again(p, f, s, w, start)
        if not inside:
            continue
        for i in range(p[watch + 1], p[watch + 2]):
            flow = p[p[at.WATCH_FLOWS] + i]
            spread = p[p[at.EXISTING] + 2 * flow]
            if spread >= 0:
                u = uniform(s, p[p[at.EXISTING_STREAM] + flow], 0)
                schedule(s, start + math.floor(u * float(spread)), 2, m.JOIN, flow, w, 0)


@compiled
def look(p, f, s, g, out, moment):
    """Let the customer enter the flows of audiences to which he now comes to belong."""
    for w in range(p[at.WATCHED]):
        watch = p[at.WATCHES] + code.WATCH_WIDTH * w
        if p[watch + 3] and _stands(s, w, moment):
            continue
        inside = holds(p, f, s, p[watch], moment)
        entered = inside and not s[s[m.INSIDE] + w]
        s[s[m.INSIDE] + w] = 1 if inside else 0
        _look_again(p, f, s, w, moment)
        if entered:
            for i in range(p[watch + 1], p[watch + 2]):
                try_entry(p, f, s, g, out, p[p[at.WATCH_FLOWS] + i], NO_KEY, moment)


@compiled
def _stands(s, w, moment):
    """Return whether nothing that a watch reads has changed, and a look stands for when it does."""
    if s[s[m.STIRRED] + w] != s[m.STIRS] + 1:
        return False
    change = s[s[m.NEXT_CHANGE] + w]
    return change == NO_CHANGE or (moment < change and moment < s[s[m.LOOKED] + w])


@compiled
def _look_again(p, f, s, w, moment):
    """Schedule a look at the next moment at which the clock changes something, unless an earlier
    one stands already."""
    condition = p[p[at.WATCHES] + code.WATCH_WIDTH * w]
    change = NO_CHANGE
    for i in range(p[p[at.CONDITION_FIRST] + condition], p[p[at.CONDITION_FIRST] + condition + 1]):
        change = min(change, _change(p, f, s, i, moment))
    s[s[m.STIRRED] + w], s[s[m.NEXT_CHANGE] + w] = s[m.STIRS] + 1, change
    standing = s[s[m.LOOKED] + w]
    if change == NO_CHANGE or moment < standing <= change:
        return
    s[s[m.LOOKED] + w] = change
    schedule(s, change, 2, m.LOOK, 0, 0, 0)


@compiled
def _change(p, f, s, i, moment):
    """Return when row i of the conditions next changes by the clock alone."""
    row = p[at.CONDITION_CODE] + 3 * i
    op, a, b = p[row], p[row + 1], p[row + 2]
    last = NEVER
    if op == code.FACT:
        if DAYS <= a < code.POINTS_FACT:
            return _day_change(p, s, a, f[p[at.CONDITION_NUMBER] + i], moment)
    elif op == code.HOLDS:
        until = s[s[m.OFFER_UNTIL] + a]
        return until if until > moment else NO_CHANGE
    elif op == code.ENTERED:
        last = s[s[m.LAST_ENTRY] + a]
    elif op == code.GOT_MESSAGE:
        last = s[s[m.LAST_MESSAGE] + a]
    elif op == code.GOT_CHANNEL:
        last = s[s[m.LAST_CHANNEL] + a]
    elif op == code.HAPPENED:
        last = s[s[m.LAST_EVENT] + a]
    elif op == code.ENGAGED:
        last = s[s[m.LAST_ENGAGED] + a]
    elif op == code.BOUGHT:
        last = last_bought(p, s, a)
    if last == NEVER or b < 0:
        return NO_CHANGE
    over = add(p, s[m.ZONE], last, b) + 1
    return over if over > moment else NO_CHANGE


@compiled
def _day_change(p, s, fact, number, moment):
    """Return the next midnight at which a comparison of days with a number can change."""
    if s[m.ORDERS] == 0:
        return NO_CHANGE
    zone = s[m.ZONE]
    day = local_day(p, zone, s[m.LAST_ORDER] if fact == DAYS + 1 else s[m.FIRST_ORDER])
    passed = local_day(p, zone, moment) - day
    days = math.ceil(number)
    if days <= passed:
        days = math.floor(number) + 1
    if days <= passed:
        return NO_CHANGE
    return to_utc(p, zone, (day + days) * DAY_SECONDS)
