"""The budget by month, and who is admitted where it does not suffice for all."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.compiler.playbooks import HEAD, MESSAGES, playbook
from tests.statistics.worlds import graph_of

from playbook_runtime.budget import (
    WHOLE,
    Claim,
    MonthBudget,
    acquisition_share,
    admission_shares,
    claims_of,
    corrected,
    misses,
    month_budgets,
    monthly_budget,
)

ECONOMICS = "economics: {gross_margin: 58%, monthly_budget: 6000}\n"
FIRST, SECOND, LAST = (
    Claim("first", 2, 90, False), Claim("second", 0, 50, False), Claim("last", 1, 50, False)
)  # fmt: skip
CLAIMS = (FIRST, SECOND, LAST)


def shares(path: Path, text: str, *stages: str) -> list[Decimal]:
    found = playbook(path, text).stages
    return [acquisition_share(found, stage) for stage in stages]


def test_a_budget_is_divided_by_the_split_of_the_stage(tmp_path: Path) -> None:
    split = shares(tmp_path, HEAD + MESSAGES, "growth", "stable", "scale")
    found = month_budgets(600_000, split, [(30, 30), (31, 31), (30, 30)])
    assert [(one.acquisition, one.retention) for one in found] == [
        (480_000, 120_000),
        (360_000, 240_000),
        (180_000, 420_000),
    ]


def test_a_part_of_a_month_has_a_part_of_its_budget() -> None:
    (found,) = month_budgets(600_000, [Decimal("0.8")], [(10, 30)])
    assert found == MonthBudget(160_000, 40_000, 480_000)


def test_parts_add_up_to_the_whole_to_the_cent() -> None:
    for days in range(1, 32):
        (found,) = month_budgets(100_001, [Decimal("0.4")], [(days, 31)])
        assert abs(found.acquisition + found.retention - 100_001 * days / 31) <= 0.5


def test_a_budget_is_what_the_playbook_says(tmp_path: Path) -> None:
    assert monthly_budget(playbook(tmp_path, HEAD + MESSAGES)) is None
    assert monthly_budget(playbook(tmp_path, HEAD + MESSAGES + ECONOMICS)) == 600_000


def test_a_split_of_the_shops_own_counts(tmp_path: Path) -> None:
    text = (
        f"{HEAD}{MESSAGES}stages:\n"
        "  growth: {enter: orders_per_month >= 50, split: {acquisition: 75%, retention: 25%}}\n"
        "  stable: {enter: orders_per_month >= 500}\n"
    )
    # A stage without a split of its own has the built-in one.
    assert shares(tmp_path, text, "growth", "stable") == [Decimal("0.75"), Decimal("0.6")]


def test_flows_are_served_by_priority_and_those_that_must_send_are_not_asked(
    tmp_path: Path,
) -> None:
    text = f"""{HEAD}{MESSAGES}  receipt: {{kind: transactional, subject: Thanks, body: "Paid."}}
flows:
  a: {{trigger: sign_up, priority: 10, steps: [send: hello]}}
  b: {{trigger: sign_up, priority: 90, steps: [send: again]}}
  c: {{trigger: order_placed, priority: 1, steps: [send: receipt]}}
  d: {{enabled: false, trigger: sign_up, priority: 99, steps: [send: hello]}}
"""
    (tmp_path / "playbook.yaml").write_text(text, encoding="utf-8")
    found = claims_of(graph_of(tmp_path / "playbook.yaml"))
    assert [(one.flow, one.place, one.exempt) for one in found] == [
        ("c", 2, True), ("b", 1, False), ("a", 0, False),
    ]  # fmt: skip


def test_the_flow_at_which_the_money_ends_is_admitted_in_part() -> None:
    demand = np.array([[40.0, 40.0], [10.0, 10.0], [50.0, 50.0]])  # second, last, first
    shares = admission_shares(demand, np.array([70.0, 200.0]), CLAIMS)
    assert shares[:, 0].tolist() == [WHOLE // 2, 0, WHOLE]
    assert shares[:, 1].tolist() == [WHOLE] * 3


def test_what_costs_nothing_is_admitted_without_a_budget() -> None:
    demand = np.array([[0.0], [5.0], [3.0]])
    assert admission_shares(demand, np.array([0.0]), CLAIMS)[:, 0].tolist() == [WHOLE, 0, 0]


def test_what_must_be_sent_takes_its_money_first() -> None:
    exempt = (Claim("first", 2, 1, True), SECOND, LAST)
    demand = np.array([[40.0], [10.0], [60.0]])
    shares = admission_shares(demand, np.array([70.0]), exempt)
    assert shares[:, 0].tolist() == [WHOLE // 4, 0, WHOLE]


amounts = st.lists(st.floats(0, 1e6), min_size=9, max_size=9)


@given(amounts, st.floats(0, 1e6), st.floats(0, 1e6))
def test_shares_spend_no_more_than_the_budget_and_more_money_keeps_nobody_out(
    cells: list[float], less: float, more: float
) -> None:
    demand = np.array(cells).reshape(3, 3)
    low, high = sorted((less, more))
    at_low = admission_shares(demand, np.full(3, low), CLAIMS)
    at_high = admission_shares(demand, np.full(3, high), CLAIMS)
    assert ((demand * at_low / WHOLE).sum(axis=0) <= low * (1 + 1e-9)).all()
    assert (at_high >= at_low).all()


@given(amounts, st.floats(0, 1e6))
def test_nobody_is_kept_out_of_a_flow_before_all_are_of_those_behind_it(
    cells: list[float], budget: float
) -> None:
    demand = np.array(cells).reshape(3, 3) + 1.0
    shares = admission_shares(demand, np.full(3, budget), CLAIMS)
    in_order = shares[[claim.place for claim in CLAIMS]]
    for before, behind in pairwise(in_order):
        assert ((before == WHOLE) | (behind == 0)).all()


def test_spending_that_misses_the_budget_is_mended_once() -> None:
    demand = np.array([[100.0, 100.0], [0.0, 0.0], [0.0, 0.0]])
    budget = np.array([50.0, 50.0])
    shares = admission_shares(demand, budget, CLAIMS)
    spent = np.array([[50.0, 62.5], [0.0, 0.0], [0.0, 0.0]])  # some of January's falls due later
    assert misses(spent, budget, shares, CLAIMS)
    again = corrected(demand, spent, budget, shares, CLAIMS)
    assert again[0].tolist() == [500_000, 400_000]


@pytest.mark.parametrize(("spent", "far"), [(50.9, False), (51.2, True), (48.9, True)])
def test_two_per_cent_are_let_pass(spent: float, far: bool) -> None:
    shares = admission_shares(np.array([[100.0], [0.0], [0.0]]), np.array([50.0]), CLAIMS)
    assert misses(np.array([[spent], [0.0], [0.0]]), np.array([50.0]), shares, CLAIMS) is far


def test_a_budget_that_is_not_used_up_is_no_miss() -> None:
    shares = admission_shares(np.array([[1.0], [1.0], [1.0]]), np.array([50.0]), CLAIMS)
    assert not misses(np.array([[1.0], [1.0], [1.0]]), np.array([50.0]), shares, CLAIMS)
