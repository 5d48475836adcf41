"""Replay is the simulation's loop: the orders of a simulated world, replayed, do the same."""

from __future__ import annotations

import numpy as np
import pytest
from tests.properties.persons import Flags
from tests.properties.simulated import CASES, Setting, case_world, setting
from tests.statistics.worlds import neutral_effects

from playbook_compiler.values import replace
from playbook_runtime.kernel import scratch as kind
from playbook_runtime.kernel.layout import PerFlow, flow_column
from playbook_runtime.kernel.run import Horizon, Recorded, replayed, task_of
from playbook_runtime.kernel.tables import HISTORY, I64, NEVER

# Not where conditions ask what an order is like: a trace does not tell that.
NAMES = [path.stem for path in CASES if path.stem != "marks"]
NOT_OF_ORDERS = {PerFlow.OFFERS_USED, PerFlow.SUBSIDISED, PerFlow.EXTRA_ORDERS}


def silent(name: str) -> Setting:
    """Return a case in which nothing is drawn but baseline orders: no effect, no assumed event, no
    use of an offer, nobody who unsubscribes, all consent known; customers of the history only."""
    one = case_world(name, customers=60, draws=1)
    launch, people, draws = one.world
    launch = replace(launch, occurrences=())
    people = people._replace(
        consent=np.maximum(people.consent, 0), last_event=np.full_like(people.last_event, NEVER)
    )
    known = people.kind == HISTORY
    people = type(people)(*(column[known] for column in people))
    draws = draws._replace(
        effect=neutral_effects(one.world),
        redemption=np.zeros_like(draws.redemption),
        unsubscribe=np.zeros_like(draws.unsubscribe),
    )
    world = type(one.world)(launch, people, draws)
    return setting(one.graph, world)


def orders_of(one: Setting) -> Recorded:
    """Return the baseline orders of a world as recorded ones."""
    _, trace = one.traced()
    orders = trace.of(kind.T_ORDER)
    first = np.searchsorted(orders.person, np.arange(len(one.world.people.key) + 1))
    none = np.zeros_like(orders.moment)
    items = np.column_stack([orders.moment, none - 1, orders.b, none, none - 1])
    return Recorded(first.astype(np.int64), np.ascontiguousarray(items, dtype=np.int64))


def replay_of(one: Setting, recorded: Recorded, **options: int) -> tuple[I64, I64]:
    launch, people, draws = one.world
    horizon = Horizon(launch.seed, launch.start, launch.end)
    task = task_of(one.program, launch.zones, people, draws, horizon, recorded)
    return replayed(task, **options)


@pytest.mark.parametrize("name", NAMES)
def test_replayed_orders_do_what_the_simulated_did(name: str) -> None:
    one = silent(name)
    counts = one.counts()[0]
    again, _ = replay_of(one, orders_of(one))
    differing = {
        (flow, what.name): (int(counts[column]), int(again[column]))
        for flow in range(len(one.flows))
        for what in PerFlow
        if what not in NOT_OF_ORDERS and counts[column := flow_column(flow, what)] != again[column]
    }
    assert differing == {}


def test_neither_threads_nor_pieces_nor_the_room_of_the_trace_change_a_replay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = silent("caps-delay")
    recorded = orders_of(one)
    counts, rows = replay_of(one, recorded)
    assert len(rows) > 100
    monkeypatch.setattr("playbook_runtime.kernel.run.FIRST_TRACE", 3)
    for threads, chunk in ((1, 7), (2, 1), (2, 1000)):
        again, trace = replay_of(one, recorded, threads=threads, chunk=chunk)
        assert np.array_equal(again, counts) and np.array_equal(trace, rows)


def test_what_comes_later_changes_nothing_before_it() -> None:
    one = silent("order-follow-up")
    recorded = orders_of(one)
    cut = one.world.launch.start + 120 * 86_400
    kept: Flags = recorded.items[:, kind.ITEM_MOMENT] < cut
    earlier = np.concatenate([[0], np.cumsum(kept)])[recorded.first]
    _, whole = replay_of(one, recorded)
    _, less = replay_of(one, Recorded(earlier, recorded.items[kept]))
    assert np.array_equal(whole[whole[:, 2] < cut], less[less[:, 2] < cut])
    assert 0 < (whole[:, 2] < cut).sum() < len(whole)
