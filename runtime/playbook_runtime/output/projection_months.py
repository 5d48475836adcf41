"""Profit month by month, without and with the playbook, as a table."""

from __future__ import annotations

from playbook_runtime.output.figures import figure, interval, places_for, scaled, signed, width
from playbook_runtime.output.projection_rows import Row
from playbook_runtime.projection import Projection

_FEWEST = 2


def months_table(projection: Projection) -> list[Row]:
    """Return a row for each month: orders and profit without, and the differences."""
    if len(projection.months) < _FEWEST:
        return []
    unit = 10.0**-projection.decimals
    widest = unit * max(width(one.difference["profit"]) for one in projection.months)
    rows = [
        Row(
            ("month", "orders without", "extra", "profit without", "difference", "80% interval"),
            strong=True,
        )
    ]
    for one in projection.months:
        orders, profit = one.difference["orders"], scaled(one.difference["profit"], unit)
        level = one.without["profit"].mean * unit
        places = places_for(widest, 0.0, 0 if widest >= 20 else projection.decimals)
        rows.append(
            Row(
                (
                    one.month,
                    figure(one.without["orders"].mean, 0),
                    signed(orders.mean, 1),
                    figure(level, 0 if abs(level) >= 1_000 else places),
                    signed(profit.mean, places),
                    interval(profit, places),
                )
            )
        )
    return rows
