"""Gamma-Gamma spend: the value of a purchase (Fader, Hardie & Lee 2005; Fader & Hardie 025).

A customer's x repeat purchases are worth S in all: ln L = lnG(px + q) - lnG(px) - lnG(q)
+ q ln gamma + px ln S - ln z - (px + q) ln(gamma + S), with z = S / x. The first purchase is left
out, as in the literature: it often differs in kind (welcome discounts).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, psi, zeta

from playbook_runtime.behaviour.fit import covariance_of
from playbook_runtime.behaviour.model import (
    UNKNOWN_SPREAD,
    Finding,
    FittedSpend,
    Matrix,
    SpendParameters,
    nine_digits,
)
from playbook_runtime.behaviour.newton import maximise
from playbook_runtime.behaviour.sums import dot
from playbook_runtime.counted import count_of, word_of
from playbook_runtime.history import History, Int64s

Floats = npt.NDArray[np.float64]

SUBSAMPLE = 20_000
KEPT_TAIL = 2.0  # with the prior q stays above: mean and variance exist
TAIL, TAIL_SPREAD = math.log(1.5), 1.0  # prior of ln(q - 2)
SHAPE, SHAPE_SPREAD = math.log(4.0), 1.5  # prior of ln p
FEWEST = 3


def fit_spend(
    history: History, minor_per_unit: int = 100, *, with_weak_prior: bool = False
) -> tuple[FittedSpend | None, list[Finding]]:
    """Return the spend model fitted to the repeat purchases; gamma in the major unit.

    `minor_per_unit`: 100 for EUR, 1 for JPY. With the weak prior q stays above 2, so that mean and
    variance of a purchase exist; without it q <= 2 is a finding. None, with a finding, where fewer
    than 3 customers have repeat purchases of positive value.
    """
    values = history.repeat_value_minor
    usable = (history.x > 0) & (values > 0)
    findings = _left_out(history, usable)
    if int(np.count_nonzero(usable)) < FEWEST:
        findings.append(
            Finding(
                "spend-not-fitted",
                f"fewer than {FEWEST} customers have repeat purchases with a value, too few for"
                " a spend model",
                "use a longer stretch of orders, or map the column that holds the order total",
            )
        )
        return None, findings
    fitted = fit_spend_rows(
        history.x[usable], values[usable] / minor_per_unit, with_weak_prior=with_weak_prior
    )
    return fitted, [*findings, *fitted.findings]


def fit_spend_rows(x: Int64s, value: Floats, *, with_weak_prior: bool = False) -> FittedSpend:
    """Return the fit for customers with x >= 1 repeat purchases worth `value` > 0 in all."""
    floor = KEPT_TAIL if with_weak_prior else 0.0
    # A unit of the size of a purchase keeps the climb the same in any currency.
    unit = float(np.median(value / x))
    count, scaled = x.astype(np.int64), value / unit
    point = np.log(np.array([4.0, 1.5 if with_weak_prior else 3.5, 3.0]))
    every = math.ceil(len(x) / SUBSAMPLE)
    for stride in (every, 1) if every > 1 else (1,):
        some_count, some_value = count[::stride], scaled[::stride]
        optimum = maximise(
            lambda logs, c=some_count, v=some_value: _objective(logs, c, v, floor),  # type: ignore[misc]
            point,
        )
        point = optimum.point
    p, over, gamma = (math.exp(float(log)) for log in point)
    q = floor + over
    parameters = SpendParameters(nine_digits(p), nine_digits(q), nine_digits(gamma * unit))
    # The covariance is stated in ln q; the climb with a floor was in ln(q - floor).
    chain = np.diag([1.0, q / over, 1.0])
    covariance = covariance_of(chain @ optimum.hessian @ chain)
    return FittedSpend(
        parameters=parameters,
        log_likelihood=spend_log_likelihood(parameters, count, value),
        covariance=covariance,
        repeat_customers=len(x),
        with_prior=with_weak_prior,
        findings=tuple(_findings(parameters, covariance, optimum.converged)),
    )


def spend_log_likelihood(parameters: SpendParameters, x: Int64s, value: Floats) -> float:
    """Return the log-likelihood of mean values z = value / x, in the unit of `value`."""
    logs = np.log(np.array([parameters.p, parameters.q, parameters.gamma]))
    return _derivatives(logs, x, value)[0] - float(np.sum(np.log(value / x)))


def _derivatives(logs: Floats, x: Int64s, value: Floats) -> tuple[float, Floats, Floats]:
    """Return the log-likelihood without the term -ln z, and its derivatives in logs."""
    p, q, gamma = (float(one) for one in np.exp(logs))
    customers = len(x)
    counts = np.bincount(x).astype(np.float64)
    n = np.arange(1, len(counts), dtype=np.float64)
    each = counts[1:]
    log_all, log_value = np.log(gamma + value), np.log(value)
    over = 1 / (gamma + value)
    xs = x.astype(np.float64)
    sum_over, x_over = float(over.sum()), dot(xs, over)
    psi_all, psi_own = psi(p * n + q), psi(p * n)
    tri_all, tri_own = zeta(2.0, p * n + q), zeta(2.0, p * n)
    log_sum = float(log_all.sum())
    slack = dot(xs, log_value - log_all)
    result = (
        dot(each, gammaln(p * n + q) - gammaln(p * n))
        + customers * (q * math.log(gamma) - math.lgamma(q))
        + p * slack
        - q * log_sum
    )
    gradient = np.array(
        [
            dot(each, n * (psi_all - psi_own)) + slack,
            dot(each, psi_all) + customers * (math.log(gamma) - float(psi(q))) - log_sum,
            customers * q / gamma - p * x_over - q * sum_over,
        ]
    )
    square = over * over
    hessian = np.empty((3, 3))
    hessian[0, 0] = dot(each, n * n * (tri_all - tri_own))
    hessian[0, 1] = hessian[1, 0] = dot(each, n * tri_all)
    hessian[0, 2] = hessian[2, 0] = -x_over
    hessian[1, 1] = dot(each, tri_all) - customers * float(zeta(2.0, q))
    hessian[1, 2] = hessian[2, 1] = customers / gamma - sum_over
    hessian[2, 2] = -customers * q / gamma**2 + dot(p * xs + q, square)
    theta = np.array([p, q, gamma])
    return result, gradient * theta, hessian * np.outer(theta, theta) + np.diag(gradient * theta)


def _objective(
    logs: Floats, x: Int64s, value: Floats, floor: float
) -> tuple[float, Floats, Floats]:
    """Return the log posterior in (ln p, ln(q - floor), ln gamma); no prior where floor = 0."""
    over = math.exp(float(logs[1]))
    inner = np.array([logs[0], math.log(floor + over), logs[2]])
    result, gradient, hessian = _derivatives(inner, x, value)
    if not floor:
        return result, gradient, hessian
    chain = over / (floor + over)  # d ln q / d ln(q - floor)
    scale = np.array([1.0, chain, 1.0])
    hessian = hessian * np.outer(scale, scale)
    hessian[1, 1] += float(gradient[1]) * chain * (1 - chain)
    gradient = gradient * scale
    for place, centre, spread in ((0, SHAPE, SHAPE_SPREAD), (1, TAIL, TAIL_SPREAD)):
        off = float(logs[place]) - centre
        result -= off * off / (2 * spread**2)
        gradient[place] -= off / spread**2
        hessian[place, place] -= 1 / spread**2
    return result, gradient, hessian


def _left_out(history: History, usable: npt.NDArray[np.bool_]) -> list[Finding]:
    """Return the finding that counts returning customers without a positive value, if any."""
    without = history.repeat_customers - int(np.count_nonzero(usable))
    if not without:
        return []
    return [
        Finding(
            "spend-without-value",
            f"{count_of(without, 'returning customer')} {word_of(without, 'has', 'have')}"
            " repeat purchases worth nothing; the spend"
            " model leaves them out",
            "check whether free samples or exchanges are exported as orders",
        )
    ]


def _findings(parameters: SpendParameters, covariance: Matrix, converged: bool) -> list[Finding]:
    """Return findings on a spend distribution without mean or variance, or not told by the data."""
    findings = []
    if parameters.q <= 2:
        missing = "mean" if parameters.q <= 1 else "variance"
        findings.append(
            Finding(
                "spend-heavy-tail",
                f"a few customers spend so much more than the rest that the spend model has no"
                f" {missing} (q = {parameters.q:.3g})",
                "projections use a prior that keeps q above 2; look at the largest orders, they"
                " may be resellers",
            )
        )
    if not converged or math.sqrt(covariance[1][1]) > UNKNOWN_SPREAD:
        findings.append(
            Finding(
                "spend-not-identified",
                "the orders do not tell how much customers differ in what they spend"
                f" (q = {parameters.q:.3g}); the mean purchase of {parameters.mean:,.2f} stands",
                "use more returning customers or a longer stretch of orders",
            )
        )
    return findings
