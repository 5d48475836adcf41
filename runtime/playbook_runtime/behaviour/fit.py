"""Fitting the purchase model: maximum likelihood, or the posterior mode under the weak prior."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from playbook_runtime.behaviour.likelihood import (
    Rows,
    log_likelihood,
    log_likelihood_and_derivatives,
    rows_of,
)
from playbook_runtime.behaviour.model import (
    FAMILIES,
    UNKNOWN_SPREAD,
    BehaviourParameters,
    Family,
    Finding,
    FittedBehaviour,
    Matrix,
    nine_digits,
)
from playbook_runtime.behaviour.newton import maximise
from playbook_runtime.behaviour.prior import log_prior
from playbook_runtime.behaviour.season import Season
from playbook_runtime.behaviour.sums import dot
from playbook_runtime.counted import count_of, word_of
from playbook_runtime.history import History

Floats = npt.NDArray[np.float64]

SUBSAMPLE = 20_000  # customers on which the climb begins when there are many more
HOPELESS = 40.0  # worse AIC on the subsample than the best: a weight below 1e-8 in all
FEW_REPEATERS = 30
WIDEST_SPREAD = 2.0  # standard deviation of a log-parameter that a covariance may state


def fit(
    history: History,
    family: Family | Literal["auto"] = "auto",
    time_unit_days: float = 7.0,
    *,
    with_weak_prior: bool = False,
    ks: Sequence[int] = (1,),
    season: Season | None = None,
) -> tuple[FittedBehaviour | None, list[Finding]]:
    """Return the fitted purchase model, of `auto` the family with the smaller AIC.

    None, with an error, where nobody bought twice: then nothing tells a rate.
    """
    families = FAMILIES if family == "auto" else (family,)
    fits, findings = fit_families(
        history,
        families,
        time_unit_days,
        with_weak_prior=with_weak_prior,
        ks=ks,
        season=season,
    )
    if not fits:
        return None, findings
    return fits[0], [*findings, *fits[0].findings]


def fit_families(
    history: History,
    families: tuple[Family, ...] = FAMILIES,
    time_unit_days: float = 7.0,
    *,
    with_weak_prior: bool = False,
    ks: Sequence[int] = (1,),
    season: Season | None = None,
) -> tuple[tuple[FittedBehaviour, ...], list[Finding]]:
    """Return a fit of each family and k, best AIC first: projections mix them by `akaike_weights`.

    Of many customers every n-th tells which models are hopeless; those are not fitted to all. With
    a season the time unit is that many operational days.
    """
    findings = _unfit(history)
    if any(found.is_error for found in findings):
        return (), findings
    rows = rows_of(history, time_unit_days, season=season)
    every = math.ceil(len(history) / SUBSAMPLE)
    some = rows_of(history, time_unit_days, every, season) if every > 1 else None
    models = [(family, k) for k in ks for family in families]
    if some is not None and some.x.any() and len(models) > len(FAMILIES):
        tried = {
            (family, k): fit_rows(
                some, family, time_unit_days, k=k, with_weak_prior=with_weak_prior
            )
            for family, k in models
        }
        hopeless = min(one.aic for one in tried.values()) + HOPELESS
        models = [model for model in models if tried[model].aic < hopeless]
    fits = [
        fit_rows(rows, family, time_unit_days, k=k, with_weak_prior=with_weak_prior, subsample=some)
        for family, k in models
    ]
    return tuple(sorted(fits, key=_best_first)), findings


def _best_first(one: FittedBehaviour) -> tuple[float, int, int]:
    """Return the order of fits. Where nobody leaves both families are the same model: then BG,
    whatever the last bits say."""
    return round(one.aic, 4), one.parameters.k, one.parameters.m


def akaike_weights(fits: tuple[FittedBehaviour, ...]) -> tuple[float, ...]:
    """Return each fit's Akaike weight, exp(-AIC/2) normalised to sum 1."""
    best = min(fitted.aic for fitted in fits)
    likelihoods = [math.exp((best - fitted.aic) / 2) for fitted in fits]
    return tuple(nine_digits(one / math.fsum(likelihoods)) for one in likelihoods)


def fit_rows(
    rows: Rows,
    family: Family,
    time_unit_days: float,
    *,
    k: int = 1,
    with_weak_prior: bool = False,
    subsample: Rows | None = None,
) -> FittedBehaviour:
    """Return the fit of grouped rows (times already in units of `time_unit_days`).

    With a `subsample` the climb begins there and ends, after a few steps, on all rows.
    """
    m = FAMILIES.index(family)

    def objective(rows: Rows, logs: Floats) -> tuple[float, Floats, Floats]:
        value, gradient, hessian = log_likelihood_and_derivatives(logs, rows, k, m)
        if not with_weak_prior:
            return value, gradient, hessian
        more, slope, bend = log_prior(logs)
        return value + more, gradient + slope, hessian + bend

    start = _start(rows)
    if subsample is not None and subsample.x.any():
        start = maximise(lambda logs: objective(subsample, logs), start).point
    optimum = maximise(lambda logs: objective(rows, logs), start)
    r, alpha, a, b = (math.exp(float(log)) for log in optimum.point)
    parameters = BehaviourParameters(family, k, m, r, alpha, a, b, time_unit_days).rounded()
    data_hessian = optimum.hessian - (log_prior(optimum.point)[2] if with_weak_prior else 0.0)
    findings = _identified(data_hessian, parameters)
    if not optimum.converged:
        findings.append(
            Finding(
                "fit-not-converged",
                "the fit of the purchase model did not settle; its numbers are a rough guess",
                "look for customers who are not people (marketplaces, test orders), leave them out",
            )
        )
    return FittedBehaviour(
        parameters=parameters,
        log_likelihood=log_likelihood(parameters, rows),
        covariance=covariance_of(optimum.hessian),
        customers=rows.customers,
        repeat_customers=round(float(rows.count[rows.x > 0].sum())),
        with_prior=with_weak_prior,
        findings=tuple(findings),
    )


def covariance_of(hessian: Floats) -> Matrix:
    """Return the inverse of the negative Hessian, no direction wider than WIDEST_SPREAD."""
    eigenvalues, vectors = np.linalg.eigh(-hessian)
    widths = 1 / np.maximum(eigenvalues, WIDEST_SPREAD**-2)
    covariance = (vectors * widths) @ vectors.T
    return tuple(tuple(nine_digits(float(cell)) for cell in row) for row in covariance)


def _start(rows: Rows) -> Floats:
    """Return log-parameters to begin at: the observed rate, and a drop-out of one in four."""
    observed = dot(rows.count, rows.T)
    rate = 1.5 * dot(rows.count, rows.x) / observed if observed > 0 else 1.0
    guess: Floats = np.log(np.array([0.6, 0.6 / max(rate, 1e-9), 0.8, 2.2]))
    return guess


def _unfit(history: History) -> list[Finding]:
    """Return what stands against a fit, or makes it a weak one."""
    if not len(history):
        return [
            Finding(
                "no-customers",
                "there is no order to fit a purchase model to",
                "give an orders file with orders on or before the --until date",
                is_error=True,
            )
        ]
    if not history.repeat_customers:
        return [
            Finding(
                "no-repeat-customers",
                f"none of the {count_of(len(history), 'customer')} has bought on two"
                " different days, so"
                " nothing tells how often they come back",
                "use a longer stretch of orders, or check that customer_id names the buyer and"
                " not the order",
                is_error=True,
            )
        ]
    if history.repeat_customers < FEW_REPEATERS:
        return [
            Finding(
                "few-repeat-customers",
                f"only {history.repeat_customers} of the {count_of(len(history), 'customer')}"
                f" {word_of(history.repeat_customers, 'has', 'have')} bought twice; the"
                " parameters are little more than a guess",
                f"wait for {FEW_REPEATERS} returning customers before trusting a projection",
            )
        ]
    return []


def _identified(hessian: Floats, parameters: BehaviourParameters) -> list[Finding]:
    """Return findings for parameters that the data alone (its Hessian in logs) leave open."""
    findings = []
    if _spread(-hessian[2:, 2:]) > UNKNOWN_SPREAD:
        share = parameters.a / (parameters.a + parameters.b)
        findings.append(
            Finding(
                "drop-out-not-identified",
                "the orders do not tell how many customers leave for good: drop-out not"
                f" identified (a/(a+b) = {share:.3g}); whether a silent customer is lost or"
                " only slow stays open",
                "projections put a weak prior on drop-out; do not read P(alive) or the effect"
                " of a win-back off this fit alone",
            )
        )
    if _spread(-hessian[:2, :2]) > UNKNOWN_SPREAD:
        findings.append(
            Finding(
                "rates-not-identified",
                "the orders do not tell how much customers differ in how often they buy"
                f" (r = {parameters.r:.3g})",
                "use more customers or a longer stretch of orders",
            )
        )
    return findings


def _spread(information: Floats) -> float:
    """Return the standard deviation of the first of two parameters; infinite where flat."""
    determinant = float(information[0, 0] * information[1, 1] - information[0, 1] ** 2)
    if information[0, 0] <= 0 or information[1, 1] <= 0 or determinant <= 0:
        return math.inf
    return math.sqrt(float(information[1, 1]) / determinant)
