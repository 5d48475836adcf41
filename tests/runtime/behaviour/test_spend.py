"""Gamma-Gamma spend: truth found again, heavy tails and missing values said."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.runtime.behaviour.cdnow import calibration

from playbook_runtime.behaviour.model import SpendParameters
from playbook_runtime.behaviour.spend import fit_spend, fit_spend_rows, spend_log_likelihood
from playbook_runtime.history import history_of


def generated(p: float, q: float, gamma: float, customers: int, seed: int = 4):
    random = np.random.default_rng(seed)
    x = random.geometric(0.4, customers)
    nu = random.gamma(q, 1 / gamma, customers)
    return x, random.gamma(p * x) / nu


def test_truth_is_found_again() -> None:
    truth = (5.0, 3.5, 20.0)
    found = fit_spend_rows(*generated(*truth, 6_000))
    values = (found.parameters.p, found.parameters.q, found.parameters.gamma)
    for index, (estimate, true) in enumerate(zip(values, truth, strict=True)):
        spread = math.sqrt(found.covariance[index][index])
        assert abs(math.log(estimate / true)) < 4 * spread
        assert spread < 0.2
    assert found.findings == ()


@pytest.mark.parametrize(("q", "missing"), [(0.8, "no mean"), (1.6, "no variance")])
def test_heavy_tail_is_said_and_the_prior_keeps_it_finite(q: float, missing: str) -> None:
    x, value = generated(5.0, q, 20.0, 3_000)
    plain = fit_spend_rows(x, value)
    assert [found.rule for found in plain.findings] == ["spend-heavy-tail"]
    assert missing in plain.findings[0].message
    weak = fit_spend_rows(x, value, with_weak_prior=True)
    assert weak.parameters.q > 2
    assert math.isfinite(weak.parameters.mean)
    assert weak.log_likelihood < plain.log_likelihood


def test_prior_does_not_matter_on_cdnow() -> None:
    plain, _ = fit_spend(calibration("sample"))
    weak, _ = fit_spend(calibration("sample"), with_weak_prior=True)
    assert plain is not None
    assert weak is not None
    assert weak.parameters.mean == pytest.approx(plain.parameters.mean, rel=0.002)


def test_currency_without_cents() -> None:
    """The same amounts in a currency without minor units: gamma scales, p and q do not."""
    euro, _ = fit_spend(calibration("sample"), minor_per_unit=100)
    yen, _ = fit_spend(calibration("sample"), minor_per_unit=1)
    assert euro is not None
    assert yen is not None
    assert yen.parameters.p == pytest.approx(euro.parameters.p, rel=1e-7)
    assert yen.parameters.gamma == pytest.approx(100 * euro.parameters.gamma, rel=1e-7)
    assert euro.parameters.in_minor(100).gamma == pytest.approx(yen.parameters.gamma, rel=1e-7)


def test_maximum_is_a_maximum() -> None:
    x, value = generated(5.0, 3.5, 20.0, 500)
    best = fit_spend_rows(x, value)
    for factor in (0.99, 1.01):
        one = best.parameters
        for other in (
            SpendParameters(one.p * factor, one.q, one.gamma),
            SpendParameters(one.p, one.q * factor, one.gamma),
            SpendParameters(one.p, one.q, one.gamma * factor),
        ):
            assert spend_log_likelihood(other, x, value) < best.log_likelihood


def of_values(values: list[int]):
    """Return the history of customers who each bought twice, the second time for `values`."""
    count = len(values)
    return history_of(
        np.repeat(np.array([0, 9], dtype=np.int32), count),
        np.tile(np.arange(count, dtype=np.uint64), 2),
        np.array([100] * count + values, dtype=np.int64),
        20,
    )


def test_purchases_worth_nothing_are_left_out_and_counted() -> None:
    found, findings = fit_spend(of_values([500, 900, 1500, 3000, 0, 0, -20]))
    assert found is not None
    assert found.repeat_customers == 4
    assert findings[0].rule == "spend-without-value"
    assert findings[0].message.startswith("3 returning customers")


def test_too_few_purchases_with_a_value() -> None:
    found, findings = fit_spend(of_values([500, 0, 0]))
    assert found is None
    assert [one.rule for one in findings] == ["spend-without-value", "spend-not-fitted"]


@settings(max_examples=30)
@given(st.lists(st.integers(1, 10**9), min_size=3, max_size=30), st.booleans())
def test_any_values_give_finite_parameters(values: list[int], prior: bool) -> None:
    found, _ = fit_spend(of_values(values), with_weak_prior=prior)
    assert found is not None
    spend = found.parameters
    assert all(math.isfinite(one) and one > 0 for one in (spend.p, spend.q, spend.gamma))


def test_everybody_spends_the_same() -> None:
    found, _ = fit_spend(of_values([2500] * 40), with_weak_prior=True)
    assert found is not None
    assert found.parameters.mean == pytest.approx(25.0, rel=0.05)
