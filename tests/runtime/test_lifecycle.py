"""Stages of life: by purchases, and by a silence longer than the shop's customers are used to."""

from __future__ import annotations

import pytest

from playbook_compiler.catalogue import LIFECYCLE
from playbook_runtime.lifecycle import BUILT_IN, GAPS_NEEDED, Silence, lifecycle_of, silence_of

SILENCE = Silence(dormant_after=60, lost_after=120, gaps=500)


@pytest.mark.parametrize(
    ("purchases", "days", "stage"),
    [(1, 0, "new"), (1, 60, "new"), (2, 60, "growing"), (3, 60, "mature"), (9, 0, "mature"),
     (1, 61, "dormant"), (9, 120, "dormant"), (1, 121, "lost"), (9, 1000, "lost")],
)  # fmt: skip
def test_a_customer_has_the_stage_of_the_table(purchases: int, days: int, stage: str) -> None:
    assert lifecycle_of(purchases, days, SILENCE) == stage


def test_the_stages_are_those_of_the_language() -> None:
    found = {lifecycle_of(n, days, SILENCE) for n in (1, 2, 3) for days in (1, 100, 200)}
    assert found == set(LIFECYCLE)


def test_nine_of_ten_pauses_are_over_when_a_customer_becomes_dormant() -> None:
    counts = [0] * 101
    counts[10], counts[40], counts[100] = 60, 30, 10
    assert silence_of(counts) == Silence(40, 80, 100)
    counts[40], counts[100] = 29, 11
    assert silence_of(counts) == Silence(100, 200, 100)


def test_a_few_pauses_tell_nothing() -> None:
    few = silence_of([0, GAPS_NEEDED - 1])
    assert (few.dormant_after, few.lost_after) == (BUILT_IN.dormant_after, BUILT_IN.lost_after)
    assert not few.is_known
    assert silence_of([0, GAPS_NEEDED]).is_known
