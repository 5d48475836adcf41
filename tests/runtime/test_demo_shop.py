"""The demo shop is the same on every run, and the fit finds the truth that it was made with."""

from __future__ import annotations

import csv
import hashlib
import json
import math
import time
from dataclasses import asdict
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from playbook_compiler.values import fields, replace
from playbook_runtime.behaviour.expectations import conditional_expected_purchases
from playbook_runtime.behaviour.fit import fit_families
from playbook_runtime.behaviour.likelihood import log_likelihood, rows_of
from playbook_runtime.behaviour.spend import fit_spend
from playbook_runtime.demo_shop import FIRST_DAY, UNTIL, Truth, write_demo_shop
from playbook_runtime.history import History, history_of

EPOCH = date(1970, 1, 1)
DIGESTS = {
    "orders.csv": "ae07feb3ccdbce4e",
    "customers.csv": "9332d955bed969c1",
    "events.csv": "6782d7fa834a1a4d",
    "truth.json": "8e9fd2097f8dc670",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    folder = tmp_path_factory.mktemp("demo") / "shop"
    return folder, write_demo_shop(folder)


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_files_are_the_same_bytes_on_every_run(shop: tuple[Path, Truth]) -> None:
    folder, _ = shop
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        for path in sorted(folder.iterdir())
    }
    assert found == dict(sorted(DIGESTS.items()))


def test_it_is_made_within_two_seconds(tmp_path: Path) -> None:
    start = time.process_time()  # not the clock on the wall: other tests run beside this one
    write_demo_shop(tmp_path)
    assert time.process_time() - start < 2


def test_a_customer_does_not_change_when_there_are_more(tmp_path: Path) -> None:
    def lives(customers: int) -> dict[str, list[tuple[str, str]]]:
        folder = tmp_path / str(customers)
        write_demo_shop(folder, customers)
        found: dict[str, list[tuple[str, str]]] = {}
        for row in rows(folder, "orders.csv"):
            found.setdefault(row["customer_id"], []).append((row["ordered_at"], row["total"]))
        return found

    few, more = lives(50), lives(80)
    assert few == {customer: more[customer] for customer in few}
    assert len(few) == 50


def test_seeds_differ(tmp_path: Path) -> None:
    write_demo_shop(tmp_path / "a", 20, seed=1)
    write_demo_shop(tmp_path / "b", 20, seed=2)
    one, other = ((tmp_path / name / "orders.csv").read_text() for name in "ab")
    assert one != other


def test_the_truth_counts_what_the_files_hold(shop: tuple[Path, Truth]) -> None:
    folder, truth = shop
    orders = rows(folder, "orders.csv")
    assert json.loads((folder / "truth.json").read_text()) == asdict(truth)
    assert truth.orders == len(orders) == len({row["order_id"] for row in orders})
    assert truth.revenue_minor == sum(int(row["total"].replace(".", "")) for row in orders)
    days = {}
    for row in orders:
        days.setdefault(row["customer_id"], set()).add(row["ordered_at"][:10])
    assert truth.customers == len(days) == len(rows(folder, "customers.csv"))
    assert truth.repeat_customers == sum(len(one) > 1 for one in days.values())


def test_it_is_a_small_shop_that_could_be_one(shop: tuple[Path, Truth]) -> None:
    folder, truth = shop
    assert 0.25 < truth.repeat_customers / truth.customers < 0.35
    assert 30 < truth.revenue_minor / truth.orders / 100 < 40
    stamps = [row["ordered_at"] for row in rows(folder, "orders.csv")]
    assert stamps == sorted(stamps)
    assert FIRST_DAY.isoformat() <= stamps[0][:10] and stamps[-1][:10] <= UNTIL.isoformat()
    last_quarter = sum(stamp[:7] in ("2026-08", "2026-09", "2026-10") for stamp in stamps)
    assert 30 <= last_quarter / 3 < 300, "the stage of the shop is growth"


def test_events_come_after_what_they_follow(shop: tuple[Path, Truth]) -> None:
    folder, truth = shop
    ordered = {row["order_id"]: row["ordered_at"] for row in rows(folder, "orders.csv")}
    events = rows(folder, "events.csv")
    delivered = [row for row in events if row["event"] == "order_delivered"]
    assert 0.97 * truth.orders < len(delivered) <= truth.orders
    assert all(row["happened_at"] > ordered[row["order_id"]] for row in delivered)
    assert {row["event"] for row in events} == {"sign_up", "cart_abandoned", "order_delivered"}
    assert max(row["happened_at"] for row in events)[:10] <= UNTIL.isoformat()


def history_in(folder: Path) -> History:
    orders = rows(folder, "orders.csv")
    return history_of(
        np.array(
            [(date.fromisoformat(row["ordered_at"][:10]) - EPOCH).days for row in orders], np.int32
        ),
        np.array([int(row["customer_id"][1:]) for row in orders], np.uint64),
        np.array([int(row["total"].replace(".", "")) for row in orders], np.int64),
        (UNTIL - EPOCH).days,
    )


def test_the_shipped_shop_does_not_refute_its_truth(shop: tuple[Path, Truth]) -> None:
    folder, truth = shop
    history = history_in(folder)
    found = rows_of(history, 1.0)
    best, *_ = fit_families(history, time_unit_days=1.0)[0]
    assert best.parameters.family == truth.family
    true = replace(best.parameters, r=truth.r, alpha=truth.alpha_days, a=truth.a, b=truth.b)
    ratio = 2 * (log_likelihood(best.parameters, found) - log_likelihood(true, found))
    # Chi-square with 4 degrees of freedom; as unlikely as |z| = 4.
    assert 0 <= ratio < 25
    expected = np.dot(found.count, conditional_expected_purchases(true, found, truth.later_days))
    # Orders of one customer come together: their sum scatters about twice as wide as Poisson's.
    assert abs(truth.later_orders - expected) < 4 * 2 * math.sqrt(expected)


def test_the_fit_finds_the_truth(tmp_path: Path) -> None:
    truth = write_demo_shop(tmp_path, customers=12_000, seed=11)
    history = history_in(tmp_path)
    best, *_ = fit_families(history, time_unit_days=1.0)[0]
    assert best.parameters.family == truth.family
    spend, _ = fit_spend(history)
    assert spend is not None
    of_spend = [getattr(spend.parameters, one.name) for one in fields(spend.parameters)]
    fitted = (*best.parameters.values, *of_spend)
    true = (truth.r, truth.alpha_days, truth.a, truth.b, truth.p, truth.q, truth.gamma)
    spreads = [
        math.sqrt(matrix[place][place])
        for matrix in (best.covariance, spend.covariance)
        for place in range(len(matrix))
    ]
    scores = [
        math.log(one / other) / spread
        for one, other, spread in zip(fitted, true, spreads, strict=True)
    ]
    assert all(abs(score) < 4 for score in scores), scores
