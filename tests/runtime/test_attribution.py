"""What a flow is worth: reruns of the touched are exact, shares add up, break-even is a root."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.runtime.profits import profit_of

from playbook_compiler.graph import TriggerGraph
from playbook_compiler.units import Duration
from playbook_compiler.values import replace
from playbook_runtime.attribution import Future, flow_worlds, future_of, rest, worth
from playbook_runtime.break_even import break_even, least_effects
from playbook_runtime.checked import compile_and_check
from playbook_runtime.demo_shop import write_demo_shop
from playbook_runtime.effect_columns import columns_of, distances, scaled
from playbook_runtime.expected import second_futures
from playbook_runtime.kernel.layout import WITH, WITHOUT
from playbook_runtime.kernel.tables import I64, some_draws
from playbook_runtime.launch import ADDED, Slot
from playbook_runtime.launching import Launched, launched
from playbook_runtime.library import playbook_path
from playbook_runtime.orders.options import OrderInput, OrderOptions
from playbook_runtime.outcomes import Outcomes, orders_and_profit, part_draws, values_of
from playbook_runtime.profit_parts import PARTS
from playbook_runtime.projection import Pays, WorldCounts
from playbook_runtime.read_data import read_data
from playbook_runtime.settings import Settings
from playbook_runtime.touched import rerun
from playbook_runtime.world_runs import WorldRuns

DRAWS = 10
HEAD = """\
playbook: 1
name: shop
currency: EUR
timezone: Europe/Berlin
sender: {name: Shop, email: hello@shop.example, address: "Weg 1, Berlin"}
economics: {gross_margin: 50%, message_costs: {email: 0.20}}
assume: {consent: {email: 60%}}
guardrails: {consent: {email: opt-in}}
messages: {news: {subject: News}}
flows:
"""
PAIR = """\
  first:
    trigger: order_placed
    steps: [{wait: 3d}, {send: news, expect: {purchase_rate: 1.4, within: 20d}}]
  second:
    trigger: order_placed
    steps: [{wait: 5d}, {send: news, expect: {purchase_rate: 1.6, within: 20d}}]
"""


class Shop:
    """The files of a small demo shop, and what a playbook makes of it."""

    def __init__(self, folder: Path) -> None:
        write_demo_shop(folder, 250, 3)
        self.folder = folder

    def ready(self, path: Path) -> tuple[TriggerGraph, Launched]:
        graph = compile_and_check(str(path)).graph
        assert graph is not None
        customers, events = self.folder / "customers.csv", self.folder / "events.csv"
        given = OrderInput(OrderOptions(), customers, events)
        data, _ = read_data(graph.playbook, self.folder / "orders.csv", given, None)
        assert data is not None
        found, _ = launched(graph, data, Settings(Duration(days=120), DRAWS, threads=2))
        assert found is not None
        return graph, found


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return Shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def growth(shop: Shop) -> tuple[TriggerGraph, WorldRuns]:
    graph, found = shop.ready(playbook_path("growth"))
    return graph, WorldRuns(found.program, found.prepared, 2, None)


@pytest.fixture(scope="module")
def pair(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> WorldRuns:
    path = tmp_path_factory.mktemp("pair") / "playbook.yaml"
    path.write_text(HEAD + PAIR, encoding="utf-8")
    _, found = shop.ready(path)
    return WorldRuns(found.program, found.prepared, 2, None)


def futures_of(runs: WorldRuns) -> tuple[Future, Future]:
    draws = some_draws(runs.prepared.headline, 0, DRAWS)
    again = second_futures(runs.prepared.headline, DRAWS)
    first, second = (future_of(runs, one, runs.run(one)) for one in (draws, again))
    return first, second


def test_reruns_of_the_touched_are_exact(growth: tuple[TriggerGraph, WorldRuns]) -> None:
    graph, runs = growth
    future = futures_of(runs)[0]
    flows = list(range(len(graph.playbook.flows)))
    found = flow_worlds(runs, [future], flows)
    for flow in flows:
        others = [0 if one == flow else 1 for one in flows]
        for on, mine in (
            (others, found[flow].without_it[0]),
            ([1 - one for one in others], found[flow].alone[0]),
        ):
            program = runs.program._replace(flow_on=np.array(on, dtype=np.int8))
            everybody = values_of(runs.run(future.draws, program), WITH)
            assert np.array_equal(mine, everybody)
    touched = [np.unpackbits(one.bits).mean() for one in future.touched.flows]
    assert 0 < min(touched) < 0.5, "some flow touches few, or nothing was saved"


def test_profit_is_the_sum_of_its_parts_to_the_minor_unit_in_every_draw(
    growth: tuple[TriggerGraph, WorldRuns],
) -> None:
    counts = growth[1].run(growth[1].prepared.headline)
    outcomes = Outcomes(1, 120)
    for world in (WITHOUT, WITH):
        parts: I64 = np.zeros(DRAWS, dtype=np.int64)
        for part in PARTS:
            parts += part.sign * part_draws(counts, world, part)
        metric = outcomes.metrics(counts, world)["profit"]
        assert parts.tolist() == metric
        assert parts.tolist() == [profit_of(outcomes.of(row, world)) for row in counts.tolist()]
        assert parts.tolist() == orders_and_profit(values_of(counts, world))[1].tolist()


def test_every_part_is_a_field_of_the_counts() -> None:
    nothing = dict.fromkeys(WorldCounts.__slots__, 0)
    for part in PARTS:
        one = WorldCounts(**(nothing | {part.name: 700}))
        assert profit_of(one) == 700 * part.sign


def test_the_shares_of_two_flows_leave_nothing(pair: WorldRuns) -> None:
    """Two flows interact in pairs only, so that the means are Shapley values: they add up."""
    futures = futures_of(pair)
    worlds = flow_worlds(pair, futures, [0, 1])
    left = rest(futures, worlds)
    assert left.profit.p10 == left.profit.mean == left.profit.p90 == 0
    assert left.orders.mean == 0
    for flow in (0, 1):
        found = worth(futures, worlds[flow])
        assert found.first_in.orders.mean > found.last_in.orders.mean  # the largest is the bound
        middle = (found.first_in.profit.mean + found.last_in.profit.mean) / 2
        assert found.mean.profit.mean == pytest.approx(middle)


def test_at_break_even_the_flow_earns_nothing(pair: WorldRuns) -> None:
    futures = futures_of(pair)
    worlds = flow_worlds(pair, futures, [0, 1])
    found = break_even(pair, futures[0], "second", 1, worlds[1].without_it[0])
    assert found.pays is Pays.ABOVE and found.form == "rate"
    assert found.low == pytest.approx(0.6 * found.scale)
    slots = pair.prepared.launch.slots
    columns = columns_of(slots, "second")
    base = distances(futures[0].draws, slots, columns)

    def profit(scale: float) -> float:
        mine = futures[0].touched.flows[1]
        changed = scaled(futures[0].draws, slots, columns, base, scale)
        values = futures[0].whole - mine.values + rerun(pair, changed, mine.bits)
        apart = orders_and_profit(values)[1] - orders_and_profit(worlds[1].without_it[0])[1]
        return float(apart.mean())

    reach = max(4 * found.error, 0.2 * found.scale)
    assert profit(max(0.0, found.scale - reach)) < 0 < profit(found.scale + reach)


def test_a_message_without_an_effect_is_not_the_least_that_pays() -> None:
    slots = [Slot("back", step, ADDED, 1) for step in ("news", "code", "write-less")]
    base = np.array([[3.0, 5.0, 0.0], [1.0, 3.0, 0.0]])
    assert least_effects(slots, [0, 1, 2], base, 0.5) == (ADDED, 1.0, 2.0)


@pytest.mark.parametrize(
    ("cost", "margin", "pays"), [(0, 500_000, "always"), (2_000_000, 0, "never")]
)
def test_without_costs_a_lone_flow_always_pays_and_without_margin_never(
    pair: WorldRuns, cost: int, margin: int, pays: str
) -> None:
    program = pair.program._replace(
        channel_cost=np.full_like(pair.program.channel_cost, cost),
        margin_ppm=margin,
        flow_on=np.array([0, 1], dtype=np.int8),
    )
    runs = replace(pair, program=program)
    draws = some_draws(runs.prepared.headline, 0, DRAWS)
    future = future_of(runs, draws, runs.run(draws))
    (less,) = flow_worlds(runs, [future], [1])[1].without_it
    assert break_even(runs, future, "second", 1, less).pays.value == pays
