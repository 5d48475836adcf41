"""What a retention curve does: on shops whose curve is known, and on too few customers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from playbook_runtime.diagnose.curve import Course, Verdict, verdict_on
from playbook_runtime.diagnose.months import first_day
from playbook_runtime.diagnose.purchases import Purchases

START = 660  # January 2025
MONTHS = 18


def shop(curve: Callable[[int], float], customers: int, seed: int) -> Purchases:
    """Return customers who came in the first month, and buy in the k-th after it with a chance."""
    draw = np.random.default_rng(seed)
    buys = np.array([[True, *(draw.random(MONTHS) < [curve(k) for k in range(1, MONTHS + 1)])]
                     for _ in range(customers)])  # fmt: skip
    customer, age = np.nonzero(buys)
    count = np.bincount(customer, minlength=customers)
    month = START + age
    day = np.array([first_day(one) for one in month.tolist()])
    first = np.cumsum(count) - count
    return Purchases(
        until_day=first_day(START + MONTHS + 1) - 1,
        customer=customer,
        day=day,
        month=month,
        nth=np.arange(len(customer)) - np.repeat(first, count) + 1,
        value=np.full(len(customer), 1_000),
        contribution=None,
        first_day=day[first],
        last_day=day[first + count - 1],
        count=count,
    )


def verdict(curve: Callable[[int], float], customers: int, seed: int = 1) -> Verdict:
    return verdict_on(shop(curve, customers, seed), START + MONTHS)


@pytest.mark.parametrize(
    ("curve", "course"),
    [
        (lambda k: 0.4 * 0.8**k, Course.FALLS),
        (lambda k: 0.1 + 0.3 * 0.5**k, Course.FLATTENS),
        (lambda k: 0.3 * 0.7**k + 0.0006 * k * k, Course.RISES),
    ],
    ids=["exponential", "with a floor", "smile"],
)
def test_a_curve_is_read_as_what_it_is(curve: Callable[[int], float], course: Course) -> None:
    found = verdict(curve, 4_000)
    assert found.course is course
    assert found.ages == (13, 18)
    assert found.low is not None and found.high is not None and found.ratio is not None
    assert found.low < found.ratio < found.high


def test_with_few_customers_nothing_is_said() -> None:
    found = verdict(lambda k: 0.1 + 0.3 * 0.5**k, 90)
    assert found.course is Course.UNKNOWN
    assert "100 customers" in found.reason


def test_where_nobody_buys_any_more_the_curve_falls() -> None:
    found = verdict(lambda k: 0.1 if k <= 15 else 0.0, 2_000)
    assert (found.course, found.ratio, found.low) == (Course.FALLS, 0.0, 0.0)


def test_a_young_shop_has_no_curve_yet() -> None:
    young = verdict_on(shop(lambda k: 0.2, 500, 1), START + 5)
    assert young.course is Course.UNKNOWN
    assert "6 months old" in young.reason


def test_a_flat_curve_is_hardly_ever_called_falling_or_rising() -> None:
    """100 shops of 400 customers who buy in 8% of all months: each wrong word at most one in 20,
    and 3 standard errors for the luck of 100 shops. Seeds 1 to 100."""
    courses = [verdict(lambda k: 0.08, 400, seed).course for seed in range(1, 101)]
    most = 5 + 3 * (100 * 0.05 * 0.95) ** 0.5
    assert courses.count(Course.FALLS) <= most
    assert courses.count(Course.RISES) <= most
    assert courses.count(Course.UNKNOWN) > courses.count(Course.FLATTENS), "400 are few"
