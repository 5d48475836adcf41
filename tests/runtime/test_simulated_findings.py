"""What takes a shop's orders to find: stages never reached, waits too long, nobody enters."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from tests.compiler.playbooks import HEAD, MESSAGES, playbook
from tests.statistics.worlds import graph_of

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.units import Duration
from playbook_runtime.demo_shop import write_demo_shop
from playbook_runtime.kernel.layout import FLOW, WORLD, PerFlow, flow_column
from playbook_runtime.kernel.tables import I64
from playbook_runtime.launching import Launched, launched
from playbook_runtime.observed import Observed
from playbook_runtime.orders.options import OrderInput, OrderOptions
from playbook_runtime.read_data import read_data
from playbook_runtime.settings import Settings
from playbook_runtime.simulated_findings import (
    customers_needed,
    fact_never_observed,
    flow_without_customers,
    split_undecidable,
    stage_mismatch,
    wait_beyond_horizon,
)

FLOWS = f"""{HEAD}{MESSAGES}stage: auto
flows:
  early: {{stages: [startup], trigger: sign_up, steps: [send: hello]}}
  always: {{trigger: sign_up, steps: [send: hello]}}
  late: {{stages: established+, trigger: sign_up, steps: [send: hello]}}
  paused: {{enabled: false, stages: scale, trigger: sign_up, steps: [send: hello]}}
"""


def said(found: object) -> list[tuple[str, str]]:
    return [
        (one.rule, one.message.split("`")[1])
        for one in found  # type: ignore[attr-defined]
        if isinstance(one, Diagnostic)
    ]


def entered(*means: int) -> I64:
    """Return counts of one draw in which so many entered each flow, in order of ids."""
    counts = np.zeros((2, 2 * WORLD + len(means) * FLOW), dtype=np.int64)
    for flow, count in enumerate(means):
        counts[0, flow_column(flow, PerFlow.ENTERED)] = 2 * count
    return counts


def test_a_flow_of_a_stage_that_is_never_reached(tmp_path: Path) -> None:
    found = list(stage_mismatch(playbook(tmp_path, FLOWS), ["growth", "growth", "stable"]))
    assert said(found) == [("stage-mismatch", "early"), ("stage-mismatch", "late")]
    assert "growth and stable" in found[0].message
    assert [one.span.line for one in found] == [
        1 + FLOWS[: FLOWS.index(text)].count("\n") for text in ("early:", "late:")
    ]
    assert said(stage_mismatch(playbook(tmp_path, FLOWS), ["growth", "established"])) == [
        ("stage-mismatch", "early")
    ]


def test_a_stated_stage_is_for_check_to_judge(tmp_path: Path) -> None:
    stated = playbook(tmp_path, FLOWS.replace("stage: auto", "stage: growth"))
    assert not list(stage_mismatch(stated, ["growth"]))


WAITS = f"""{HEAD}{MESSAGES}
flows:
  one: {{trigger: sign_up, steps: [send: hello, wait: 60d, send: again, wait: 31d, start: two]}}
  two:
    trigger: sign_up
    steps:
      - if: orders = 0
        then: [wait: 80d, send: hello]
        else: [wait: 5d]
      - wait: 40d
      - send: again
  three: {{trigger: sign_up, steps: [{{wait: {{until: link_clicked, at_most: 90d}}}}, send: again]}}
"""


@pytest.mark.parametrize(
    ("days", "flows"), [(91, ["one"]), (92, []), (80, ["one", "two"]), (45, ["one", "two", "two"])]
)
def test_a_wait_counts_with_those_before_it_on_the_shortest_way(
    tmp_path: Path, days: int, flows: list[str]
) -> None:
    found = said(wait_beyond_horizon(playbook(tmp_path, WAITS), days))
    assert [flow for _, flow in found] == flows


def test_a_flow_that_nobody_enters_in_any_draw(tmp_path: Path) -> None:
    shop = playbook(tmp_path, FLOWS)
    # In order of ids: always, early, late, paused; a stage that is not reached is told as that.
    assert said(flow_without_customers(shop, entered(3, 0, 0, 0), ["startup"])) == [
        ("flow-without-customers", "early")
    ]
    assert not list(flow_without_customers(shop, entered(1, 1, 0, 0), ["startup"]))


def test_customers_needed_are_those_of_the_formula() -> None:
    """The textbook's case: equal arms, coin-like orders, 16 v / d^2 per arm at 80% power."""
    needed = customers_needed(0.1, {"a": 0.5, "b": 0.5}, orders=1.0, variation=0.0)
    assert needed / 2 == pytest.approx(15.698 / 0.1**2, rel=1e-4)
    assert customers_needed(0.1, {"a": 0.5, "b": 0.5}, 0.25, 0.0) == pytest.approx(4 * needed)
    assert customers_needed(0.1, {"a": 0.9, "b": 0.1}, 1.0, 0.0) == pytest.approx(
        needed * (1 / 0.9 + 1 / 0.1) / 4
    )
    assert math.isinf(customers_needed(0.1, {"a": 0.5, "b": 0.5}, 0.0, 0.0))


SHOP = """
audiences: {germans: country = DE}
flows:
  win-back:
    trigger: {inactive_for: 120d}
    audience: audience(germans)
    steps:
      - split: coupon-test
        experiment: {hypothesis: it pays, smallest_effect: EFFECT}
        variants:
          coupon: {share: 50%, steps: [send: hello]}
          plain: {share: 50%, steps: [send: again]}
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    write_demo_shop(folder, 300, 5)
    return folder


def ready(files: Path, path: Path, text: str, *, customers: bool) -> tuple[Launched, Observed]:
    (path / "playbook.yaml").write_text(text, encoding="utf-8")
    graph = graph_of(path / "playbook.yaml")
    given = OrderInput(OrderOptions(), files / "customers.csv" if customers else None, None)
    data, _ = read_data(graph.playbook, files / "orders.csv", given, None)
    assert data is not None
    found, _ = launched(graph, data, Settings(Duration(days=90), 2, stage="growth"))
    assert found is not None
    return found, data


def test_a_fact_that_no_file_tells_is_told_where_it_is_tested(files: Path, tmp_path: Path) -> None:
    text = HEAD + MESSAGES + SHOP.replace("EFFECT", "90%")
    (tmp_path / "playbook.yaml").write_text(text, encoding="utf-8")
    graph = graph_of(tmp_path / "playbook.yaml")
    without, _ = ready(files, tmp_path, text, customers=False)
    found = list(fact_never_observed(graph, without.prepared))
    assert said(found) == [("fact-never-observed", "country")]
    assert found[0].span.line == 1 + text[: text.index("country = DE")].count("\n")
    told, _ = ready(files, tmp_path, text, customers=True)
    assert not list(fact_never_observed(graph, told.prepared))


@pytest.mark.parametrize(("effect", "told"), [("2%", True), ("400%", False)])
def test_an_experiment_that_these_customers_cannot_decide(
    files: Path, tmp_path: Path, effect: str, told: bool
) -> None:
    text = HEAD + MESSAGES + SHOP.replace("EFFECT", effect)
    _, data = ready(files, tmp_path, text, customers=True)
    graph = graph_of(tmp_path / "playbook.yaml")
    found = list(split_undecidable(graph.playbook, data, entered(5000), 90))
    assert said(found) == ([("split-undecidable", "coupon-test")] if told else [])
