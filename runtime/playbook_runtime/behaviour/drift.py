"""Model drift: how far the level of purchasing wanders off the model, learnt from the backtest.

The fourth layer of uncertainty. Parameter and individual draws alone are too sure of themselves:
on CDNOW their 90% interval misses what happened. Origin i was off by d_i = ln(actual/predicted),
of which the first two layers explain the variance v_i; with four prior degrees of freedom at 12%,

    s^2 = (4 * 0.12^2 + sum_i max(0, d_i^2 - v_i)) / (4 + n),   D ~ s t_(4+n) sqrt(H / H_backtest).

Once per draw lambda becomes lambda e^D, in both worlds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from playbook_compiler.values import dataclass
from playbook_runtime.behaviour.draws import DRIFT, student_t
from playbook_runtime.behaviour.model import nine_digits

PRIOR_DEGREES, PRIOR_SCALE = 4, 0.12


@dataclass(frozen=True, slots=True)
class Drift:
    """D ~ scale * Student t with `degrees`, over a horizon of `horizon_days`.

    `horizon_days` is the mean of the backtests' horizons; 0 where there was none, and then D is
    not scaled with the horizon.
    """

    scale: float
    degrees: int
    horizon_days: float


def drift_of(
    log_errors: Sequence[float], log_variances: Sequence[float], horizons: Sequence[int]
) -> Drift:
    """Return the drift that backtest origins show; the prior alone where there are none."""
    excess = (max(0.0, d * d - v) for d, v in zip(log_errors, log_variances, strict=True))
    degrees = PRIOR_DEGREES + len(log_errors)
    square = (PRIOR_DEGREES * PRIOR_SCALE**2 + math.fsum(excess)) / degrees
    horizon = sum(horizons) / len(horizons) if horizons else 0.0
    return Drift(nine_digits(math.sqrt(square)), degrees, nine_digits(horizon))


def drift_draws(
    drift: Drift, seed: int, draws: int, horizon_days: float
) -> npt.NDArray[np.float64]:
    """Return D of each draw for a projection over `horizon_days`, shape (draws,), 9 digits."""
    stretch = math.sqrt(horizon_days / drift.horizon_days) if drift.horizon_days else 1.0
    return np.array(
        [
            nine_digits(drift.scale * stretch * student_t(seed, DRIFT, draw, drift.degrees))
            for draw in range(draws)
        ]
    )
