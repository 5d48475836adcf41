"""`playbook simulate --trace`: one customer's life in both worlds, as it is counted in all."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from pathlib import Path

import pytest
from tests.runtime.cli.command import Done, playbook

from playbook_runtime.demo_shop import write_demo_shop

PLAYBOOK = """\
playbook: 1
name: thanks
currency: EUR
timezone: Europe/Berlin
sender: {name: Leaf, email: hello@leaf.example, address: "Teeweg 1, Berlin"}
economics: {gross_margin: 50%}
guardrails: {consent: {email: opt-in}, holdout: 10%}
assume: {consent: {email: 100%}}
offers:
  ten: {percent_off: 10%, valid: 60d, once_per_customer: true}
messages:
  hello: {subject: Hi, body: "Welcome. {{ sender_address }} {{ unsubscribe_url }}"}
  back: {subject: Hi, body: "Come back. {{ sender_address }} {{ unsubscribe_url }}"}
flows:
  thanks:
    trigger: order_placed
    entry: {again_after: 30d}
    steps: [{wait: 2h}, {send: hello, offer: ten}]
  back:
    trigger: {inactive_for: 60d}
    existing: {over: 14d}
    entry: {again_after: 60d}
    steps: [{send: back}]
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    write_demo_shop(folder, 200, 5)
    (folder / "playbook.yaml").write_text(PLAYBOOK, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def customer(shop: Path) -> str:
    """The id of the customer with the most orders."""
    with (shop / "orders.csv").open(encoding="utf-8") as file:
        ids = [row["customer_id"] for row in csv.DictReader(file)]
    return max(sorted(set(ids)), key=ids.count)


def trace(shop: Path, customer: str, *more: str) -> Done:
    arguments = ("--draws", "4", "--horizon", "365d", "--trace", customer, *more)
    return playbook("simulate", ".", "--orders", "orders.csv", *arguments, cwd=shop)


def test_a_life_in_both_worlds(shop: Path, customer: str) -> None:
    done = trace(shop, customer, "--output-format", "json", "--draw", "2")
    assert done.returncode == 0, done.stderr
    life = json.loads(done.stdout)
    assert (life["customer"], life["draw"]) == (customer, 2)
    events = life["events"]
    moments = [datetime.fromisoformat(one["at"]) for one in events]
    assert moments == sorted(moments)
    assert {one["world"] for one in events} <= {"both", "with", "without"}
    kinds = [one["what"] for one in events]
    assert kinds.count("entered") >= kinds.count("left") > 0
    assert kinds.count("code used") <= kinds.count("code")
    orders = [one for one in events if "value" in one]
    assert all(life["first"] <= one["at"][:10] <= life["last"] for one in events)
    text = trace(shop, customer, "--draw", "2").stdout
    assert text.startswith(f"Customer {customer} of thanks, draw 2")
    without = sum(one["world"] in ("both", "without") for one in orders)
    assert f"Without the playbook: {without} order" in text
    assert text == trace(shop, f" {customer} ", "--draw", "2").stdout


def test_other_draws_are_other_lives(shop: Path, customer: str) -> None:
    assert len({trace(shop, customer, "--draw", str(draw)).stdout for draw in range(3)}) == 3


def test_an_unknown_customer_is_told_without_naming_others(shop: Path) -> None:
    done = trace(shop, "C99999")
    assert done.returncode == 2
    assert "--trace" in done.stderr
    assert "`customer_id`" in done.stderr
    assert "C0" not in done.stderr


def test_a_draw_that_is_not_drawn(shop: Path, customer: str) -> None:
    done = trace(shop, customer, "--draw", "4")
    assert done.returncode == 2
    assert "draws 0 to 3" in done.stderr
