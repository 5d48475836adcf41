"""Effects at work: when they begin, how they add up, and the candidate orders they send out."""

from __future__ import annotations

import math

from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.instructions import FORM_RATE
from playbook_runtime.kernel.random import DAY, two_uniforms
from playbook_runtime.kernel.scratch import (
    ARG0,
    BEGUN,
    CANDIDATE,
    CANDIDATE_CLOCK,
    COUNT,
    DRAW,
    DRAW_ID,
    EFFECTS,
    ENTRY_OF,
    EVENTS,
    KIND,
    LOGGED,
    OVERFLOW,
    PEAK,
    PENDING,
    PERSON_ID,
    RATE_OF_BUYING,
    SEED_ID,
    SIZE,
    SLOT,
    UNTIL,
    schedule,
)

WEEK = 7 * 86_400
MILLION = 1 << 20


@compiled
def fatigue(s, draws, moment, window, marketing, least):
    """Return phi: what is left of a gain after the other messages of its time."""
    if not marketing:
        return 1.0
    span = window if window > WEEK else WEEK
    sent = 0
    size = s.log.shape[0]
    for i in range(s.reg[LOGGED] - 1, -1, -1):
        if s.log[i % size, 0] <= moment - span:
            break
        sent += 1
        if sent == 5:
            break
    sent = max(sent, least)
    return draws.fatigue[s.reg[DRAW], sent - 1]


@compiled
def begin(p, s, draws, slot, moment, entry, marketing):
    """Begin the effect of a slot at `moment`."""
    window = p.slot_window[slot]
    value = draws.effect[s.reg[DRAW], slot]
    if p.slot_form[slot] == FORM_RATE:
        peak = value - 1.0
    else:
        peak = value / 1000.0 / (float(window) / DAY)
    if peak == 0.0 or window <= 0:
        return
    phi = fatigue(s, draws, moment, window, marketing, 1)
    size = peak * phi if peak > 0.0 else peak
    x = _room(s, moment)
    if x < 0:
        return
    s.effects[x, BEGUN], s.effects[x, UNTIL], s.effects[x, SLOT] = moment, moment + window, slot
    s.effects[x, PENDING], s.effects[x, COUNT], s.effects[x, ENTRY_OF] = 0, 0, entry
    s.strength[x, SIZE], s.strength[x, PEAK], s.strength[x, CANDIDATE_CLOCK] = size, peak, 0.0
    next_candidate(p, s, x)


@compiled
def _room(s, moment):
    """Return a new row, after closing up over effects that are over: the order of beginning stays,
    and with it the order in which sums are taken."""
    kept = 0
    for x in range(s.reg[EFFECTS]):
        if s.effects[x, UNTIL] <= moment and not s.effects[x, PENDING]:
            continue
        if kept != x:
            s.effects[kept] = s.effects[x]
            s.strength[kept] = s.strength[x]
            for i in range(s.reg[EVENTS]):
                if s.queue[i, KIND] == CANDIDATE and s.queue[i, ARG0] == x:
                    s.queue[i, ARG0] = kept
        kept += 1
    s.reg[EFFECTS] = kept
    if kept >= s.effects.shape[0]:
        s.reg[OVERFLOW] = 1
        return -1
    s.reg[EFFECTS] = kept + 1
    return kept


@compiled
def next_candidate(p, s, x):
    """Schedule the next candidate order of effect x, if one falls into its window."""
    s.effects[x, PENDING] = 0
    slot = s.effects[x, SLOT]
    intensity = s.strength[x, SIZE]
    if p.slot_form[slot] == FORM_RATE:
        intensity = s.freg[RATE_OF_BUYING] * intensity
    if not intensity > 0.0:
        return
    counter = s.effects[x, ENTRY_OF] * MILLION + s.effects[x, COUNT]
    u0, _ = two_uniforms(
        s.ids[SEED_ID], s.ids[DRAW_ID], s.ids[PERSON_ID], p.slot_stream[slot], counter
    )
    clock = s.strength[x, CANDIDATE_CLOCK] + -math.log(u0) / intensity * DAY
    s.strength[x, CANDIDATE_CLOCK] = clock
    if clock >= float(p.slot_window[slot]):
        return
    s.effects[x, PENDING] = 1
    schedule(s, s.effects[x, BEGUN] + int(clock), 0, CANDIDATE, x, counter, 0)


@compiled
def totals(p, s, moment, form):
    """Return (net, positive) of all active effects of a form: (G, P) of rates, (H, Q) of added."""
    net = 0.0
    positive = 0.0
    peak = 0.0
    add = False
    for x in range(s.reg[EFFECTS]):
        slot = s.effects[x, SLOT]
        if p.slot_form[slot] != form:
            continue
        if not s.effects[x, BEGUN] <= moment < s.effects[x, UNTIL]:
            continue
        size = s.strength[x, SIZE]
        net += size
        if size > 0.0:
            positive += size
        peak = max(peak, s.strength[x, PEAK])
        if p.slot_add[slot]:
            add = True
    if form == FORM_RATE and not add and net > peak:
        net = peak
    return net, positive
