"""The whole simulation in plain Python: every person in every draw, both worlds."""

from __future__ import annotations

from typing import Any

from tests.statistics.twin.behaviour import (
    BaselineOrder,
    Buyer,
    Person,
    baseline,
    buyer,
    parameters,
    person,
)
from tests.statistics.twin.clock import clocks
from tests.statistics.twin.life import begin
from tests.statistics.twin.rules import Rules, rules
from tests.statistics.twin.sending import advance

from playbook_compiler.graph import TriggerGraph
from playbook_runtime.kernel.layout import WITH, WITHOUT, World, width, world_column
from playbook_runtime.kernel.tables import NEWCOMER, Draws, People
from playbook_runtime.launch import Launch

# draw, row of the person, moment, what happened, its particulars
Told = tuple[int, int, int, str, Any]


def simulate_twin(
    graph: TriggerGraph,
    launch: Launch,
    people: People,
    draws: Draws,
    *,
    flows_on: frozenset[str] | None = None,
    trace: list[Told] | None = None,
) -> list[list[int]]:
    """Return one row of counts a draw, the columns as in the kernel's layout.

    `flows_on` are the flows that run (None: all that are enabled). `trace` is appended
    (draw, row, moment, what, particulars), where `what` and its particulars are

    - sent (node, message, channel, kind); dropped (node, reason); task node
    - order or extra (value, discounts, offer cost); cancelled n
    - issued (offer, will use); redeemed (offer, cost)
    - entered (flow, key); left (flow, key, why)
    """
    read = rules(graph, launch.natures)
    zones = clocks(launch.zones)
    on = frozenset(flow.id for flow in read.flows) if flows_on is None else flows_on
    persons = [person(people, launch, i) for i in range(len(people.key))]
    table = []
    for d in range(len(draws.number)):
        draw = parameters(draws, d)
        counts = [0] * width(len(read.column))
        for one in persons:
            who = buyer(one, draw, launch)
            if who is None or who.arrival >= launch.end:
                continue

            def tell(moment: int, what: str, about: object, d: int = d, row: int = one.row) -> None:
                if trace is not None:
                    trace.append((d, row, moment, what, about))

            path = baseline(who, one.kind, draw.m, launch)
            _count_without(counts, read, one, who, path)
            clock = zones[max(0, one.zone)]
            life = begin(read, launch, clock, one, draw, who, on, counts, tell, advance)
            life.live(path)
            _count_person(counts, WITH, one, life.placed)
        table.append(counts)
    return table


def _count_without(
    counts: list[int], read: Rules, one: Person, who: Buyer, path: list[BaselineOrder]
) -> None:
    """Count the world without: exactly the baseline path."""
    for order in path:
        value = who.value("value", order.n)
        counts[world_column(WITHOUT, World.ORDERS)] += 1
        counts[world_column(WITHOUT, World.REVENUE)] += value
        brought = read.money.contribution(value)
        counts[world_column(WITHOUT, World.CONTRIBUTION_MICRO)] += brought
    _count_person(counts, WITHOUT, one, len(path))


def _count_person(counts: list[int], world: int, one: Person, placed: int) -> None:
    """Count what a person is at the end, after so many orders in the horizon."""
    facts = {
        World.ACTIVE_CUSTOMERS: placed > 0,
        World.RETAINED_CUSTOMERS: placed > 0 and one.base,
        World.CUSTOMERS: one.orders + placed > 0,
        World.REPEAT_CUSTOMERS: one.orders + placed > 1,
        World.NEWCOMERS: one.kind == NEWCOMER,
    }
    for what, holds in facts.items():
        counts[world_column(world, what)] += int(holds)
