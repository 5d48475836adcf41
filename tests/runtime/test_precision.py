"""`--precision`: as many draws as it needs, the same as if they had been asked for."""

from __future__ import annotations

import random
import tracemalloc
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from tests.runtime.cli.command import playbook
from tests.runtime.test_paired import TWO_FLOWS, compiled

from playbook_compiler.graph import TriggerGraph
from playbook_compiler.units import Duration
from playbook_compiler.values import replace
from playbook_runtime.demo_shop import write_demo_shop
from playbook_runtime.launching import launched
from playbook_runtime.observed import Observed
from playbook_runtime.orders.options import OrderInput, OrderOptions
from playbook_runtime.output.projection_json import projection_json
from playbook_runtime.precision import CEILING, FLOOR, end_error, enough_draws, more_draws
from playbook_runtime.read_data import read_data
from playbook_runtime.settings import Settings
from playbook_runtime.simulate import project
from playbook_runtime.world_runs import DETAIL_DRAWS, WorldRuns

MONTH = Settings(Duration(days=30), seed=3)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    write_demo_shop(folder, 150, 3)
    return folder


@cache
def read(shop: Path) -> tuple[TriggerGraph, Observed]:
    graph = compiled(shop, TWO_FLOWS)
    data, _ = read_data(
        graph.playbook, shop / "orders.csv", OrderInput(OrderOptions(), None, None), None
    )
    assert data is not None
    return graph, data


def normals(count: int) -> list[float]:
    draw = random.Random(5)
    return [draw.gauss(100, 20) for _ in range(count)]


@pytest.mark.parametrize("draws", [1_000, 5_000])
def test_the_error_is_that_of_a_quantile_of_normal_draws(draws: int) -> None:
    """1.71 sd / sqrt(n) is the standard error of a 10% quantile, 2.563 sd the interval's width."""
    expected = 2 * 1.71 / draws**0.5 / 2.563
    assert end_error(normals(draws)) == pytest.approx(expected, rel=0.3)


def test_what_never_differs_is_known_at_once() -> None:
    assert end_error([7.0] * FLOOR) == 0.0


def test_no_width_but_a_few_draws_apart_is_not_known() -> None:
    """Of 200 draws 12 differ: the 90% quantile is 0, but nobody can be sure that it is."""
    assert end_error([0.0] * 188 + [50.0] * 12) > 1


def test_more_draws_are_taken_as_the_error_asks() -> None:
    assert more_draws(200, 0.09, 0.05) == 750  # 200 x 1.1 x 1.8^2 = 713, in fifties
    assert more_draws(700, 0.0501, 0.05) == 800
    assert more_draws(400, 0.02, 0.001) == CEILING
    assert more_draws(200, float("inf"), 0.05) == 400


def test_draws_by_precision_are_the_draws_that_could_have_been_asked_for(shop: Path) -> None:
    graph, data = read(shop)
    precise, _ = project(graph, data, replace(MONTH, precision=0.09))
    assert precise is not None and precise.precision is not None
    assert FLOOR < precise.draws < CEILING
    assert precise.precision.reached <= precise.precision.asked == 0.09
    fixed, _ = project(graph, data, replace(MONTH, draws=precise.draws))
    assert fixed is not None
    assert projection_json(fixed) == projection_json(replace(precise, precision=None))


def test_rounds_run_only_the_draws_that_are_new(shop: Path) -> None:
    graph, data = read(shop)
    enough, _ = enough_draws(graph, data, MONTH, 0.09)
    assert enough is not None
    draws = len(enough.counts.totals)
    ready, _ = launched(graph, data, replace(MONTH, draws=draws), enough.ready.fitted)
    assert ready is not None
    whole = WorldRuns(ready.program, ready.prepared, 1, None).counts(ready.prepared.headline)
    assert np.array_equal(enough.counts.totals, whole.totals)
    assert np.array_equal(enough.counts.detail, whole.detail)


def test_memory_grows_with_draws_by_their_totals_only(shop: Path) -> None:
    """Columns by month and cohort are kept of the first 1,000 draws, however many are run."""
    graph, data = read(shop)
    peaks, known = {}, None
    # The first run is made twice: what it allocates once for all runs is not counted.
    for draws in (DETAIL_DRAWS, DETAIL_DRAWS, 3 * DETAIL_DRAWS):
        ready, _ = launched(graph, data, replace(MONTH, draws=draws), known)
        assert ready is not None
        known = ready.fitted
        runs = WorldRuns(ready.program, ready.prepared, 1, None)
        tracemalloc.start()
        counts = runs.counts(ready.prepared.headline)
        peaks[draws] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(counts.totals) == draws and len(counts.detail) == DETAIL_DRAWS
        assert np.array_equal(
            counts.totals[:DETAIL_DRAWS], counts.detail[:, : counts.totals.shape[1]]
        )
    least, most = sorted(peaks)
    grown = (most - least) * counts.totals.shape[1] * 8
    # The totals, and copies of them while pieces are joined; with the detail of every draw it would
    # be that much again, which is more.
    assert peaks[most] - peaks[least] < 4 * grown
    assert 2 * counts.detail.nbytes + grown > 4 * grown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--precision", "0.05"), "expected a percentage with its sign, for example 5%"),
        (("--precision", "90%"), "expected between 0.1% and 50%, found 90%"),
        (("--precision", "5%", "--draws", "9"), "--precision takes the place of --draws"),
        (("--precision", "5%", "--sweep", "holdout=0..50"), "goes not with --sweep"),
    ],
)
def test_a_wrong_precision_is_told(shop: Path, arguments: tuple[str, ...], said: str) -> None:
    done = playbook("simulate", "--orders", "orders.csv", *arguments, cwd=shop)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
