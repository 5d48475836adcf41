"""Made-up customers of any number with CDNOW's parameters, and what the kernel needs of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from playbook_compiler.driver import load
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.lower import lower
from playbook_compiler.steps import Send
from playbook_compiler.units import DAY_SECONDS, Duration
from playbook_runtime.kernel.run import Horizon, Task, task_of
from playbook_runtime.kernel.tables import (
    HISTORY,
    NEVER,
    NEWCOMER,
    PROGRAMME_DRAWS,
    Draws,
    People,
)
from playbook_runtime.launch import ADDED, RATE, Launch, Occurrence, Slot
from playbook_runtime.program import build_program
from playbook_runtime.zones import zone_table

SIX_FLOWS = Path(__file__).with_name("six_flows.yaml")
HISTORY_DAYS, HORIZON_DAYS, WINDOW_DAYS = 730, 365, 14
START = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) - 3600  # midnight in Berlin
END = START + HORIZON_DAYS * DAY_SECONDS
# Fader, Hardie & Lee 2005, in days; Gamma-Gamma in cents (note 025).
BEHAVIOUR = (0.2426, 4.4136 * 7, 0.7929, 2.4259)
SPEND = (6.2496, 3.7442, 1544.35)
ORDER_VALUE = 3_500
MONTHS, MONTH = 12, 30 * DAY_SECONDS
ONE_NEWCOMER_IN = 10
EVENTS = ("cart_abandoned", "order_placed")
# Of the evidence library: a lapsed customer's mail in orders per 1,000, any other as a rate.
ADDED_ORDERS, PURCHASE_RATE = 3.3, 1.05


def customers(count: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return x, t_x and T in days of BG/NBD customers, seen for up to two years."""
    random = np.random.default_rng(seed)
    r, alpha, a, b = BEHAVIOUR
    rate = random.gamma(r, 1 / alpha, count)
    drop_out = random.beta(a, b, count)
    T = random.integers(1, HISTORY_DAYS, count)
    x, last = np.zeros(count, np.int64), np.zeros(count)
    open_ones = np.arange(count)
    now = np.zeros(count)
    while len(open_ones):
        now[open_ones] += random.exponential(1, len(open_ones)) / np.maximum(
            rate[open_ones], 1e-300
        )
        open_ones = open_ones[now[open_ones] <= T[open_ones]]
        x[open_ones] += 1
        last[open_ones] = now[open_ones]
        open_ones = open_ones[random.random(len(open_ones)) >= drop_out[open_ones]]
    return x, last.astype(np.int64), T


@dataclass(frozen=True, slots=True, eq=False)
class Shop:
    """A playbook and the people it runs over, for the kernel and for its twin."""

    graph: TriggerGraph
    launch: Launch
    people: People
    draws: Draws

    def task(self) -> Task:
        """Return all of it packed for the kernel."""
        program, findings = build_program(self.graph, self.launch)
        assert not findings
        launch = self.launch
        horizon = Horizon(launch.seed, launch.start, launch.end)
        return task_of(program, launch.zones, self.people, self.draws, horizon)


class Past(NamedTuple):
    """The customers of a history: repeat purchases, days of the last and of observation."""

    x: np.ndarray
    t_x: np.ndarray
    T: np.ndarray


def graph_of(text: str, folder: Path) -> TriggerGraph:
    """Return the graph of a playbook given as text."""
    path = folder / "playbook.yaml"
    path.write_text(text, encoding="utf-8")
    read = load(str(path))
    assert read.playbook is not None, read.diagnostics
    graph, findings = lower(read.playbook)
    assert graph is not None and not findings
    return graph


def shop(graph: TriggerGraph, past: Past, draws: int = 1) -> Shop:
    """Return a shop of customers with this past, one in ten new; draws differ by luck alone."""
    launch = _launch(graph, len(past.x))
    return Shop(graph, launch, _people(past), _draws(launch, len(past.x), draws))


def _launch(graph: TriggerGraph, count: int) -> Launch:
    playbook = graph.playbook
    sends = [node for node in graph.nodes.values() if isinstance(node.what, Send)]
    around = 2 * HISTORY_DAYS * DAY_SECONDS
    return Launch(
        seed=1,
        start=START,
        end=END,
        customers=count,
        zones=zone_table([playbook.timezone], START - around, END + around),
        month_start=tuple(START + n * MONTH for n in range(MONTHS)),
        month_length=(MONTH,) * MONTHS,
        channels=("email",),
        events=EVENTS,
        statics=(),
        slots=tuple(
            Slot(
                node.flow,
                node.step_id,
                ADDED if node.flow.startswith("win-back") else RATE,
                WINDOW_DAYS * DAY_SECONDS,
            )
            for node in sends
            if isinstance(node.what, Send) and node.what.send.messages[0] != "receipt"
        ),
        sends=tuple(sorted(node.id for node in sends)),
        consent_share={"email": 0.62},
        occurrences=(Occurrence("cart_abandoned", 0.8, Duration()),),
        holdout=playbook.guardrails.holdout.fraction,
        cohorts=tuple(str(n) for n in range(MONTHS)),
    )


def _people(past: Past) -> People:
    """Return the customers; the first of every ten is a newcomer of the year, without a past."""
    count, seconds = len(past.x), DAY_SECONDS
    place = np.arange(count)
    new = place % ONE_NEWCOMER_IN == 0
    index = np.where(new, place // ONE_NEWCOMER_IN, 0)

    def of_history(values: np.ndarray, otherwise: int = 0) -> np.ndarray:
        return np.where(new, otherwise, values)

    last_order = of_history(START - (past.T - past.t_x) * seconds, NEVER)
    return People(
        key=np.random.default_rng(2).integers(0, 2**64, count, dtype=np.uint64),
        kind=np.where(new, NEWCOMER, HISTORY).astype(np.int8),
        x=of_history(past.x),
        t_x=of_history(past.t_x).astype(np.float64),
        T=of_history(past.T).astype(np.float64),
        repeat_value=of_history(past.x * ORDER_VALUE),
        orders=of_history(past.x + 1),
        revenue=of_history((past.x + 1) * ORDER_VALUE),
        first_order=of_history(START - past.T * seconds, NEVER),
        last_order=last_order,
        zone=np.zeros(count, np.int64),
        consent=np.full((count, 1), -1, np.int8),
        base=(last_order >= START - (END - START)).astype(np.int8),
        month=index % MONTHS,
        index=index // MONTHS,
        birthday=np.zeros(count, np.int64),
        cohort=np.where(new, index % MONTHS, -1),
        basis=np.zeros(count, np.int64),
        basis_at=np.zeros(count, np.int64),
        static=np.zeros((count, 0), np.int8),
        last_event=np.column_stack([np.full(count, NEVER), last_order]),
        latest_mark=np.full(count, -1),
        mark_orders=np.zeros((count, 0), np.int64),
        mark_moment=np.zeros((count, 0), np.int64),
    )


def _draws(launch: Launch, count: int, number: int) -> Draws:
    def alike(values: tuple[float, ...]) -> np.ndarray:
        return np.tile(np.array(values), (number, 1))

    effects = tuple(ADDED_ORDERS if s.form == ADDED else PURCHASE_RATE for s in launch.slots)
    return Draws(
        number=np.arange(number, dtype=np.uint64),
        behaviour=alike(BEHAVIOUR),
        k=np.ones(number, np.int64),
        m=np.zeros(number, np.int64),
        spend=alike(SPEND),
        drift=np.ones(number),
        unsubscribe=np.full(number, 0.00125),
        fatigue=alike((1.0, 0.7, 0.2, 0.1, 0.05)),
        programme=np.zeros((number, len(PROGRAMME_DRAWS))),
        effect=alike(effects).reshape(number, len(launch.slots)),
        redemption=np.full((number, len(launch.sends)), 0.2),
        newcomers=np.full((number, MONTHS), count),  # all of them
        prospects=np.zeros((number, MONTHS), np.int64),
    )
