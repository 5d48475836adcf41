"""What the simulation is told of customers on day one: scores, cuts, birthdays, the usual gap."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.statistics.worlds import graph_of

from playbook_compiler.diagnostics import has_errors
from playbook_compiler.units import DAY_SECONDS, Duration
from playbook_compiler.values import replace
from playbook_runtime.demo_shop import write_demo_shop
from playbook_runtime.heard import conditions_of
from playbook_runtime.observed import Observed
from playbook_runtime.orders.options import OrderInput, OrderOptions
from playbook_runtime.population import cuts_of, opening_basis, rfm_scores, typical_gap
from playbook_runtime.read_data import read_data
from playbook_runtime.settings import Settings
from playbook_runtime.simulate import project

PLAYBOOK = """playbook: 1
name: small
currency: EUR
timezone: Europe/Berlin
sender: {name: Small, email: hello@small.example, address: "Teeweg 1, Berlin"}
messages:
  hello: {subject: Hello, body: "Hello {{ unsubscribe_url }} {{ sender_address }}"}
audiences:
  best: revenue in top 40%
  frequent: orders in top 20%
  good: rfm.r >= 4 and rfm.f between 2 and 5
"""
# Customer, then the days of January 2025 with an order, each of 10 more than the one before.
ORDERS = {"a": (1,), "b": (2, 12), "c": (3, 13, 23), "d": (4, 8), "e": (30,)}


@pytest.fixture
def data(tmp_path: Path) -> Observed:
    lines = ["order_id,customer_id,ordered_at,total"]
    number = 0
    for customer, days in ORDERS.items():
        for day in days:
            number += 1
            lines.append(f"{number},{customer},2025-01-{day:02}T12:00:00,{10 * number}.00")
    (tmp_path / "orders.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "playbook.yaml").write_text(PLAYBOOK)
    playbook = graph_of(tmp_path / "playbook.yaml").playbook
    given = OrderInput(OrderOptions(), None, None)
    read, found = read_data(playbook, tmp_path / "orders.csv", given, None)
    assert read is not None and not has_errors(found), found
    return read


def by_customer(data: Observed, values: np.ndarray) -> dict[str, int]:
    """Return a value by customer, whom the day of his first order tells."""
    first = {days[0]: name for name, days in ORDERS.items()}
    start = int(data.history.first_day.min()) - 1
    days = (data.history.first_day - start).tolist()
    return {first[day]: int(value) for day, value in zip(days, values.tolist(), strict=True)}


def test_scores_are_by_fifths_and_equals_share_the_lower(data: Observed) -> None:
    scores = rfm_scores(data)
    assert by_customer(data, scores["rfm.r"]) == {"a": 1, "d": 2, "b": 3, "c": 4, "e": 5}
    # Three orders, two, two, one, one.
    assert by_customer(data, scores["rfm.f"]) == {"c": 5, "b": 3, "d": 3, "a": 1, "e": 1}


def test_the_cut_is_the_value_of_the_last_one_in_the_top(data: Observed, tmp_path: Path) -> None:
    graph = graph_of(tmp_path / "playbook.yaml")
    start = (data.as_of_day + 1) * DAY_SECONDS
    revenue = sorted(data.history.value_minor.tolist(), reverse=True)
    assert cuts_of(data, data.history.orders, conditions_of(graph), start) == {
        "revenue in top 40%": float(revenue[1]),
        "orders in top 20%": 3.0,
    }


def test_the_usual_gap_is_the_median_of_mean_gaps(data: Observed) -> None:
    # 10 days, twice 10 days, 4 days.
    assert typical_gap(data) == 10 * DAY_SECONDS


@pytest.mark.parametrize(("figure", "times"), [("orders", 1), ("revenue", 2)])
def test_orders_of_a_day_count_once_for_a_level_and_their_values_all(
    data: Observed, tmp_path: Path, figure: str, times: int
) -> None:
    tiers = f"programmes: {{tiers: {{basis: {figure} over 12mo, levels: {{leaf: 0, bud: 9}}}}}}\n"
    (tmp_path / "playbook.yaml").write_text(PLAYBOOK + tiers)
    programmes = graph_of(tmp_path / "playbook.yaml").playbook.programmes
    assert programmes is not None
    columns = ("day", "time", "customer_hash", "value_minor")
    every_twice = replace(data, **{name: np.tile(getattr(data, name), 2) for name in columns})
    start = (data.as_of_day + 1) * DAY_SECONDS
    once, _ = opening_basis(data, programmes.tiers, start)
    twice, _ = opening_basis(every_twice, programmes.tiers, start)
    assert once.sum() > 0
    assert twice.tolist() == (times * once).tolist()


CLOCKWORK = """playbook: 1
name: clockwork
currency: EUR
timezone: Europe/Berlin
sender: {name: Small, email: hello@small.example, address: "Teeweg 1, Berlin"}
guardrails: {consent: {email: opt-in, push: opt-in}}
messages:
  hello: {subject: Hello, body: "Hello {{ unsubscribe_url }} {{ sender_address }}"}
  again: {subject: Hello, body: "Hello {{ unsubscribe_url }} {{ sender_address }}"}
  poke: {channel: push, body: "Hello"}
audiences:
  best: revenue in top 20% and not tags has told
flows:
  birthday: {trigger: {date: birthday}, steps: [send: hello]}
  weekly:
    trigger: {every: week}
    audience: orders >= 1
    steps: [{send: {next_of: [hello, again]}}]
  refill:
    trigger: {replenishment: typical interval}
    existing: {over: 14d}
    steps: [{send: [poke, hello]}]
  best: {trigger: {enters: best}, steps: [{update: {tag: told}}, {start: told}]}
  told: {trigger: subscription_cancelled, steps: [{audience: {add: ads-best}}]}
"""


def test_a_projection_of_what_goes_by_the_clock_says_what_it_assumes(tmp_path: Path) -> None:
    write_demo_shop(tmp_path, 200, 3)
    (tmp_path / "playbook.yaml").write_text(CLOCKWORK)
    graph = graph_of(tmp_path / "playbook.yaml")
    given = OrderInput(OrderOptions(), tmp_path / "customers.csv", tmp_path / "events.csv")
    data, _ = read_data(graph.playbook, tmp_path / "orders.csv", given, None)
    assert data is not None
    projection, findings = project(graph, data, Settings(Duration(days=90), 6, 1, None, 1))
    assert projection is not None
    assert {one.rule for one in findings} <= {"event-never-happens", "short-history"}, findings
    entered = {flow.flow: flow.entered.mean for flow in projection.flows}
    assert min(entered.values()) > 0
    assert entered["told"] == entered["best"]
    told = " ".join(projection.notes)
    for words in (
        "birthday: the birthday of",
        "those whose time had come before day one enter spread over 14d",
        "those who belong to best on day one do not enter",
        "Tags and own fields are what steps make of them",
        "Lists kept outside are changed",
        "Who is in the top is measured by what that took on day one",
        "counts as delivered",
    ):
        assert words in told, (words, told)
    assert "replenishment.typical_interval" in {one.id for one in projection.assumptions}
