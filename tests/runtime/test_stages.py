"""Which stage a shop is in: the last whose rule holds, by three full months, and never back."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from tests.statistics.worlds import graph_of

from playbook_compiler.vocabulary import STAGES
from playbook_runtime.stages import (
    built_in_stages,
    rule_text,
    stage_of,
    stages_by_month,
    trailing_means,
)

BUILT_IN = built_in_stages()
OWN = """playbook: 1
name: small
currency: EUR
timezone: Europe/Berlin
sender: {name: Small, email: hello@small.example, address: "Teeweg 1, Berlin"}
stages:
  startup: {}
  growth: {enter: orders_per_month >= 10 and customers >= 100}
  stable: {enter: customers > 1000 or not orders_per_month < 500}
  established: {enter: orders_per_month is known and customers between 5000 and 9000}
messages: {hello: {subject: Hello, body: "Hello {{ unsubscribe_url }} {{ sender_address }}"}}
flows: {welcome: {trigger: sign_up, steps: [send: hello]}}
guardrails: {consent: {email: opt-in}}
"""


def test_the_built_in_stages_are_those_of_the_language_in_their_order() -> None:
    assert tuple(BUILT_IN) == STAGES
    assert rule_text(BUILT_IN["startup"].enter) == ""
    assert rule_text(BUILT_IN["growth"].enter) == "orders_per_month >= 30"


@pytest.mark.parametrize(
    ("orders", "stage"),
    [(0, "startup"), (29.99, "startup"), (30, "growth"), (Decimal("299.9"), "growth"),
     (300, "stable"), (1000, "established"), (10_000, "scale"), (1e6, "scale")],
)  # fmt: skip
def test_a_built_in_stage_is_entered_at_its_orders_a_month(
    orders: float | Decimal, stage: str
) -> None:
    assert stage_of(orders, 1, BUILT_IN) == stage


def test_a_shop_that_has_no_three_months_is_in_the_first_stage() -> None:
    assert stage_of(None, 50_000, BUILT_IN) == "startup"


@pytest.mark.parametrize(
    ("orders", "customers", "stage"),
    [(12, 99, "startup"), (12, 100, "growth"), (None, 1001, "stable"), (499, 1000, "growth"),
     (500, 1, "stable"), (1, 5000, "established"), (None, 5000, "stable"), (1, 9001, "stable")],
)  # fmt: skip
def test_rules_of_a_playbook_read_both_facts(
    orders: float | None, customers: int, stage: str, tmp_path: Path
) -> None:
    (tmp_path / "playbook.yaml").write_text(OWN)
    stages = graph_of(tmp_path / "playbook.yaml").playbook.stages
    assert stage_of(orders, customers, stages) == stage


def test_a_shop_never_goes_back() -> None:
    assert stage_of(10, 1, BUILT_IN, at_least="stable") == "stable"
    assert stage_of(1500, 1, BUILT_IN, at_least="stable") == "established"
    readings = [(None, 1), (40, 5), (400, 9), (20, 9), (None, 9), (1200, 20)]
    assert stages_by_month(readings, BUILT_IN) == (
        "startup", "growth", "stable", "stable", "stable", "established",
    )  # fmt: skip


def test_a_mean_is_of_three_full_months() -> None:
    assert trailing_means([10, 20, 60, 100]) == (None, None, Decimal(30), Decimal(60))
    assert trailing_means([]) == ()
