"""A person's hidden state in a draw: alive or gone, rate of buying, drop-out, spend.

The exact posterior of the BG/NBD and MBG/NBD (Fader, Hardie & Lee 2005; Batislam et al. 2007) with
Gamma-Gamma spend, k = 1: a mixture of "alive" and "gone since the last purchase".
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
    SPEND,
)
from playbook_runtime.kernel.tables import HISTORY, NEWCOMER

_R, _ALPHA, _A, _B = m.DRAWN + at.R, m.DRAWN + at.ALPHA, m.DRAWN + at.A, m.DRAWN + at.B
_P, _Q, _GAMMA, _DRIFT = m.DRAWN + at.P, m.DRAWN + at.Q, m.DRAWN + at.GAMMA, m.DRAWN + at.DRIFT


@compiled
def draw_state(p, s, g, person, times, tosses_first):
    """Draw the person's state; return when he is first there: the start, or his arrival."""
    x = float(person[at.X])
    if person[at.KIND] == HISTORY:
        shape, rate = g[_Q] + g[_P] * x, g[_GAMMA] + float(person[at.REPEAT_VALUE])
    else:
        shape, rate = g[_Q], g[_GAMMA]
    g[m.SPEND_RATE] = gamma(s, SPEND, 0, shape) / rate
    g[m.RATE_OF_BUYING], g[m.DROPOUT] = 0.0, 1.0
    if person[at.KIND] != HISTORY:
        if person[at.KIND] == NEWCOMER:
            s[m.ALIVE_NOW] = 1
            g[m.RATE_OF_BUYING] = gamma(s, LAMBDA, 0, g[_R]) / g[_ALPHA] * g[_DRIFT]
            g[m.DROPOUT] = beta(s, DROPOUT_A, DROPOUT_B, g[_A], g[_B])
        month = person[at.MONTH]
        length = float(p[p[at.MONTH_LENGTH] + month])
        return p[p[at.MONTH_START] + month] + math.floor(uniform(s, ARRIVAL, 0) * length)
    t_x, observed = times[at.T_X], times[at.T]
    first = float(tosses_first)
    weight = 0.0
    if x > 0.0 or tosses_first:
        odds = (g[_ALPHA] + observed) / (g[_ALPHA] + t_x)
        weight = g[_A] / (g[_B] + x + first - 1.0) * math.exp((g[_R] + x) * math.log(odds))
    if uniform(s, ALIVE, 0) < 1.0 / (1.0 + weight):
        s[m.ALIVE_NOW] = 1
        g[m.DROPOUT] = beta(s, DROPOUT_A, DROPOUT_B, g[_A], g[_B] + x + first)
    else:
        observed = t_x
    rate = gamma(s, LAMBDA, 0, g[_R] + x) / (g[_ALPHA] + observed)
    g[m.RATE_OF_BUYING] = rate * g[_DRIFT]
    return s[m.START]
