"""RFM: scores by fifths, equals in the lower, and one name for every combination of scores."""

from __future__ import annotations

from bisect import bisect_left
from itertools import product

import pytest

from playbook_compiler.catalogue import RFM_SEGMENTS
from playbook_runtime.rfm import SCORES, score, segment

MANY = 9


def test_every_name_of_the_language_is_some_scores_and_no_other_is() -> None:
    every = product(product(SCORES, repeat=3), (1, MANY))
    assert {segment(*scores, bought) for scores, bought in every} == set(RFM_SEGMENTS)


@pytest.mark.parametrize(
    ("scores", "name"),
    [
        ((5, 5, 5), "champion"), ((5, 4, 4), "champion"), ((5, 5, 3), "loyal"),
        ((4, 5, 5), "loyal"), ((3, 4, 1), "loyal"), ((5, 2, 1), "potential-loyalist"),
        ((4, 3, 5), "potential-loyalist"),
        ((3, 3, 3), "needs-attention"), ((3, 1, 5), "about-to-sleep"), ((2, 3, 5), "at-risk"),
        ((1, 5, 3), "at-risk"), ((1, 5, 4), "cannot-lose"), ((2, 5, 5), "cannot-lose"),
        ((2, 2, 5), "hibernating"), ((1, 2, 5), "lost"),
    ],
)  # fmt: skip
def test_scores_have_the_name_of_the_table(scores: tuple[int, int, int], name: str) -> None:
    assert segment(*scores, MANY) == name


@pytest.mark.parametrize(
    ("recency", "name"),
    [(5, "potential-loyalist"), (4, "potential-loyalist"), (3, "needs-attention"), (2, "at-risk")],
)
def test_two_purchases_make_nobody_loyal(recency: int, name: str) -> None:
    for frequency in (3, 4, 5):
        assert segment(recency, frequency, 5, purchases=2) == name
    assert segment(recency, 5, 5, purchases=3) != name


@pytest.mark.parametrize(("recency", "name"), [(5, "new"), (4, "promising"), (1, "lost")])
def test_whoever_bought_once_is_new_for_a_while(recency: int, name: str) -> None:
    assert segment(recency, 1, 1, purchases=1) == name


def test_where_all_have_bought_eight_times_nobody_is_new() -> None:
    names = {segment(recency, 1, 1, purchases=8) for recency in SCORES}
    assert names.isdisjoint({"new", "promising"})


def test_fifths_of_ten_are_two_each() -> None:
    assert [score(lower, 10) for lower in range(10)] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_where_most_have_bought_once_they_are_not_the_frequent_ones() -> None:
    values = sorted([1] * 70 + [2] * 20 + [5] * 10)
    assert [score(bisect_left(values, value), 100) for value in (1, 2, 5)] == [1, 4, 5]
