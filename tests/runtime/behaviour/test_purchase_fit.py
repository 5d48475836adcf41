"""Fitting: truth is found again, and data that cannot tell gives findings, never exceptions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.runtime.behaviour.cdnow import WEEK, calibration
from tests.runtime.behaviour.generate import generate, parameters

from playbook_runtime.behaviour.expectations import (
    conditional_expected_purchases,
    expected_purchases,
    probability_alive,
)
from playbook_runtime.behaviour.fit import fit, fit_rows
from playbook_runtime.behaviour.likelihood import (
    Rows,
    log_likelihood_and_derivatives,
    rows_of,
)
from playbook_runtime.behaviour.model import FAMILIES
from playbook_runtime.behaviour.newton import maximise
from playbook_runtime.history import History, history_of


def history(rows: list[tuple[int, int]], until: int, value: int = 1000) -> History:
    """Return the history of (customer, day) orders."""
    return history_of(
        np.array([day for _, day in rows], dtype=np.int32),
        np.array([customer for customer, _ in rows], dtype=np.uint64),
        np.full(len(rows), value, dtype=np.int64),
        until,
    )


def rules(findings) -> set[str]:
    return {found.rule for found in findings}


@pytest.mark.parametrize(
    "truth",
    [
        parameters("bg-nbd", r=0.8, alpha=40.0, a=0.8, b=2.5),
        parameters("mbg-nbd", r=1.2, alpha=50.0, a=1.1, b=2.0),
    ],
    ids=lambda truth: truth.family,
)
def test_truth_is_found_again(truth) -> None:
    people = generate(truth, 8_000, seed=3, later_days=0.0)
    found = fit_rows(people.rows, truth.family, 1.0)
    for index, (estimate, true) in enumerate(
        zip(found.parameters.values, truth.values, strict=True)
    ):
        spread = math.sqrt(found.covariance[index][index])
        assert abs(math.log(estimate / true)) < 4 * spread
        assert spread < 0.4
    assert found.findings == ()


@pytest.mark.parametrize("k", [2, 3])
def test_regular_buyers_are_found_again(k: int) -> None:
    """k widens to 4 later; the likelihood and the fit already carry it."""
    truth = parameters("mbg-nbd", k=k, r=1.2, alpha=25.0, a=1.1, b=2.5)
    people = generate(truth, 4_000, seed=3, later_days=0.0)
    found = fit_rows(people.rows, truth.family, 1.0, k=k)
    assert found.parameters.k == k
    for index, (estimate, true) in enumerate(
        zip(found.parameters.values, truth.values, strict=True)
    ):
        assert abs(math.log(estimate / true)) < 4 * math.sqrt(found.covariance[index][index])


def test_auto_takes_the_family_that_generated() -> None:
    truth = parameters("mbg-nbd", r=1.5, alpha=30.0, a=1.5, b=1.5)
    people = generate(truth, 6_000, seed=8, later_days=0.0)
    likelihoods = {family: fit_rows(people.rows, family, 1.0).log_likelihood for family in FAMILIES}
    assert likelihoods["mbg-nbd"] > likelihoods["bg-nbd"] + 10
    found, _ = fit(calibration("sample"), "auto", WEEK)
    assert found is not None
    assert found.parameters.family == "mbg-nbd"


def test_weak_prior_moves_a_large_shop_by_less_than_a_quarter_of_its_error() -> None:
    for family in FAMILIES:
        plain, _ = fit(calibration("sample"), family, WEEK)
        weak, _ = fit(calibration("sample"), family, WEEK, with_weak_prior=True)
        assert plain is not None
        assert weak is not None
        assert weak.with_prior
        assert weak.log_likelihood <= plain.log_likelihood
        for index in range(4):
            moved = abs(math.log(weak.parameters.values[index] / plain.parameters.values[index]))
            assert moved < 0.25 * math.sqrt(plain.covariance[index][index])


def steady_customers() -> History:
    """Return B2B-like buyers, of whom none ever leaves."""
    random = np.random.default_rng(1)
    rows = []
    for customer in range(400):
        day, gap = int(random.integers(0, 100)), float(random.gamma(3.0, 10.0)) + 3
        while day <= 700:
            rows.append((customer, day))
            day += 1 + int(random.exponential(gap))
    return history(rows, 700)


@pytest.mark.parametrize("family", FAMILIES)
def test_drop_out_that_never_happens_is_not_identified(family: str) -> None:
    steady = steady_customers()
    plain, findings = fit(steady, family, WEEK)
    assert plain is not None
    assert rules(findings) == {"drop-out-not-identified"}
    assert plain.parameters.a / (plain.parameters.a + plain.parameters.b) < 0.005
    weak, findings = fit(steady, family, WEEK, with_weak_prior=True)
    assert weak is not None
    assert rules(findings) == {"drop-out-not-identified"}
    assert all(math.isfinite(value) and value > 0 for value in weak.parameters.values)


def test_of_two_equal_families_auto_takes_bg_nbd() -> None:
    found, _ = fit(steady_customers(), "auto", WEEK)
    assert found is not None
    assert found.parameters.family == "bg-nbd"


def test_nobody() -> None:
    found, findings = fit(history([], 10))
    assert found is None
    assert rules(findings) == {"no-customers"}
    assert findings[0].is_error


def test_nobody_came_back() -> None:
    found, findings = fit(history([(customer, customer) for customer in range(50)], 60))
    assert found is None
    assert rules(findings) == {"no-repeat-customers"}
    assert "50 customers" in findings[0].message


def test_two_orders_on_one_day_are_no_return() -> None:
    found, findings = fit(history([(1, 5), (1, 5), (2, 5)], 60))
    assert found is None
    assert rules(findings) == {"no-repeat-customers"}


def test_a_handful_of_customers_is_a_guess_and_says_so() -> None:
    found, findings = fit(history([(1, 0), (1, 20), (2, 3), (3, 9)], 90))
    assert found is not None
    assert "few-repeat-customers" in rules(findings)


DEGENERATE = {
    "everybody alike": [(customer, day) for customer in range(80) for day in (0, 30, 60)],
    "every day": [(customer, day) for customer in range(5) for day in range(60)],
    "one customer": [(1, 0), (1, 1)],
    "last day only": [(customer, day) for customer in range(40) for day in (59, 60)],
    "one regular among thousands": [(0, day) for day in range(0, 60, 2)]
    + [(customer, customer % 60) for customer in range(1, 3000)],
}


@pytest.mark.parametrize("name", DEGENERATE)
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("prior", [False, True])
def test_degenerate_data_give_numbers_and_findings(name: str, family: str, prior: bool) -> None:
    found, findings = fit(history(DEGENERATE[name], 60), family, WEEK, with_weak_prior=prior)
    assert found is not None
    assert all(math.isfinite(value) and value > 0 for value in found.parameters.values)
    assert math.isfinite(found.log_likelihood)
    covariance = np.array(found.covariance)
    assert np.isfinite(covariance).all()
    assert (np.linalg.eigvalsh(covariance) > -1e-9).all()
    assert findings
    daily = found.parameters.in_days()
    customers = rows_of(history(DEGENERATE[name], 60), 1.0)
    alive = probability_alive(daily, customers)
    assert ((alive >= 0) & (alive <= 1)).all()
    expected = conditional_expected_purchases(daily, customers, 30.0)
    # never more than at the mean posterior rate with nobody leaving
    most = (daily.r + customers.x) / (daily.alpha + customers.T) * 30.0
    assert ((expected >= 0) & (expected <= most * (1 + 1e-6))).all()
    assert math.isfinite(float(expected_purchases(daily, 30.0)))


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 400)), min_size=1, max_size=80),
    st.booleans(),
)
def test_any_orders_give_a_fit_or_an_error(rows, prior: bool) -> None:
    found, findings = fit(history(rows, 400), "auto", WEEK, with_weak_prior=prior)
    if found is None:
        assert any(one.is_error for one in findings)
    else:
        assert all(math.isfinite(value) and value > 0 for value in found.parameters.values)


@settings(max_examples=10)
@given(st.integers(0, 2**32))
def test_order_of_the_customers_does_not_matter(seed: int) -> None:
    sample = calibration("sample")
    order = np.random.default_rng(seed).permutation(len(sample))
    renamed = History(
        sample.until_day,
        *(
            getattr(sample, column)[order]
            for column in (
                "customer_hash",
                "first_day",
                "last_day",
                "orders",
                "purchases",
                "value_minor",
                "first_value_minor",
            )
        ),
    )
    assert fit(renamed, "bg-nbd") == fit(sample, "bg-nbd")


def test_a_subsample_to_begin_with_changes_nothing() -> None:
    master = calibration("master")
    rows, some = rows_of(master, WEEK), rows_of(master, WEEK, every=10)
    alone = fit_rows(rows, "bg-nbd", WEEK)
    begun = fit_rows(rows, "bg-nbd", WEEK, subsample=some)
    assert begun.parameters.values == pytest.approx(alone.parameters.values, rel=1e-6)


@pytest.mark.parametrize("times", [1, 1e3, 1e6])
@pytest.mark.parametrize("m", [0, 1])
def test_few_evaluations_however_large_the_shop(times: float, m: int) -> None:
    """A sum of 10^10 has no digits left for a tiny gain: the climb must not look for one."""
    rows = rows_of(calibration("sample"), WEEK)
    rows = Rows(rows.x, rows.t_x, rows.T, rows.count * times)
    calls = 0

    def objective(logs: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        nonlocal calls
        calls += 1
        return log_likelihood_and_derivatives(logs, rows, 1, m)

    optimum = maximise(objective, np.log(np.array([0.6, 12.0, 0.8, 2.2])))
    assert optimum.converged
    assert calls <= 9
    published = [(0.2426, 4.4136, 0.7929, 2.4259), (0.5248, 6.1831, 0.8914, 1.6140)][m]
    assert np.exp(optimum.point) == pytest.approx(published, abs=0.6e-4, rel=0)
