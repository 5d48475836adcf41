"""One customer's life in both worlds of one draw, event by event: what a trace tells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.values import dataclass
from playbook_runtime.credits import with_credits
from playbook_runtime.customer_facts import static_fact
from playbook_runtime.kernel import scratch as m
from playbook_runtime.kernel.instructions import Program
from playbook_runtime.kernel.layout import PerFlow, flow_column
from playbook_runtime.kernel.run import FIRST_TRACE, Horizon, Piece, counted, task_of
from playbook_runtime.kernel.tables import People, some_draws
from playbook_runtime.launch import Launch
from playbook_runtime.launching import launched
from playbook_runtime.observed import Observed
from playbook_runtime.settings import Settings

BOTH, WITH, WITHOUT = "both", "with", "without"
FOREVER: Final = 2**61
REASONS: Final = {
    PerFlow.HELD_HOLDOUT: "holdout",
    PerFlow.HELD_CONSENT: "consent",
    PerFlow.HELD_SUPPRESSED: "suppressed",
    PerFlow.HELD_OFFER: "offer",
    PerFlow.HELD_ZONE: "zone",
    PerFlow.HELD_CAP: "cap",
    PerFlow.HELD_BUDGET: "budget",
}
# Kinds of rows whose first particular is a flow.
_OF_FLOWS: Final = {
    m.T_SENT: "sent",
    m.T_HELD: "held",
    m.T_DELAYED: "delayed",
    m.T_TASK: "task",
    m.T_LISTED: "listed",
    m.T_CALLED: "called",
    m.T_UPDATED: "updated",
    m.T_ENTERED: "entered",
    m.T_LEFT: "left",
}
_ORDERS: Final = {
    m.T_ORDER: ("order", BOTH),
    m.T_SAVED: ("saved order", WITH),
    m.T_EXTRA: ("extra order", WITH),
    m.T_DELIVERED: ("delivery", WITH),
    m.T_CANCELLED: ("order", WITHOUT),
    m.T_LOST: ("order", WITHOUT),
}


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """Something that happens to the customer, in `both` worlds, `with` or `without` the playbook.

    `at` is local time with its offset. What does not apply is empty, or None for numbers: money in
    minor units, `paid` after offers; `until` is when a delayed message is tried again, or when a
    code ends.
    """

    at: str
    world: str
    what: str
    flow: str = ""
    step: str = ""
    message: str = ""
    channel: str = ""
    offer: str = ""
    event: str = ""
    reason: str = ""
    until: str = ""
    value: int | None = None
    paid: int | None = None
    cost: int | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """A customer's life in a draw, from local day `first` to `last`; `zone` is where he lives."""

    playbook: str
    customer: str
    draw: int
    seed: int
    first: str
    last: str
    zone: str
    currency: str
    decimals: int
    events: tuple[LifeEvent, ...]


def customer_row(data: Observed, customer: str) -> int | None:
    """Return the row in the history of a customer by the id of the orders file, or None."""
    key = customer.strip()
    keys = data.orders.customer_key
    wanted = key.lower() if data.orders.reading.key == "email" else key
    found = np.flatnonzero(keys == wanted)
    if not len(found):
        return None
    row = int(data.order_rows(data.orders.customer_hash[found[:1]])[0])
    return row if row >= 0 else None


def life_of(
    graph: TriggerGraph, data: Observed, settings: Settings, customer: str, draw: int
) -> tuple[Life | None, list[Diagnostic]]:
    """Return the life of a customer of the history in one draw, unproven gains left out; None where
    these orders allow no projection."""
    ready, findings = launched(graph, data, settings)
    if ready is None:
        return None, findings
    row = customer_row(data, customer)
    assert row is not None, "the caller asks for a customer of the history"
    launch = ready.prepared.launch
    people = _only(ready.prepared.people, int(data.history.customer_hash[row]))
    horizon = Horizon(launch.seed, launch.start, launch.end)
    draws = some_draws(ready.prepared.headline, draw, draw + 1)
    task = task_of(ready.program, launch.zones, people, draws, horizon)
    _, rows = counted(task, Piece(0, 1, 0, 1), FIRST_TRACE)
    zone = str(static_fact(data, "zone")[row]) or graph.playbook.timezone
    names = _Names(with_credits(graph), launch, ready.program, ZoneInfo(zone))
    life = Life(
        playbook=graph.playbook.name,
        customer=customer.strip(),
        draw=draw,
        seed=settings.seed,
        first=ready.days.first.isoformat(),
        last=names.time(launch.end - 1)[:10],
        zone=zone,
        currency=graph.playbook.currency,
        decimals=graph.playbook.decimals,
        events=tuple(names.events(rows.tolist())),
    )
    return life, findings


def _only(people: People, key: int) -> People:
    (rows,) = np.nonzero(people.key == np.uint64(key))
    columns: list[Any] = [column[rows[:1]] for column in people]
    return People(*columns)


class _Names:
    """Rows of a trace put into names."""

    def __init__(
        self, graph: TriggerGraph, launch: Launch, program: Program, zone: ZoneInfo
    ) -> None:
        self.flows = sorted(graph.playbook.flows)
        self.offers = sorted(graph.playbook.offers)
        self.messages = sorted(graph.playbook.messages)
        self.launch, self.nodes, self.zone = launch, program.nodes, zone

    def time(self, moment: int) -> str:
        """Return a moment as local time."""
        return datetime.fromtimestamp(moment, UTC).astimezone(self.zone).isoformat()

    def events(self, rows: list[list[int]]) -> Iterator[LifeEvent]:
        """Yield what each row tells, in the order in which things happened."""
        for _, _, moment, kind, a, b, place, about in rows:
            at = self.time(moment)
            if kind in _ORDERS:
                yield self._order(at, kind, a, b, about)
            elif kind in _OF_FLOWS:
                yield self._of_flow(at, kind, a, b, place, about)
            elif kind == m.T_ISSUED:
                until = self.time(b) if b < FOREVER else ""
                flow = self._issuer(about)
                yield LifeEvent(at, WITH, "code", flow, offer=self.offers[a], until=until)
            elif kind == m.T_REDEEMED:
                flow = self._issuer(about)
                yield LifeEvent(at, WITH, "code used", flow, offer=self.offers[a], cost=b)
            elif kind == m.T_EVENT:
                yield LifeEvent(at, WITH, "event", event=self.launch.events[a])
            elif kind == m.T_GONE:
                yield LifeEvent(at, WITH, "gone")

    def _issuer(self, flow: int) -> str:
        """Return the flow that issued a code; a programme has none."""
        return self.flows[flow] if flow >= 0 else "a programme"

    def _order(self, at: str, kind: int, a: int, value: int, paid: int) -> LifeEvent:
        what, world = _ORDERS[kind]
        flow = step = ""
        if kind == m.T_EXTRA:
            flow, step = self.launch.slots[a].flow, self.launch.slots[a].step
        known = paid if paid >= 0 else None
        return LifeEvent(at, world, what, flow, step, value=value, paid=known)

    def _of_flow(self, at: str, kind: int, a: int, b: int, place: int, about: int) -> LifeEvent:
        what, flow = _OF_FLOWS[kind], self.flows[a]
        step = self.nodes[place].partition("/")[2].partition("#")[0] if place >= 0 else ""
        message = channel = reason = until = event = ""
        if kind in (m.T_SENT, m.T_HELD, m.T_DELAYED) and about >= 0:
            message = self.messages[about]
        if kind == m.T_SENT:
            channel = self.launch.channels[b // 2]
        elif kind == m.T_DELAYED:
            until = self.time(b)
        elif kind == m.T_HELD:
            columns = {flow_column(0, one): name for one, name in REASONS.items()}
            reason = columns[b]
        elif kind == m.T_LEFT:
            reason = {m.AT_END: "end", m.EXIT_WHEN: "exit_when"}.get(about, "event")
            event = self.launch.events[about] if about >= 0 else ""
        if kind in (m.T_ENTERED, m.T_LEFT):
            step = ""
        return LifeEvent(
            at, WITH, what, flow, step, message, channel, event=event, reason=reason, until=until
        )
