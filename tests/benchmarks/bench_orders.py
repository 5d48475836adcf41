"""Reading a million orders: ours, checked row by row, beside pandas' read_csv and groupby."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
import pandas as pd
from tests.benchmarks.rows import Row, best

from playbook_runtime.orders.options import OrderOptions
from playbook_runtime.orders.read import read_orders

ROWS = 1_000_000
CUSTOMERS_A_ROW = 0.25


def write_orders(path: Path, rows: int) -> None:
    """Write a shop's orders file with a quarter as many customers as rows."""
    customers = max(1, int(rows * CUSTOMERS_A_ROW))
    duckdb.sql(
        f"COPY (SELECT 'O' || i AS order_id, 'C' || (hash(i) % {customers}) AS customer_id, "
        "strftime(TIMESTAMP '2023-01-01' + to_seconds((hash(i + 7) % 63072000)::BIGINT), "
        "'%Y-%m-%d %H:%M:%S') AS ordered_at, "
        "printf('%.2f', (hash(i + 3) % 20000) / 100.0) AS total, 'EUR' AS currency, "
        "['tea', 'mug', 'tin'][1 + (hash(i + 1) % 3)::INTEGER] AS category "
        f"FROM range({rows}) t(i)) TO '{path}' (HEADER)"
    )


def ours(path: Path) -> int:
    """Return the control total in cents."""
    orders, _ = read_orders(path, OrderOptions(timezone="Europe/Berlin"))
    assert orders is not None
    return orders.reading.control_total_minor


def with_pandas(path: Path) -> int:
    """Return the sum of a per-customer summary, as an analyst would make it, in cents."""
    frame = pd.read_csv(path, parse_dates=["ordered_at"])
    frame["day"] = frame["ordered_at"].dt.floor("D")
    summary = frame.groupby("customer_id").agg(
        orders=("day", "nunique"), first=("day", "min"), last=("day", "max"), value=("total", "sum")
    )
    return round(summary["value"].sum() * 100)


def main(quick: bool) -> list[Row]:
    """Return the time of both; both must come to the same total."""
    rows = ROWS // 10 if quick else ROWS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        write_orders(path, rows)
        assert ours(path) == with_pandas(path)
        mine = best(lambda: ours(path), 2)
        theirs = best(lambda: with_pandas(path), 2)
        size = path.stat().st_size / 1e6
    note = f"{size:,.0f} MB; ours checks and accounts for every row"
    return [Row(f"read {rows:,} orders", mine, "pandas", theirs.wall, note=note)]
