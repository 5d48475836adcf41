"""Newcomers by month: what advertising wins by its formula, and what the history brings anyway."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from scipy.stats import poisson
from tests.compiler.playbooks import HEAD, MESSAGES, playbook

from playbook_compiler.model import Economics
from playbook_compiler.units import Duration
from playbook_runtime.acquisition import (
    Advertising,
    Chance,
    advertising_of,
    chance_of,
    expected_newcomers,
    months_covered,
    newcomer_draws,
    poisson_quantiles,
)
from playbook_runtime.newcomer_trend import (
    BLOCK_DAYS,
    DAMPING,
    MONTH_DAYS,
    damped,
    trend_of_blocks,
)
from playbook_runtime.settings import calendar

# 3,600 EUR won a customer for 21 EUR each; in cents.
USUAL = Advertising(360_000.0, 2_100.0, 0.6)
YEAR = months_covered(calendar(date(2026, 11, 15), Duration(months=12), "Europe/Berlin"))


def test_the_budget_of_the_past_brings_what_it_brought() -> None:
    assert USUAL.newcomers(360_000) == pytest.approx(3600 / 21)


@pytest.mark.parametrize(
    ("saturation", "times"), [(1.0, 2.0), (0.6, 1.5157165665103982), (0.0, 1.0)]
)
def test_twice_the_budget_wins_as_many_as_saturation_leaves(
    saturation: float, times: float
) -> None:
    there = Advertising(1000.0, 10.0, saturation)
    assert there.newcomers(2000) / there.newcomers(1000) == pytest.approx(times)


def test_no_budget_wins_nobody() -> None:
    assert USUAL.newcomers(0) == 0


def certain(rate: float) -> Chance:
    """Return the chance of a shop of which one rate a day is known for sure."""
    rates = np.full((1, len(YEAR)), rate)
    return Chance(rates, rates[0], np.full_like(rates, 0.5))


def test_what_came_without_advertising_is_the_trend_less_what_it_brought() -> None:
    rate = certain(10.0)  # a day, of which 171 a month are won
    at_usual = expected_newcomers(rate, YEAR, USUAL, [360_000] * len(YEAR))
    organic = expected_newcomers(rate, YEAR, USUAL, [0] * len(YEAR))
    days = np.array([month.days for month in YEAR])
    assert organic[0] == pytest.approx(days * (10 - 3600 / 21 / MONTH_DAYS))
    # So a year at the budget of the past brings the past's newcomers, but for months' lengths.
    assert at_usual.sum() == pytest.approx(10 * days.sum(), rel=0.002)


def test_a_shop_that_says_it_wins_more_than_came_has_none_without_advertising() -> None:
    rate = certain(2.0)
    assert (expected_newcomers(rate, YEAR, USUAL, [0] * len(YEAR)) == 0).all()


@pytest.mark.parametrize("blocks", [[40, 55, 35, 60, 41, 52], [150, 90, 230, 60, 130, 190], []])
def test_the_mean_of_the_draws_is_known(blocks: list[int]) -> None:
    """The draws' mean by month against the formula, within what so many draws leave open."""
    chance = chance_of(
        trend_of_blocks(blocks, sum(blocks) or 3, 28 * len(blocks) or 30), YEAR, 2, 4000
    )
    error = chance.rate.std(axis=0, ddof=1) / math.sqrt(len(chance.rate))
    assert (np.abs(chance.rate.mean(axis=0) - chance.mean) < 4 * error).all()


@pytest.mark.parametrize("share", [0.7, 1.0, 1.3])
def test_where_most_are_won_the_mean_is_that_of_the_trend_less_those(share: float) -> None:
    """A shop with few newcomers of which advertising says it wins nearly all, all, and more."""
    trend = trend_of_blocks([4, 6, 2, 7, 3, 5], 27, 168)
    chance = chance_of(trend, YEAR[1:2], 5, 4000)
    won = share * float(chance.mean[0]) * MONTH_DAYS
    little = Advertising(1000.0, 1000.0 / won, 1.0)
    found = newcomer_draws(chance, YEAR[1:2], little, [0.0])
    expected = max(0.0, 1 - share) * float(chance.mean[0]) * YEAR[1].days
    error = float(found.std(ddof=1)) / math.sqrt(len(found))
    assert abs(found.mean() - expected) <= 4 * error
    usual = expected_newcomers(chance, YEAR[1:2], little, [1000.0])
    if share <= 1:  # as uncertain as the trend itself
        assert usual[:, 0] == pytest.approx(chance.rate[:, 0] * YEAR[1].days, rel=0.03)


def test_months_at_the_ends_are_cut_to_the_horizon() -> None:
    assert [(YEAR[0].name, YEAR[0].days, YEAR[0].whole)] == [("2026-11", 15, 30)]
    assert (YEAR[-1].name, YEAR[-1].days, YEAR[-1].whole) == ("2027-11", 15, 30)
    assert sum(month.days for month in YEAR) == 365
    assert YEAR[1].name == "2026-12" and YEAR[1].part == 1
    assert YEAR[0].middle == pytest.approx(7.5 / MONTH_DAYS)


def test_more_budget_never_brings_fewer_in_any_draw() -> None:
    chance = chance_of(trend_of_blocks([40, 55, 35, 60, 41, 52], 283, 168), YEAR, 7, 40)
    before = newcomer_draws(chance, YEAR, USUAL, [0.0] * len(YEAR))
    for budget in (1_000, 100_000, 360_000, 800_000):
        now = newcomer_draws(chance, YEAR, USUAL, [float(budget)] * len(YEAR))
        assert (now >= before).all() and now.sum() > before.sum()
        before = now


def test_a_draw_is_the_same_however_many_there_are() -> None:
    trend = trend_of_blocks([40, 55, 35, 60, 41, 52], 283, 168)
    many, few = chance_of(trend, YEAR, 7, 20), chance_of(trend, YEAR, 7, 5)
    assert (many.uniform[:5] == few.uniform).all() and (many.rate[:5] == few.rate).all()
    assert not np.array_equal(many.uniform, chance_of(trend, YEAR, 8, 20).uniform)


def test_counts_are_poisson_quantiles() -> None:
    mean = np.array([[0.3, 4.0, 4.0, 250.0, 0.0]])
    uniform = np.array([[0.5, 0.01, 0.99, 0.5, 0.999]])
    assert poisson_quantiles(uniform, mean).tolist() == [
        [int(poisson.ppf(u, m)) if m else 0 for u, m in zip(uniform[0], mean[0], strict=True)]
    ]


def test_the_mean_of_many_counts_is_what_is_expected() -> None:
    draws = 4000
    trend = trend_of_blocks([], 3, 30)
    chance = chance_of(trend, YEAR[1:2], 3, draws)
    counts = newcomer_draws(chance, YEAR[1:2])
    # Rate ~ Gamma(3.5, 30 days): mean 3.5 / 30 a day; of the count, variance mean + 31^2 3.5 / 900.
    mean, variance = 31 * 3.5 / 30, 31 * 3.5 / 30 + 31**2 * 3.5 / 900
    assert abs(counts.mean() - mean) < 4 * math.sqrt(variance / draws)
    assert counts.var() == pytest.approx(variance, rel=0.15)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("{cost_per_customer: 21.00, at_budget: 3600, saturation: 0.6}", USUAL),
        ("{cost_per_customer: 21.00, saturation: 0.6}", Advertising(48_000.0, 2_100.0, 0.6)),
        ("{cost_per_customer: 0, at_budget: 3600}", None),
        ("{cost_per_customer: 21.00, at_budget: 0}", None),
    ],
)
def test_what_a_playbook_says_of_advertising(
    tmp_path: object, said: str, expected: Advertising | None
) -> None:
    text = f"{HEAD}{MESSAGES}economics: {{gross_margin: 58%, acquisition: {said}}}\n"
    economics = playbook(tmp_path, text).economics  # type: ignore[arg-type]
    assert isinstance(economics, Economics)
    assert advertising_of(economics, 2, usual_budget=48_000) == expected


def test_nothing_said_is_nothing_known() -> None:
    assert advertising_of(None, 2, 48_000) is None


def test_a_level_trend_has_the_mean_of_its_months() -> None:
    trend = trend_of_blocks([56] * 12, 672, 336)
    assert trend.slope == pytest.approx(0, abs=1e-12) and trend.scatter == 0
    assert trend.monthly == pytest.approx(2 * MONTH_DAYS)


def test_the_scatter_is_what_exceeds_chance() -> None:
    """Quasi-Poisson: dispersion is the squared residuals over (blocks - 2)."""
    blocks = [150, 90, 130, 60, 130, 90, 150]  # symmetric: no slope
    trend = trend_of_blocks(blocks, sum(blocks), 7 * BLOCK_DAYS)
    mean = sum(blocks) / 7
    dispersion = sum((n - mean) ** 2 / mean for n in blocks) / 5
    assert trend.slope == pytest.approx(0, abs=1e-9)
    assert trend.scatter == pytest.approx((dispersion - 1) / mean)


def test_a_clear_slope_is_found_and_carried_forward_damped() -> None:
    month = BLOCK_DAYS / MONTH_DAYS
    blocks = [round(2000 * math.exp(-0.1 * month * place)) for place in range(8)]
    trend = trend_of_blocks(blocks, sum(blocks), 8 * BLOCK_DAYS)
    assert trend.slope == pytest.approx(0.1, abs=0.002)
    assert damped(1e9) == pytest.approx(1 / -math.log(DAMPING))
    chance = chance_of(trend, YEAR, 1, 200)
    now, later = chance.rate[:, 0].mean(), chance.rate[:, -1].mean()
    assert now == pytest.approx(2000 / BLOCK_DAYS * math.exp(0.1 * month / 2), rel=0.1)
    assert later / now == pytest.approx(math.exp(0.1 * (damped(12) - damped(0.25))), rel=0.1)


def test_a_slope_that_months_of_chance_could_make_is_not_believed_in_full() -> None:
    few = trend_of_blocks([8, 6, 5, 4, 3, 2], 28, 168)
    many = trend_of_blocks([800, 600, 500, 400, 300, 200], 2800, 168)
    assert 0 < few.slope < 0.75 * many.slope


def test_too_little_to_tell_a_slope_is_a_level() -> None:
    for blocks in ([5, 9, 3], [1, 0, 0, 2, 1, 3]):
        assert not trend_of_blocks(blocks, sum(blocks), 28 * len(blocks)).sloped


def test_chance_of_a_level_is_one_rate_for_all_months() -> None:
    chance: Chance = chance_of(trend_of_blocks([], 3, 30), YEAR, 3, 6)
    assert (chance.rate == chance.rate[:, :1]).all()
