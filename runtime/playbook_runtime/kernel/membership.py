"""The paid membership: who joins, what is paid and for which time, who leaves."""

from __future__ import annotations

import math

from playbook_runtime.kernel import fields as at
from playbook_runtime.kernel import instructions as code
from playbook_runtime.kernel import scratch as m
from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.clock import add
from playbook_runtime.kernel.effects import NO_FATIGUE, begin, effect_row
from playbook_runtime.kernel.layout import MONTH, PerMonth, World, world_column
from playbook_runtime.kernel.months import WITH
from playbook_runtime.kernel.random import DAY, uniform
from playbook_runtime.kernel.scratch import schedule
from playbook_runtime.kernel.streams import JOIN, RENEW
from playbook_runtime.kernel.tables import HISTORY

_JOINED = world_column(1, World.JOINED)
_LEFT = world_column(1, World.LEFT)
_FEES = world_column(1, World.FEES)
_PAID = world_column(1, World.FEES_PAID)
_MONTH_FEES = WITH + int(PerMonth.FEES)
_D = m.DRAWN
LARGEST_LOGIT = 50.0


@compiled
def chance_to_join(p, s, g, person, times):
    """Return P(join): its logit rises by the person's own expected saving less the fee, in fees.

    The saving is that of the orders which his history lets expect in the time of one fee.
    """
    phases = float(s[m.PHASES])
    x, shape, rate = 0.0, g[_D + at.R], g[_D + at.ALPHA]
    spent, weight = g[_D + at.GAMMA], g[_D + at.Q] - 1.0
    if person[at.KIND] == HISTORY:
        x = float(person[at.X])
        shape, rate = shape + phases * x, rate + times[at.T]
        spent, weight = spent + float(person[at.REPEAT_VALUE]), weight + g[_D + at.P] * x
    value = g[_D + at.P] * spent / weight if weight > 0.0 else 0.0
    orders = shape / rate / phases * g[_D + at.DRIFT] * (float(p[at.FEE_SECONDS]) / DAY)
    row = p[at.RIGHTS] + p[at.LEVELS] * code.RIGHT_WIDTH
    off = float(p[row + code.RIGHT_PERCENT]) / 1_000_000.0 * value
    saving = orders * (float(p[row + code.RIGHT_SHIPPING]) + off)
    logit = g[_D + at.JOIN]
    fee = float(p[at.FEE])
    if fee > 0.0:
        logit += (saving - fee) / fee
    return 1.0 / (1.0 + math.exp(-min(LARGEST_LOGIT, max(-LARGEST_LOGIT, logit))))


@compiled
def ask(p, f, s, g, out, moment):
    """Let a buyer join, if he does; return whether."""
    if not uniform(s, JOIN, 0) < g[m.JOINS]:
        return False
    s[m.MEMBER] = 1
    out[_JOINED] += 1
    if not s[m.TAKES_PART] and p[at.MEMBER_SLOT] >= 0:
        begin(p, f, s, g, out, p[at.MEMBER_SLOT], moment, 0, NO_FATIGUE)
    if p[at.TRIAL] >= 0:
        schedule(s, add(p, s[m.ZONE], moment, p[at.TRIAL]), 2, m.RENEWAL, 0, 0, 0)
    else:
        _pay(p, s, out, 0, moment)
    return True


@compiled
def renew(p, s, g, out, n, moment):
    """A trial or a time that was paid for is over: the member pays again, or leaves."""
    if uniform(s, RENEW, n) < g[_D + at.RENEW]:
        _pay(p, s, out, n + 1, moment)
        return
    s[m.MEMBER] = 0
    out[_LEFT] += 1
    if s[m.TAKES_PART]:
        return
    for x in range(s[m.EFFECTS]):
        row = effect_row(s, x)
        if s[row + m.SLOT] == p[at.MEMBER_SLOT]:
            s[row + m.UNTIL] = moment


@compiled
def _pay(p, s, out, n, moment):
    """A fee is paid; it counts for the months of its time, as far as that lies before the end."""
    end = add(p, s[m.ZONE], moment, p[at.FEE_PER])
    schedule(s, end, 2, m.RENEWAL, n, 0, 0)
    fee = p[at.FEE]
    out[_PAID] += fee
    counted, month = 0, s[m.MONTH]
    until = min(end, s[m.FINISH])
    while True:
        stop = until
        if month + 1 < p[at.MONTHS]:
            stop = min(until, p[p[at.MONTH_START] + month + 1])
        due = fee * (stop - moment) // (end - moment)
        out[s[m.BY_MONTH] + month * 2 * MONTH + _MONTH_FEES] += due - counted
        counted = due
        if stop == until:
            break
        month += 1
    out[_FEES] += counted
