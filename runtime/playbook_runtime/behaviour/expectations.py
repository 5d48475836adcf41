"""Closed forms of the (M)BG/NBD model (k = 1): expected purchases and P(alive).

With p ~ Beta(A, B) and lambda ~ Gamma(R, rate E), somebody alive makes within t an expected

    (A + B - 1) / (A - 1) * (1 - (E / (E + t))^R 2F1(R, B; A + B - 1; t / (E + t)))

purchases. A newcomer has (a, b, r, alpha) after his first coin (m = 1: survived with b / (a + b));
a customer with a history has (a, b + x + m, r + x, alpha + T), times P(alive). That contains
Fader, Hardie & Lee (2005), equations 9 and 10, and Batislam et al. (2007).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, hyp2f1

from playbook_runtime.behaviour.likelihood import Rows, component_log_weights
from playbook_runtime.behaviour.model import BehaviourParameters

Floats = npt.NDArray[np.float64]

_SERIES = 10_000.0  # parameters beyond which the hypergeometric series is not trusted
_SINGULAR = 1e-4  # distance from A = 1 within which the two sides are joined


def expected_purchases(parameters: BehaviourParameters, t: npt.ArrayLike) -> Floats:
    """Return E[X(t)], a newcomer's expected repeat purchases within t time units of the first."""
    r, alpha, a, b = _closed(parameters)
    survived = b / (a + b) if parameters.m else 1.0
    time = np.asarray(t, dtype=np.float64)
    return survived * _while_alive(r, alpha, a, np.asarray(b + parameters.m), time)


def probability_alive(parameters: BehaviourParameters, rows: Rows) -> Floats:
    """Return P(alive at T | x, t_x, T) of each row, any k: the weight of the alive components."""
    weights = component_log_weights(parameters, rows)
    alive = np.logaddexp.reduce(weights[:-1], axis=0)
    return np.asarray(np.exp(alive - np.logaddexp(alive, weights[-1])))


def conditional_expected_purchases(
    parameters: BehaviourParameters, rows: Rows, t: npt.ArrayLike
) -> Floats:
    """Return the expected purchases of each row in (T, T + t], t in time units."""
    r, alpha, a, b = _closed(parameters)
    here = _while_alive(
        r + rows.x, alpha + rows.T, a, b + rows.x + parameters.m, np.asarray(t, dtype=np.float64)
    )
    return probability_alive(parameters, rows) * here


def _closed(parameters: BehaviourParameters) -> tuple[float, float, float, float]:
    """Return r, alpha, a, b of a model that has closed forms."""
    if parameters.k != 1:
        raise ValueError("closed forms exist for k = 1; use posterior draws for regular buyers")
    return parameters.values


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
