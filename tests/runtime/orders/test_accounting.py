"""Every row and every cent is accounted for, whatever the file, its order or the threads."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playbook_runtime.orders import reader
from playbook_runtime.orders.model import Orders, Reading
from playbook_runtime.orders.options import OrderOptions
from playbook_runtime.orders.read import read_orders
from playbook_runtime.orders.reasons import Fate

DATES = (
    "2024-01-01",
    "2024-01-02",
    "2024-02-30",
    "2024-01-01 10:00:00",
    "2024-01-01 10:00:09",
    "1900-01-01",
    "",
    "2024-06-01T10:00:00Z",
)
CELLS = {
    "order_id": st.sampled_from(["1", "2", "3", "4", "5", "", " 6 ", "x'y", '"q""q"']),
    "customer_id": st.sampled_from(["a", "b", "c", "", "NA", "=1+1", "00007", "é"]),
    "ordered_at": st.sampled_from(DATES),
    "total": st.sampled_from(["5", "5.00", "7.50", "-2.00", "0", "free", "", "1e9", "1,000.00"]),
    "refunded": st.sampled_from(["", "0", "1.00", "5.00", "oops"]),
    "category": st.sampled_from(["tea", "mug", ""]),
}
ROW = st.tuples(*CELLS.values())


def line(cells: tuple[str, ...]) -> str:
    """Return one CSV line; a cell with a comma is quoted."""
    return ",".join(f'"{cell}"' if "," in cell else cell for cell in cells)


def read_lines(folder: Path, lines: list[str], columns: tuple[str, ...]) -> Orders | None:
    """Read lines as an orders file from a fresh place."""
    path = folder / "orders.csv"
    path.write_text("\n".join([",".join(columns), *lines]) + "\n", encoding="utf-8")
    options = OrderOptions(max_rejects=10_000, timezone="Europe/Berlin")
    return read_orders(path, options)[0]


def signature(orders: Orders) -> tuple[object, ...]:
    """Return all that must not depend on the file's order or the threads."""
    labels = orders.category
    assert labels is not None
    reading = orders.reading
    return (
        orders.customer_key.tolist(),
        orders.customer.tolist(),
        orders.time.tolist(),
        orders.day.tolist(),
        orders.value_minor.tolist(),
        labels.names,
        labels.codes.tolist(),
        reading.tallies,
        reading.control_total_minor,
        reading.unmatched_refunds_minor,
    )


def check(reading: Reading, rows: int) -> None:
    """Assert that rows read = accepted + merged + quarantined + left out."""
    assert reading.rows == rows
    parts = (reading.accepted, reading.merged, reading.quarantined, reading.left_out)
    assert sum(parts) == rows
    assert {one.reason.fate for one in reading.tallies} <= set(Fate)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(ROW, min_size=1, max_size=25), seed=st.integers(0, 99), ragged=st.booleans())
def test_rows_and_cents_add_up_in_any_file_order(
    own_folder: Path, rows: list[tuple[str, ...]], seed: int, ragged: bool
) -> None:
    lines = [line(row) for row in rows] + (["1,a", "1,a,2024-01-01,5,0,tea,too,many"] * ragged)
    orders = read_lines(own_folder, lines, tuple(CELLS))
    shuffled = lines.copy()
    random.Random(seed).shuffle(shuffled)
    again = read_lines(own_folder, shuffled, tuple(CELLS))
    if orders is None:
        assert again is None
        return
    assert again is not None
    check(orders.reading, len(lines))
    assert signature(orders) == signature(again)
    kept = int(orders.value_minor.sum()) - orders.reading.unmatched_refunds_minor
    assert kept == orders.reading.control_total_minor


def test_the_threads_do_not_matter(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(5)
    ids = [draw.randrange(20_000) for _ in range(30_000)]
    lines = [
        f"{one},c{one % 900},2024-{one % 12 + 1:02}-11,"
        f"{draw.randrange(9)}.{draw.randrange(100):02},,{draw.choice(['tea', 'mug', ''])}"
        for one in ids
    ]
    connect, found = duckdb.connect, []
    for threads in (1, 4):
        with monkeypatch.context() as patch:
            config = {"threads": threads}
            patch.setattr(reader.duckdb, "connect", lambda name, c=config: connect(name, config=c))
            orders = read_lines(own_folder, lines, tuple(CELLS))
        assert orders is not None
        check(orders.reading, len(lines))
        found.append(signature(orders))
    assert found[0] == found[1]


def test_the_control_total_is_the_sum_of_the_file(own_folder: Path) -> None:
    amounts = np.random.default_rng(3).integers(0, 10_000_000, 5000)
    lines = [
        f"{n},c{n % 70},2024-03-03,{one // 100}.{one % 100:02},," for n, one in enumerate(amounts)
    ]
    orders = read_lines(own_folder, lines, tuple(CELLS))
    assert orders is not None
    assert orders.reading.control_total_minor == int(amounts.sum())
