"""The work of a projection is bounded: who need not be run is not, and much is run in turns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from playbook_compiler.graph import TriggerGraph
from playbook_compiler.units import Duration
from playbook_compiler.values import replace
from playbook_runtime import simulate as simulation
from playbook_runtime import touched as running
from playbook_runtime import workload
from playbook_runtime.attribution import Future, flow_worlds, future_of
from playbook_runtime.checked import compile_and_check
from playbook_runtime.demo_shop import write_demo_shop
from playbook_runtime.kernel.run import Piece, Task, counted
from playbook_runtime.kernel.tables import I64, People
from playbook_runtime.launching import launched
from playbook_runtime.levers import levers
from playbook_runtime.library import playbook_path
from playbook_runtime.observed import Observed
from playbook_runtime.orders.options import OrderInput, OrderOptions
from playbook_runtime.outcomes import gain
from playbook_runtime.output.projection_json import projection_json
from playbook_runtime.prepare import Prepared
from playbook_runtime.read_data import read_data
from playbook_runtime.settings import Settings
from playbook_runtime.simulate import project
from playbook_runtime.tornado import ends
from playbook_runtime.touched import cells_in, rerun, touched
from playbook_runtime.turns import Turns
from playbook_runtime.workload import (
    FAR_MORE,
    HEADLINE_WORK,
    LEAST_DRAWS,
    bounded,
    person_work,
    turns_for,
    workload_notes,
)
from playbook_runtime.world_runs import WorldRuns

DRAWS = 6
ONE_IN = 4


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    write_demo_shop(folder, 200, 3)
    return folder


@pytest.fixture(scope="module")
def runs(files: Path) -> WorldRuns:
    found, _ = launched(*_read(files), Settings(Duration(days=90), DRAWS, threads=2))
    assert found is not None
    return WorldRuns(found.program, found.prepared, 2, None)


@pytest.fixture(scope="module")
def future(runs: WorldRuns) -> Future:
    draws = runs.prepared.headline
    return future_of(runs, draws, runs.run(draws))


def test_turns_share_out_everybody_and_what_he_amounts_to(runs: WorldRuns, future: Future) -> None:
    every = future.touched
    parts = [touched(runs, future.draws, Turns(ONE_IN, shift)) for shift in range(ONE_IN)]
    assert np.array_equal(sum(one.played for one in parts), every.played)
    for flow, cells in enumerate(every.flows):
        shared = [one.flows[flow] for one in parts]
        assert np.array_equal(sum(one.values for one in shared), cells.values)
        assert sum(cells_in(one.bits) for one in shared) == cells_in(cells.bits)
        again = [
            rerun(runs, future.draws, one.bits, {flow}, turns=Turns(ONE_IN, shift))
            for shift, one in enumerate(shared)
        ]
        assert np.array_equal(sum(again), rerun(runs, future.draws, cells.bits, {flow}))


def test_turns_are_of_whole_people_and_their_mean_is_that_of_all(
    runs: WorldRuns, future: Future
) -> None:
    """The mean over all shifts is exactly what everybody tells, whichever draw is looked at."""
    flows = [0, 1]
    all_of_them = flow_worlds(runs, [future], flows, range(7))
    total = {flow: np.zeros_like(future.whole) for flow in flows}
    for shift in range(ONE_IN):
        turns = Turns(ONE_IN, shift)
        some = future_of(runs, future.draws, runs.run(future.draws), turns)
        for flow, worlds in flow_worlds(runs, [some], flows, range(7)).items():
            apart = some.whole - worlds.without_it[0]
            assert not (apart % ONE_IN).any()
            total[flow] += apart
    for flow in flows:
        apart = future.whole - all_of_them[flow].without_it[0]
        assert np.array_equal(total[flow], ONE_IN * apart)


def test_levers_that_run_a_part_of_the_people_say_what_a_run_of_all_says(
    runs: WorldRuns, future: Future
) -> None:
    partly = 0
    for lever in levers(runs.prepared, runs.program, np.ones(DRAWS)):
        if lever.flows is None and lever.kind is None:
            continue
        partly += 1
        whole = [gain(runs.run(end.draws, end.program)) for end in (lever.low, lever.high)]
        assert np.array_equal(ends(runs, future, lever), whole), lever.id
    assert partly > 3


def test_a_lever_on_a_flow_runs_those_whom_it_touched_and_nobody_else(
    runs: WorldRuns, future: Future, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []

    def counting(task: Task, piece: Piece, trace_rows: int = 0) -> tuple[I64, I64]:
        done.append((piece.last - piece.first) * (piece.last_draw - piece.first_draw))
        return counted(task, piece, trace_rows)

    monkeypatch.setattr(running, "counted", counting)
    everybody = 2 * DRAWS * len(runs.prepared.people.key)
    single = 0
    for lever in levers(runs.prepared, runs.program, np.ones(DRAWS)):
        if lever.flows is None or len(lever.flows) != 1:
            continue
        single += 1
        done.clear()
        ends(runs, future, lever)
        (flow,) = lever.flows
        assert sum(done) == 2 * cells_in(future.touched.flows[flow].bits), lever.id
        assert sum(done) < everybody / 2, lever.id
    assert single > 0


def test_the_work_of_a_world_is_bounded_however_many_people_there_are() -> None:
    for people in (100, 10_000, 1_000_000):
        for flows in (1, 45):
            turns = turns_for(people, flows, 1_000, 10_000_000)
            played = turns.places(people)
            assert played <= people
            most = FAR_MORE * 10_000_000 if turns == Turns() else 10_000_000
            assert 1_000 * person_work(played - 1, flows) <= most
    assert turns_for(1_000, 7, 1_000, 10_000_000) == Turns()


def test_draws_fall_where_people_are_many_and_that_is_said(runs: WorldRuns) -> None:
    many = _with_draws(runs.prepared, 1_000)
    same, none = bounded(many, runs.program)
    assert none is None
    assert same is many
    assert not list(workload_notes(same, none, Turns()))
    crowd = replace(many, people=_times(many, 1_000))
    fewer, why = bounded(crowd, runs.program)
    assert why is not None
    assert LEAST_DRAWS <= len(fewer.headline.number) == why.draws < why.asked == 1_000
    flows = int(runs.program.flow_on.sum())
    worlds = 2 if crowd.has_unproven else 1
    work = (worlds + 1) * why.draws * person_work(len(crowd.people.key), flows)
    assert why.draws == LEAST_DRAWS or work <= HEADLINE_WORK
    (line, turns) = list(workload_notes(fewer, why, Turns(40)))[:2]
    assert line.startswith(f"{why.draws} draws instead of 1,000, because")
    assert "one in 40 in each draw" in turns


def test_few_draws_are_left_as_they_are(runs: WorldRuns) -> None:
    crowd = replace(runs.prepared, people=_times(runs.prepared, 5_000))
    assert bounded(crowd, runs.program) == (crowd, None)


def test_a_projection_of_too_much_is_whole_and_the_same_on_any_threads(
    files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workload, "HEADLINE_WORK", 1)
    monkeypatch.setattr(simulation, "DETAIL_WORK", 2_000_000)
    graph, data = _read(files)
    told = []
    for threads in (1, 3):
        settings = Settings(Duration(days=40), 60, threads=threads, bounded=True)
        found, _ = project(graph, data, settings)
        assert found is not None
        told.append(projection_json(found))
    assert told[0] == told[1]
    assert found.draws == LEAST_DRAWS == found.flow_draws
    first, second = found.notes[:2]
    assert first.startswith(f"{LEAST_DRAWS} draws instead of 60, because")
    assert second.startswith("What each flow is worth and what the profit depends on: people play")


def _read(folder: Path) -> tuple[TriggerGraph, Observed]:
    graph = compile_and_check(str(playbook_path("growth"))).graph
    assert graph is not None
    given = OrderInput(OrderOptions(), folder / "customers.csv", folder / "events.csv")
    data, _ = read_data(graph.playbook, folder / "orders.csv", given, None)
    assert data is not None
    return graph, data


def _with_draws(prepared: Prepared, count: int) -> Prepared:
    """Return what was prepared with its draws over and over."""
    rows = np.arange(count) % DRAWS
    draws, raw = prepared.headline, prepared.unproven
    return replace(
        prepared,
        headline=type(draws)(*(column[rows] for column in draws)),
        unproven=type(raw)(*(column[rows] for column in raw)),
        chance=replace(
            prepared.chance,
            rate=prepared.chance.rate[rows],
            uniform=prepared.chance.uniform[rows],
        ),
    )


def _times(prepared: Prepared, times: int) -> People:
    """Return the people so many times over."""
    people = prepared.people
    return type(people)(*(np.repeat(column, times, axis=0) for column in people))
