"""The kernel agrees with its plain-Python twin to the last integer, for every construct."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.statistics.twin.state import State
from tests.statistics.twin.twin import simulate_twin
from tests.statistics.twin.watching import next_change
from tests.statistics.worlds import World, graph_of, is_other_world, small_world

from playbook_compiler.conditions import Condition
from playbook_compiler.graph import TriggerGraph
from playbook_runtime.kernel.layout import (
    WITH,
    WITHOUT,
    WORLD,
    Layout,
    PerCohort,
    PerFlow,
    PerFlowMonth,
    PerMonth,
    flow_column,
    world_column,
)
from playbook_runtime.kernel.layout import World as WorldColumn
from playbook_runtime.kernel.run import CircleError, Horizon, Piece, counted, run, task_of
from playbook_runtime.kernel.tables import I64
from playbook_runtime.launch import Launch
from playbook_runtime.program import build_program

KERNEL = Path(__file__).parents[1] / "cases" / "kernel"
# Laws of tests/properties are of flows alone: what programmes give of their own stands apart.
CASES = [*sorted(KERNEL.glob("*.yaml")), *sorted(KERNEL.glob("programmes/*.yaml"))]
CUSTOMERS = 500
NEVER_CHANGES = 1 << 62


def kernel_counts(graph: TriggerGraph, world: World, **options: int) -> I64:
    program, findings = build_program(graph, world.launch)
    assert not findings
    launch = world.launch
    horizon = Horizon(launch.seed, launch.start, launch.end)
    return run(program, launch.zones, world.people, world.draws, horizon, **options)


def column_names(flows: list[str], launch: Launch) -> dict[int, str]:
    """Return every column with what it counts."""
    months, cohorts = range(len(launch.month_start)), range(len(launch.cohorts))
    layout = Layout(len(flows), len(months), len(cohorts))
    found = {}
    for world, name in ((WITHOUT, "without"), (WITH, "with")):
        found |= {world_column(world, what): f"{name}.{what.name}" for what in WorldColumn}
        found |= {layout.orders_column(world, n): f"{name}.{n} orders" for n in range(1, 11)}
        for month in months:
            for what in PerMonth:
                found[layout.month_column(month, world, what)] = f"{name}/{month}.{what.name}"
            for cohort in cohorts:
                for one in PerCohort:
                    column = layout.cohort_column(cohort, month, world, one)
                    found[column] = f"{name}/{month}/{launch.cohorts[cohort]}.{one.name}"
    for flow, name in enumerate(flows):
        found |= {flow_column(flow, what): f"{name}.{what.name}" for what in PerFlow}
        for month in months:
            for each in PerFlowMonth:
                column = layout.flow_month_column(flow, month, each)
                found[column] = f"{name}/{month}.{each.name}"
    assert sorted(found) == list(range(layout.width))
    return found


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_identical_integers_on_500_customers(path: Path) -> None:
    graph = graph_of(path)
    other = is_other_world(path)
    world = small_world(graph, 7, CUSTOMERS, 2, has_season=other, coins_on_extra_orders=other)
    expected = simulate_twin(graph, world.launch, world.people, world.draws)
    found = kernel_counts(graph, world)
    name = column_names(sorted(graph.playbook.flows), world.launch)
    differing = {
        name[column]: (int(found[d, column]), expected[d][column])
        for d in range(len(expected))
        for column in range(len(expected[d]))
        if found[d, column] != expected[d][column]
    }
    assert differing == {}
    assert found.any(axis=0).sum() > WORLD  # the world is not empty


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("chunk", [1, 37, 10_000])
def test_threads_and_partitions_change_nothing(threads: int, chunk: int) -> None:
    graph = graph_of(CASES[0])
    world = small_world(graph, 3, 100, 3)
    whole = kernel_counts(graph, world, threads=1, chunk=1_000_000)
    assert np.array_equal(kernel_counts(graph, world, threads=threads, chunk=chunk), whole)


def test_memory_that_runs_out_is_doubled_and_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    graph = graph_of(CASES[0])
    world = small_world(graph, 3, 60, 1)
    whole = kernel_counts(graph, world)
    monkeypatch.setattr("playbook_runtime.kernel.run.FIRST_ROOM", 1)
    program, _ = build_program(graph, world.launch)
    horizon = Horizon(world.launch.seed, world.launch.start, world.launch.end)
    task = task_of(program, world.launch.zones, world.people, world.draws, horizon)
    everyone = Piece(0, len(world.people.key), 0, 1)
    assert np.array_equal(counted(task, everyone)[0], whole)


def test_looking_more_often_who_belongs_to_an_audience_finds_nothing_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (path,) = (path for path in CASES if path.stem == "audiences")
    graph = graph_of(path)
    world = small_world(graph, 5, 25, 1, days=35)
    expected = simulate_twin(graph, world.launch, world.people, world.draws)
    every_hour = 3_600

    def often(state: State, condition: Condition) -> int:
        by_itself, full_hour = next_change(state, condition), (state.now // every_hour + 1)
        return min(full_hour * every_hour, by_itself if by_itself is not None else NEVER_CHANGES)

    monkeypatch.setattr("tests.statistics.twin.life.next_change", often)
    looked = simulate_twin(graph, world.launch, world.people, world.draws)
    assert looked == expected
    assert kernel_counts(graph, world).tolist() == expected


CIRCLE = """playbook: 1
name: circle
currency: EUR
timezone: Europe/Berlin
flows:
  one: {trigger: order_placed, entry: always, exit_on: [], steps: [{start: two}]}
  two: {trigger: order_placed, entry: always, exit_on: [], steps: [{start: one}]}
"""


def test_flows_that_start_each_other_without_end_are_an_error(tmp_path: Path) -> None:
    path = tmp_path / "playbook.yaml"
    path.write_text(CIRCLE)
    graph = graph_of(path)
    with pytest.raises(CircleError):
        kernel_counts(graph, small_world(graph, 7, 20, 1))
