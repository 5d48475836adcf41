"""Amounts: which text is money, in minor units, and which is set aside."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook_runtime.orders.amounts import (
    AmountForm,
    decimal_mark,
    minor_units_sql,
    too_large_sql,
)
from playbook_runtime.orders.currency import exponent, order_limit

POINT = AmountForm(".", 2, 1_000_000)
COMMA = AmountForm(",", 2, 1_000_000)
YEN = AmountForm(".", 0, 10_000_000_000)
DINAR = AmountForm(".", 3, 1_000_000)


def minor(text: str, form: AmountForm) -> int | None:
    """Return one cell in minor units, None when it is no amount."""
    with duckdb.connect() as connection:
        sql = f"SELECT {minor_units_sql('cell', form)} FROM (SELECT ? AS cell)"
        row = connection.execute(sql, [text]).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(
    ("text", "form", "wanted"),
    [
        ("12", POINT, 1200),
        ("12.5", POINT, 1250),
        ("12.50", POINT, 1250),
        ("12.5000", POINT, 1250),
        ("-12.50", POINT, -1250),
        ("-0.00", POINT, 0),
        ("0.1", POINT, 10),
        ("1,234.56", POINT, 123456),
        ("1'234'567.80", POINT, 123456780),
        ("1 234.56", POINT, 123456),
        ("1.234,56", COMMA, 123456),
        ("1\u202f234,56", COMMA, 123456),
        ("12,5", COMMA, 1250),
        ("1200", YEN, 1200),
        ("1200.00", YEN, 1200),
        ("1,200", YEN, 1200),
        ("1.234", DINAR, 1234),
        ("999999999999", POINT, 99999999999900),
        ("999999999999.999", DINAR, 999999999999999),
    ],
)
def test_amounts_are_read_exactly(text: str, form: AmountForm, wanted: int) -> None:
    assert minor(text, form) == wanted


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("free", POINT),
        ("$12.50", POINT),
        ("12.50 USD", POINT),
        ("(12.50)", POINT),
        ("12-", POINT),
        ("--", POINT),
        ("\u221212.50", POINT),
        ("\uff11\uff12.50", POINT),
        ("\u0661\u0662", POINT),
        ("1e3", POINT),
        ("nan", POINT),
        ("inf", POINT),
        ("1_000", POINT),
        ("+5", POINT),
        ("12.505", POINT),  # a rounding reader would make 12.50 or 12.51 of it
        ("12,50", POINT),
        ("9999999999999", POINT),
        ("12,34.50", POINT),
        ("12.50", COMMA),
        ("17.50", YEN),
        ("1.234", POINT),
        ("", POINT),
    ],
)
def test_anything_else_is_set_aside(text: str, form: AmountForm) -> None:
    assert minor(text, form) is None


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["12.50", "1,234"], "."),
        (["12,50", "1.234"], ","),
        (["1.234,56", "20"], ","),
        (["12", "1.234"], "."),
        (["12.50", "13.50", "14,50"], "."),
    ],
)
def test_one_decimal_mark_a_column_by_proof(cells: list[str], mark: str) -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE line (total VARCHAR)")
        connection.executemany("INSERT INTO line VALUES (?)", [[cell] for cell in cells])
        assert decimal_mark(connection, "line", "total") == mark


@pytest.mark.parametrize(
    ("text", "large"),
    [
        ("1e308", True),
        ("1000000.01", True),
        ("1000000.00", False),
        ("9" * 20, True),
        ("1e3", False),
    ],
)
def test_the_limit_catches_scientific_and_long_numbers(text: str, large: bool) -> None:
    value = minor_units_sql("cell", POINT)
    sql = f"SELECT {too_large_sql('cell', 'value', POINT)} FROM (SELECT cell, {value} AS value"
    with duckdb.connect() as connection:
        row = connection.execute(f"{sql} FROM (SELECT ? AS cell))", [text]).fetchone()
    assert row == (large,)


def test_decimals_and_limits_of_currencies() -> None:
    assert (exponent("EUR"), exponent("JPY"), exponent("KWD")) == (2, 0, 3)
    assert order_limit("EUR") == 1_000_000
    assert order_limit("VND") > 1_000_000_000  # a million dong is forty euros


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-(10**14) + 1, 10**14 - 1), min_size=1, max_size=30))
def test_every_amount_survives_a_round_trip(amounts: list[int]) -> None:
    cells = [f"{'-' if one < 0 else ''}{abs(one) // 100}.{abs(one) % 100:02d}" for one in amounts]
    with duckdb.connect() as connection:
        sql = f"SELECT {minor_units_sql('cell', POINT)} FROM (SELECT unnest(?::VARCHAR[]) AS cell)"
        assert [row[0] for row in connection.execute(sql, [cells]).fetchall()] == amounts
