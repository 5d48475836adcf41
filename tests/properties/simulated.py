"""Running the kernel on small made-up worlds, one person at a time or all together, with its trace.

What the tests of the simulation's properties have in common; nothing of it knows how the kernel
works inside, but for the trace's columns and the counts'.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from tests.statistics.worlds import World, graph_of, small_world

from playbook_compiler.graph import TriggerGraph
from playbook_compiler.values import replace
from playbook_runtime.kernel.instructions import Program
from playbook_runtime.kernel.layout import FLOW, WORLD, PerFlow, flow_column, world_column
from playbook_runtime.kernel.layout import World as Counted
from playbook_runtime.kernel.run import Horizon, Piece, Task, counted, layout_of, run, task_of
from playbook_runtime.kernel.tables import I64, Draws, People
from playbook_runtime.launch import RATE
from playbook_runtime.program import build_program

CASES = sorted((Path(__file__).parents[1] / "cases" / "kernel").glob("*.yaml"))
DAY = 86_400
WITHOUT, WITH = 0, 1
TRACE_ROWS = 50_000  # to begin with
MOST_ADDED, MOST_RATE, MOST_RATE_ADDED = 100.0, 2.0, 1.1

HEAD = """\
playbook: 1
name: small
currency: EUR
timezone: UTC
sender: {name: Leaf & Steam, email: hello@leaf.example, address: "Teeweg 1, Berlin"}
economics:
  gross_margin: 58%
  order_costs: {shipping: 4.10, payment: {share: 1.9%, fixed: 0.35}}
  message_costs: {email: 0.0008, sms: 0.062}
messages:
  hello: {channel: email, kind: marketing, subject: Hi, body: "{{ unsubscribe_url }}"}
  text: {channel: sms, kind: marketing, body: "Hello"}
"""


class Traced(NamedTuple):
    """Rows of a trace: draw, row of the person, moment, kind (scratch.T_...), particulars."""

    draw: I64
    person: I64
    moment: I64
    kind: I64
    a: I64
    b: I64

    def of(self, kind: int | tuple[int, ...]) -> Traced:
        """Return the rows of a kind, or of several."""
        return self.where(np.isin(self.kind, kind))

    def where(self, chosen: np.ndarray) -> Traced:
        """Return the rows that are chosen."""
        return Traced(*(column[chosen] for column in self))

    @property
    def rows(self) -> list[tuple[int, ...]]:
        """All rows, in the order in which they were written."""
        return list(zip(*(column.tolist() for column in self), strict=True))

    @property
    def marketing(self) -> Traced:
        """Of sends, those of marketing messages."""
        return Traced(*(column[self.b % 2 == 1] for column in self))

    @property
    def channel(self) -> I64:
        """Of sends, the channel's number."""
        return self.b // 2


def authored(folder: Path, text: str) -> TriggerGraph:
    """Return the graph of a playbook's text, put behind HEAD."""
    path = folder / "playbook.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    return graph_of(path)


def case_world(name: str, *, seed: int = 11, customers: int = 200, draws: int = 2) -> Setting:
    """Return one of the kernel's cases with a world to run it in.

    Effects are held below what breeds: where an order brings messages that bring more than one
    order, their number grows without end.
    """
    (path,) = (path for path in CASES if path.stem == name)
    graph = graph_of(path)
    world = small_world(graph, seed, customers, draws)
    most = [
        (MOST_RATE_ADDED if slot.add else MOST_RATE) if slot.form == RATE else MOST_ADDED
        for slot in world.launch.slots
    ]
    effect = np.minimum(world.draws.effect, most).reshape(world.draws.effect.shape)
    return setting(graph, world._replace(draws=world.draws._replace(effect=effect)))


class Setting(NamedTuple):
    """A program and the world that it runs in."""

    graph: TriggerGraph
    program: Program
    world: World

    def __repr__(self) -> str:
        """Return its size; a playbook by chance is told by its seed."""
        people, draws = len(self.world.people.key), len(self.world.draws.number)
        return f"<{self.graph.playbook.name}: {self.flows}, {people} people, {draws} draws>"

    @property
    def flows(self) -> list[str]:
        """The flows, in the order of their columns."""
        return sorted(self.graph.playbook.flows)

    @property
    def task(self) -> Task:
        """Everything packed for the kernel."""
        launch, people, draws = self.world
        horizon = Horizon(launch.seed, launch.start, launch.end)
        return task_of(self.program, launch.zones, people, draws, horizon)

    @property
    def running(self) -> Setting:
        """The same with only those flows on that run already: what the world without is."""
        return self.with_program(flow_on=self.program.flow_on * self.program.flow_running)

    @property
    def everyone(self) -> Piece:
        """All people in all draws."""
        return Piece(0, len(self.world.people.key), 0, len(self.world.draws.number))

    def counts(self, **options: Any) -> I64:
        """Return the counts by draw, without those by month."""
        return self.all_counts(**options)[:, : layout_of(self.program).by_month]

    def all_counts(self, **options: Any) -> I64:
        """Return the counts by draw, all of them."""
        launch, people, draws = self.world
        horizon = Horizon(launch.seed, launch.start, launch.end)
        return run(self.program, launch.zones, people, draws, horizon, **options)

    def traced(self) -> tuple[I64, Traced]:
        """Return counts by draw (without those by month), and the trace."""
        counts, rows = counted(self.task, self.everyone, TRACE_ROWS)
        return counts[:, : self.task.layout.by_month], Traced(*rows.T[:6].copy())

    def by_person(self) -> I64:
        """Return each person's own counts, (people, draws, columns) without months."""
        return self.all_by_person()[..., : layout_of(self.program).by_month]

    def all_by_person(self) -> I64:
        """Return each person's own counts, (people, draws, columns), all of them."""
        task = self.task
        draws = len(self.world.draws.number)
        return np.array(
            [counted(task, Piece(i, i + 1, 0, draws))[0] for i in range(len(self.world.people.key))]
        )

    def with_draws(self, **columns: Any) -> Setting:
        """Return the same with other draws."""
        return self._replace(world=self.world._replace(draws=self.world.draws._replace(**columns)))

    def with_people(self, people: People) -> Setting:
        """Return the same with other people."""
        return self._replace(world=self.world._replace(people=people))

    def with_launch(self, **said: Any) -> Setting:
        """Return the same with another launch, and the program that follows from it."""
        launch = replace(self.world.launch, **said)
        return setting(self.graph, self.world._replace(launch=launch))

    def with_program(self, **tables: Any) -> Setting:
        """Return the same with other tables in the program."""
        return self._replace(program=self.program._replace(**tables))


def setting(graph: TriggerGraph, world: World) -> Setting:
    """Return the program of a graph and its world."""
    program, findings = build_program(graph, world.launch)
    assert not findings
    return Setting(graph, program, world)


def chosen(people: People, rows: Any) -> People:
    """Return the people of some rows, in that order; one may stand there twice."""
    columns: list[Any] = [column[rows] for column in people]
    return People(*columns)


def world_counts(counts: I64, world: int) -> dict[str, list[int]]:
    """Return the counts of a world by name, one value a draw."""
    return {what.name: counts[..., world_column(world, what)].tolist() for what in Counted}


def flow_counts(counts: I64, flow: int, what: PerFlow) -> I64:
    """Return a count of a flow, one value a draw."""
    column: I64 = counts[..., flow_column(flow, what)]
    return column


def total_over_flows(counts: I64, what: PerFlow) -> I64:
    """Return a count summed over flows, one value a draw."""
    total: I64 = counts[..., 2 * WORLD + int(what) :: FLOW].sum(axis=-1)
    return total


def profit_micro(counts: I64, world: int) -> I64:
    """Return profit in ten-thousandths of a minor unit, one value a draw."""

    def count(what: Counted) -> I64:
        column: I64 = counts[..., world_column(world, what)]
        return column

    minor = count(Counted.FEES) - count(Counted.OFFER_COST) - count(Counted.LIABILITY)
    pending = count(Counted.REPAYMENT_MICRO)
    spent = count(Counted.MESSAGE_COST_MICRO) + pending
    profit: I64 = count(Counted.CONTRIBUTION_MICRO) - spent + 10_000 * minor
    return profit


def fixed_draws(
    number: int,
    *,
    behaviour: tuple[float, float, float, float],
    m: int,
    k: int = 1,
    effects: tuple[float, ...] = (),
    spend: tuple[float, float, float] = (6.0, 4.0, 1750.0),
    newcomers: tuple[int, ...] = (0,),
    sends: int = 0,
) -> Draws:
    """Return draws that differ in nothing but their number: what scatters then is chance alone."""

    def rows(values: tuple[float, ...]) -> np.ndarray:
        return np.tile(np.array(values, dtype=np.float64), (number, 1)).reshape(number, len(values))

    return Draws(
        number=np.arange(number, dtype=np.uint64),
        behaviour=rows(behaviour),
        k=np.full(number, k, dtype=np.int64),
        m=np.full(number, m, dtype=np.int64),
        spend=rows(spend),
        drift=np.ones(number),
        unsubscribe=np.zeros(number),
        fatigue=np.ones((number, 5)),
        effect=rows(effects),
        redemption=np.zeros((number, sends)),
        newcomers=np.tile(np.array(newcomers, dtype=np.int64), (number, 1)),
        prospects=np.zeros((number, len(newcomers)), dtype=np.int64),
    )
