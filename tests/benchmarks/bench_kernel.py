"""The kernel beside the same event loop in C, and beside an equivalent model in SimPy.

`six_flows.c` is the loop of the six flows written out in C, compiled here with `cc -O3` without
fast-math: it must come to the same integers before its time is taken. It counts totals only, the
kernel also its columns by month and cohort. The SimPy model has a process for every customer and
every run; its luck is its own, so that its totals need only be near.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from tests.benchmarks import six_flows_simpy
from tests.benchmarks.rows import Row, best
from tests.benchmarks.synthetic import (
    ADDED_ORDERS,
    BEHAVIOUR,
    PURCHASE_RATE,
    SIX_FLOWS,
    SPEND,
    Past,
    Shop,
    customers,
    graph_of,
    shop,
)

from playbook_runtime.kernel.instructions import Program
from playbook_runtime.kernel.layout import PerFlow, World, flow_column, world_column
from playbook_runtime.kernel.run import Horizon, run
from playbook_runtime.kernel.tables import I64
from playbook_runtime.launch import stream
from playbook_runtime.program import build_program

MOST, SIMPY_CUSTOMERS = 1_000_000, 5_000
THREE_TIMES = 1 / 3
STREAMS = (
    "alive", "lambda", "dropout-a", "dropout-b", "spend", "arrival", "gap", "coin", "value",
    "cancel", "holdout", "consent/email", "existing/win-back", "event/cart_abandoned",
)  # fmt: skip
WORLD = (
    World.ORDERS,
    World.REVENUE,
    World.CONTRIBUTION_MICRO,
    World.MESSAGE_COST_MICRO,
    World.OFFER_COST,
)
FLOW = (
    PerFlow.ENTERED, PerFlow.SENT, PerFlow.HELD_HOLDOUT, PerFlow.HELD_CONSENT,
    PerFlow.HELD_SUPPRESSED, PerFlow.HELD_OFFER, PerFlow.HELD_CAP, PerFlow.DELAYED,
    PerFlow.OFFERS_USED, PerFlow.EXTRA_ORDERS,
)  # fmt: skip
FLOWS = 6
# The nodes of the flows in the order of the C file's steps.
NODES = (
    "cart/wait-before-send-mail", "cart/send-mail", "cart/end",
    "follow-up/wait-before-send-mail", "follow-up/send-mail", "follow-up/end",
    "refill/wait-before-send-mail", "refill/send-mail", "refill/end",
    "second-order/wait-before-send-mail", "second-order/send-mail",
    "second-order/wait-before-code", "second-order/code", "second-order/end",
    "thank-you/send-receipt", "thank-you/if-orders-is-1",
    "thank-you/if-orders-is-1.then.wait-before-send-mail",
    "thank-you/if-orders-is-1.then.send-mail", "thank-you/end",
    "win-back/send-mail", "win-back/wait-before-code", "win-back/code", "win-back/end",
)  # fmt: skip
SIMPY_NEAR = 0.1


class Setting(ctypes.Structure):
    """The Setting of six_flows.c."""

    _fields_ = (
        *((name, ctypes.c_int64) for name in (
            "seed", "start", "end", "margin_ppm", "fixed_micro", "mail_cost", "zone_changes",
            "months")),
        *((name, ctypes.c_void_p) for name in (
            "zone_moment", "zone_offset", "month_start", "month_length")),
        *((name, ctypes.c_double) for name in (
            "r", "alpha", "a", "b", "p", "q", "gamma", "drift", "unsubscribe", "redemption",
            "holdout", "consent")),
        ("fatigue", ctypes.c_double * 5),
        *((name, ctypes.c_double) for name in ("rate", "added", "cart_rate")),
        ("streams", ctypes.c_uint64 * 64),
        ("ranks", ctypes.c_int64 * 32),
    )  # fmt: skip


def main(quick: bool) -> list[Row]:
    """Return the times of the kernel, of C, and of SimPy."""
    with tempfile.TemporaryDirectory() as folder:
        graph = graph_of(SIX_FLOWS.read_text(encoding="utf-8"), Path(folder))
        library = _library(Path(folder))
        ten = shop(graph, Past(*customers(10)))
        counts(ten, program_of(ten), 1)  # compiled, or read from the cache
        many = shop(graph, Past(*customers(100_000 if quick else MOST)))
        rows = _against_c(many, library)
        few = shop(graph, Past(*customers(SIMPY_CUSTOMERS)))
        return [*rows, *_against_simpy(few, library)]


def program_of(of: Shop) -> Program:
    """Return the flows as the kernel's tables: made once, before the time is taken."""
    program, findings = build_program(of.graph, of.launch)
    assert not findings
    return program


def counts(of: Shop, program: Program, threads: int) -> I64:
    """Run the kernel."""
    horizon = Horizon(of.launch.seed, of.launch.start, of.launch.end)
    return run(program, of.launch.zones, of.people, of.draws, horizon, threads=threads)


def _library(folder: Path) -> Any:
    compiler = shutil.which("cc")
    assert compiler is not None, "this benchmark compiles six_flows.c: install a C compiler"
    made = folder / "six_flows.so"
    source = Path(__file__).with_name("six_flows.c")
    options = ["-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC"]
    subprocess.run([compiler, *options, "-o", str(made), str(source), "-lm"], check=True)
    return ctypes.CDLL(str(made))


def _against_c(of: Shop, library: Any) -> list[Row]:
    program, c_loop = program_of(of), _c_loop(of, library)
    expected, found = c_loop(1), _compared(counts(of, program, 1)[0])
    assert expected.tolist() == found.tolist(), "the kernel and C come to other integers"
    assert c_loop(2).tolist() == found.tolist()
    rows = []
    people = len(of.people.key)
    for threads in (1, 2):
        theirs = best(lambda threads=threads: c_loop(threads), 3)
        ours = best(lambda threads=threads: counts(of, program, threads), 3)
        task = f"simulate {people:,} customers, 6 flows, {threads} thread{'s'[: threads - 1]}"
        note = "the same integers"
        rows.append(Row(task, ours, "C -O3", theirs.wall, THREE_TIMES, note=note))
    return rows


def _c_loop(of: Shop, library: Any) -> Any:
    """Return a function that runs C on so many threads, each with its share of the people."""
    people = of.people
    columns = [
        np.ascontiguousarray(column)
        for column in (
            people.key, people.kind, people.x, people.t_x, people.T, people.repeat_value,
            people.orders, people.last_order, people.month,
        )
    ]  # fmt: skip
    setting, kept = _setting(of)

    def share(first: int, last: int) -> I64:
        out = np.zeros(2 * len(WORLD) + FLOWS * len(FLOW), dtype=np.int64)
        pointers = [
            ctypes.c_void_p(column.ctypes.data + first * column.itemsize) for column in columns
        ]
        number = ctypes.c_int64(last - first)
        library.six_flows(
            ctypes.byref(setting), number, *pointers, ctypes.c_void_p(out.ctypes.data)
        )
        return out

    def c_loop(threads: int) -> I64:
        assert kept
        ends = np.linspace(0, len(people.key), threads + 1).astype(int).tolist()
        with ThreadPoolExecutor(threads) as pool:
            parts = list(pool.map(share, ends[:-1], ends[1:]))
        return np.sum(parts, axis=0)

    return c_loop


def _setting(of: Shop) -> tuple[Setting, list[Any]]:
    """Return the C file's setting, and the arrays that it points to."""
    program, _ = build_program(of.graph, of.launch)
    launch, draws = of.launch, of.draws
    # Long before the history nothing is asked of the zone.
    tables = (launch.zones.moment, launch.zones.offset, launch.month_start, launch.month_length)
    zones = [np.ascontiguousarray(table, np.int64) for table in tables]
    slots = [f"{slot.form}/{slot.flow}/{slot.step}" for slot in launch.slots]
    values = [f"value/{slot.flow}/{slot.step}/{slot.form}" for slot in launch.slots]
    names = [
        *STREAMS,
        *slots,
        *values,
        *(f"redemption/{node}" for node in launch.sends),
        *(f"unsubscribe/{node}" for node in launch.sends),
    ]
    nodes = sorted(of.graph.nodes)
    flows = of.graph.playbook.flows
    ranks = [
        1000 + (100 - flows[node.partition("/")[0]].priority) * 2**20 + nodes.index(node)
        for node in NODES
    ]
    setting = Setting(
        launch.seed, launch.start, launch.end, program.margin_ppm, program.fixed_micro,
        int(program.channel_cost[0]), len(zones[0]), len(zones[2]),
        *(table.ctypes.data for table in zones),
        *BEHAVIOUR, *SPEND, 1.0, float(draws.unsubscribe[0]), float(draws.redemption[0, 0]),
        program.holdout, float(program.channel_share[0]), tuple(draws.fatigue[0].tolist()),
        PURCHASE_RATE, ADDED_ORDERS, float(program.source_rate[0]),
        tuple(stream(name) for name in names), tuple(ranks),
    )  # fmt: skip
    return setting, zones


def _compared(row: I64) -> I64:
    """Return the kernel's counts that C has, in its order."""
    columns = [world_column(world, what) for world in (0, 1) for what in WORLD]
    columns += [flow_column(flow, what) for flow in range(FLOWS) for what in FLOW]
    return row[columns]


def _against_simpy(of: Shop, library: Any) -> list[Row]:
    program, c_loop = program_of(of), _c_loop(of, library)
    found: list[six_flows_simpy.Totals] = []
    theirs = best(lambda: found.append(six_flows_simpy.simulate(of)), 1)
    ours = [best(lambda threads=threads: counts(of, program, threads), 9) for threads in (1, 2)]
    of_c = best(lambda: c_loop(1), 9)
    row = counts(of, program, 1)[0]
    micro = 10_000
    for ours_counted, counted in (
        (row[world_column(0, World.ORDERS)], found[0].without.orders),
        (row[world_column(0, World.CONTRIBUTION_MICRO)] / micro, found[0].without.contribution),
        (row[world_column(1, World.ORDERS)], found[0].whole.orders),
        (row[world_column(1, World.REVENUE)], found[0].whole.revenue),
        (row[world_column(1, World.CONTRIBUTION_MICRO)] / micro, found[0].whole.contribution),
        (row[world_column(1, World.MESSAGE_COST_MICRO)] / micro, found[0].whole.message_cost),
        (sum(row[flow_column(flow, PerFlow.SENT)] for flow in range(FLOWS)), found[0].sent),
    ):
        assert abs(counted / ours_counted - 1) < SIMPY_NEAR, (counted, ours_counted)
    task = f"simulate {len(of.people.key):,} customers, 6 flows"
    by_c = theirs.wall / of_c.wall  # docs/decisions/0043
    return [
        Row(f"{task}, C -O3, 1 thread", of_c, "SimPy", theirs.wall, note="what C itself reaches"),
        Row(f"{task}, 1 thread", ours[0], "SimPy", theirs.wall, THREE_TIMES * by_c, "totals near"),
        Row(f"{task}, 2 threads", ours[1], "SimPy", theirs.wall, note="totals near"),
    ]
