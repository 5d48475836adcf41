"""One number of a playbook moved from end to end: what profit follows, and which is best.

Every value has the same draws, customers and luck, and more budget only adds newcomers to those
who come anyway: so differences between two values hold what the value does and little else.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Playbook
from playbook_compiler.values import dataclass
from playbook_runtime.admission import admitted
from playbook_runtime.budget import acquisition_share, monthly_budget
from playbook_runtime.estimate import Estimate
from playbook_runtime.kernel.layout import WITH
from playbook_runtime.kernel.tables import I64, some_draws
from playbook_runtime.launching import Launched
from playbook_runtime.metric_values import metric_values
from playbook_runtime.month_plan import MonthPlan, budgets_of, with_budgets
from playbook_runtime.outcomes import Outcomes, profit_draws
from playbook_runtime.settings import Settings
from playbook_runtime.sweep_request import BUDGET, HOLDOUT, SPLIT, SweepRequest
from playbook_runtime.world_runs import Progress, WorldRuns

SWEEP_DRAWS: Final = 200
GUIDE_SPLIT: Final = Decimal(40)  # the guide's for an established shop: 40% winning, 60% keeping
METRICS: Final = ("newcomers", "customer_value")


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """One value: the world with the playbook at it, money in minor units.

    `behind` is the profit of the best value less this one's, draw by draw; `told_apart` whether
    its 80% interval lies on one side of nothing. `marks` say whose value it is.
    """

    value: Decimal
    acquisition: int
    retention: int
    newcomers: Estimate
    customer_value: Estimate
    profit: Estimate
    behind: Estimate
    told_apart: bool
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sweep:
    """All values in order, and the place of the best: that of the highest mean profit."""

    playbook: str
    parameter: str
    points: tuple[SweepPoint, ...]
    best: int
    as_of: str
    horizon_days: int
    draws: int
    seed: int
    currency: str
    decimals: int


def swept(
    graph: TriggerGraph,
    as_of: str,
    ready: Launched,
    settings: Settings,
    request: SweepRequest,
    progress: Progress | None = None,
) -> tuple[Sweep | None, list[Diagnostic]]:
    """Return what follows from each value, the playbook's own and the guide's among them."""
    playbook = graph.playbook
    if (missing := _missing(playbook, ready.plan, request.parameter)) is not None:
        return None, [missing]
    own = _own_value(playbook, ready.plan, request.parameter)
    values = _values(request, own)
    draws = min(SWEEP_DRAWS, settings.draws)
    plans = [_plan(playbook, ready, request.parameter, value) for value in values]
    if progress is not None:
        progress.begin(draws * len(values) * len(ready.prepared.people.key))
    base = int(ready.prepared.people.base.sum())
    profits: list[I64] = []
    levels: list[dict[str, Estimate]] = []
    for value, plan in zip(values, plans, strict=True):
        counts = _counts(graph, ready, plan, request.parameter, value, draws, settings, progress)
        profits.append(profit_draws(counts, WITH) - plan.acquisition_cost)
        outcomes = Outcomes(base, ready.days.days, plan.acquisition_cost)
        found = [metric_values(outcomes.of(row, WITH)) for row in counts.tolist()]
        levels.append({name: Estimate.of(one.get(name, 0.0) for one in found) for name in METRICS})
    best = max(range(len(values)), key=lambda place: float(profits[place].mean()))
    points = tuple(
        _point(value, plan, profit, profits[best], level, _marks(request.parameter, value, own))
        for value, plan, profit, level in zip(values, plans, profits, levels, strict=True)
    )
    return Sweep(
        playbook.name,
        request.parameter,
        points,
        best,
        as_of,
        ready.days.days,
        draws,
        settings.seed,
        playbook.currency,
        playbook.decimals,
    ), []


def _point(
    value: Decimal,
    plan: MonthPlan,
    profit: I64,
    best: I64,
    level: dict[str, Estimate],
    marks: tuple[str, ...],
) -> SweepPoint:
    behind = Estimate.of((best - profit).tolist())
    return SweepPoint(
        value,
        sum(one.acquisition for one in plan.budgets),
        sum(one.retention for one in plan.budgets),
        level["newcomers"],
        level["customer_value"],
        Estimate.of(profit.tolist()),
        behind,
        behind.p10 > 0 or behind.p90 < 0,
        marks,
    )


def _counts(
    graph: TriggerGraph,
    ready: Launched,
    plan: MonthPlan,
    parameter: str,
    value: Decimal,
    draws: int,
    settings: Settings,
    progress: Progress | None,
) -> I64:
    """Return the counts of the world in which the parameter has a value."""
    prepared = with_budgets(ready.prepared, plan.budgets, plan.advertising)
    program = ready.program
    if parameter == HOLDOUT:
        program = program._replace(holdout=float(value / 100))
    program, _ = admitted(graph, program, prepared, plan, settings.threads)
    runs = WorldRuns(program, prepared, settings.threads, progress)
    return runs.run(some_draws(prepared.headline, 0, draws))


def _plan(playbook: Playbook, ready: Launched, parameter: str, value: Decimal) -> MonthPlan:
    """Return the plan of the months with another split or budget; the stages stay."""
    plan, whole = ready.plan, monthly_budget(playbook)
    shares = [acquisition_share(playbook.stages, stage) for stage in plan.stages]
    if parameter == SPLIT:
        shares = [value / 100] * len(shares)
    elif parameter == BUDGET:
        whole = int(value.scaleb(playbook.decimals))
    return MonthPlan(plan.timeline, budgets_of(whole, shares, ready.prepared), plan.advertising)


def _own_value(playbook: Playbook, plan: MonthPlan, parameter: str) -> Decimal:
    """Return the playbook's own value; of a split that changes with stages, the first month's."""
    if parameter == SPLIT:
        return acquisition_share(playbook.stages, plan.stages[0]) * 100
    if parameter == BUDGET:
        return Decimal(monthly_budget(playbook) or 0).scaleb(-playbook.decimals)
    guardrails = playbook.guardrails
    return guardrails.holdout.fraction * 100 if guardrails is not None else Decimal(0)


def _values(request: SweepRequest, own: Decimal) -> list[Decimal]:
    """Return the values in order: those asked for, the playbook's own, and of splits the guide's.

    What lies outside of those asked for stays out.
    """
    more = {own, GUIDE_SPLIT} if request.parameter == SPLIT else {own}
    low, high = request.values[0], request.values[-1]
    return sorted({*request.values, *(one for one in more if low <= one <= high)})


def _marks(parameter: str, value: Decimal, own: Decimal) -> tuple[str, ...]:
    found = []
    if value == own:
        found.append("yours")
    if parameter == SPLIT and value == GUIDE_SPLIT:
        found.append("the guide's 40/60")
    return tuple(found)


def _missing(playbook: Playbook, plan: MonthPlan, parameter: str) -> Diagnostic | None:
    """Return what a playbook must say for a split or a budget to matter, and does not."""
    economics = playbook.economics
    if parameter == HOLDOUT or (plan.advertising is not None and plan.budgets):
        return None
    place = playbook.origin.key_span("economics" if economics is not None else "playbook")
    return error(
        "sweep-without-budget",
        f"a sweep over {parameter} needs to know the budget and what a newcomer costs",
        place,
        caption="`monthly_budget` and `acquisition` are looked for here",
        help="economics: {..., monthly_budget: 6000, acquisition: {cost_per_customer: 21.00,"
        " at_budget: 3600, saturation: 0.6}}",
    )
