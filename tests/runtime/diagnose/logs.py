"""Logs of purchases to diagnose, and the same counts made the slow, plain way."""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from playbook_compiler.diagnostics import has_errors
from playbook_runtime.observed import Observed
from playbook_runtime.orders.options import OrderInput, OrderOptions
from playbook_runtime.read_data import read_files

# Customer -> (day, minor units) of every order, by day.
Log = Mapping[str, Sequence[tuple[date, int]]]
FIRST = date(2025, 1, 1)
OPTIONS = OrderOptions(currency="EUR", timezone="Europe/Berlin")


def random_log(
    seed: int, customers: int = 80, days: int = 400
) -> dict[str, list[tuple[date, int]]]:
    """Return a log that begins on the first of a year, with days on which somebody orders twice."""
    draw = random.Random(seed)
    log = {"c000": [(FIRST, 1_000)]}
    for number in range(1, customers):
        day = draw.randrange(days)
        orders = []
        while day < days:
            orders += [(FIRST + timedelta(day), draw.randrange(100, 9_000))] * draw.choice(
                [1, 1, 2]
            )
            if draw.random() < 0.35:
                break
            day += round(draw.expovariate(1 / 50))
        log[f"c{number:03}"] = orders
    return log


def read(folder: Path, log: Log, as_of: date | None = None, **more: str) -> Observed:
    """Return the data of a log, read from files; `more` are the texts of customers or events."""
    rows = [
        (f"{customer}-{number}", customer, day.isoformat(), f"{minor / 100:.2f}")
        for customer, orders in log.items()
        for number, (day, minor) in enumerate(orders)
    ]
    with (folder / "orders.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("order_id", "customer_id", "ordered_at", "total"), *rows])
    for name, text in more.items():
        (folder / f"{name}.csv").write_text(text)
    paths = {name: folder / f"{name}.csv" if name in more else None for name in SIDE}
    given = OrderInput(OPTIONS, paths["customers"], paths["events"])
    data, found = read_files(folder / "orders.csv", given, as_of)
    assert data is not None and not has_errors(found), found
    return data


SIDE = ("customers", "events")


def purchases_in(log: Log, until: date) -> dict[str, list[date]]:
    """Return the days on which each customer bought, up to a day; who never did is not in it."""
    days = {
        name: sorted({day for day, _ in orders if day <= until}) for name, orders in log.items()
    }
    return {name: found for name, found in days.items() if found}


def month_number(day: date) -> int:
    """Return the month since January 1970."""
    return (day.year - 1970) * 12 + day.month - 1
