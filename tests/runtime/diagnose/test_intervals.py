"""Intervals of shares: Wilson's against published ones, and clustered rows against many worlds."""

from __future__ import annotations

import numpy as np
import pytest

from playbook_runtime.customer_counts import Ratio
from playbook_runtime.diagnose.intervals import clustered, reading, wilson

Z95 = 1.959963984540054


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_s_interval_is_the_published_one(
    part: int, whole: int, low: float, high: float
) -> None:
    assert wilson(Ratio(part, whole), Z95) == pytest.approx((low, high), abs=5e-5)


def test_of_nobody_nothing_is_known() -> None:
    assert wilson(Ratio(0, 0)) == (0.0, 1.0)


def test_what_is_no_share_of_customers_has_no_interval() -> None:
    told = reading(Ratio(8_400, 4), of_customers=False)
    assert (told.value, told.low, told.high) == (2_100, None, None)


def test_more_buyers_than_visits_are_no_share_and_have_no_interval() -> None:
    """As where a playbook assumes fewer visits than customers bought."""
    told = reading(Ratio(186, 120))
    assert (told.value, told.low, told.high) == (1.55, None, None)


def test_rows_that_are_independent_have_wilson_s_interval() -> None:
    part = np.array([1] * 30 + [0] * 70)
    low, high = clustered(part, np.ones(100, dtype=np.int64))
    assert (low, high) == pytest.approx(wilson(Ratio(30, 100)), abs=1e-3)


def test_where_all_or_none_did_the_interval_is_that_of_the_customers() -> None:
    whole = np.array([5, 7, 3])
    assert clustered(whole * 0, whole) == wilson(Ratio(0, 3))
    assert clustered(whole, whole) == wilson(Ratio(3, 3))


def test_rows_of_the_same_customers_cover_the_truth_eight_times_in_ten() -> None:
    """600 worlds of 300 customers with 1 to 12 rows each and a rate of their own, seed 5."""
    draw = np.random.default_rng(5)
    inside = as_if_independent = 0
    worlds = 600
    for _ in range(worlds):
        whole = draw.integers(1, 13, 300)
        part = draw.binomial(whole, draw.beta(0.5, 4.5, 300))
        low, high = clustered(part, whole)
        inside += low <= 0.1 <= high
        low, high = wilson(Ratio(int(part.sum()), int(whole.sum())))
        as_if_independent += low <= 0.1 <= high
    assert abs(inside / worlds - 0.8) < 4 * (0.8 * 0.2 / worlds) ** 0.5
    assert as_if_independent / worlds < 0.7
