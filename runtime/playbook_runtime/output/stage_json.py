"""The months of a plan as JSON: money in minor units, shares as fractions."""

from __future__ import annotations

from playbook_runtime.estimate import Estimate
from playbook_runtime.planned_months import BudgetShift, PlannedMonth


def stage_month(one: PlannedMonth) -> dict[str, object]:
    """Return one month as it stands under `stages`."""
    return {
        "month": one.month,
        "stage": one.stage,
        "reason": one.reason,
        "orders_per_month": None if one.orders is None else _number(one.orders),
        "acquisition_share": _number(one.acquisition_share),
        "acquisition": one.acquisition,
        "retention": one.retention,
        "newcomers": _quantiles(one.newcomers),
        "checklists": list(one.checklists),
        "admitted": {flow: _number(share) for flow, share in one.admitted},
        "retention_spent": None if one.spent is None else _number(one.spent),
    }


def budget_shift_fields(shift: BudgetShift | None) -> dict[str, object] | None:
    """Return what stands under `budget_shift`."""
    if shift is None:
        return None
    return {
        "acquisition": shift.budget,
        "usual": shift.usual,
        "newcomers": _quantiles(shift.newcomers),
        "profit": _quantiles(shift.profit),
    }


def _number(value: float) -> float:
    return float(f"{value:.9g}") + 0.0


def _quantiles(estimate: Estimate) -> dict[str, float]:
    return {name: _number(getattr(estimate, name)) for name in ("mean", "p10", "p50", "p90")}
