"""Parquet: typed columns become exact text and go the same way as CSV."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from playbook_runtime.orders.options import OrderOptions
from playbook_runtime.orders.read import read_orders

MOMENT = datetime(2024, 5, 31, 7, 8, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("totals", "minor"),
    [
        (pa.array([Decimal("12.50")], pa.decimal128(12, 2)), 1250),
        (pa.array([Decimal("12.5000")], pa.decimal128(12, 4)), 1250),
        (pa.array([12.5], pa.float64()), 1250),
        (pa.array([19.99], pa.float64()), 1999),
        (pa.array([12], pa.int64()), 1200),
        (pa.array(["12.50"], pa.string()), 1250),
    ],
)
@pytest.mark.parametrize(
    ("ids", "key"),
    [
        (pa.array(["00012"], pa.string()), "00012"),
        (pa.array([2**63 + 1], pa.uint64()), str(2**63 + 1)),
        (pa.array([123.0], pa.float64()), "123"),
    ],
)
def test_amounts_and_ids(
    own_folder: Path, totals: pa.Array, minor: int, ids: pa.Array, key: str
) -> None:
    path = own_folder / "orders.parquet"
    when = pa.array([date(2024, 5, 31)], pa.date32())
    pq.write_table(pa.table({"customer_id": ids, "ordered_at": when, "total": totals}), path)
    orders, found = read_orders(path, OrderOptions())
    assert orders is not None
    assert found == []
    assert orders.customer_key.tolist() == [key]
    assert orders.value_minor.tolist() == [minor]
    assert orders.day.tolist() == [19874]


@pytest.mark.parametrize(
    "times",
    [
        pa.array([MOMENT], pa.timestamp("us", tz="UTC")),
        pa.array([MOMENT], pa.timestamp("ns", tz="Asia/Tokyo")),
        pa.array([MOMENT.replace(tzinfo=None)], pa.timestamp("ms")),
        pa.array([int(MOMENT.timestamp())], pa.int64()),
    ],
)
def test_times(own_folder: Path, times: pa.Array) -> None:
    path = own_folder / "orders.parquet"
    pq.write_table(pa.table({"customer_id": ["a"], "ordered_at": times, "total": ["1"]}), path)
    orders, _ = read_orders(path, OrderOptions())
    assert orders is not None
    assert orders.time.tolist() == [int(MOMENT.timestamp())]


def test_sums_of_floats_and_ids_beyond_exact_floats_are_set_aside_or_kept(own_folder: Path) -> None:
    path = own_folder / "orders.parquet"
    table = pa.table(
        {
            "customer_id": ["a", "b", None],
            "ordered_at": [date(2024, 1, 1)] * 3,
            "total": [0.1 + 0.2, 1e20, 5.0],
        }
    )
    pq.write_table(
        pa.concat_tables([table, table.slice(2).set_column(0, "customer_id", [["c"]])]), path
    )
    orders, found = read_orders(path, OrderOptions())
    assert orders is not None
    assert orders.customer_key.tolist() == ["c"]
    assert [(one.rule, one.span.line) for one in found] == [
        ("missing-customer", 3),
        ("bad-amount", 1),
        ("amount-too-large", 2),
    ]
