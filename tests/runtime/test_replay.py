"""`playbook replay`: the playbook over orders that were placed, and nothing assumed of answers."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from tests.runtime.cli.command import Done, playbook

from playbook_compiler.schema import schema_text
from playbook_runtime.demo_shop import write_demo_shop
from playbook_runtime.output.replay_csv import HEADER
from playbook_runtime.output.replay_json import replay_schema

PUBLISHED = Path(__file__).parents[2] / "docs" / "reference" / "replay.schema.json"
GROWTH = Path(__file__).parents[2] / "playbooks" / "growth.yaml"
DAYS = ("--from", "2026-06-01", "--to", "2026-09-30")
FEBRUARY = ("--orders", "orders.csv", "--from", "2026-02-01")
FILES = ("--orders", "orders.csv", "--customers", "customers.csv", "--events", "events.csv")

THANKS = """\
playbook: 1
name: thanks
currency: EUR
timezone: Europe/Berlin
sender: {name: Leaf, email: hello@leaf.example, address: "Teeweg 1, Berlin"}
economics: {gross_margin: 50%}
guardrails: {consent: {email: opt-in}}
assume: {consent: {email: 100%}}
offers:
  ten: {percent_off: 10%, valid: 10d, minimum: 20.00}
audiences:
  rich: revenue > 10000
messages:
  hello: {subject: Hi, body: "Welcome. {{ sender_address }} {{ unsubscribe_url }}"}
flows:
  again:
    trigger: order_placed
    audience: audience(rich)
    steps: [{send: hello}]
  cart:
    trigger: cart_abandoned
    steps: [{send: hello}]
  idle:
    enabled: false
    trigger: order_placed
    steps: [{send: hello}]
  thanks:
    trigger: order_placed
    entry: always
    steps: [{wait: 2h}, {send: hello, offer: ten}]
"""
# Before the replay; then a code that b would not need, one too late, one below its minimum.
ORDERS = """\
order_id,customer_id,ordered_at,total
1,a,2026-01-05 10:00,50.00
2,a,2026-02-01 10:00,40.00
3,a,2026-02-20 10:00,30.00
4,b,2026-02-02 10:00,25.00
5,b,2026-02-08 10:00,100.00
6,c,2026-02-03 10:00,25.00
7,c,2026-02-05 10:00,19.99
"""


def replay(folder: Path, *arguments: str) -> Done:
    return playbook("replay", *arguments, cwd=folder)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    write_demo_shop(folder, 300, 5)
    return folder


@pytest.fixture(scope="module")
def told(shop: Path) -> dict:
    done = replay(shop, str(GROWTH), *FILES, *DAYS, "--output-format", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "playbook.yaml").write_text(THANKS, encoding="utf-8")
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    return tmp_path


def test_json_fits_its_published_schema(told: dict, update: bool) -> None:
    if update:
        PUBLISHED.write_text(schema_text(replay_schema()), encoding="utf-8")
    schema = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    assert schema == replay_schema()
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(told)


def test_what_is_told_by_day_by_flow_and_one_by_one_is_the_same(shop: Path, told: dict) -> None:
    done = replay(shop, str(GROWTH), *FILES, *DAYS, "--output-format", "csv")
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert tuple(rows[0]) == HEADER
    for flow in told["flows"]:
        assert flow["sent"] == sum(row["flow"] == flow["id"] for row in rows)
        assert flow["sent"] == sum(day["sent"].get(flow["id"], 0) for day in told["days"])
        assert flow["entered"] == sum(day["entered"].get(flow["id"], 0) for day in told["days"])
    assert sum(flow["sent"] for flow in told["flows"]) == len(rows) > 100
    assert {row["at"][:10] for row in rows} == {d["day"] for d in told["days"] if d["sent"]}
    sent_to = len({row["customer"] for row in rows})
    for pressure in told["pressure"]:
        assert sum(pressure["customers"]) == told["people"]
        assert sum(pressure["customers"][1:]) == sent_to
    names = {line.split(",")[0] for line in (shop / "customers.csv").read_text().splitlines()}
    assert not names & {cell for row in rows for cell in row.values()}


def test_what_comes_after_the_last_day_changes_nothing(
    shop: Path, told: dict, tmp_path: Path
) -> None:
    for name, column in (("orders.csv", "ordered_at"), ("events.csv", "happened_at")):
        with (shop / name).open(encoding="utf-8") as file:
            reader = csv.DictReader(file)
            assert reader.fieldnames is not None
            rows = [row for row in reader if row[column][:10] <= DAYS[3]]
            with (tmp_path / name).open("w", encoding="utf-8") as short:
                writer = csv.DictWriter(short, reader.fieldnames)
                writer.writeheader()
                writer.writerows(rows)
    customers = (shop / "customers.csv").read_bytes()
    (tmp_path / "customers.csv").write_bytes(customers)
    done = replay(tmp_path, str(GROWTH), *FILES, *DAYS, "--output-format", "json")
    less = json.loads(done.stdout)
    assert less.pop("data") != told["data"]  # the files are told as they are
    assert less == {name: value for name, value in told.items() if name != "data"}


def test_codes_for_those_who_bought_anyway(small: Path) -> None:
    done = replay(small, *FEBRUARY, "--output-format", "json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    # b would have had a tenth off 100.00; a came back too late, c spent too little.
    assert told["offers"] == [
        {
            "flow": "thanks",
            "offer": "ten",
            "issued": 4,
            "bought_anyway": 1,
            "share": 0.25,
            "cost": 1000,
        }
    ]
    assert (told["orders"], told["active_customers"], told["people"]) == (6, 3, 3)
    assert [flow["sent"] for flow in told["flows"]] == [0, 0, 0, 6]


def test_why_nobody_entered_a_flow(small: Path) -> None:
    done = replay(small, *FEBRUARY)
    assert done.returncode == 0, done.stderr
    lines = [line.strip() for line in done.stdout.splitlines()]
    first = lines.index("Nobody entered")
    assert lines[first + 1 : first + 4] == [
        "again: `order_placed` happened 6 times, but its `audience` never held",
        "cart: the files do not tell `cart_abandoned` (--events)",
        "idle: it is switched off",
    ]
    assert "The files do not tell `cart_abandoned`" in done.stdout


def test_a_replay_needs_orders_before_it_and_a_day(small: Path) -> None:
    early = replay(small, "--orders", "orders.csv", "--from", "2026-01-05")
    assert early.returncode == 1
    assert "error[no-orders-yet]" in early.stderr
    empty = replay(small, *FEBRUARY, "--to", "2026-01-31")
    assert empty.returncode == 1
    assert "error[bad-horizon]" in empty.stderr


def test_a_list_of_messages_goes_over_no_file_of_the_user(small: Path) -> None:
    refused = replay(small, *FEBRUARY, "--messages", "orders.csv")
    assert refused.returncode == 2
    assert (small / "orders.csv").read_text(encoding="utf-8") == ORDERS
    for _ in range(2):  # over its own earlier result it does
        done = replay(small, *FEBRUARY, "--messages", "sent.csv")
        assert done.returncode == 0, done.stderr
    assert len((small / "sent.csv").read_text(encoding="utf-8").splitlines()) == 7


def test_stages_and_budgets_are_not_replayed_and_it_says_so(small: Path) -> None:
    for line in ("Flows of every stage are replayed", "No budget is replayed"):
        assert line not in replay(small, *FEBRUARY).stdout
    staged = THANKS.replace("50%}", "50%, monthly_budget: 100}").replace(
        "  again:\n", "  again:\n    stages: growth+\n"
    )
    (small / "playbook.yaml").write_text(staged, encoding="utf-8")
    told = replay(small, *FEBRUARY)
    assert told.returncode == 0, told.stderr
    assert "Flows of every stage are replayed" in told.stdout
    assert "No budget is replayed" in told.stdout


def test_days_after_the_last_order_are_told_as_silence(small: Path) -> None:
    said = "The orders end on 2026-02-20"
    assert said in replay(small, *FEBRUARY, "--to", "2026-03-31").stdout
    assert said not in replay(small, *FEBRUARY, "--to", "2026-02-20").stdout
