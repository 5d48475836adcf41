"""The whole simulation in plain Python: every person in every draw, both worlds."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

from tests.statistics.twin import referral
from tests.statistics.twin.behaviour import (
    BaselineOrder,
    Buyer,
    Person,
    baseline,
    buyer,
    order_mark,
    parameters,
    person,
)
from tests.statistics.twin.clock import clocks
from tests.statistics.twin.life import Life, begin
from tests.statistics.twin.rules import Rules, rules
from tests.statistics.twin.sending import advance
from tests.statistics.twin.state import Bought

from playbook_compiler.graph import TriggerGraph
from playbook_runtime.kernel.layout import (
    WITH,
    WITHOUT,
    Layout,
    PerCohort,
    PerMonth,
    World,
    world_column,
)
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
    programmes: bool = True,
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
    layout = Layout(len(read.column), len(launch.month_start), len(launch.cohorts))
    persons = [person(people, launch, i) for i in range(len(people.key))]
    already = on & {flow.id for flow in read.flows if flow.running is not None}
    table = []
    for d in range(len(draws.number)):
        draw = parameters(draws, d)
        counts = [0] * layout.width
        for one in persons:
            who = buyer(one, draw, launch)
            if who is None or who.arrival >= launch.end:
                continue

            def tell(moment: int, what: str, about: object, d: int = d, row: int = one.row) -> None:
                if trace is not None:
                    trace.append((d, row, moment, what, about))

            path = baseline(who, one.kind, draw.m, launch)
            bought = _without(counts, read, launch, one, who, path)
            _count_person(counts, WITHOUT, one, len(path))
            _count_months(counts, layout, launch, WITHOUT, one, who, bought)
            clock = zones[max(0, one.zone)]
            life = begin(read, launch, clock, one, draw, who, on, counts, tell, advance, programmes)
            life.live(path)
            _count_with(counts, layout, read, launch, life)
            waiting = list(life.friends)
            while waiting:
                key, comes = waiting.pop(0)
                other = referral.friend(life, key)
                known = buyer(other, draw, launch, comes)
                assert known is not None
                clock = zones[0]
                friend = begin(
                    read, launch, clock, other, draw, known, on, counts, _silent, advance, True
                )
                friend.live([])
                counts[world_column(WITH, World.REFERRED)] += 1
                _count_with(counts, layout, read, launch, friend)
                waiting += friend.friends
        table.append(counts)
    if already:
        alone = (
            table
            if already == on and not (programmes and graph.playbook.programmes)
            else simulate_twin(graph, launch, people, draws, flows_on=already, programmes=False)
        )
        columns = [layout.world_columns(world) for world in (WITHOUT, WITH)]
        for row, other in zip(table, alone, strict=True):
            for without, column in zip(*columns, strict=True):
                row[without] = other[column]
    return table


def _silent(moment: int, what: str, about: object) -> None:
    """The trace is of the population alone."""


def _count_with(counts: list[int], layout: Layout, read: Rules, launch: Launch, life: Life) -> None:
    """Count a life that is over in the world with."""
    one, who = life.person, life.who
    _count_person(counts, WITH, one, life.placed)
    _count_months(counts, layout, launch, WITH, one, who, life.bought)
    if life.alive:
        contribution = read.contribution(who.expected_value(), None)
        counts[world_column(WITH, World.REPAYMENTS)] += life.owed
        counts[world_column(WITH, World.REPAYMENT_MICRO)] += life.owed * contribution


def _without(
    counts: list[int],
    read: Rules,
    launch: Launch,
    one: Person,
    who: Buyer,
    path: list[BaselineOrder],
) -> list[Bought]:
    """Count the world without, exactly the baseline path; return its orders."""
    bought = []
    for order in path:
        value = who.value("value", order.n)
        counts[world_column(WITHOUT, World.ORDERS)] += 1
        counts[world_column(WITHOUT, World.REVENUE)] += value
        mark = order_mark(one, who, launch, "mark", order.n)
        brought = read.contribution(value, None if mark is None else launch.orders.marks[mark])
        counts[world_column(WITHOUT, World.CONTRIBUTION_MICRO)] += brought
        bought.append(Bought(order.moment, value, brought))
    return bought


def _count_months(
    counts: list[int],
    layout: Layout,
    launch: Launch,
    world: int,
    one: Person,
    who: Buyer,
    bought: list[Bought],
) -> None:
    """Count a person's orders of a world by month and cohort, and him by their number."""

    def month_of(moment: int) -> int:
        return bisect_right(launch.month_start, moment) - 1

    def count(month: int, what: PerMonth, amount: int = 1) -> None:
        counts[layout.month_column(month, world, what)] += amount

    active = {month_of(order.moment) for order in bought}
    for month in active:
        count(month, PerMonth.ACTIVE_CUSTOMERS)
        count(month, PerMonth.ACTIVE_AGAIN, int(month - 1 in active))
        if one.cohort >= 0:
            column = layout.cohort_column(one.cohort, month, world, PerCohort.ACTIVE_CUSTOMERS)
            counts[column] += 1
    for order in bought:
        month = month_of(order.moment)
        count(month, PerMonth.ORDERS)
        count(month, PerMonth.REVENUE, order.paid)
        count(month, PerMonth.CONTRIBUTION_MICRO, order.brought)
        if one.cohort >= 0:
            for what, amount in ((PerCohort.ORDERS, 1), (PerCohort.REVENUE, order.paid)):
                counts[layout.cohort_column(one.cohort, month, world, what)] += amount
    if one.orders == 0 and bought:
        count(month_of(bought[0].moment), PerMonth.FIRST_ORDERS)
    if one.kind == NEWCOMER:
        count(month_of(who.arrival), PerMonth.NEWCOMERS)
    if one.orders + len(bought) > 0:
        counts[layout.orders_column(world, one.orders + len(bought))] += 1


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
