"""A person's hidden state in a draw: alive or gone, rate of buying, drop-out, spend.

The exact posterior of the BG/NBD and MBG/NBD (Fader, Hardie & Lee 2005; Batislam et al. 2007) with
Gamma-Gamma spend and gaps of k phases (Reutterer, Platzer & Schröder 2021, (M)BG/CNBD-k): a mixture
of "alive, with so many phases of the next gap over" and "gone since the last purchase".
"""

from __future__ import annotations

import math

from playbook_runtime.kernel import fields as at
from playbook_runtime.kernel import scratch as m
from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.random import beta, gamma, uniform
from playbook_runtime.kernel.streams import (
    ALIVE,
    ARRIVAL,
    DROPOUT_A,
    DROPOUT_B,
    LAMBDA,
    PHASE,
    SPEND,
)
from playbook_runtime.kernel.tables import HISTORY, PROSPECT, REFERRED

_R, _ALPHA, _A, _B = m.DRAWN + at.R, m.DRAWN + at.ALPHA, m.DRAWN + at.A, m.DRAWN + at.B
_P, _Q, _GAMMA, _DRIFT = m.DRAWN + at.P, m.DRAWN + at.Q, m.DRAWN + at.GAMMA, m.DRAWN + at.DRIFT


@compiled
def draw_state(p, s, g, person, times, tosses_first, phases):
    """Draw the person's state; return when he is first there: the start, or his arrival."""
    s[m.PHASES], s[m.PHASES_OVER] = phases, 0
    x = float(person[at.X])
    if person[at.KIND] == HISTORY:
        shape, rate = g[_Q] + g[_P] * x, g[_GAMMA] + float(person[at.REPEAT_VALUE])
    else:
        shape, rate = g[_Q], g[_GAMMA]
    g[m.SPEND_RATE] = gamma(s, SPEND, 0, shape) / rate
    g[m.PHASE_RATE], g[m.RATE_OF_BUYING], g[m.DROPOUT] = 0.0, 0.0, 1.0
    if person[at.KIND] != HISTORY:
        if person[at.KIND] != PROSPECT:
            s[m.ALIVE_NOW] = 1
            _set_rate(s, g, gamma(s, LAMBDA, 0, g[_R]) / g[_ALPHA])
            g[m.DROPOUT] = beta(s, DROPOUT_A, DROPOUT_B, g[_A], g[_B])
        if person[at.KIND] == REFERRED:
            return s[m.ARRIVES]
        month = person[at.MONTH]
        length = float(p[p[at.MONTH_LENGTH] + month])
        return p[p[at.MONTH_START] + month] + math.floor(uniform(s, ARRIVAL, 0) * length)
    t_x, observed = times[at.T_X], times[at.T]
    first = float(tosses_first)
    shape = g[_R] + float(phases) * x
    weight = 0.0
    if x > 0.0 or tosses_first:
        odds = (g[_ALPHA] + observed) / (g[_ALPHA] + t_x)
        weight = g[_A] / (g[_B] + x + first - 1.0) * math.exp(shape * math.log(odds))
    since = (observed - t_x) / (g[_ALPHA] + observed)
    alive = _phases_weight(shape, since, phases)
    if uniform(s, ALIVE, 0) < alive / (alive + weight):
        s[m.ALIVE_NOW] = 1
        g[m.DROPOUT] = beta(s, DROPOUT_A, DROPOUT_B, g[_A], g[_B] + x + first)
        if phases > 1:
            s[m.PHASES_OVER] = _phases_over(s, shape, since, phases, alive)
            shape += float(s[m.PHASES_OVER])
    else:
        g[m.DROPOUT] = beta(s, DROPOUT_A, DROPOUT_B, g[_A] + 1.0, g[_B] + x + first - 1.0)
        observed = t_x
    _set_rate(s, g, gamma(s, LAMBDA, 0, shape) / (g[_ALPHA] + observed))
    return s[m.START]


@compiled
def _set_rate(s, g, rate):
    """Note how fast phases go by, and how often a person buys."""
    g[m.PHASE_RATE] = rate * g[_DRIFT]
    g[m.RATE_OF_BUYING] = g[m.PHASE_RATE] / float(s[m.PHASES])


@compiled
def _phases_weight(shape, since, phases):
    """Return the weight of being alive in any phase, that in the first being 1."""
    total, weight = 1.0, 1.0
    for j in range(1, phases):
        weight = weight * (shape + float(j - 1)) * since / float(j)
        total += weight
    return total


@compiled
def _phases_over(s, shape, since, phases, alive):
    """Return how many phases of the next gap are over, of one who is alive."""
    u = uniform(s, PHASE, 0) * alive
    total, weight = 1.0, 1.0
    for j in range(1, phases):
        if u < total:
            return j - 1
        weight = weight * (shape + float(j - 1)) * since / float(j)
        total += weight
    return phases - 1
