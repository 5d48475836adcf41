"""Numbers are told without an exponent."""

from __future__ import annotations

import pytest

from playbook_runtime.significant import significant


@pytest.mark.parametrize(
    ("value", "digits", "told"),
    [
        (0.6, 3, "0.6"),
        (149.6, 3, "150"),
        (3_000.0, 3, "3,000"),
        (-15_432.1, 4, "-15,432"),
        (1_168.4, 4, "1,168"),
        (0.01254, 3, "0.0125"),
        (0.0000125, 3, "0.0000125"),
        (-0.00002, 3, "-0.00002"),
        (0.0, 3, "0"),
        (2_021_000.0, 4, "2,021,000"),
    ],
)
def test_a_number_in_significant_digits(value: float, digits: int, told: str) -> None:
    assert significant(value, digits) == told
