"""Who is admitted to which flow under the budget for keeping customers, by month.

Demand is what flows would spend in a month if everybody were admitted, averaged over draws, by the
kernel's own counts; one more pass mends shares under which spending misses the budget by more than
2%. The shares are the same in all draws, so that nothing depends on what one draw spends.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Playbook
from playbook_compiler.values import dataclass, replace
from playbook_runtime.budget import WHOLE, admission_shares, claims_of, corrected, misses
from playbook_runtime.kernel.instructions import Program
from playbook_runtime.kernel.layout import PerFlowMonth
from playbook_runtime.kernel.run import Horizon, layout_of, run, task_of
from playbook_runtime.kernel.tables import F64, I64, some_draws
from playbook_runtime.launch import Launch
from playbook_runtime.month_plan import MonthPlan, flow_open
from playbook_runtime.prepare import Prepared
from playbook_runtime.turns import EVERYBODY, in_turns
from playbook_runtime.workload import DEMAND_WORK, turns_for

DEMAND_DRAWS: Final = 50
MICRO: Final = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Admission:
    """The shares admitted, ppm, by flow and month (F, M); and what is spent under them on keeping
    customers by flow and month, in minor units, averaged over draws."""

    shares: I64
    spent: F64


def admitted(
    graph: TriggerGraph, program: Program, prepared: Prepared, plan: MonthPlan, threads: int
) -> tuple[Program, Admission | None]:
    """Return the program in which flows are open in their stages and admit whom the budget pays
    for; and the admission, None where no budget is stated."""
    whole = np.full(program.admission.shape, WHOLE, dtype=np.int64)
    opened = program._replace(flow_open=flow_open(graph.playbook, plan.stages), admission=whole)
    if not plan.budgets:
        return opened, None
    claims = claims_of(graph)
    budget = np.array([one.retention for one in plan.budgets], dtype=np.float64)
    demand = spending(opened, prepared, threads)
    shares = admission_shares(demand, budget, claims)
    if (shares == WHOLE).all():
        return opened, Admission(shares, demand)
    used = opened._replace(admission=shares)
    spent = spending(used, prepared, threads)
    if misses(spent, budget, shares, claims):
        shares = corrected(demand, spent, budget, shares, claims)
        used = opened._replace(admission=shares)
        spent = spending(used, prepared, threads)
    return used, Admission(shares, spent)


def with_months(launch: Launch, playbook: Playbook, program: Program) -> Launch:
    """Return the launch that says by name what the program's tables say by number."""
    flows = sorted(playbook.flows)
    shares, opened = program.admission.tolist(), program.flow_open.tolist()
    return replace(
        launch,
        admission={flow: tuple(row) for flow, row in zip(flows, shares, strict=True)},
        open_months={
            flow: tuple(bool(one) for one in row) for flow, row in zip(flows, opened, strict=True)
        },
    )


def spending(program: Program, prepared: Prepared, threads: int) -> F64:
    """Return what messages, tasks and offers cost by flow and month (F, M), in minor units, as the
    mean of the first draws; in a large shop people play them in turns. Offers count in the month
    in which they are used."""
    launch = prepared.launch
    horizon = Horizon(launch.seed, launch.start, launch.end)
    draws = some_draws(prepared.headline, 0, DEMAND_DRAWS)
    people, count = prepared.people, len(draws.number)
    turns = turns_for(len(people.key), int(program.flow_on.sum()), count, DEMAND_WORK)
    if turns == EVERYBODY:
        counts = run(program, launch.zones, people, draws, horizon, threads=threads)
    else:
        task = task_of(program, launch.zones, people, draws, horizon)
        counts = turns.one_in * in_turns(task, turns, threads)
    mean = counts.mean(axis=0)
    layout = layout_of(program)
    flows, months = program.admission.shape
    found = np.zeros((flows, months))
    for flow in range(flows):
        for month in range(months):
            messages = layout.flow_month_column(flow, month, PerFlowMonth.MESSAGE_COST_MICRO)
            offers = layout.flow_month_column(flow, month, PerFlowMonth.OFFER_COST)
            found[flow, month] = mean[messages] / MICRO + mean[offers]
    return found
