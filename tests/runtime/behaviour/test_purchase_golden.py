"""Published figures on the CDNOW data, reproduced: the manual's proof that the model is right."""

from __future__ import annotations

import numpy as np
import pytest
from tests.runtime.behaviour.cdnow import (
    HOLDOUT_WEEKS,
    WEEK,
    calibration,
    holdout_purchases,
    orders,
)

from playbook_runtime.behaviour.expectations import (
    conditional_expected_purchases,
    expected_purchases,
)
from playbook_runtime.behaviour.fit import akaike_weights, fit, fit_families
from playbook_runtime.behaviour.likelihood import Rows, ungrouped
from playbook_runtime.behaviour.spend import fit_spend
from playbook_runtime.history import history_of

# (file, family): r, alpha, a, b, log-likelihood; half a unit of the last published digit
PUBLISHED = {
    ("sample", "bg-nbd"): (0.2426, 4.4136, 0.7929, 2.4259, -9582.429),
    ("sample", "mbg-nbd"): (0.5248, 6.1831, 0.8914, 1.6140, -9582.136),
    ("master", "bg-nbd"): (0.2516, 4.7889, 0.7234, 2.1611, -95368.444),
    ("master", "mbg-nbd"): (0.6371, 7.3103, 0.8075, 1.2284, -95336.958),
}
SPEND = {
    "sample": (6.2496, 3.7442, 15.4435),
    "master": (6.2754, 3.6245, 14.9837),
}


def fitted(name: str, family: str):
    result, findings = fit(calibration(name), family, WEEK)
    assert findings == []
    return result


@pytest.mark.parametrize(("name", "family"), PUBLISHED)
def test_fit_reproduces_the_published_parameters(name: str, family: str) -> None:
    *parameters, log_likelihood = PUBLISHED[name, family]
    result = fitted(name, family)
    assert result.parameters.values == pytest.approx(parameters, abs=0.6e-4, rel=0)
    assert result.log_likelihood == pytest.approx(log_likelihood, abs=0.6e-3)


def test_customers_and_repeaters_are_counted() -> None:
    result = fitted("sample", "bg-nbd")
    assert (result.customers, result.repeat_customers) == (2357, 946)
    assert len(calibration("master")) == 23570


@pytest.mark.parametrize("name", SPEND)
def test_gamma_gamma_reproduces_the_published_parameters(name: str) -> None:
    result, _ = fit_spend(calibration(name))
    assert result is not None
    spend = result.parameters
    assert (spend.p, spend.q, spend.gamma) == pytest.approx(SPEND[name], abs=0.6e-4, rel=0)


def test_gamma_gamma_likelihood_and_data_of_the_sample() -> None:
    history = calibration("sample")
    result, findings = fit_spend(history)
    assert findings == []
    assert result is not None
    assert result.repeat_customers == 946
    assert result.log_likelihood == pytest.approx(-4055.918, abs=0.6e-3)
    repeaters = history.x > 0
    mean_values = history.repeat_value_minor[repeaters] / history.x[repeaters] / 100
    assert mean_values.mean() == pytest.approx(35.078, abs=0.6e-3)


def test_identical_rows_are_separate_orders() -> None:
    days, customers, values = orders("sample")
    history = history_of(days, customers, values)
    assert int(history.orders.sum()) == len(days) == 6919
    assert int(history.value_minor.sum()) == int(values.sum())
    assert int(history.purchases.sum()) < len(days)


def test_expected_purchases_of_a_newcomer() -> None:
    weeks = [0.1429, 1, 3, 31.8571, 32, 78]
    expected = [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8580]
    found = expected_purchases(fitted("sample", "bg-nbd").parameters, weeks)
    assert found == pytest.approx(expected, abs=0.6e-4, rel=0)


def test_conditional_expectation_of_the_papers_customer() -> None:
    row = Rows(np.array([2]), np.array([30.43]), np.array([38.86]), np.ones(1))
    found = conditional_expected_purchases(fitted("sample", "bg-nbd").parameters, row, 39.0)
    assert float(found[0]) == pytest.approx(1.226, abs=0.6e-3)


def test_tracking_at_week_78() -> None:
    days, customers, values = orders("sample")
    everything = history_of(days, customers, values)
    last_day = int(days.min()) + 78 * 7
    weeks = (last_day - everything.first_day) / 7.0
    predicted = float(expected_purchases(fitted("sample", "bg-nbd").parameters, weeks).sum())
    actual = int(everything.x.sum())
    assert actual == 4339
    assert predicted == pytest.approx(4166, abs=0.6)
    assert 100 * (predicted / actual - 1) == pytest.approx(-4.0, abs=0.06)


@pytest.mark.parametrize(
    ("name", "family", "correlation", "mae", "rmse"),
    [
        ("sample", "bg-nbd", 0.6256, 0.7855, 1.608),
        ("sample", "mbg-nbd", 0.6273, 0.7648, 1.607),
        ("master", "bg-nbd", None, 0.8187, None),
        ("master", "mbg-nbd", None, 0.7945, None),
    ],
)
def test_holdout_of_39_weeks(
    name: str, family: str, correlation: float | None, mae: float, rmse: float | None
) -> None:
    history = calibration(name)
    rows = ungrouped(history.x, history.t_x, history.T, WEEK)
    parameters = fitted(name, family).parameters
    predicted = conditional_expected_purchases(parameters, rows, HOLDOUT_WEEKS)
    error = predicted - holdout_purchases(name)
    assert np.abs(error).mean() == pytest.approx(mae, abs=0.6e-4)
    if rmse is not None:
        assert np.sqrt((error**2).mean()) == pytest.approx(rmse, abs=0.6e-3)
    if correlation is not None:
        found = np.corrcoef(predicted, holdout_purchases(name))[0, 1]
        assert found == pytest.approx(correlation, abs=0.6e-4)


def test_akaike_weights_of_the_two_families() -> None:
    fits, _ = fit_families(calibration("sample"))
    assert [one.parameters.family for one in fits] == ["mbg-nbd", "bg-nbd"]
    assert akaike_weights(fits) == pytest.approx((0.57, 0.43), abs=0.006)


def test_time_unit_changes_alpha_and_nothing_else() -> None:
    weekly, daily = fitted("sample", "bg-nbd"), fit(calibration("sample"), "bg-nbd", 1.0)[0]
    assert daily is not None
    assert daily.parameters.values == pytest.approx(weekly.parameters.in_days().values, rel=1e-6)
