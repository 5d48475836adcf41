"""Likelihood: gradient and Hessian against differences, the k = 1 form, grouping."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammaln
from tests.runtime.behaviour.generate import parameters

from playbook_runtime.behaviour.likelihood import (
    Rows,
    grouped,
    log_likelihood,
    log_likelihood_and_derivatives,
    ungrouped,
)
from playbook_runtime.behaviour.prior import log_prior

LOGS = st.lists(st.floats(-1.5, 1.5), min_size=4, max_size=4).map(np.array)


@st.composite
def some_rows(draw) -> Rows:
    rows = []
    for _ in range(draw(st.integers(1, 8))):
        T = draw(st.integers(0, 80))
        x = draw(st.integers(0, min(T, 12)))
        t_x = draw(st.integers(x, T)) if x else 0
        rows.append((x, t_x, T, draw(st.integers(1, 5))))
    x, t_x, T, count = (np.array(column) for column in zip(*rows, strict=True))
    return Rows(x, t_x / 7, T / 7, count.astype(float))


def central_differences(function, logs: np.ndarray, width: float = 1e-5) -> np.ndarray:
    steps = np.eye(4) * width
    return np.array([(function(logs + one) - function(logs - one)) / (2 * width) for one in steps])


@settings(max_examples=60)
@given(some_rows(), LOGS, st.integers(1, 4), st.integers(0, 1))
def test_derivatives_are_those_of_the_likelihood(rows, logs, k: int, m: int) -> None:
    if k > 1:  # T = t_x has no second phase: its weight is zero, not a number
        rows = Rows(rows.x, rows.t_x, rows.T + 1 / 7, rows.count)
    _, gradient, hessian = log_likelihood_and_derivatives(logs, rows, k, m)
    by_value = central_differences(
        lambda at: log_likelihood_and_derivatives(at, rows, k, m)[0], logs
    )
    by_gradient = central_differences(
        lambda at: log_likelihood_and_derivatives(at, rows, k, m)[1], logs
    )
    scale = 1 + np.abs(gradient).max()
    np.testing.assert_allclose(gradient, by_value, atol=1e-5 * scale)
    np.testing.assert_allclose(hessian, by_gradient, atol=1e-5 * (1 + np.abs(hessian).max()))
    np.testing.assert_allclose(hessian, hessian.T, atol=1e-12 * (1 + np.abs(hessian).max()))


@given(LOGS)
def test_derivatives_of_the_prior(logs) -> None:
    _, gradient, hessian = log_prior(logs)
    np.testing.assert_allclose(
        gradient, central_differences(lambda at: log_prior(at)[0], logs), atol=1e-6
    )
    np.testing.assert_allclose(
        hessian, central_differences(lambda at: log_prior(at)[1], logs), atol=1e-6
    )


@pytest.mark.parametrize(("family", "m"), [("bg-nbd", 0), ("mbg-nbd", 1)])
def test_one_phase_gives_the_published_closed_form(family: str, m: int) -> None:
    """ln L of one customer as Fader, Hardie & Lee (A1..A4) and Batislam et al. print it."""
    truth = parameters(family, r=0.3, alpha=5.0, a=0.8, b=2.4)
    r, alpha, a, b = truth.values
    for x, t_x, T in ((0, 0, 30), (1, 10, 30), (5, 30, 30), (7, 12, 40)):
        one_gone = 0.0
        if x > 0 or m:
            one_gone = a / (b + x + m - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x)
        expected = (
            gammaln(r + x) - gammaln(r) + r * math.log(alpha) - (r + x) * math.log(alpha + T)
        ) + (gammaln(a + b) + gammaln(b + x + m) - gammaln(b) - gammaln(a + b + x + m))
        expected += math.log1p(one_gone)
        row = ungrouped(np.array([x]), [t_x], [T], 1.0)
        assert log_likelihood(truth, row) == pytest.approx(float(expected), rel=1e-12)


def test_regular_buyer_at_his_last_purchase_is_in_phase_nought() -> None:
    """T = t_x leaves no time for a hidden phase: 0 ln 0 is masked, not a NaN."""
    truth = parameters("bg-nbd", k=3, r=0.5, alpha=5.0, a=0.8, b=2.4)
    row = ungrouped(np.array([2]), [20], [20], 1.0)
    assert math.isfinite(log_likelihood(truth, row))
    value, gradient, hessian = log_likelihood_and_derivatives(
        np.log(np.array(truth.values)), row, 3, 0
    )
    assert np.isfinite([value, *gradient, *hessian.ravel()]).all()


@given(some_rows())
def test_grouping_changes_nothing(rows: Rows) -> None:
    x, t_x, T = (np.repeat(one, rows.count.astype(int)) for one in (rows.x, rows.t_x, rows.T))
    days = (np.rint(one * 7).astype(np.int64) for one in (t_x, T))
    packed = grouped(x, *days, 7.0)
    assert packed.customers == len(x)
    truth = parameters("mbg-nbd", r=0.5, alpha=4.0, a=0.7, b=2.0)
    one_by_one = Rows(x, t_x, T, np.ones(len(x)))
    assert log_likelihood(truth, packed) == pytest.approx(log_likelihood(truth, one_by_one))
