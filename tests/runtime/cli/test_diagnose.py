"""`playbook diagnose`: orders alone, with a playbook beside them, and what ends it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.runtime.cli.command import BAD, GOOD, playbook, process

ORDERS = "order_id,customer_id,ordered_at,total,currency\n" + "".join(
    f"{month}-{n},c{(month * n) % 60},2025-{month:02}-{1 + n % 28:02}T12:00:00,20.00,EUR\n"
    for month in range(1, 13)
    for n in range(20)
)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "orders.csv").write_text(ORDERS)
    return tmp_path


def test_orders_are_enough(shop: Path) -> None:
    done = playbook("diagnose", "orders.csv", "--as-of", "2025-12-31", cwd=shop)
    assert done.returncode == 0
    assert done.stdout.startswith(" What the orders up to 2025-12-31 say, money in EUR\n")
    for heading in ("WHERE THE SHOP STANDS", "WHO COMES BACK", "WHAT THE DATA CANNOT TELL"):
        assert f"\n{heading}\n" in done.stdout
    assert "(built-in rules; a shop never goes back)" in done.stdout.replace("\n  ", "")


def test_the_playbook_of_the_folder_holds(shop: Path) -> None:
    (shop / "playbook.yaml").write_text(GOOD + "matrix: {frequent: 2 per 1y}\n")
    options = ("--output-format", "json", "--as-of", "2025-12-31")
    done = playbook("diagnose", "orders.csv", *options, cwd=shop)
    told = json.loads(done.stdout)
    assert (told["playbook"], told["matrix"]["own"]) == ("leaf-and-steam", ["frequent"])
    elsewhere = shop / "elsewhere"
    elsewhere.mkdir()
    words = ("diagnose", "../orders.csv", *options)
    alone = json.loads(playbook(*words, cwd=elsewhere).stdout)
    assert (alone["playbook"], alone["matrix"]["own"]) == ("", [])
    named = json.loads(playbook(*words, "--playbook", "..", cwd=elsewhere).stdout)
    assert named == told


def test_a_playbook_that_is_wrong_is_not_passed_over(shop: Path) -> None:
    (shop / "playbook.yaml").write_text(BAD)
    done = playbook("diagnose", "orders.csv", cwd=shop)
    assert (done.returncode, done.stdout) == (1, "")
    assert "unknown-event" in done.stderr


def test_orders_in_another_currency_than_the_playbook_are_refused(shop: Path) -> None:
    (shop / "playbook.yaml").write_text(GOOD.replace("EUR", "USD"))
    done = playbook("diagnose", "orders.csv", cwd=shop)
    assert done.returncode == 1
    assert "currency-differs" in done.stderr


def test_orders_without_a_buyer_are_refused(shop: Path) -> None:
    (shop / "orders.csv").write_text("order_id,ordered_at,total\n1,2025-01-01,1.00\n")
    done = playbook("diagnose", "orders.csv", cwd=shop)
    assert (done.returncode, done.stdout) == (1, "")
    assert "missing-column" in done.stderr


def test_a_day_before_the_first_order_is_refused(shop: Path) -> None:
    done = playbook("diagnose", "orders.csv", "--as-of", "2024-06-01", cwd=shop)
    assert done.returncode == 1
    assert "no-orders-yet" in done.stderr


def test_the_same_orders_give_the_same_bytes(shop: Path) -> None:
    runs = [
        process(
            "diagnose", "orders.csv", "--output-format", "json", cwd=shop,
            environment={"PYTHONHASHSEED": seed, "TZ": zone},
        )
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    ]  # fmt: skip
    assert runs[0].returncode == 0
    assert runs[0].stdout == runs[1].stdout
