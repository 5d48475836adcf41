"""Effects at work: when they begin, how they add up, and the candidate orders they send out."""

from __future__ import annotations

import math

from playbook_runtime.kernel import fields as at
from playbook_runtime.kernel import scratch as m
from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.instructions import (
    FORM_ADDED,
    FORM_BASKET,
    FORM_DROPOUT,
    FORM_RATE,
    FORM_REPAID,
    FORM_REVIVE,
)
from playbook_runtime.kernel.layout import World, world_column
from playbook_runtime.kernel.life import read_again, respond
from playbook_runtime.kernel.random import DAY, uniform
from playbook_runtime.kernel.scratch import schedule
from playbook_runtime.kernel.season import elapsed, operational
from playbook_runtime.kernel.tables import LARGEST_VALUE

WEEK = 7 * 86_400
MILLION = 1 << 20
NO_FATIGUE = -1
_OVERLAP = world_column(1, World.OVERLAP_SECONDS)


@compiled
def _fatigue(s, g, moment, window, more):
    """Return phi: what is left of a gain after the other messages of its time.

    `more` is how many messages count that are not logged: 1 for a flow's own effect, 0 for that of
    a message sent now; NO_FATIGUE for transactional ones.
    """
    if more < 0:
        return 1.0
    span = window if window > WEEK else WEEK
    sent = more
    i = s[m.LOGGED] - 1
    while i >= 0 and sent < 5 and s[s[m.LOG] + 2 * i] > moment - span:
        sent += 1
        i -= 1
    return g[m.DRAWN + at.FATIGUE + sent - 1]


@compiled
def begin(p, f, s, g, out, slot, moment, entry, more):
    """Begin the effect of a slot at `moment`."""
    form = p[p[at.SLOT_FORM] + slot]
    if form == FORM_REPAID:
        return
    window = p[p[at.SLOT_WINDOW] + slot]
    value = g[m.DRAWN + at.EFFECT + slot]
    if form == FORM_ADDED:
        peak = value / 1000.0 / (float(window) / DAY)
    elif form == FORM_REVIVE:
        peak = value
    else:
        peak = value - 1.0
    if peak == 0.0 or window <= 0:
        return
    phi = _fatigue(s, g, moment, window, more)
    if form == FORM_DROPOUT:
        read_again(p, f, s, g, slot, moment, peak * phi if peak < 0.0 else peak)
        return
    if form == FORM_REVIVE:
        respond(p, s, slot, moment, entry, peak * phi)
        return
    x = _room(s, g, moment)
    if x < 0:
        return
    row, strength = _rows(s, x)
    s[row + m.BEGUN], s[row + m.UNTIL], s[row + m.SLOT] = moment, moment + window, slot
    s[row + m.PENDING], s[row + m.COUNT], s[row + m.ENTRY_OF] = 0, 0, entry
    g[strength + m.SIZE] = peak * phi if peak > 0.0 else peak
    g[strength + m.PEAK] = peak
    g[strength + m.CANDIDATE_CLOCK] = 0.0
    if form != FORM_BASKET:
        next_candidate(p, f, s, g, x)
    if slot != p[at.MEMBER_SLOT]:
        _count_overlap(p, s, out, moment)


@compiled
def _count_overlap(p, s, out, moment):
    """Count the time with two or more effects at work that an effect begun now adds."""
    longest, second = moment, moment
    for x in range(s[m.EFFECTS]):
        row, _ = _rows(s, x)
        if s[row + m.SLOT] == p[at.MEMBER_SLOT]:
            continue
        until = s[row + m.UNTIL]
        if until > longest:
            longest, second = until, longest
        elif until > second:
            second = until
    second = min(second, s[m.FINISH])
    since = max(moment, s[m.OVERLAP_UNTIL])
    if second > since:
        out[_OVERLAP] += second - since
        s[m.OVERLAP_UNTIL] = second


@compiled
def _rows(s, x):
    """Return where the integers and the floats of effect x stand."""
    return s[m.EFFECT_TABLE] + x * m.EFFECT_WIDTH, s[m.STRENGTH] + x * m.STRENGTH_WIDTH


@compiled
def _room(s, g, moment):
    """Return a new row, after closing up over effects that are over: the order of beginning stays,
    and with it the order in which sums are taken."""
    kept = 0
    for x in range(s[m.EFFECTS]):
        row, strength = _rows(s, x)
        if s[row + m.UNTIL] <= moment and not s[row + m.PENDING]:
            continue
        if kept != x:
            new_row, new_strength = _rows(s, kept)
            for column in range(m.EFFECT_WIDTH):
                s[new_row + column] = s[row + column]
            for column in range(m.STRENGTH_WIDTH):
                g[new_strength + column] = g[strength + column]
            _renumber(s, x, kept)
        kept += 1
    s[m.EFFECTS] = kept
    if kept >= s[m.ROOM]:
        s[m.OVERFLOW] = m.NO_ROOM
        return -1
    s[m.EFFECTS] = kept + 1
    return kept


@compiled
def _renumber(s, old, new):
    """Let the queued candidates of effect `old` be those of `new`."""
    for i in range(s[m.EVENTS]):
        event = s[m.QUEUE] + i * m.QUEUE_WIDTH
        if s[event + m.KIND] == m.CANDIDATE and s[event + m.ARG0] == old:
            s[event + m.ARG0] = new


@compiled
def next_candidate(p, f, s, g, x):
    """Schedule the next candidate order of effect x, if one falls into its window."""
    row, strength = _rows(s, x)
    s[row + m.PENDING] = 0
    slot = s[row + m.SLOT]
    intensity = g[strength + m.SIZE]
    is_rate = p[p[at.SLOT_FORM] + slot] == FORM_RATE
    if is_rate:
        intensity = g[m.RATE_OF_BUYING] * intensity
    if not intensity > 0.0:
        return
    counter = s[row + m.ENTRY_OF] * MILLION + s[row + m.COUNT]
    s[row + m.COUNT] += 1
    u = uniform(s, p[p[at.SLOT_STREAM] + slot], counter)
    clock = g[strength + m.CANDIDATE_CLOCK] + -math.log(u) / intensity * DAY
    g[strength + m.CANDIDATE_CLOCK] = clock
    origin = s[row + m.BEGUN]
    if is_rate and p[at.SEASONS]:
        begun = float(origin - s[m.START])
        clock = elapsed(p, f, operational(p, f, begun) + clock)
        if clock >= begun + float(p[p[at.SLOT_WINDOW] + slot]):
            return
        origin = s[m.START]
    elif clock >= float(p[p[at.SLOT_WINDOW] + slot]):
        return
    s[row + m.PENDING] = 1
    schedule(s, origin + math.floor(clock), 0, m.CANDIDATE, x, counter, 0)


@compiled
def totals(p, s, g, moment, form):
    """Return (net, positive) of all active effects of a form: (G, P) of rates and baskets, (H, Q)
    of added orders."""
    net = 0.0
    positive = 0.0
    peak = 0.0
    add = False
    for x in range(s[m.EFFECTS]):
        row, strength = _rows(s, x)
        slot = s[row + m.SLOT]
        if p[p[at.SLOT_FORM] + slot] != form:
            continue
        if not s[row + m.BEGUN] <= moment < s[row + m.UNTIL]:
            continue
        size = g[strength + m.SIZE]
        net += size
        if size > 0.0:
            positive += size
        peak = max(peak, g[strength + m.PEAK])
        if p[p[at.SLOT_ADD] + slot]:
            add = True
    if form != FORM_ADDED and not add and net > peak:
        net = peak
    return net, positive


@compiled
def changed_value(p, s, g, value, moment):
    """Return the value of an order under the effects on baskets, minor units."""
    net, _ = totals(p, s, g, moment, FORM_BASKET)
    if net == 0.0:
        return value
    changed = float(value) * (1.0 + net) + 0.5
    if not changed < float(LARGEST_VALUE):
        return LARGEST_VALUE
    return max(1, math.floor(changed))


@compiled
def effect_row(s, x):
    """Return where the integers of effect x stand."""
    return s[m.EFFECT_TABLE] + x * m.EFFECT_WIDTH
