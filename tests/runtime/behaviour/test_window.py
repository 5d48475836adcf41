"""The edges of an orders file: customers from before it, and a month that it cuts."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from tests.runtime.behaviour import cdnow, complete_journey
from tests.runtime.behaviour.seasonal_shop import FIRST_DAY, seasonal_orders

from playbook_runtime.behaviour.window import (
    after_last_order,
    customers_from_before,
    told_of_last_month,
    window_findings,
)
from playbook_runtime.history import history_of


def day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


@pytest.mark.parametrize("cut", [300, 400, 700])
def test_a_log_that_begins_late_is_noticed(cut: int) -> None:
    days, customers, values = seasonal_orders(12_000, 1_500, 3, seasonal=False, gap=50.0)
    kept = days >= FIRST_DAY + cut
    history = history_of(days[kept], customers[kept], values[kept])
    before = set(customers[~kept].tolist()) & set(customers[kept].tolist())
    assert customers_from_before(history) == pytest.approx(len(before), rel=0.35)
    (finding,) = window_findings(history)
    assert finding.rule == "bought-before-the-log"
    assert "give the orders from before" in finding.help


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("seasonal", [False, True])
def test_a_log_from_the_first_day_on_is_not(seed: int, seasonal: bool) -> None:
    days, customers, values = seasonal_orders(5_000, 1_200, seed, seasonal=seasonal)
    assert window_findings(history_of(days, customers, values)) == []


def test_a_cohort_that_began_together_is_no_late_log() -> None:
    for name in ("sample", "master"):
        assert customers_from_before(history_of(*cdnow.orders(name))) == 0


def test_households_of_complete_journey_bought_before() -> None:
    history = history_of(*complete_journey.orders())
    assert customers_from_before(history) > 0.9 * len(history)


def test_short_logs_tell_nothing() -> None:
    days = np.full(500, 20_000, dtype=np.int32)
    customers = np.arange(500, dtype=np.uint64)
    assert customers_from_before(history_of(days, customers, np.ones(500, int), 20_100)) == 0
    assert customers_from_before(history_of(days[:0], customers[:0], days[:0], 20_100)) == 0


def test_a_cut_month_is_told() -> None:
    assert "2026-02 is seen up to 2026-02-27" in told_of_last_month(day("2026-02-27"))
    assert told_of_last_month(day("2026-02-28")) == ""
    assert told_of_last_month(day("2026-12-31")) == ""


def test_silence_after_the_last_order_is_told() -> None:
    (finding,) = after_last_order(day("2026-09-01"), day("2026-11-30"))
    assert finding.rule == "as-of-after-last-order"
    assert "90 days before 2026-11-30" in finding.message
    assert after_last_order(day("2026-09-01"), day("2026-09-01")) == []
