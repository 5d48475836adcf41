"""The expected difference: luck is told from what is unknown by two futures of the same draw."""

from __future__ import annotations

import random
from statistics import NormalDist, fmean, pstdev, stdev

import pytest

from playbook_runtime.estimate import Estimate
from playbook_runtime.expected import expected_draws, expected_of_two, kept_share, luck_within


def futures(count: int, unknown: float, luck: float, seed: int) -> tuple[list[float], list[float]]:
    draw = random.Random(seed)
    truths = [draw.gauss(10.0, unknown) for _ in range(count)]
    return (
        [truth + draw.gauss(0.0, luck) for truth in truths],
        [truth + draw.gauss(0.0, luck) for truth in truths],
    )


@pytest.mark.parametrize("luck", [0.5, 2.0, 4.0])
def test_the_width_is_that_of_what_is_unknown(luck: float) -> None:
    first, second = futures(4_000, 2.0, luck, seed=7)
    kept = expected_draws(first, second[:1_000])
    # T - W has a standard error of its own; the wider the luck the larger it is.
    error = (2.0**2 + luck**2) * (2 / 4_000 + 2 / 1_000) ** 0.5
    assert abs(stdev(kept) ** 2 - 2.0**2) < 4 * error
    assert fmean(kept) == pytest.approx(fmean(first))
    both = expected_of_two(first, second)
    assert abs(stdev(both) ** 2 - 2.0**2) < 4 * error


def test_intervals_of_the_expectation_cover_it_as_often_as_they_say() -> None:
    """As in calibration: truth and draws from one prior, many times; with the luck left in, the
    same intervals would cover 97% instead of 90%."""
    draw, inside, naive, rounds = random.Random(3), 0, 0, 1_500
    unknown, luck, half = 1.0, 0.9, NormalDist().inv_cdf(0.95)
    for world in range(rounds):
        first, second = futures(100, unknown, luck, seed=1_000 + world)
        truth = draw.gauss(10.0, unknown)
        kept = expected_draws(first, second)
        inside += abs(truth - fmean(kept)) < half * pstdev(kept)
        naive += abs(truth - fmean(first)) < half * pstdev(first)
    assert 0.87 < inside / rounds < 0.93
    assert naive / rounds > 0.95


def test_without_luck_nothing_changes() -> None:
    draws = [1.0, 2.0, 5.0]
    assert expected_draws(draws, draws) == draws
    assert expected_draws([0.0] * 4, [0.0] * 4) == [0.0] * 4
    assert expected_draws([3.0], [4.0]) == [3.0]  # of one draw nothing can be told


def test_few_draws_make_no_interval_of_nothing() -> None:
    first, second = futures(30, 0.0, 1.0, seed=5)
    assert 0.3 < kept_share(first, luck_within(first, second), len(second)) < 1


def test_twice_the_money_is_exactly_twice_the_interval() -> None:
    first, second = futures(50, 2.0, 1.0, seed=9)
    twice = expected_draws([2 * one for one in first], [2 * one for one in second])
    assert twice == [2 * one for one in expected_draws(first, second)]


def test_a_like_quantity_keeps_its_own_mean() -> None:
    first, second = futures(200, 1.0, 1.0, seed=2)
    other = [one + 5 for one in first]
    assert fmean(expected_draws(first, second, other)) == pytest.approx(fmean(other))


def test_nobody_in_most_draws_is_neither_a_gain_nor_an_interval_beside_its_mean() -> None:
    """95 of 100 futures saw no extra order: that tells of luck, not of 95 sure small gains."""
    first = [0.0] * 95 + [10.0] * 5
    second = [10.0] * 5 + [0.0] * 95
    told = expected_draws(first, second)
    estimate = Estimate.of(told)
    assert estimate.mean == pytest.approx(0.5)
    assert estimate.p10 < estimate.mean < estimate.p90
    assert sum(one > 0 for one in told) < 90
    assert expected_draws([-one for one in first], [-one for one in second]) == [
        -one for one in told
    ]
