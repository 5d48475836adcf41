"""Alive or gone, in each world: the baseline path, coins, leaving, coming back.

A person is alive or gone in each world. Both begin alike and toss the same coins; effects on
drop-out and return make the world with another. The baseline path goes on while he is alive in
either, so that what both worlds have is the same orders.
"""

from __future__ import annotations

import math

from playbook_runtime.kernel import fields as at
from playbook_runtime.kernel import scratch as m
from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.instructions import BEFORE_ORDER
from playbook_runtime.kernel.random import DAY, uniform, uniform_at
from playbook_runtime.kernel.scratch import note, schedule
from playbook_runtime.kernel.season import elapsed, operational
from playbook_runtime.kernel.streams import COIN_BEFORE, GAP
from playbook_runtime.kernel.tables import HISTORY, NEVER

NOT_DRAWN = -1.0


@compiled
def first_coin(s, g, person, tosses_first):
    """Note when the latest coin before the start was tossed."""
    s[m.COIN_AT] = NEVER
    if person[at.KIND] != HISTORY or (person[at.X] == 0 and not tosses_first):
        return
    _note_coin(s, g, NOT_DRAWN, s[m.LAST_ORDER])


@compiled
def _note_coin(s, g, u, moment):
    s[m.COIN_AT] = moment
    g[m.COIN_U], g[m.COIN_LOW], g[m.COIN_HIGH] = u, 1.0, 1.0


@compiled
def toss(s, g, u, moment):
    """Toss the coin of an order in the world with."""
    _note_coin(s, g, u, moment)
    s[m.ALIVE_NOW] = 0 if u < g[m.DROPOUT] else 1
    if not s[m.ALIVE_NOW]:
        note(s, moment, m.T_GONE, -1, -1, -1, -1)


@compiled
def read_again(p, f, s, g, slot, moment, change):
    """Read the latest coin again with another chance to leave: `change` is the factor less one,
    fatigue counted in. The strongest gain and the strongest harm count, each once."""
    if s[m.COIN_AT] == NEVER or s[m.COIN_AT] + p[p[at.SLOT_WINDOW] + slot] <= moment:
        return
    if g[m.COIN_U] == NOT_DRAWN:  # before the start: given what came of it
        u, chance = uniform(s, COIN_BEFORE, 0), g[m.DROPOUT]
        g[m.COIN_U] = chance + (1.0 - chance) * u if s[m.ALIVE_NOW] else chance * u
    g[m.COIN_LOW] = min(g[m.COIN_LOW], 1.0 + change)
    g[m.COIN_HIGH] = max(g[m.COIN_HIGH], 1.0 + change)
    if g[m.COIN_U] < g[m.DROPOUT] * g[m.COIN_LOW] * g[m.COIN_HIGH]:
        if s[m.ALIVE_NOW]:
            note(s, moment, m.T_GONE, -1, -1, -1, -1)
        s[m.ALIVE_NOW] = 0
    elif not s[m.ALIVE_NOW]:
        s[m.ALIVE_NOW] = 1
        go_on(p, f, s, g, moment)


@compiled
def respond(p, s, slot, moment, entry, share):
    """Let one who is gone respond to a message, once for each flow: he orders within its window."""
    flow = p[p[at.SLOT_FLOW] + slot]
    if s[m.ALIVE_NOW] or s[m.COIN_AT] == NEVER or s[s[m.RESPONDED] + flow]:
        return
    if not uniform(s, p[p[at.SLOT_RESPONSE] + slot], 0) < share:
        return
    s[s[m.RESPONDED] + flow] = 1
    window = float(p[p[at.SLOT_WINDOW] + slot])
    later = math.floor(uniform(s, p[p[at.SLOT_STREAM] + slot], entry) * window)
    schedule(s, moment + later, 0, m.COMEBACK, slot, entry, 0)


@compiled
def go_on(p, f, s, g, moment):
    """One who was gone is alive again: his path goes on, and what he does before orders."""
    seconds = float(moment - s[m.START])
    if not s[m.PATH_PENDING]:
        g[m.CLOCK] = operational(p, f, seconds)
        next_baseline(p, f, s, g, s[m.PATH_NEXT], 0)
    for k in range(p[at.SOURCES]):
        idle = s[s[m.SOURCE_IDLE] + k]
        if idle > 0:
            g[s[m.SOURCE_CLOCK] + k] = operational(p, f, seconds)
            next_source(p, f, s, g, k, idle - 1)


@compiled
def next_baseline(p, f, s, g, n, over):
    """Schedule baseline order n: the phases that are not over after the clock."""
    s[m.PATH_NEXT] = n
    if not g[m.PHASE_RATE] > 0.0:
        return
    s[m.PATH_PENDING] = 1
    exponentials = 0.0
    for phase in range(over, s[m.PHASES]):
        exponentials += -math.log(uniform_at(s, GAP, n, phase))
    g[m.CLOCK] += exponentials / g[m.PHASE_RATE] * DAY
    after = elapsed(p, f, g[m.CLOCK])
    if after < float(s[m.FINISH] - s[m.START]):
        schedule(s, s[m.START] + math.floor(after), 0, m.BASELINE, n, 0, 0)


@compiled
def next_source(p, f, s, g, k, n):
    """Schedule the n-th unlagged moment of an assumed stream of events."""
    rate = f[p[at.SOURCE_RATE] + k]
    before_order = p[p[at.SOURCE_NATURE] + k] == BEFORE_ORDER
    s[s[m.SOURCE_IDLE] + k] = 0
    if before_order:
        if not s[m.ALIVE_NOW]:
            s[s[m.SOURCE_IDLE] + k] = n + 1
            return
        rate = rate * g[m.RATE_OF_BUYING]
    if not rate > 0.0:
        return
    u = uniform(s, p[p[at.SOURCE_STREAM] + k], n)
    clock = g[s[m.SOURCE_CLOCK] + k] + -math.log(u) / rate * DAY
    g[s[m.SOURCE_CLOCK] + k] = clock
    if before_order:
        clock = elapsed(p, f, clock)
    if clock < float(s[m.FINISH] - s[m.START]):
        schedule(s, s[m.START] + math.floor(clock), 1, m.SOURCE, k, n, 0)
