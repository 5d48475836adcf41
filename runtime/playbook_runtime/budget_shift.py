"""What another budget for winning customers brings than that of the past: a line of its own.

Both worlds spend the same, so that the difference between them does not hold it.
"""

from __future__ import annotations

from typing import Final

from playbook_compiler.values import replace
from playbook_runtime.acquisition import newcomer_draws
from playbook_runtime.estimate import Estimate
from playbook_runtime.kernel.layout import WITH
from playbook_runtime.kernel.tables import NEWCOMER, some_draws
from playbook_runtime.month_plan import MonthPlan, of_kind, with_newcomers
from playbook_runtime.outcomes import profit_draws
from playbook_runtime.planned_months import BudgetShift
from playbook_runtime.settings import FLOW_DRAWS
from playbook_runtime.world_runs import WorldRuns

SAME: Final = 0.005  # budgets that differ by less are the same


def budget_shift(runs: WorldRuns, plan: MonthPlan) -> BudgetShift | None:
    """Return what the shift brings, None where there is none. Only newcomers are run: nobody else
    lives otherwise for it."""
    there, months = plan.advertising, runs.prepared.months
    if there is None or not plan.budgets:
        return None
    if all(
        abs(one.whole_acquisition - there.at_budget) <= SAME * there.at_budget
        for one in plan.budgets
    ):
        return None
    usual = with_newcomers(
        runs.prepared,
        newcomer_draws(runs.prepared.chance, months, there, [there.at_budget] * len(months)),
    )
    usual_cost = round(there.at_budget * sum(month.part for month in months))
    profits, newcomers = [], []
    for prepared, cost in ((runs.prepared, plan.acquisition_cost), (usual, usual_cost)):
        some = some_draws(prepared.headline, 0, FLOW_DRAWS)
        alone = replace(prepared, people=of_kind(prepared.people, NEWCOMER))
        counts = replace(runs, prepared=alone, progress=None).run(some)
        profits.append(profit_draws(counts, WITH) - cost)
        newcomers.append(some.newcomers.sum(axis=1))
    return BudgetShift(
        plan.acquisition_cost,
        usual_cost,
        Estimate.of((newcomers[0] - newcomers[1]).tolist()),
        Estimate.of((profits[0] - profits[1]).tolist()),
    )
