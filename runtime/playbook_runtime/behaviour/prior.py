"""The weak prior of projections: what to believe of drop-out where the orders cannot tell."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Typical published fits (docs/decisions/0003-weak-prior.md), each with a spread of factors:
GONE, STAYED = 1.0, 3.0  # a / (a + b) ~ as if 1 of 4 coins had fallen on "gone"
COINS, COINS_SPREAD = math.log(3.0), 1.2  # ln(a + b)
SHAPE, SHAPE_SPREAD = math.log(0.7), 1.5  # ln r


def log_prior(logs: Floats) -> tuple[float, Floats, Floats]:
    """Return the log density of (ln r, ln alpha, ln a, ln b), up to a constant, with derivatives.

    Independent in mu = a/(a+b), density mu^GONE (1-mu)^STAYED in logit mu; ln(a+b) normal; ln r
    normal; flat in ln alpha. (logit mu, ln(a+b)) -> (ln a, ln b) has Jacobian 1.
    """
    log_r, _, log_a, log_b = (float(value) for value in logs)
    coins = math.log(math.exp(log_a) + math.exp(log_b))
    mu = math.exp(log_a - coins)
    stayed = math.exp(log_b - coins)
    off = (coins - COINS) / COINS_SPREAD**2
    value = (
        GONE * (log_a - coins)
        + STAYED * (log_b - coins)
        - (coins - COINS) ** 2 / (2 * COINS_SPREAD**2)
        - (log_r - SHAPE) ** 2 / (2 * SHAPE_SPREAD**2)
    )
    push = GONE * stayed - STAYED * mu
    gradient = np.array(
        [-(log_r - SHAPE) / SHAPE_SPREAD**2, 0.0, push - off * mu, -push - off * stayed]
    )
    hessian = np.zeros((4, 4))
    hessian[0, 0] = -1 / SHAPE_SPREAD**2
    both = (GONE + STAYED) * mu * stayed
    hessian[2, 2] = -both - mu**2 / COINS_SPREAD**2 - off * mu * stayed
    hessian[2, 3] = both - mu * stayed / COINS_SPREAD**2 + off * mu * stayed
    hessian[3, 3] = -both - stayed**2 / COINS_SPREAD**2 - off * mu * stayed
    hessian[3, 2] = hessian[2, 3]
    return value, gradient, hessian
