"""The scalars of programmes: what is read, how it is written again, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from playbook_compiler.programme_units import (
    parse_basis,
    parse_earn_rate,
    parse_expiry,
    parse_fee,
    parse_limit,
    parse_multiple,
    parse_share_of,
)


@pytest.mark.parametrize(
    ("parse", "text", "canonical"),
    [
        (parse_earn_rate, "1 per EUR", "1 per EUR"),
        (parse_earn_rate, "5 per 10 EUR", "5 per 10 EUR"),
        (parse_earn_rate, "0.50  per  USD", "0.5 per USD"),
        (parse_earn_rate, "100", "100"),
        (parse_fee, "39.00 per 1y", "39 per 1y"),
        (parse_fee, "4.90 per 1mo", "4.9 per 1mo"),
        (parse_multiple, "1.50x", "1.5x"),
        (parse_share_of, "2% of profit", "2% of profit"),
        (parse_expiry, "12mo after last activity", "1y after last activity"),
        (parse_expiry, "1y after earning", "1y after earning"),
        (parse_expiry, "never", "never"),
        (parse_basis, "revenue over 12mo", "revenue over 1y"),
        (parse_basis, "orders", "orders"),
        (parse_basis, "points_earned over 6mo", "points_earned over 6mo"),
        (parse_limit, "3 per 1y", "3 per 1y"),
        (parse_limit, "1 per order", "1 per order"),
    ],
)
def test_what_is_read_is_written_canonically_and_reads_the_same(
    parse: Callable[[str], object], text: str, canonical: str
) -> None:
    value = parse(text)
    assert not isinstance(value, str)
    assert str(value) == canonical
    assert parse(canonical) == value


@pytest.mark.parametrize(
    ("parse", "text", "words"),
    [
        (parse_earn_rate, "1 per order", "playbook's currency"),
        (parse_earn_rate, "1 per eur", "capital letters: 1 per EUR"),
        (parse_earn_rate, "0", "more than 0"),
        (parse_earn_rate, "1.5", "1 per EUR"),
        (parse_fee, "39.00", "39.00 per 1y"),
        (parse_fee, "39.00 per year", "39.00 per 1y"),
        (parse_multiple, "1.5", "1.5x"),
        (parse_multiple, "0.5x", "takes nothing away"),
        (parse_share_of, "2%", "2% of profit"),
        (parse_share_of, "2% of profits", "did you mean profit?"),
        (parse_share_of, "200% of profit", "0% to 100%"),
        (parse_expiry, "12mo", "after last activity"),
        (parse_expiry, "12mo after purchase", "after earning"),
        (parse_basis, "spend over 12mo", "expected revenue, orders, points_earned"),
        (parse_basis, "revenue over year", "revenue over 12mo"),
        (parse_limit, "0 per 1y", "leave the line out"),
        (parse_limit, "1.5 per order", "such as 3 per 1y"),
        (parse_limit, "3", "such as 3 per 1y"),
    ],
)
def test_what_is_refused_says_what_was_expected(
    parse: Callable[[str], object], text: str, words: str
) -> None:
    said = parse(text)
    assert isinstance(said, str)
    assert words in said
