"""Seasons as operational time: the index, its integral, the estimate, and what it is worth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.runtime.behaviour.generate import parameters
from tests.runtime.behaviour.seasonal_shop import FIRST_DAY, seasonal_orders, strength

from playbook_runtime.behaviour.backtest import backtest
from playbook_runtime.behaviour.fit import fit_rows
from playbook_runtime.behaviour.likelihood import Rows, log_likelihood, rows_of
from playbook_runtime.behaviour.season import (
    WEEKS,
    Season,
    horizon_days,
    operational,
    season_of_index,
    week_of_year,
)
from playbook_runtime.behaviour.seasonality import seasonality_of
from playbook_runtime.history import History, history_of

INDICES = st.lists(st.floats(0.1, 5.0), min_size=WEEKS, max_size=WEEKS)
WAVE = season_of_index(1 + 0.5 * np.sin(2 * np.pi * np.arange(WEEKS) / WEEKS))
FLAT = season_of_index(np.ones(WEEKS))


def some_history(until: int = 19_000) -> History:
    days = np.array([18_000, 18_040, 18_041, 18_500, 18_990, 18_300], dtype=np.int32)
    return history_of(days, np.array([1, 1, 1, 1, 2, 2], dtype=np.uint64), np.full(6, 100), until)


@given(INDICES, st.integers(-20_000, 40_000))
def test_four_years_of_operational_time_are_four_years(index: list[float], start: int) -> None:
    season = season_of_index(index)
    assert horizon_days(season, start, 1461) == pytest.approx(1461, abs=2e-6)


@given(INDICES, st.integers(-800, 30_000), st.integers(0, 900), st.integers(0, 900))
def test_cumulative_does_not_depend_on_the_stretch(
    index: list[float], first: int, one: int, more: int
) -> None:
    season = season_of_index(index)
    whole, part = (
        season.cumulative(first, first + one + more),
        season.cumulative(first, first + one),
    )
    assert whole[: one + 1].tolist() == part.tolist()
    assert (np.diff(whole) > 0).all()


def test_cumulative_is_the_sum_of_the_days() -> None:
    found = WAVE.cumulative(19_000, 19_400)
    by_day = [WAVE.index[week] for week in week_of_year(np.arange(19_000, 19_400)).tolist()]
    assert np.diff(found) == pytest.approx(by_day, abs=2e-9)
    assert WAVE.cumulative(0, 0).tolist() == [0.0]


def test_weeks_of_the_year() -> None:
    days = np.array(["2024-01-01", "2024-01-07", "2024-01-08", "2024-12-23", "2024-12-31"])
    numbers = days.astype("datetime64[D]").astype(np.int64)
    assert week_of_year(numbers).tolist() == [0, 0, 1, 51, 51]


@pytest.mark.parametrize("index", [np.ones(51), np.zeros(52), np.r_[np.ones(51), np.nan]])
def test_wrong_index_is_refused(index: np.ndarray) -> None:
    with pytest.raises(ValueError):
        season_of_index(index)


def test_without_a_season_operational_time_is_the_calendar() -> None:
    history = some_history()
    for times in (operational(history, None), operational(history, FLAT)):
        assert times.t_x == pytest.approx([500, 690], abs=1e-6)
        np.testing.assert_allclose(times.T, [1000, 700], atol=1e-6)
        assert times.log_gaps == pytest.approx([np.log(40 * 1 * 459), np.log(690)])
        assert times.log_season == pytest.approx([0, 0], abs=1e-8)


def test_operational_times_by_hand() -> None:
    history = some_history()
    times = operational(history, WAVE)
    at = dict(enumerate(WAVE.cumulative(17_999, 19_001).tolist(), 17_999))
    ends = [at[day + 1] for day in (18_000, 18_040, 18_041, 18_500)]
    assert times.t_x[0] == pytest.approx(ends[3] - ends[0])
    assert times.T[0] == pytest.approx(at[19_001] - ends[0])
    assert times.log_gaps[0] == pytest.approx(np.log(np.diff(ends)).sum())
    days = np.array([18_040, 18_041, 18_500])
    assert times.log_season[0] == pytest.approx(np.log(WAVE.of_days(days)).sum())


def test_rows_are_the_operational_times() -> None:
    history = some_history()
    rows, times = rows_of(history, 7.0, season=WAVE), operational(history, WAVE)
    order = np.argsort(rows.x)[::-1]
    assert rows.t_x[order] == pytest.approx(times.t_x / 7)
    assert rows.T[order] == pytest.approx(times.T / 7)
    assert rows.log_gaps == pytest.approx(times.log_gaps.sum() - 4 * np.log(7))
    assert rows.log_season == pytest.approx(times.log_season.sum())


@pytest.mark.parametrize("k", [1, 3])
def test_likelihood_is_that_of_the_calendar_dates(k: int) -> None:
    """A density in operational time times s(t) at each purchase is the density of the dates:
    one customer's by the plain product, coins and all."""
    truth = parameters("bg-nbd", k=k, r=0.9, alpha=40.0, a=0.8, b=2.0)
    history = history_of(
        np.array([18_000, 18_040, 18_200], dtype=np.int32), np.ones(3, np.uint64), np.full(3, 1),
        18_400,
    )  # fmt: skip
    at = dict(enumerate(WAVE.cumulative(18_000, 18_401).tolist(), 18_000))
    gap_one, gap_two, since = (
        at[b + 1] - at[a + 1] for a, b in ((18_000, 18_040), (18_040, 18_200), (18_200, 18_400))
    )
    random = np.random.default_rng(1)
    rate = random.gamma(truth.r, 1 / truth.alpha, 400_000)
    gone = random.beta(truth.a, truth.b, 400_000)
    factorial = [1, 1, 2]

    def erlang(gap: float) -> np.ndarray:
        return rate**k * gap ** (k - 1) * np.exp(-rate * gap) / factorial[k - 1]

    silent = sum((rate * since) ** j / factorial[j] for j in range(k)) * np.exp(-rate * since)
    each = erlang(gap_one) * erlang(gap_two) * (1 - gone) * (gone + (1 - gone) * silent)
    dates = each * np.prod(WAVE.of_days(np.array([18_040, 18_200])))
    error = dates.std() / np.sqrt(len(dates)) / dates.mean()
    found = log_likelihood(truth, rows_of(history, 1.0, season=WAVE))
    assert error < 0.01
    assert found == pytest.approx(np.log(dates.mean()), abs=4 * error)


def test_another_unit_of_time_only_shifts_the_likelihood() -> None:
    """A density a week is seven times one a day, at each repeat purchase."""
    history = some_history()
    for k in (1, 2, 4):
        day = fit_rows(rows_of(history, 1.0), "bg-nbd", 1.0, k=k, with_weak_prior=True)
        week = log_likelihood(
            parameters("bg-nbd", k=k, r=day.parameters.r, alpha=day.parameters.alpha / 7,
                       a=day.parameters.a, b=day.parameters.b),
            rows_of(history, 7.0),
        )  # fmt: skip
        assert week == pytest.approx(day.log_likelihood + 4 * np.log(7))


def test_a_history_without_days_has_no_operational_time() -> None:
    whole = some_history()
    bare = History(
        whole.until_day, whole.customer_hash, whole.first_day, whole.last_day, whole.orders,
        whole.purchases, whole.value_minor, whole.first_value_minor,
    )  # fmt: skip
    assert isinstance(rows_of(bare, 7.0), Rows)
    with pytest.raises(ValueError, match="which day"):
        operational(bare, WAVE)
    with pytest.raises(ValueError, match="which day"):
        rows_of(bare, 7.0, season=WAVE)


def test_season_makes_the_holdout_hold() -> None:
    """Half a year held out of three, three shops: without a season the total is off by 19%.

    One shop alone is off by 1% by chance, whatever is known of its season.
    """
    until, held_out = FIRST_DAY + 1094, 167
    predicted, actual = dict.fromkeys(("off", "auto"), 0.0), 0
    for seed in (1, 2, 3):
        orders = seasonal_orders(60_000, 1095, seed)
        for choice in predicted:
            result, _ = backtest(
                *orders, until_day=until, origins=[until - held_out], horizon_days=held_out,
                ks=(1,), season=choice, draws=60,
            )  # fmt: skip
            (origin,) = result.origins
            predicted[choice] += origin.predicted.mean
        actual += origin.actual
        assert origin.season == "estimated"
    assert predicted["off"] / actual - 1 == pytest.approx(-0.19, abs=0.03)
    assert abs(predicted["auto"] / actual - 1) < 0.02


def test_estimated_index_is_the_true_one() -> None:
    days, customers, values = seasonal_orders(20_000, 1461, seed=4)
    season = seasonality_of(history_of(days, customers, values)).season
    assert isinstance(season, Season)
    assert season.source == "estimated"
    span = np.arange(FIRST_DAY, FIRST_DAY + 1461)
    true = np.bincount(week_of_year(span), weights=strength(span)) / np.bincount(week_of_year(span))
    true /= strength(span).mean()
    assert np.abs(np.array(season.index) / true - 1).max() < 0.15
    assert np.abs(np.array(season.index) / true - 1).mean() < 0.04


@pytest.mark.parametrize("seed", range(4))
def test_chance_is_no_season(seed: int) -> None:
    days, customers, values = seasonal_orders(6_000, 1000, seed, seasonal=False)
    found = seasonality_of(history_of(days, customers, values))
    assert found.season is None
    assert "by chance" in found.told


def test_two_years_or_a_given_index_or_none() -> None:
    days, customers, values = seasonal_orders(3_000, 729, seed=1)
    short = seasonality_of(history_of(days, customers, values, FIRST_DAY + 728))
    assert short.season is None
    assert "takes two years of orders, and these cover 729 days" in short.told
    assert "--seasonality FILE" in short.told
    assert seasonality_of(history_of(days, customers, values), WAVE).season is WAVE
    off = seasonality_of(history_of(days, customers, values), "off")
    assert off.season is None
    assert "switched off" in off.told
