"""Dates: which forms are read, which are refused, and what the zone makes of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.runtime.orders.conftest import Reader

from playbook_runtime.orders.dates import (
    DateColumn,
    UnclearDates,
    date_column,
    form_sql,
    local_seconds_sql,
    offset_sql,
    strptime_format,
    timed_sql,
)
from playbook_runtime.orders.zones import local_days, to_utc, zone_table

Read = tuple[str | None, int | None, bool | None]


def read_cells(cells: list[str], declared: str | None = None) -> list[Read] | UnclearDates:
    """Return (wall clock, offset, has a time) of each cell of one column."""
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE line (row BIGINT, cell VARCHAR)")
        connection.executemany("INSERT INTO line VALUES (?, ?)", list(enumerate(cells)))
        column = date_column(connection, "line", "cell", declared)
        if isinstance(column, UnclearDates):
            return column
        rows = connection.execute(
            f"SELECT {local_seconds_sql('cell', 'form', column)}, "
            f"{offset_sql('cell', 'form', column)}, {timed_sql('cell', 'form', column)} "
            f"FROM (SELECT *, {form_sql('cell', column)} AS form FROM line) ORDER BY row"
        ).fetchall()
    return [
        (None if seconds is None else str(datetime.fromtimestamp(seconds, UTC))[:-6], offset, timed)
        for seconds, offset, timed in rows
    ]


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("2024-05-31", ("2024-05-31 00:00:00", None, False)),
        ("2024-05-31 07:08", ("2024-05-31 07:08:00", None, True)),
        ("2024-05-31T07:08:09", ("2024-05-31 07:08:09", None, True)),
        ("2024-05-31T07:08:09.123", ("2024-05-31 07:08:09", None, True)),
        ("2024-05-31T07:08:09Z", ("2024-05-31 07:08:09", 0, True)),
        ("2024-05-31T07:08:09.5Z", ("2024-05-31 07:08:09", 0, True)),
        ("2024-05-31 07:08:09 -0500", ("2024-05-31 07:08:09", -18000, True)),
        ("2024-05-31T07:08:09+05:30", ("2024-05-31 07:08:09", 19800, True)),
        ("2024-05-31 07:08:09+00", ("2024-05-31 07:08:09", 0, True)),
        ("2024/5/1", ("2024-05-01 00:00:00", None, False)),
        ("20240531", ("2024-05-31 00:00:00", None, False)),
        ("31.05.2024", ("2024-05-31 00:00:00", None, False)),
        ("09.03.2025 01:59", ("2025-03-09 01:59:00", None, True)),
        ("31/05/2024 07:08", ("2024-05-31 07:08:00", None, True)),
        ("05/31/2024 7:08 PM", ("2024-05-31 19:08:00", None, True)),
        ("31 May 2024", ("2024-05-31 00:00:00", None, False)),
        ("May 31, 2024 7:08:09 AM", ("2024-05-31 07:08:09", None, True)),
        ("1717139289", ("2024-05-31 07:08:09", 0, True)),
        ("1717139289000", ("2024-05-31 07:08:09", 0, True)),
    ],
)
def test_forms_that_are_read(cell: str, wanted: Read) -> None:
    assert read_cells([cell]) == [wanted]


@pytest.mark.parametrize(
    "cell", ["2024-02-30", "1900-01-00", "0000-00-00", "tomorrow", "2024-05", "12", "2024-13-01"]
)
def test_what_is_no_date_is_null(cell: str) -> None:
    read = read_cells([cell])
    assert isinstance(read, list)
    assert read[0][0] is None


def test_day_and_month_are_told_apart_by_proof_only() -> None:
    american = read_cells(["05/31/2024", "02/04/2024"])
    assert isinstance(american, list)
    assert american[1][0] == "2024-02-04 00:00:00"
    european = read_cells(["02/04/2024", "31/05/2024"])
    assert isinstance(european, list)
    assert european[0][0] == "2024-04-02 00:00:00"
    assert isinstance(read_cells(["02/04/2024", "05/06/2024"]), UnclearDates)
    assert isinstance(read_cells(["31/05/2024", "05/31/2024"]), UnclearDates)
    assert isinstance(read_cells(["31/05/24"]), UnclearDates)


def test_epoch_units_are_not_mixed() -> None:
    unclear = read_cells(["2024-01-01", "1717139289", "1717139289000"])
    assert isinstance(unclear, UnclearDates)
    assert unclear.row == 1


@pytest.mark.parametrize(
    ("declared", "cell", "wanted"),
    [
        ("DD/MM/YYYY", "02/04/2024", "2024-04-02 00:00:00"),
        ("MM/DD/YYYY", "02/04/2024", "2024-02-04 00:00:00"),
        ("DD/MM/YYYY", "02/04/2024 10:30", "2024-04-02 10:30:00"),
        ("DD/MM/YY", "02/04/24", "2024-04-02 00:00:00"),
        ("%d-%m-%Y %H:%M", "02-04-2024 10:30", "2024-04-02 10:30:00"),
        ("DD/MM/YYYY", "2024-04-02", None),
    ],
)
def test_a_declared_format_decides(declared: str, cell: str, wanted: str | None) -> None:
    read = read_cells([cell], strptime_format(declared))
    assert isinstance(read, list)
    assert read[0][0] == wanted


@pytest.mark.parametrize("declared", ["", "YYYY", "DD/MM", "%j %Y", "soon"])
def test_a_declared_format_needs_day_month_and_year(declared: str) -> None:
    assert strptime_format(declared) is None


def test_masks_after_the_sample_are_found() -> None:
    cells = ["2024-05-31 10:00:00 -0500"] * 1500 + ["31/05/2024"]
    read = read_cells(cells)
    assert isinstance(read, list)
    assert read[-1][0] == "2024-05-31 00:00:00"


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
    st.lists(st.integers(800_000_000, 2_070_000_000), min_size=1, max_size=50),
)
def test_zone_tables_agree_with_zoneinfo(name: str, seconds: list[int]) -> None:
    table, zone = zone_table(name), ZoneInfo(name)
    assert table is not None
    changes = [int(start) + shift for start in table.starts[1:6] for shift in (-1, 0, 1800, 7200)]
    local = np.array(seconds + changes, np.int64)
    utc = to_utc(local, table).utc
    walls = [datetime(1970, 1, 1) + timedelta(seconds=int(one)) for one in local]  # noqa: DTZ001
    assert utc.tolist() == [int(wall.replace(tzinfo=zone, fold=0).timestamp()) for wall in walls]
    days = [datetime.fromtimestamp(int(one), zone).date().toordinal() - 719_163 for one in utc]
    assert local_days(utc, table).tolist() == days


def test_there_is_no_such_zone() -> None:
    assert zone_table("Mars/Olympus") is None
    assert zone_table("../etc/passwd") is None


HEADER = "customer_id,ordered_at,total\n"


def test_written_offsets_are_put_on_the_shops_calendar(read: Reader) -> None:
    text = HEADER + "a,2024-05-31T23:30:00Z,1\n"
    shop, _ = read(text, timezone="Europe/Berlin")
    written, _ = read(text)
    assert shop is not None
    assert written is not None
    assert shop.day.tolist() == [19875]  # 1 June in Berlin
    assert written.day.tolist() == [19874]
    assert shop.time.tolist() == written.time.tolist() == [1717198200]


def test_a_date_is_the_shops_day_and_its_time_local_midnight(read: Reader) -> None:
    orders, _ = read(HEADER + "a,2024-05-31,1\n", timezone="America/New_York")
    assert orders is not None
    assert orders.day.tolist() == [19874]
    assert orders.time.tolist() == [19874 * 86_400 + 4 * 3600]


def test_a_time_in_the_gap_of_spring_moves_on_with_a_warning(read: Reader) -> None:
    orders, found = read(HEADER + "a,2024-03-31 02:30:00,1\n", timezone="Europe/Berlin")
    assert orders is not None
    assert [one.rule for one in found] == ["missing-time"]
    assert datetime.fromtimestamp(int(orders.time[0]), ZoneInfo("Europe/Berlin")).hour == 3


def test_a_column_without_any_known_form(read: Reader) -> None:
    assert DateColumn((), True).forms == ()
    orders, found = read(HEADER + "a,soon,1\n")
    assert orders is None
    assert [one.rule for one in found] == ["bad-date", "no-orders"]
