"""What each month of a projection has: its stage, its budgets, its newcomers.

The same in both worlds and in all draws but for the newcomers, whose number is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from playbook_compiler.model import Playbook
from playbook_compiler.values import dataclass, replace
from playbook_runtime.acquisition import Advertising, advertising_of, newcomer_draws
from playbook_runtime.budget import (
    MonthBudget,
    acquisition_share,
    month_budgets,
    monthly_budget,
)
from playbook_runtime.kernel.instructions import Program
from playbook_runtime.kernel.layout import WITHOUT, PerMonth
from playbook_runtime.kernel.run import Horizon, run, task_of
from playbook_runtime.kernel.tables import (
    HISTORY,
    I8,
    I64,
    NEWCOMER,
    PROSPECT,
    People,
    joined,
    some_draws,
)
from playbook_runtime.observed import Observed
from playbook_runtime.population import people_to_come
from playbook_runtime.prepare import Prepared
from playbook_runtime.settings import Settings
from playbook_runtime.stage_timeline import (
    AUTO,
    StageMonth,
    fixed_timeline,
    past_months,
    settled_timeline,
    stage_named,
)

# Draws over which the world without is averaged, for stages to be read on it.
BASELINE_DRAWS: Final = 50


@dataclass(frozen=True, slots=True)
class MonthPlan:
    """The months of the horizon, one element each. `budgets` is empty without `monthly_budget`.

    `advertising` says what the acquisition budget wins; None: newcomers come as in the history.
    """

    timeline: tuple[StageMonth, ...]
    budgets: tuple[MonthBudget, ...]
    advertising: Advertising | None

    @property
    def stages(self) -> tuple[str, ...]:
        """The stage of each month."""
        return tuple(one.stage for one in self.timeline)

    @property
    def acquisition_cost(self) -> int:
        """What is spent on winning customers in the horizon, in minor units; 0 where unknown."""
        if self.advertising is None:
            return 0
        return sum(one.acquisition for one in self.budgets)


def planned(
    playbook: Playbook, data: Observed, settings: Settings, prepared: Prepared, program: Program
) -> tuple[MonthPlan, Prepared]:
    """Return the plan, and what was prepared with the newcomers that it brings."""
    names = tuple(month.name for month in prepared.months)
    past = past_months(data)
    stage, reason = stage_named(playbook.stage, settings.stage)

    def of(stages: Sequence[str]) -> tuple[tuple[MonthBudget, ...], Advertising | None]:
        shares = [acquisition_share(playbook.stages, name) for name in stages]
        budgets = budgets_of(monthly_budget(playbook), shares, prepared)
        usual = budgets[0].whole_acquisition if budgets else None
        return budgets, advertising_of(playbook.economics, playbook.decimals, usual)

    if stage != AUTO:
        timeline = fixed_timeline(names, stage, reason)
    else:
        memory: dict[tuple[float, ...], tuple[list[float], list[float]]] = {}

        def project(stages: tuple[str, ...]) -> tuple[list[float], list[float]]:
            budgets, advertising = of(stages)
            spent = tuple(one.whole_acquisition for one in budgets) if advertising else ()
            if spent not in memory:
                people = with_budgets(prepared, budgets, advertising)
                orders = baseline_orders(program, people, settings.threads)
                memory[spent] = (
                    [one * past.per_purchase for one in orders],
                    people.headline.newcomers.mean(axis=0).tolist(),
                )
            return memory[spent]

        timeline = settled_timeline(project, past, names, playbook.stages)
    budgets, advertising = of([one.stage for one in timeline])
    plan = MonthPlan(timeline, budgets, advertising)
    return plan, with_budgets(prepared, budgets, advertising)


def budgets_of(
    whole: int | None, shares: Sequence[Decimal], prepared: Prepared
) -> tuple[MonthBudget, ...]:
    """Return the budgets of the months of a horizon; none without a monthly budget."""
    if whole is None:
        return ()
    return month_budgets(whole, shares, [(month.days, month.whole) for month in prepared.months])


def with_budgets(
    prepared: Prepared, budgets: Sequence[MonthBudget], advertising: Advertising | None
) -> Prepared:
    """Return what was prepared with the newcomers that these budgets bring."""
    return with_newcomers(prepared, _newcomers(prepared, budgets, advertising))


def _newcomers(
    prepared: Prepared, budgets: Sequence[MonthBudget], advertising: Advertising | None
) -> I64:
    """Return newcomers by draw and month; those of the history's trend without a budget."""
    if advertising is None:
        return newcomer_draws(prepared.chance, prepared.months)
    # A shop that states no budget spends what it did when a customer cost that.
    usual = [advertising.at_budget] * len(prepared.months)
    spent = [float(one.whole_acquisition) for one in budgets] or usual
    return newcomer_draws(prepared.chance, prepared.months, advertising, spent)


def with_newcomers(prepared: Prepared, newcomers: I64) -> Prepared:
    """Return what was prepared with other newcomers by draw and month; the rest as it is."""
    if np.array_equal(newcomers, prepared.headline.newcomers):
        return prepared
    names = tuple(month.name for month in prepared.months)
    people = joined(
        [
            of_kind(prepared.people, HISTORY),
            people_to_come(NEWCOMER, names, newcomers.max(axis=0), prepared.launch),
            of_kind(prepared.people, PROSPECT),
        ]
    )
    return replace(
        prepared,
        people=people,
        headline=prepared.headline._replace(newcomers=newcomers),
        unproven=prepared.unproven._replace(newcomers=newcomers),
    )


def baseline_orders(program: Program, prepared: Prepared, threads: int) -> list[float]:
    """Return the orders of the world without by month, averaged over the first draws."""
    launch = prepared.launch
    idle = program._replace(flow_on=np.zeros_like(program.flow_on))
    people = _buyers(prepared.people)
    draws = some_draws(prepared.headline, 0, BASELINE_DRAWS)
    horizon = Horizon(launch.seed, launch.start, launch.end)
    layout = task_of(idle, launch.zones, people, draws, horizon).layout
    counts = run(idle, launch.zones, people, draws, horizon, threads=threads)
    columns = [
        layout.month_column(month, WITHOUT, PerMonth.ORDERS) for month in range(layout.months)
    ]
    found: list[float] = counts[:, columns].mean(axis=0).tolist()
    return found


def flow_open(playbook: Playbook, stages: Sequence[str]) -> I8:
    """Return whether a flow can be entered by flow and month, int8 (F, M): its stages only."""
    flows = sorted(playbook.flows)
    return np.array(
        [[stage in playbook.flows[flow].stages for stage in stages] for flow in flows],
        dtype=np.int8,
    ).reshape(len(flows), len(stages))


def of_kind(people: People, kind: int) -> People:
    """Return the people of one kind: of the history, newcomers or prospects."""
    return _chosen(people, people.kind == kind)


def _buyers(people: People) -> People:
    """Return those who may buy without any message: sign-ups do not."""
    return _chosen(people, people.kind != PROSPECT)


def _chosen(people: People, which: NDArray[np.bool_]) -> People:
    columns: list[Any] = [column[which] for column in people]
    return People(*columns)
