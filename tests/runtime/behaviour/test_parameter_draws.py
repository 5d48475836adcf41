"""Parameter and drift draws: each depends on seed and number alone, and has the right spread."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.runtime.behaviour.cdnow import WEEK, calibration

from playbook_runtime.behaviour.draws import (
    model_draws,
    parameter_draws,
    spend_draws,
    student_t,
)
from playbook_runtime.behaviour.drift import Drift, drift_draws, drift_of
from playbook_runtime.behaviour.fit import fit, fit_families
from playbook_runtime.behaviour.model import nine_digits
from playbook_runtime.behaviour.spend import fit_spend


def test_a_draw_does_not_depend_on_how_many_are_taken() -> None:
    fits, _ = fit_families(calibration("sample"), with_weak_prior=True)
    few, many = model_draws(fits, 7, 20), model_draws(fits, 7, 50)
    for name in ("k", "m", "r", "alpha_days", "a", "b"):
        assert getattr(few, name).tolist() == getattr(many, name)[:20].tolist()
    assert parameter_draws(fits[0], 7, 5).tolist() == parameter_draws(fits[0], 7, 9)[:5].tolist()
    assert model_draws(fits, 8, 20).r.tolist() != few.r.tolist()
    drift = Drift(0.12, 5, 180.0)
    assert drift_draws(drift, 7, 5, 365).tolist() == drift_draws(drift, 7, 9, 365)[:5].tolist()


def test_order_of_the_fits_does_not_matter() -> None:
    fits, _ = fit_families(calibration("sample"))
    assert model_draws(fits, 1, 9).r.tolist() == model_draws(fits[::-1], 1, 9).r.tolist()


def test_laplace_draws_have_the_fits_mean_and_covariance() -> None:
    fitted, _ = fit(calibration("sample"), "bg-nbd", WEEK)
    assert fitted is not None
    logs = np.log(parameter_draws(fitted, 3, 4_000))
    spread = np.sqrt(np.diag(np.array(fitted.covariance)))
    z = (logs.mean(axis=0) - np.log(fitted.parameters.values)) / (spread / math.sqrt(4_000))
    assert (np.abs(z) < 4).all()
    scaled = np.cov(logs.T) / np.outer(spread, spread)
    np.testing.assert_allclose(
        scaled, np.array(fitted.covariance) / np.outer(spread, spread), atol=0.1
    )


def test_models_are_picked_by_their_akaike_weights() -> None:
    fits, _ = fit_families(calibration("sample"))
    draws = model_draws(fits, 11, 3_000)
    assert set(draws.k.tolist()) == {1}
    assert draws.m.mean() == pytest.approx(0.573, abs=4 * math.sqrt(0.573 * 0.427 / 3_000))
    modified = draws.m == 1
    # alpha is in days: the fits' alphas are 4.41 and 6.18 weeks
    assert np.median(draws.alpha_days[~modified]) == pytest.approx(4.41 * 7, rel=0.02)
    assert np.median(draws.alpha_days[modified]) == pytest.approx(6.18 * 7, rel=0.02)


def test_every_draw_has_nine_digits() -> None:
    fits, _ = fit_families(calibration("sample"))
    draws = model_draws(fits, 2, 30)
    for values in (draws.r, draws.alpha_days, draws.a, draws.b):
        assert all(value == nine_digits(value) for value in values.tolist())


def test_spend_draws_keep_a_variance() -> None:
    fitted, _ = fit_spend(calibration("sample"), with_weak_prior=True)
    assert fitted is not None
    draws = spend_draws(fitted, 5, 2_000)
    assert (draws[:, 1] > 2).all()
    assert np.median(draws[:, 1]) == pytest.approx(fitted.parameters.q, rel=0.02)


@pytest.mark.parametrize("degrees", [4, 5, 7])
def test_student_t_has_its_quantiles(degrees: int) -> None:
    from scipy.stats import kstest
    from scipy.stats import t as student

    found = [student_t(1, 9, draw, degrees) for draw in range(4_000)]
    assert kstest(found, student(degrees).cdf).pvalue > 1e-4


def test_drift_of_one_origin_by_hand() -> None:
    """s^2 = (4 * .12^2 + max(0, .2^2 - .01)) / 5."""
    found = drift_of([0.2], [0.01], [273])
    assert found.scale == pytest.approx(math.sqrt((4 * 0.0144 + 0.03) / 5), rel=1e-8)
    assert (found.degrees, found.horizon_days) == (5, 273.0)


def test_a_hit_narrows_the_drift_and_no_backtest_leaves_the_prior() -> None:
    assert drift_of([], [], []) == Drift(0.12, 4, 0.0)
    assert drift_of([0.01], [0.01], [100]).scale < 0.12


@given(st.integers(1, 2000))
def test_drift_grows_with_the_root_of_the_horizon(horizon: int) -> None:
    drift = Drift(0.12, 5, 100.0)
    ratio = drift_draws(drift, 1, 3, horizon) / drift_draws(drift, 1, 3, 100.0)
    np.testing.assert_allclose(ratio, math.sqrt(horizon / 100), rtol=1e-7)
