"""The kernel on made-up shops: 10,000 to four million customers for a year, in both worlds.

One customer in ten is a newcomer of the year. A run's time has everything in it but the making of
the customers: packing, threads, adding up. An event is what the kernel takes off its queue. Times
an event or a customer are processor time of one thread.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import yaml
from tests.benchmarks.rows import Row, Time, best, duration
from tests.benchmarks.synthetic import SIX_FLOWS, Past, Shop, customers, graph_of, shop
from tests.statistics.twin.twin import simulate_twin

from playbook_compiler.graph import TriggerGraph
from playbook_runtime.kernel import scratch as m
from playbook_runtime.kernel.loop import simulate
from playbook_runtime.kernel.run import CHUNK, Horizon, run, set_registers
from playbook_runtime.kernel.scratch import working_memory
from playbook_runtime.kernel.tables import I64
from playbook_runtime.program import build_program

LEAST, MOST = 10_000, 1_000_000
# Time per customer at four million may be half as much again as at ten thousand, where all of them
# fit into the cache; time per event with a hundred flows likewise beside ten.
LINEAR = 1 / 1.5
TWIN_CUSTOMERS = 300
ROOM = 4_096


def main(quick: bool) -> list[Row]:
    """Return time, time an event, how both grow, and the ratio to the plain-Python twin."""
    with tempfile.TemporaryDirectory() as folder:
        text = SIX_FLOWS.read_text(encoding="utf-8")
        graph = graph_of(text, Path(folder))
        many = {n: graph_of(with_flows(text, n), Path(folder)) for n in (1, 10, 100)}
    counts(shop(graph, Past(*customers(10))), 1)  # compiled, or read from the cache
    return [*_by_customers(graph, quick), *_by_flows(many, quick), _against_twin(graph)]


def counts(of: Shop, threads: int) -> I64:
    """Run the kernel as `playbook simulate` does."""
    program, findings = build_program(of.graph, of.launch)
    assert not findings
    horizon = Horizon(of.launch.seed, of.launch.start, of.launch.end)
    return run(program, of.launch.zones, of.people, of.draws, horizon, threads=threads)


def events(of: Shop) -> int:
    """Return how many events the kernel handles."""
    task = of.task()
    memory = working_memory(task.sizes, ROOM, 0)
    set_registers(task, memory.integers)
    out = np.zeros((len(task.draws), task.layout.width), np.int64)
    each = np.zeros((0, 0, 0), np.int64)
    recorded, items = np.zeros(0, np.int64), np.zeros((0, m.ITEM_WIDTH), np.int64)
    for first in range(0, len(task.people), CHUNK):
        some = slice(first, first + CHUNK)
        simulate(
            task.program,
            task.program_floats,
            task.people[some],
            task.people_floats[some],
            task.draws,
            task.draw_floats,
            memory.integers,
            memory.floats,
            out,
            each,
            recorded,
            items,
        )
    assert not memory.integers[m.OVERFLOW]
    return int(memory.integers[m.HANDLED])


def _by_customers(graph: TriggerGraph, quick: bool) -> list[Row]:
    rows = []
    each: dict[int, float] = {}
    for count in (LEAST, 100_000) if quick else (LEAST, 100_000, MOST, 4 * MOST):
        one = shop(graph, Past(*customers(count)))
        happened = events(one)
        single = best(lambda one=one: counts(one, 1), _repeats(count))
        each[count] = single.cpu / count
        task = f"simulate {count:,} customers, 365 days, 6 flows, both worlds"
        rows.append(Row(f"{task}, 1 thread", single, note=_per(single, count, happened)))
        if count <= CHUNK:  # one piece: nothing for a second thread to do
            continue
        double = best(lambda one=one: counts(one, 2), _repeats(count))
        note = f"{happened / double.wall / 1e6:.1f}M events a second"
        rows.append(Row(f"{task}, 2 threads", double, "1 thread", single.wall, note=note))
    most = max(each)
    rows.append(
        Row(
            f"time per customer at {most:,}",
            Time(each[most], each[most]),
            f"at {LEAST:,}",
            each[LEAST],
            LINEAR,
        )
    )
    return rows


def _by_flows(graphs: dict[int, TriggerGraph], quick: bool) -> list[Row]:
    """Rows for a playbook of more and more flows: time follows events."""
    rows = []
    each: dict[int, float] = {}
    count = LEAST if quick else 100_000
    for flows, graph in graphs.items():
        one = shop(graph, Past(*customers(count)))
        happened = events(one)
        time = best(lambda one=one: counts(one, 1), 3)
        each[flows] = time.cpu / happened
        task = f"simulate {count:,} customers, {flows} flow{'s' if flows > 1 else ''}, 1 thread"
        rows.append(Row(task, time, note=_per(time, count, happened)))
    last = each[100]
    return [
        *rows,
        Row("time per event with 100 flows", Time(last, last), "with 10", each[10], LINEAR),
    ]


def _against_twin(graph: TriggerGraph) -> Row:
    """The same customers in the twin, which must come to the same integers."""
    one = shop(graph, Past(*customers(TWIN_CUSTOMERS)), draws=2)
    expected: list[list[list[int]]] = []
    theirs = best(
        lambda: expected.append(simulate_twin(one.graph, one.launch, one.people, one.draws)), 1
    )
    ours = best(lambda: counts(one, 1), 9)
    assert counts(one, 1).tolist() == expected[0]
    task = f"simulate {TWIN_CUSTOMERS} customers, 2 draws, 6 flows"
    return Row(task, ours, "plain-Python twin", theirs.wall, 50, "the same integers")


def _repeats(count: int) -> int:
    return max(2, min(9, 300_000 // count))


def _per(time: Time, count: int, happened: int) -> str:
    return (
        f"{happened:,} events, {time.cpu / happened * 1e9:.0f} ns each; "
        f"{duration(time.cpu / count)} a customer"
    )


def with_flows(text: str, number: int) -> str:
    """Return the playbook with so many flows: its own over and over, each under a new id."""
    playbook = yaml.safe_load(text)
    flows = list(playbook["flows"].items())
    playbook["flows"] = {
        f"{name}-{n // len(flows)}": flow
        for n in range(number)
        for name, flow in [flows[n % len(flows)]]
    }
    return yaml.safe_dump(playbook, sort_keys=False, allow_unicode=True)
