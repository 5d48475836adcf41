"""Reading a million orders: ours, checked row by row, beside pandas' read_csv and groupby.

python -m tests.benchmarks.bench_orders [ROWS]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd

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


def seconds(run: Callable[[Path], int], path: Path) -> tuple[float, int]:
    """Return the better wall time of two runs and the result."""
    times = []
    for _ in range(2):
        start = time.perf_counter()
        result = run(path)
        times.append(time.perf_counter() - start)
    return min(times), result


def main(rows: int = ROWS) -> None:
    """Print times and ratio; both must come to the same total."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        write_orders(path, rows)
        mine, total = seconds(ours, path)
        theirs, other = seconds(with_pandas, path)
        assert total == other, (total, other)
        size = path.stat().st_size / 1e6
    print(f"orders: {rows:,} rows, {size:,.0f} MB, total {total / 100:,.2f} in both")
    print(f"  playbook, checked and accounted for   {mine:6.2f} s")
    print(f"  pandas read_csv + groupby             {theirs:6.2f} s   ratio {theirs / mine:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
