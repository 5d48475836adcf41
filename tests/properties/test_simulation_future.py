"""Hypothesis: nothing after the as-of date influences a projection, in any byte of it, and nothing
after `--to` a replay."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.properties.simulable_words import PARTS, PROGRAMMES
from tests.properties.simulated import Setting
from tests.properties.simulations import examples, simulations
from tests.properties.test_simulation_replay import orders_of, replay_of
from tests.runtime.test_simulate import Shop, projected

from playbook_compiler.units import Duration
from playbook_runtime.demo_shop import write_demo_shop
from playbook_runtime.kernel import scratch as kind
from playbook_runtime.output.projection_json import projection_json

FIRST, LAST = date(2025, 9, 1), date(2026, 6, 30)
# What the account of the files says of all that stands in them, used or not.
OF_THE_FILE = ("sha256", "rows", "sanity_line", "details", "quarantined", "later_orders")
Row = dict[str, str]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    folder = tmp_path_factory.mktemp("future")
    write_demo_shop(folder, 150, 4)
    return Shop(*(folder / f"{name}.csv" for name in ("orders", "customers", "events")))


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[Row], header: list[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerows(rows)
    return path


def another_future(shop: Shop, as_of: date, folder: Path, chance: Random) -> Shop:
    """Return the files with other orders, events and customers after a date: some are gone, some
    are others', at other times and for other amounts, some are new."""
    last = as_of.isoformat()
    orders, events, customers = (rows_of(p) for p in (shop.orders, shop.events, shop.customers))

    def is_past(row: Row) -> bool:
        return row["ordered_at" if "ordered_at" in row else "happened_at"][:10] <= last

    def later() -> str:
        day = as_of + timedelta(days=chance.randint(1, 200))
        return f"{day.isoformat()}T{chance.randrange(24):02}:30:00"

    known = {row["customer_id"] for row in orders + events if is_past(row)}
    names = sorted(known) + [f"N{n:03}" for n in range(20)]
    changed: list[list[Row]] = []
    for rows in (orders, events):
        kept = [row for row in rows if is_past(row)]
        ahead = [row for row in rows if not is_past(row)]
        for number, row in enumerate(chance.sample(ahead, chance.randint(0, len(ahead)))):
            row = row | {"customer_id": chance.choice(names)}
            if "total" in row:
                row |= {"ordered_at": later(), "total": f"{chance.randint(5, 900)}.00"}
                row["order_id"] = f"later-{number}"
            else:
                row |= {"happened_at": later(), "order_id": ""}
            kept.append(row)
        changed.append(kept)
    # Customers of whom nothing is told before the date may be there or not.
    people = [row for row in customers if row["customer_id"] in known or not chance.randrange(2)]
    headers = [list(rows[0]) for rows in (orders, customers, events)]
    return Shop(
        write(folder / "orders.csv", changed[0], headers[0]),
        write(folder / "customers.csv", people, headers[1]),
        write(folder / "events.csv", changed[1], headers[2]),
    )


def told(shop: Shop, as_of: date) -> str:
    """Return a projection's bytes, without the account of the files as such."""
    projection = projected(shop, horizon=Duration(days=60), draws=2, as_of=as_of)
    result: dict[str, Any] = json.loads(projection_json(projection))
    result["data"] = {k: v for k, v in result["data"].items() if k not in OF_THE_FILE}
    return json.dumps(result)


@given(
    as_of=st.dates(FIRST, LAST),
    chance=st.integers(0, 2**32).map(Random),
)
@examples(2)
def test_another_future_is_the_same_projection(
    shop: Shop, tmp_path_factory: pytest.TempPathFactory, as_of: date, chance: Random
) -> None:
    other = another_future(shop, as_of, tmp_path_factory.mktemp("other"), chance)
    assert told(other, as_of) == told(shop, as_of)


@given(
    one=simulations(sorted(set(PARTS) - set(PROGRAMMES)), draws=1),
    days=st.integers(1, 110),
    chance=st.integers(0, 2**32).map(Random),
)
@examples(25)
def test_later_orders_change_nothing_of_a_replay_before_them(
    one: Setting, days: int, chance: Random
) -> None:
    recorded = orders_of(one)
    cut = one.world.launch.start + days * 86_400
    _, whole = replay_of(one, recorded)
    items = recorded.items.copy()
    for row in np.flatnonzero(items[:, kind.ITEM_MOMENT] >= cut).tolist():
        items[row, kind.ITEM_VALUE] = chance.randint(1, 90_000)
    _, changed = replay_of(one, recorded._replace(items=items))
    is_kept = items[:, kind.ITEM_MOMENT] < cut
    first = np.concatenate([[0], np.cumsum(is_kept)])[recorded.first]
    _, less = replay_of(one, recorded._replace(first=first, items=items[is_kept]))
    before = whole[whole[:, 2] < cut]
    assert np.array_equal(before, changed[changed[:, 2] < cut])
    assert np.array_equal(before, less[less[:, 2] < cut])


def test_another_past_is_another_projection(
    shop: Shop, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The comparison can fail: a future that begins a week before the as-of date is noticed."""
    as_of = date(2026, 3, 31)
    folder = tmp_path_factory.mktemp("past")
    other = another_future(shop, as_of - timedelta(days=30), folder, Random(1))
    assert told(other, as_of) != told(shop, as_of)
