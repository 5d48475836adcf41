"""Expected purchases and P(alive): closed forms for k = 1, an exact series for regular buyers.

k = 1: with p ~ Beta(A, B) and lambda ~ Gamma(R, rate E), somebody alive makes within t an expected

    (A + B - 1) / (A - 1) * (1 - (E / (E + t))^R 2F1(R, B; A + B - 1; t / (E + t)))

purchases. A newcomer has (a, b, r, alpha) after his first coin (m = 1: survived with b / (a + b));
a customer with a history has (a, b + x + m, r + x, alpha + T), times P(alive). That contains
Fader, Hardie & Lee (2005), equations 9 and 10, and Batislam et al. (2007).

k > 1: the number of purchases is min(floor((j + phases) / k), coins), so that its mean is the sum
over n >= 1 of P(phases >= k n - j) P(coins >= n). Phases within t are negative binomial,
P(phases >= c) = I_z(c, R) with z = t / (E + t); P(coins >= n) = B(A, B + n - 1) / B(A, B).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaincinv, hyp2f1

from playbook_runtime.behaviour.likelihood import Rows, component_log_weights
from playbook_runtime.behaviour.model import BehaviourParameters

Floats = npt.NDArray[np.float64]

_SERIES = 10_000.0  # parameters beyond which the hypergeometric series is not trusted
_SMALLEST_TERM = 1e-10  # the series ends where a purchase is that unlikely,
_MOST_TERMS = 100_000  # or here: nobody buys so often
_SINGULAR = 1e-4  # distance from A = 1 within which the two sides are joined


def expected_purchases(parameters: BehaviourParameters, t: npt.ArrayLike) -> Floats:
    """Return E[X(t)], a newcomer's expected repeat purchases within t time units of the first."""
    r, alpha, a, b = parameters.values
    survived = b / (a + b) if parameters.m else 1.0
    time = np.asarray(t, dtype=np.float64)
    kept = np.asarray(b + parameters.m)
    if parameters.k == 1:
        return survived * _while_alive(r, alpha, a, kept, time)
    return survived * _of_regular(parameters.k, 0, r, alpha, a, kept, time)


def probability_alive(parameters: BehaviourParameters, rows: Rows) -> Floats:
    """Return P(alive at T | x, t_x, T) of each row, any k: the weight of the alive components."""
    weights = component_log_weights(parameters, rows)
    alive = np.logaddexp.reduce(weights[:-1], axis=0)
    return np.asarray(np.exp(alive - np.logaddexp(alive, weights[-1])))


def conditional_expected_purchases(
    parameters: BehaviourParameters, rows: Rows, t: npt.ArrayLike
) -> Floats:
    """Return the expected purchases of each row in (T, T + t], t in time units."""
    r, alpha, a, b = parameters.values
    time = np.asarray(t, dtype=np.float64)
    kept = b + rows.x + parameters.m
    if parameters.k == 1:
        here = _while_alive(r + rows.x, alpha + rows.T, a, kept, time)
        return probability_alive(parameters, rows) * here
    weights = component_log_weights(parameters, rows)
    shares = np.exp(weights - np.logaddexp.reduce(weights, axis=0))
    result = np.zeros(len(rows))
    for phase in range(parameters.k):
        shape = r + parameters.k * rows.x + phase
        result += shares[phase] * _of_regular(
            parameters.k, phase, shape, alpha + rows.T, a, kept, time
        )
    return result


def _of_regular(
    k: int, phase: int, R: npt.ArrayLike, E: npt.ArrayLike, A: float, B: npt.ArrayLike, t: Floats
) -> Floats:
    """Return the expected purchases within t of somebody alive in a hidden phase, any k."""
    shape, rate, kept, time = (
        np.atleast_1d(one)
        for one in np.broadcast_arrays(*(np.asarray(one, dtype=np.float64) for one in (R, E, B, t)))
    )
    result = np.zeros(shape.shape)
    z = time / (rate + time)
    here = np.flatnonzero(time > 0)
    coins = np.ones(len(here))  # P(the coin has fallen on "stay" n - 1 times)
    n = 1
    while len(here) and n <= _MOST_TERMS:
        term = betainc(k * n - phase, shape[here], z[here]) * coins
        result[here] += term
        coins *= (kept[here] + n - 1) / (A + kept[here] + n - 1)
        going = term > _SMALLEST_TERM
        here, coins = here[going], coins[going]
        n += 1
    return result.reshape(np.broadcast_shapes(*(np.shape(one) for one in (R, E, B, t))))


def _while_alive(
    R: npt.ArrayLike, E: npt.ArrayLike, A: float, B: npt.ArrayLike, t: Floats
) -> Floats:
    """Return the expected purchases within t of somebody alive (see the module's formula).

    A = 1 is a removable singularity: across it the two sides are joined by a straight line.
    """
    if abs(A - 1) >= _SINGULAR:
        return _regular(R, E, A, B, t)
    low, high = (_regular(R, E, 1 + side * _SINGULAR, B, t) for side in (-1, 1))
    return low + (high - low) * ((A - 1) / (2 * _SINGULAR) + 0.5)


def _regular(R: npt.ArrayLike, E: npt.ArrayLike, A: float, B: npt.ArrayLike, t: Floats) -> Floats:
    """Return the same for A away from 1."""
    shape, rate, kept, time = np.broadcast_arrays(
        *(np.asarray(one, dtype=np.float64) for one in (R, E, B, t))
    )
    # Euler's transformation: (1-z)^R 2F1(R, B; C; z) = (1-z)^(A-1) 2F1(C-R, A-1; C; z), whose
    # parameters stay small where R and B grow with x.
    top = A + kept - 1
    with np.errstate(all="ignore"):
        rest = np.power(rate / (rate + time), A - 1) * hyp2f1(
            top - shape, A - 1, top, time / (rate + time)
        )
        result: Floats = np.asarray(top / (A - 1) * (1 - rest))
    # Parameters in the millions (a fit that ran off) are beyond the series.
    most = shape * time / rate
    lost = ~np.isfinite(result) | (result < 0) | (result > most * (1 + 1e-9))
    lost |= np.maximum(shape, top) > _SERIES
    if lost.any():
        result = result.copy()
        result[lost] = _by_quadrature(shape[lost], rate[lost], A, kept[lost], time[lost])
    return result


def _by_quadrature(R: Floats, E: Floats, A: float, B: Floats, t: Floats) -> Floats:
    """Return E_p[(1 - (E / (E + p t))^R) / p], the integral behind the closed form, numerically.

    Gauss-Legendre over the Beta's quantiles: the integrand is bounded by R t / E.
    """
    nodes, weights = np.polynomial.legendre.leggauss(64)
    p = np.maximum(betaincinv(A, B[:, None], (nodes + 1) / 2), 1e-290)
    inner = -np.expm1(-R[:, None] * np.log1p(p * (t / E)[:, None])) / p
    result: Floats = inner @ (weights / 2)
    return result
