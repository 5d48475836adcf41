"""The plan of the months as a projection tells it."""

from __future__ import annotations

from playbook_compiler.model import Playbook
from playbook_runtime.admission import Admission
from playbook_runtime.budget import WHOLE, acquisition_share
from playbook_runtime.estimate import Estimate
from playbook_runtime.month_plan import MonthPlan
from playbook_runtime.planned_months import PlannedMonth
from playbook_runtime.prepare import Prepared


def told_months(
    playbook: Playbook, plan: MonthPlan, prepared: Prepared, admission: Admission | None
) -> tuple[PlannedMonth, ...]:
    """Return what each month has: its stage and why, budgets, newcomers, whom the budget admits."""
    flows = sorted(playbook.flows)
    newcomers = prepared.headline.newcomers
    found = []
    for place, one in enumerate(plan.timeline):
        stage = playbook.stages.get(one.stage)
        budget = plan.budgets[place] if plan.budgets else None
        found.append(
            PlannedMonth(
                one.month,
                one.stage,
                one.reason,
                one.orders,
                float(acquisition_share(playbook.stages, one.stage)),
                budget.acquisition if budget is not None else None,
                budget.retention if budget is not None else None,
                Estimate.of(newcomers[:, place].tolist()),
                stage.checklist if stage is not None else (),
                _admitted(flows, admission, place),
                float(admission.spent[:, place].sum()) if admission is not None else None,
            )
        )
    return tuple(found)


def _admitted(
    flows: list[str], admission: Admission | None, month: int
) -> tuple[tuple[str, float], ...]:
    """Return the flows that admit a share only in a month, and the share."""
    if admission is None:
        return ()
    shares = admission.shares[:, month].tolist()
    return tuple(
        (flow, share / WHOLE) for flow, share in zip(flows, shares, strict=True) if share < WHOLE
    )
