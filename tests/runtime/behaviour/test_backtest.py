"""Backtest: the model held against what came, with the naive baseline beside it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.runtime.behaviour import complete_journey
from tests.runtime.behaviour.cdnow import CALIBRATION_END, orders
from tests.runtime.behaviour.generate import generate, parameters

from playbook_runtime.behaviour.backtest import backtest, origins_for, predicted_totals
from playbook_runtime.behaviour.draws import model_draws
from playbook_runtime.behaviour.drift import Drift
from playbook_runtime.behaviour.expectations import conditional_expected_purchases
from playbook_runtime.behaviour.fit import fit_rows
from playbook_runtime.behaviour.likelihood import Rows

UNTIL = CALIBRATION_END + 273


@pytest.fixture(scope="module")
def cdnow():
    return backtest(
        *orders("sample"),
        until_day=UNTIL,
        origins=[CALIBRATION_END],
        horizon_days=365,
        families=("bg-nbd",),
        draws=400,
    )


def test_cdnow_by_bg_nbd(cdnow) -> None:
    """Layers one and two are too sure of themselves: their 90% interval is [1476, 1816]."""
    result, findings = cdnow
    assert findings == []
    (origin,) = result.origins
    assert (origin.customers, origin.horizon_days, origin.actual) == (2357, 273, 1882)
    assert origin.predicted.mean == pytest.approx(1655, abs=20)
    # 80% of the 90% interval's width, within Monte Carlo error
    assert origin.predicted.p10 == pytest.approx(1646 - 1.2816 * 103, abs=35)
    assert origin.predicted.p90 == pytest.approx(1646 + 1.2816 * 103, abs=35)
    assert not origin.inside


def test_naive_baseline_is_worse_here(cdnow) -> None:
    (origin,) = cdnow[0].origins
    assert origin.naive == pytest.approx(2930.1, abs=0.1)
    assert origin.mae == pytest.approx(0.7855, abs=0.001)
    assert origin.naive_mae == pytest.approx(1.0237, abs=0.001)
    assert not origin.naive_wins


def test_drift_learns_from_the_miss(cdnow) -> None:
    (origin,) = cdnow[0].origins
    excess = max(0.0, origin.log_error**2 - origin.log_variance)
    expected = math.sqrt((4 * 0.12**2 + excess) / 5)
    assert excess > 0
    assert cdnow[0].drift.scale == pytest.approx(expected, rel=1e-8)
    assert (cdnow[0].drift.degrees, cdnow[0].drift.horizon_days) == (5, 273.0)


def test_same_seed_same_backtest(cdnow) -> None:
    again = backtest(
        *orders("sample"),
        until_day=UNTIL,
        origins=[CALIBRATION_END],
        horizon_days=365,
        families=("bg-nbd",),
        draws=400,
    )
    assert again == cdnow


def test_nothing_after_the_origin_changes_the_prediction(cdnow) -> None:
    days, customers, values = orders("sample")
    before = days <= CALIBRATION_END
    blind, _ = backtest(
        days[before],
        customers[before],
        values[before],
        until_day=UNTIL,
        origins=[CALIBRATION_END],
        horizon_days=365,
        families=("bg-nbd",),
        draws=400,
    )
    assert blind.origins[0].predicted == cdnow[0].origins[0].predicted
    assert blind.origins[0].actual == 0
    assert math.isfinite(blind.origins[0].log_error)


def test_several_origins_add_degrees_of_freedom() -> None:
    result, _ = backtest(
        *orders("sample"),
        until_day=UNTIL,
        origins=[CALIBRATION_END, CALIBRATION_END + 90],
        horizon_days=120,
        draws=60,
    )
    assert [one.horizon_days for one in result.origins] == [90, 120]  # none runs into the next
    assert result.drift.degrees == 6
    assert result.drift.horizon_days == 105.0


def test_sample_of_many_customers_keeps_mean_and_spread() -> None:
    """Beyond 10,000 customers every n-th is drawn; the total's band is that of drawing all."""
    truth = parameters("bg-nbd", r=0.6, alpha=30.0, a=0.9, b=2.2)
    people = generate(truth, 3_000, seed=2)
    fitted = fit_rows(people.rows, "bg-nbd", 1.0, with_weak_prior=True)
    draws = model_draws([fitted], 1, 200)
    rows = people.rows
    many = Rows(*(np.tile(one, 5) for one in (rows.x, rows.t_x, rows.T, rows.count)))
    expected = conditional_expected_purchases(fitted.parameters, many, 180)
    sampled = predicted_totals(draws, many, 180, 1, expected)  # every second of 15,000
    in_full = sum(
        predicted_totals(draws, rows, 180, seed, expected[:3_000]) for seed in range(2, 7)
    )
    assert sampled.mean() == pytest.approx(in_full.mean(), rel=0.01)
    assert sampled.std() == pytest.approx(in_full.std(), rel=0.2)


def test_origins_follow_one_another_up_to_the_last_day() -> None:
    assert origins_for(0, 599, 90) == (329, 419, 509)  # as long as what is projected
    assert origins_for(0, 599, 365) == (299, 449)  # half of the history is left before them
    assert origins_for(0, 120, 365) == (60, 90)
    assert origins_for(0, 90, 365) == (60,)  # two would be shorter than four weeks
    assert origins_for(0, 60, 365) == ()


def test_origins_of_a_long_history_know_two_years() -> None:
    assert origins_for(0, 1094, 365) == (730, 912)  # two stretches of 182 days
    assert origins_for(0, 1824, 365) == (729, 1094, 1459)
    assert origins_for(0, 1094, 90) == (824, 914, 1004)
    assert origins_for(0, 849, 365) == (425, 637)  # too little is left after two years


def test_recent_purchases_stand_beside() -> None:
    """Complete Journey, 13 weeks held out; published: naive MAE 4.507, last 13 weeks 4.342."""
    days, households, values = complete_journey.orders()
    until = int(days.max())
    result, _ = backtest(
        days,
        households,
        values,
        until_day=until,
        origins=[until - complete_journey.HELD_OUT_DAYS],
        horizon_days=complete_journey.HELD_OUT_DAYS,
        draws=40,
    )
    (origin,) = result.origins
    assert (origin.customers, origin.actual) == (2447, 31353)
    assert origin.predicted.mean == pytest.approx(origin.actual, rel=0.05)
    assert origin.naive_mae == pytest.approx(4.507, abs=0.0005)
    assert origin.recent_mae == pytest.approx(4.342, abs=0.0005)
    assert origin.mae <= origin.naive_mae
    assert origin.mae < 4.414  # of k = 1; the mixture takes k = 2
    assert origin.season == "none"


def test_too_short_a_history_has_no_backtest_and_says_so() -> None:
    days, customers, values = orders("sample")
    result, findings = backtest(
        days, customers, values, until_day=UNTIL, origins=(), horizon_days=90
    )
    assert result.origins == ()
    assert result.drift == Drift(0.12, 4, 0.0)
    assert [one.rule for one in findings] == ["no-backtest"]
    first = int(days.min())
    result, findings = backtest(
        days, customers, values, until_day=UNTIL, origins=[first], horizon_days=90
    )
    assert result.origins == ()
    assert [one.rule for one in findings] == ["no-backtest"]


def test_origin_with_few_returning_customers_is_still_tested() -> None:
    """Forty days in, drop-out is anybody's guess: the weak prior keeps the prediction finite."""
    days, customers, values = orders("sample")
    early = int(days.min()) + 40
    result, _ = backtest(
        days, customers, values, until_day=UNTIL, origins=[early], horizon_days=90, draws=50
    )
    (origin,) = result.origins
    assert origin.customers < 1_100
    assert 0 < origin.predicted.p10 < origin.predicted.p90 < 5 * origin.actual
