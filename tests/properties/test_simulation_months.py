"""What is counted by month, by flow and month, by cohort: it adds up to what is counted in all."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.properties.simulated import CASES, case_world

from playbook_runtime.kernel.layout import (
    MOST_ORDERS_COUNTED,
    WITH,
    WITHOUT,
    PerCohort,
    PerFlow,
    PerFlowMonth,
    PerMonth,
    World,
    flow_column,
    world_column,
)
from playbook_runtime.kernel.run import Horizon, layout_of, run

SAME = {
    PerMonth.ORDERS: World.ORDERS,
    PerMonth.REVENUE: World.REVENUE,
    PerMonth.CONTRIBUTION_MICRO: World.CONTRIBUTION_MICRO,
    PerMonth.MESSAGE_COST_MICRO: World.MESSAGE_COST_MICRO,
    PerMonth.OFFER_COST: World.OFFER_COST,
    PerMonth.MESSAGES: World.MESSAGES,
    PerMonth.NEWCOMERS: World.NEWCOMERS,
}
SAME_OF_FLOWS = {PerFlowMonth.ENTERED: PerFlow.ENTERED, PerFlowMonth.SENT: PerFlow.SENT}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_months_add_up_to_the_horizon(path: Path) -> None:
    one = case_world(path.stem, customers=120)
    launch, people, draws = one.world
    layout = layout_of(one.program)
    horizon = Horizon(launch.seed, launch.start, launch.end)
    counts = run(one.program, launch.zones, people, draws, horizon)
    months = range(layout.months)

    def month(world: int, what: PerMonth) -> list[int]:
        columns = [layout.month_column(k, world, what) for k in months]
        return counts[:, columns].sum(axis=1).tolist()

    def flow_months(what: PerFlowMonth) -> list[int]:
        flows = range(layout.flows)
        columns = [layout.flow_month_column(flow, k, what) for flow in flows for k in months]
        return counts[:, columns].sum(axis=1).tolist()

    for world in (WITHOUT, WITH):
        for what, whole in SAME.items():
            assert month(world, what) == counts[:, world_column(world, whole)].tolist(), what.name
        active = counts[:, world_column(world, World.ACTIVE_CUSTOMERS)].tolist()
        assert all(map(int.__ge__, month(world, PerMonth.ACTIVE_CUSTOMERS), active))
        by_orders = [layout.orders_column(world, n) for n in range(1, MOST_ORDERS_COUNTED + 1)]
        ever = counts[:, world_column(world, World.CUSTOMERS)]
        assert counts[:, by_orders].sum(axis=1).tolist() == ever.tolist()
        more = counts[:, world_column(world, World.REPEAT_CUSTOMERS)]
        assert counts[:, by_orders[1:]].sum(axis=1).tolist() == more.tolist()
        cohorts = [
            layout.cohort_column(cohort, k, world, PerCohort.ORDERS)
            for cohort in range(layout.cohorts)
            for k in months
        ]
        orders = counts[:, world_column(world, World.ORDERS)]
        assert 0 < counts[:, cohorts].sum() < orders.sum()  # some people belong to no cohort
    for each, total in SAME_OF_FLOWS.items():
        columns = [flow_column(flow, total) for flow in range(layout.flows)]
        assert flow_months(each) == counts[:, columns].sum(axis=1).tolist(), each.name
    assert flow_months(PerFlowMonth.MESSAGE_COST_MICRO) == month(WITH, PerMonth.MESSAGE_COST_MICRO)
    assert flow_months(PerFlowMonth.OFFER_COST) == month(WITH, PerMonth.OFFER_COST)
