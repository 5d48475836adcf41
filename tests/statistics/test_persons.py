"""Each person's own outcome: it adds up to the counts, and says whom a flow touches."""

from __future__ import annotations

import numpy as np
import pytest
from tests.properties.persons import PerPerson, entered, messaged, run_persons, touched
from tests.properties.simulated import WITH, WITHOUT, Setting, case_world, profit_micro
from tests.properties.simulated import world_counts as counts_of

from playbook_runtime.kernel.layout import PerFlow, flow_column
from playbook_runtime.kernel.run import Horizon
from playbook_runtime.kernel.tables import I64


def persons_of(one: Setting, **options: int) -> I64:
    launch, people, draws = one.world
    horizon = Horizon(launch.seed, launch.start, launch.end)
    return run_persons(one.program, launch.zones, people, draws, horizon, **options)


@pytest.mark.parametrize("name", ["offers", "budget", "deeds"])
def test_persons_add_up_to_the_counts(name: str) -> None:
    one = case_world(name)
    persons, counts = persons_of(one, chunk=97), one.counts()
    whole = persons.sum(axis=1)
    for world, profit, orders, revenue in (
        (
            WITHOUT,
            PerPerson.PROFIT_MICRO_WITHOUT,
            PerPerson.ORDERS_WITHOUT,
            PerPerson.REVENUE_WITHOUT,
        ),
        (WITH, PerPerson.PROFIT_MICRO_WITH, PerPerson.ORDERS_WITH, PerPerson.REVENUE_WITH),
    ):
        assert whole[:, profit].tolist() == profit_micro(counts, world).tolist()
        assert whole[:, orders].tolist() == counts_of(counts, world)["ORDERS"]
        assert whole[:, revenue].tolist() == counts_of(counts, world)["REVENUE"]


def test_who_entered_and_who_was_sent_something_is_what_each_alone_is_counted_for() -> None:
    one = case_world("budget", customers=60)
    flows = len(one.flows)
    persons, alone = persons_of(one), one.by_person().transpose(1, 0, 2)
    for found, what in (
        (entered(persons, flows), PerFlow.ENTERED),
        (messaged(persons, flows), PerFlow.SENT),
    ):
        columns = [flow_column(flow, what) for flow in range(flows)]
        assert np.array_equal(found, alone[..., columns] > 0)
    assert np.array_equal(touched(persons, flows), entered(persons, flows).any(axis=0).T)


def test_without_a_flow_only_those_whom_it_touched_change() -> None:
    one = case_world("budget")
    whole = persons_of(one)
    for flow in range(len(one.flows)):
        on = one.program.flow_on.copy()
        on[flow] = 0
        less = persons_of(one.with_program(flow_on=on))
        changed = (whole != less).any(axis=(0, 2))
        assert changed.any()
        assert not changed[~touched(whole, len(one.flows))[flow]].any()
