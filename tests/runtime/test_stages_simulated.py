"""Stages, budgets and sweeps as the kernel runs them, on a small demo shop."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from tests.compiler.playbooks import HEAD, MESSAGES
from tests.statistics.worlds import graph_of

from playbook_compiler.graph import TriggerGraph
from playbook_compiler.units import Duration
from playbook_runtime.admission import spending
from playbook_runtime.budget import WHOLE
from playbook_runtime.demo_shop import write_demo_shop
from playbook_runtime.kernel.layout import (
    WITHOUT,
    PerFlow,
    PerFlowMonth,
    World,
    flow_column,
    world_column,
)
from playbook_runtime.kernel.run import layout_of
from playbook_runtime.kernel.tables import I64, some_draws
from playbook_runtime.launching import Launched, launched
from playbook_runtime.month_plan import baseline_orders, with_budgets
from playbook_runtime.month_report import told_months
from playbook_runtime.orders.options import OrderInput, OrderOptions
from playbook_runtime.output.stage_text import stages as stage_text
from playbook_runtime.output.sweep_json import sweep_json
from playbook_runtime.output.sweep_text import sweep_text
from playbook_runtime.read_data import read_data
from playbook_runtime.settings import Settings
from playbook_runtime.sweep import swept
from playbook_runtime.sweep_request import SweepRequest, parse_sweep
from playbook_runtime.world_runs import WorldRuns

DRAWS = 6
ECONOMICS = """economics:
  gross_margin: 58%
  message_costs: {email: 0.50, post: 2.00}
  monthly_budget: BUDGET
  acquisition: {cost_per_customer: 21.00, at_budget: 160, saturation: 0.6}
assume: {consent: {email: 100%, post: 100%}}
"""
FLOWS = """flows:
  always: {priority: 1, trigger: order_placed, steps: [update: {tag: here}]}
  early: {stages: [startup], trigger: order_placed, steps: [update: {tag: early}]}
  first: {priority: 90, trigger: order_placed, steps: [send: again]}
  late: {stages: stable+, trigger: order_placed, steps: [update: {tag: late}]}
  second: {priority: 10, trigger: order_placed, steps: [send: hello]}
"""


@dataclass(frozen=True)
class Shop:
    graph: TriggerGraph
    ready: Launched
    settings: Settings

    def counts(self) -> I64:
        runs = WorldRuns(self.ready.program, self.ready.prepared, 1, None)
        return runs.run(some_draws(self.ready.prepared.headline, 0, DRAWS))

    def entered(self) -> dict[str, int]:
        return self.sums(PerFlow.ENTERED)

    def by_month(self, flow: str) -> list[int]:
        counts, layout = self.counts(), layout_of(self.ready.program)
        place = sorted(self.graph.playbook.flows).index(flow)
        return [
            int(counts[:, layout.flow_month_column(place, month, PerFlowMonth.ENTERED)].sum())
            for month in range(layout.months)
        ]

    def sums(self, what: PerFlow) -> dict[str, int]:
        counts = self.counts()
        flows = sorted(self.graph.playbook.flows)
        return {
            flow: int(counts[:, flow_column(place, what)].sum()) for place, flow in enumerate(flows)
        }


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    write_demo_shop(folder, 300, 5)
    return folder


def shop(files: Path, folder: Path, budget: str = "200", stage: str = "") -> Shop:
    path = folder / "playbook.yaml"
    path.write_text(HEAD + MESSAGES + ECONOMICS.replace("BUDGET", budget) + FLOWS, "utf-8")
    graph = graph_of(path)
    data, _ = read_data(
        graph.playbook, files / "orders.csv", OrderInput(OrderOptions(), None, None), None
    )
    assert data is not None
    settings = Settings(Duration(months=4), DRAWS, 1, None, 1, stage)
    ready, _ = launched(graph, data, settings)
    assert ready is not None
    return Shop(graph, ready, settings)


def test_flows_start_in_their_stages_only(files: Path, tmp_path: Path) -> None:
    auto = shop(files, tmp_path, "200")
    stages = auto.ready.plan.stages
    assert set(stages) == {"startup", "growth"}  # of some 30 orders a month
    assert auto.by_month("early") == [count if stage == "startup" else 0
                                      for count, stage in zip(auto.by_month("always"), stages,
                                                              strict=True)]  # fmt: skip
    entered = auto.entered()
    assert entered["early"] > 50 and entered["late"] == 0
    # A startup spends nothing on keeping customers, and what costs nothing needs no budget.
    assert entered["first"] < entered["always"]
    later = shop(files, tmp_path, "20000", stage="established").entered()
    assert later["early"] == 0 and later["late"] > 50


def test_the_world_without_by_month_adds_up_to_the_horizon(files: Path, tmp_path: Path) -> None:
    found = shop(files, tmp_path)
    by_month = baseline_orders(found.ready.program, found.ready.prepared, 1)
    whole = found.counts()[:, world_column(WITHOUT, World.ORDERS)]
    assert sum(by_month) == pytest.approx(float(whole.mean()))


def test_a_budget_that_does_not_suffice_serves_the_first_and_is_met(
    files: Path, tmp_path: Path
) -> None:
    """Half a euro a message: two messages an order are some 25 EUR a month, 12 are there."""
    found = shop(files, tmp_path, "20", stage="established")
    admission = found.ready.admission
    assert admission is not None
    budget = np.array([one.retention for one in found.ready.plan.budgets])
    _, early, first, _, second = admission.shares
    assert (first == WHOLE).any() or (first[1:-1] > 0).all()
    assert ((second == 0) | (first == WHOLE)).all()
    assert (early == WHOLE).all()  # closed, so that it asks for nothing
    assert admission.spent.sum() == pytest.approx(budget.sum(), rel=0.25)
    held, entered = found.sums(PerFlow.HELD_BUDGET), found.entered()
    assert held["second"] > 0 and entered["first"] > entered["second"]
    assert (spending(found.ready.program, found.ready.prepared, 1) == admission.spent).all()
    told = told_months(found.graph.playbook, found.ready.plan, found.ready.prepared, admission)
    assert "The budget does not suffice for all" in " ".join(stage_text(told, None, 2))


def test_a_budget_that_suffices_changes_nothing(files: Path, tmp_path: Path) -> None:
    rich = shop(files, tmp_path, "20000", stage="established")
    assert rich.ready.admission is not None
    assert (rich.ready.admission.shares == WHOLE).all()
    assert not any(rich.sums(PerFlow.HELD_BUDGET).values())


def test_the_same_budget_as_in_the_past_brings_the_trend(files: Path, tmp_path: Path) -> None:
    """160 EUR a month of 200 are what growth spends on winning: `at_budget` exactly."""
    found = shop(files, tmp_path, "200", stage="growth").ready
    plan = found.plan
    assert {one.whole_acquisition for one in plan.budgets} == {16_000}
    assert plan.advertising is not None
    trend = with_budgets(found.prepared, (), None).headline.newcomers
    now = found.prepared.headline.newcomers
    won = 160 / 21
    above = found.prepared.chance.rate.mean(axis=1) * 30.4375 > won
    assert above.any()
    assert abs(now[above].sum() - trend[above].sum()) <= 0.05 * trend[above].sum() + len(now)


@pytest.fixture(scope="module")
def sweep_of_splits(files: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    found = shop(files, tmp_path_factory.mktemp("sweep"), "200", stage="growth")
    request = parse_sweep("split=0..100:50")
    assert isinstance(request, SweepRequest)
    sweep, findings = swept(found.graph, "2026-10-31", found.ready, found.settings, request)
    assert sweep is not None and not findings
    return sweep_json(sweep), sweep_text(sweep)


def test_a_sweep_has_the_guides_split_and_the_shops_own(sweep_of_splits: tuple[str, str]) -> None:
    told = json.loads(sweep_of_splits[0])
    assert [point["name"] for point in told["points"]] == [
        "0/100", "40/60", "50/50", "80/20", "100/0",
    ]  # fmt: skip
    assert [point["marks"] for point in told["points"]] == [
        [], ["the guide's 40/60"], [], ["yours"], [],
    ]  # fmt: skip
    newcomers = [point["newcomers"]["mean"] for point in told["points"]]
    assert newcomers == sorted(newcomers) and newcomers[-1] > newcomers[0]
    # Shares of what four months cost, each month rounded to a cent.
    spent = [point["acquisition"] for point in told["points"]]
    assert spent == [pytest.approx(share * spent[-1], abs=4) for share in (0, 0.4, 0.5, 0.8, 1)]


def test_the_best_split_is_the_one_of_most_profit_and_nobody_is_behind_itself(
    sweep_of_splits: tuple[str, str],
) -> None:
    told = json.loads(sweep_of_splits[0])
    best = max(told["points"], key=lambda point: point["profit"]["mean"])
    assert told["best"] == best["value"]
    assert set(best["behind_best"].values()) == {0.0} and not best["told_apart"]
    for point in told["points"]:
        behind = point["behind_best"]
        assert behind["mean"] == pytest.approx(
            best["profit"]["mean"] - point["profit"]["mean"], abs=0.01
        )
        assert point["told_apart"] is (behind["p10"] > 0 or behind["p90"] < 0)


def test_a_sweep_says_what_it_leaves_out(sweep_of_splits: tuple[str, str]) -> None:
    text = sweep_of_splits[1]
    assert "the guide's 40/60" in text and "yours" in text and "<- best" in text
    assert "Customers won late still buy after that" in text
    assert max(map(len, text.splitlines())) <= 110


def test_a_sweep_without_a_budget_says_what_is_missing(files: Path, tmp_path: Path) -> None:
    path = tmp_path / "playbook.yaml"
    path.write_text(HEAD + MESSAGES + FLOWS, "utf-8")
    graph = graph_of(path)
    data, _ = read_data(
        graph.playbook, files / "orders.csv", OrderInput(OrderOptions(), None, None), None
    )
    assert data is not None
    settings = Settings(Duration(months=1), 2, 1, None, 1, "growth")
    ready, _ = launched(graph, data, settings)
    assert ready is not None and not ready.plan.budgets
    sweep, (missing,) = swept(
        graph, "2026-10-31", ready, settings, SweepRequest("split", (Decimal(0), Decimal(100)))
    )
    assert sweep is None and missing.rule == "sweep-without-budget"
