"""A file without a header: its first line is data, and no diagnostic repeats it."""

from __future__ import annotations

from pathlib import Path

from playbook_runtime.orders.options import OrderOptions
from playbook_runtime.orders.read import read_orders


def test_a_first_line_of_data_is_not_repeated(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("anna@example.com,2024-01-01,10\nbob@example.com,2024-01-02,11\n")
    orders, found = read_orders(path, OrderOptions())
    assert orders is None
    (only,) = found
    assert only.rule == "missing-column"
    assert "looks like data" in only.message
    assert "anna" not in only.message + only.help
