"""What `--sweep` takes, and what it says to what it does not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from playbook_runtime.sweep_request import SweepRequest, parse_sweep


def values(text: str) -> list[float]:
    found = parse_sweep(text)
    assert isinstance(found, SweepRequest), found
    return [float(one) for one in found.values]


def test_a_sweep_has_ends_and_a_step_or_ten_of_them() -> None:
    assert values("split=0..100:25") == [0, 25, 50, 75, 100]
    assert values("split=0..100") == [10 * place for place in range(11)]
    assert values("monthly_budget=1000..2000.50:500") == [1000, 1500, 2000, 2000.5]
    assert parse_sweep("holdout=0..50:25") == SweepRequest(
        "holdout", (Decimal(0), Decimal(25), Decimal(50))
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("split", "such as split=0..100"),
        ("split=0-100", "such as split=0..100"),
        ("margin=0..100", "expected one of split, monthly_budget, holdout, found 'margin'"),
        ("split=60..40", "the smaller end first"),
        ("split=0..120", "no more than 100"),
        ("holdout=0..100", "no more than 90"),
        ("split=0..100:0", "a step above 0"),
        ("split=0..100:0.1", "at most 101 values, found 1,001"),
    ],
)
def test_what_is_no_sweep_is_told(text: str, said: str) -> None:
    found = parse_sweep(text)
    assert isinstance(found, str) and said in found
