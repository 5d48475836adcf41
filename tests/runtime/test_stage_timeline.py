"""The stage of each month: read on the first, on three full months, never back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.compiler.playbooks import HEAD, MESSAGES, playbook

from playbook_runtime.stage_timeline import (
    PastMonths,
    fixed_timeline,
    read_timeline,
    settled_timeline,
    stage_named,
)
from playbook_runtime.stages import built_in_stages

STAGES = built_in_stages()
YEAR = ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07", "2026-08",
        "2026-09", "2026-10", "2026-11", "2026-12")  # fmt: skip


def past(*orders: int, customers: int = 1000, young: str = "") -> PastMonths:
    return PastMonths(
        dict(zip(YEAR, orders, strict=False)),
        {name: customers for name, _ in zip(YEAR, orders, strict=False)},
        young,
        1.0,
    )


def stages(history: PastMonths, months: Sequence[str], orders: Sequence[float]) -> list[str]:
    found = read_timeline(history, months, orders, [0.0] * len(months), STAGES)
    assert [one.month for one in found] == list(months)
    return [one.stage for one in found]


def test_a_good_month_makes_no_stage_and_a_bad_one_takes_none_away() -> None:
    history = past(290, 290, 290)
    # December of 300 alone: the mean of three months is 293 1/3.
    assert stages(history, YEAR[3:8], [300, 290, 320, 100, 0]) == [
        "growth", "growth", "growth", "stable", "stable",
    ]  # fmt: skip


def test_the_stage_of_a_month_does_not_know_that_month() -> None:
    assert stages(past(300, 300, 299), YEAR[3:5], [10_000, 0]) == ["growth", "established"]


def test_the_history_is_read_from_its_first_three_full_months() -> None:
    """A shop that had 400 orders a month once is stable for good."""
    assert stages(past(400, 400, 400, 50, 50, 50), YEAR[6:8], [50, 50]) == ["stable", "stable"]
    assert stages(past(400, 400), YEAR[2:4], [400, 400]) == ["startup", "stable"]


def test_the_open_month_counts_with_what_is_still_to_come_of_it() -> None:
    # April is half over; its 140 orders so far and 160 to come make the mean of three 300.
    assert stages(past(1, 300, 300, 140), YEAR[3:6], [160, 0, 0]) == [
        "growth", "stable", "stable",
    ]  # fmt: skip
    assert stages(past(1, 300, 300, 140), YEAR[3:5], [159, 0])[1] == "growth"


def test_a_month_that_the_log_covers_in_part_never_counts_as_full() -> None:
    young = PastMonths({}, {}, YEAR[0], 1.0)
    assert stages(young, YEAR[:5], [900, 400, 400, 400, 0]) == [
        "startup", "startup", "startup", "startup", "stable",
    ]  # fmt: skip
    ended = PastMonths({}, {}, YEAR[0], 1.0)
    assert stages(ended, YEAR[1:5], [400, 400, 400, 0])[-1] == "stable"


def test_the_reason_says_rule_day_and_months() -> None:
    found = read_timeline(past(310, 320, 330), YEAR[3:5], [0, 0], [0, 0], STAGES)
    assert [one.reason for one in found] == [
        "orders_per_month >= 300, reached on 2026-04-01: 320 orders a month in 2026-01 to 2026-03"
    ] * 2
    assert [one.orders for one in found] == [320, pytest.approx(650 / 3)]


def test_a_rule_on_customers_counts_the_newcomers_of_the_months_before(tmp_path: Path) -> None:
    text = (
        f"{HEAD}{MESSAGES}stages:\n"
        "  startup: {}\n"
        "  growth: {enter: customers >= 1000, split: {acquisition: 80%, retention: 20%}}\n"
    )
    rules = playbook(tmp_path, text).stages
    history = past(1, 1, 1, customers=980)
    found = read_timeline(history, YEAR[3:7], [0.0] * 4, [10.0] * 4, rules)
    assert [one.stage for one in found] == ["startup", "startup", "growth", "growth"]


def test_a_stated_stage_holds_throughout() -> None:
    found = fixed_timeline(YEAR[:3], "stable", "because")
    assert {(one.stage, one.reason) for one in found} == {("stable", "because")}


def test_the_command_line_overrules_the_playbook() -> None:
    assert stage_named("auto", "growth") == ("growth", "--stage growth")
    assert stage_named("growth", "") == ("growth", "`stage: growth` of the playbook")


def test_stages_and_newcomers_agree_where_each_depends_on_the_other() -> None:
    """A later stage spends less on newcomers and has fewer orders: the timeline is the one that
    reading month by month gives."""
    orders_in = {"startup": 200.0, "growth": 320.0, "stable": 250.0}
    history = past(20, 20, 110)
    months = YEAR[3:]

    def project(chosen: tuple[str, ...]) -> tuple[list[float], list[float]]:
        return [orders_in[stage] for stage in chosen], [0.0] * len(chosen)

    found = [one.stage for one in settled_timeline(project, history, months, STAGES)]
    by_hand: list[str] = []
    counts = [20.0, 20.0, 110.0]
    reached = 0
    names = list(STAGES)
    limits = [0, 30, 300, 1000, 10_000]
    for _ in months:
        mean = sum(counts[-3:]) / 3
        while reached < 4 and mean >= limits[reached + 1]:
            reached += 1
        by_hand.append(names[reached])
        counts.append(orders_in[names[reached]])
    assert found == by_hand
    assert found[0] == "growth" and found[-1] == "stable"
