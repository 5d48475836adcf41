"""Who joins a paid membership: the constant that makes the share of joiners the declared one.

P(join) is logistic in what the membership would save the customer: the larger his own expected
saving over the fee, the likelier. The constant of it is found draw by draw, so that of the buyers
of a year the share that is drawn joins.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from playbook_compiler.model import Playbook
from playbook_compiler.units import DAY_SECONDS
from playbook_compiler.values import dataclass
from playbook_runtime import program_rules as rules
from playbook_runtime.evidence.model import nine_digits
from playbook_runtime.kernel.tables import F64, I64, People
from playbook_runtime.program_tiers import ONCE, rights

# So many customers, evenly spread, stand for all of them.
SAMPLE: Final = 64
STEPS: Final = 40
LARGEST: Final = 50.0
YEAR_DAYS: Final = 365.0


@dataclass(frozen=True, slots=True)
class Saver:
    """What is known of a customer: repeat purchases, days to the last one and observed, value."""

    x: float
    t_x: float
    T: float
    repeat_value: float


def savers_of(history: People) -> tuple[Saver, ...]:
    """Return the customers that stand for all, in order of the history's rows."""
    n = len(history.key)
    chosen = sorted({place * n // SAMPLE for place in range(SAMPLE)}) if n else []
    return tuple(
        Saver(
            float(history.x[i]),
            float(history.t_x[i]),
            float(history.T[i]),
            float(history.repeat_value[i]),
        )
        for i in chosen
    )


def join_offsets(
    playbook: Playbook,
    history: People,
    behaviour: F64,
    k: I64,
    m: I64,
    spend: F64,
    drift: F64,
    shares: Sequence[float],
) -> list[float]:
    """Return the constant of each draw; `shares` are the drawn shares of joiners."""
    programmes = playbook.programmes
    assert programmes is not None and programmes.membership is not None
    membership = programmes.membership
    fee = membership.fee.amount.minor(playbook.decimals)
    days = rules.window_seconds(membership.fee.per) / DAY_SECONDS
    _, percent, shipping = rights(membership.rights, playbook.economics, playbook.decimals)
    savers = savers_of(history)
    found = []
    for d, share in enumerate(shares):
        r, alpha, a, b = (float(value) for value in behaviour[d])
        p, q, gamma = (float(value) for value in spend[d])
        phases = int(k[d])
        scored = []
        for one in savers:
            rate = (r + phases * one.x) / (alpha + one.T) / phases
            weight = q + p * one.x - 1.0
            value = p * (gamma + one.repeat_value) / weight if weight > 0.0 else 0.0
            orders = rate * float(drift[d]) * days
            saving = orders * (shipping + percent / ONCE * value)
            above = (saving - fee) / fee if fee > 0 else 0.0
            scored.append((buys(one, r, alpha, a, b, phases, int(m[d])), above))
        found.append(nine_digits(offset(scored, share)))
    return found


def buys(one: Saver, r: float, alpha: float, a: float, b: float, k: int, m: int) -> float:
    """Return the chance that a customer buys within a year: he is alive, and a gap ends.

    Gaps are taken for exponential ones of the same mean: this is only a weight.
    """
    shape, dead, alive = r + k * one.x, 0.0, 1.0
    if one.x > 0.0 or m:
        odds = (alpha + one.T) / (alpha + one.t_x)
        dead = a / (b + one.x + m - 1.0) * math.exp(shape * math.log(odds))
    weight = 1.0
    for j in range(1, k):
        weight *= (shape + (j - 1)) * (one.T - one.t_x) / (alpha + one.T) / j
        alive += weight
    still = (alpha + one.T) / (alpha + one.T + YEAR_DAYS / k)
    return (1.0 - math.exp(shape * math.log(still))) * alive / (alive + dead)


def offset(scored: Sequence[tuple[float, float]], share: float) -> float:
    """Return c so that the weighted mean of 1 / (1 + e^-(c + z)) is a share, by bisection."""
    total = math.fsum(weight for weight, _ in scored)
    if total <= 0.0:
        return math.log(share / (1.0 - share)) if 0.0 < share < 1.0 else 0.0
    low, high = -2 * LARGEST, 2 * LARGEST
    for _ in range(STEPS):
        middle = (low + high) / 2
        joined = math.fsum(weight * _logistic(middle + above) for weight, above in scored)
        if joined < share * total:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _logistic(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-min(LARGEST, max(-LARGEST, logit))))
