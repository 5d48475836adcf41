"""A projection as versioned JSON: the contract that other programs read.

The schema is `projection_schema.py`, published as docs/reference/projection.schema.json.
"""

from __future__ import annotations

import json
from typing import Final

from playbook_runtime.estimate import Estimate
from playbook_runtime.output.stage_json import budget_shift_fields, stage_month
from playbook_runtime.projection import (
    Assumption,
    BreakEven,
    Check,
    Cohort,
    CohortGroup,
    Compared,
    DataAccount,
    Estimates,
    FlowProjection,
    GradeShare,
    Increment,
    Judged,
    MoneyPart,
    Month,
    PointsLedger,
    PointsMonth,
    Precision,
    ProgrammeCount,
    Projection,
    Proof,
    Reserve,
    Swing,
)

JSON_VERSION: Final = 1
_DIGITS: Final = 9  # what draws can tell is less; what machines agree on is not more

Quantiles = dict[str, float]


def projection_json(projection: Projection) -> str:
    """Return the JSON text of a projection: the same bytes for the same numbers, ASCII only.

    Money in minor units, shares as fractions, numbers at nine significant digits. ValueError for
    a number that is not finite, which no projection has.
    """
    fields = {
        "version": JSON_VERSION,
        "seed": projection.seed,
        "as_of": projection.as_of.isoformat(),
        "horizon_days": projection.horizon_days,
        "digest": projection.digest,
        "currency": projection.currency,
        "money": "minor",
        "without": _metrics(projection.without),
        "with": _metrics(projection.with_playbook),
        "difference": _metrics(projection.difference),
        "with_unproven": _metrics(projection.with_unproven),
        "difference_unproven": _metrics(projection.difference_unproven),
        "probability_profit_positive": _number(projection.probability_profit_positive),
        "monte_carlo_error": _number(projection.monte_carlo_error),
        "flows": [_flow(flow) for flow in projection.flows],
        "backtest": [_check(check) for check in projection.backtest],
        "assumptions": [_assumption(one) for one in projection.assumptions],
        "data": _data(projection.data),
        "playbook": projection.playbook,
        "decimals": projection.decimals,
        "draws": projection.draws,
        "flow_draws": projection.flow_draws,
        "family": projection.family,
        "contact": _metrics(projection.contact),
        "stages": [stage_month(one) for one in projection.stages],
        "budget_shift": budget_shift_fields(projection.shift),
        "notes": list(projection.notes),
        "luck": _number(projection.luck),
        "conservative": projection.conservative,
        "rest": _increment(projection.rest),
        "profit_parts": [_money(one) for one in projection.money],
        "tornado": [_swing(one) for one in projection.tornado],
        "grades": [_grade(one) for one in projection.grades],
        "requirements": [_judged(one) for one in projection.requirements],
        "months": [_month(one) for one in projection.months],
        "points": _ledger(projection.points),
        "programmes": [_programme(one) for one in projection.programmes],
        "cohorts": [_cohort(one) for one in projection.cohorts],
        "cohort_groups": [_group(one) for one in projection.cohort_groups],
        "again": {
            name: [_compared(row) for row in projection.again[name]]
            for name in sorted(projection.again)
        },
        "precision": _precision(projection.precision),
    }
    return json.dumps(fields, indent=2, allow_nan=False) + "\n"


def _number(value: float) -> float:
    """Return a number at nine significant digits; -0.0 is 0.0."""
    return float(f"{value:.{_DIGITS}g}") + 0.0


def _quantiles(estimate: Estimate) -> Quantiles:
    return {
        "mean": _number(estimate.mean),
        "p10": _number(estimate.p10),
        "p50": _number(estimate.p50),
        "p90": _number(estimate.p90),
    }


def _metrics(estimates: Estimates) -> dict[str, Quantiles]:
    return {name: _quantiles(estimates[name]) for name in sorted(estimates)}


def _flow(flow: FlowProjection) -> dict[str, object]:
    return {
        "flow": flow.flow,
        "entered": _quantiles(flow.entered),
        "sent": _quantiles(flow.sent),
        "held_back": _quantiles(flow.held_back),
        "orders": _quantiles(flow.orders),
        "profit": _quantiles(flow.profit),
        "strategy": flow.strategy,
        "held_back_by": _metrics(flow.held_back_by),
        "delayed": _quantiles(flow.delayed),
        "offers_used": _quantiles(flow.offers_used),
        "subsidised": _quantiles(flow.subsidised),
        "first_in": _increment(flow.first_in),
        "last_in": _increment(flow.last_in),
        "pays_if": _pays(flow.pays_if),
        "proof": _proof(flow.proof),
    }


def _increment(one: Increment) -> dict[str, Quantiles]:
    return {"orders": _quantiles(one.orders), "profit": _quantiles(one.profit)}


def _precision(one: Precision | None) -> dict[str, float] | None:
    if one is None:
        return None
    return {"asked": _number(one.asked), "reached": _number(one.reached)}


def _pays(one: BreakEven | None) -> dict[str, object] | None:
    if one is None:
        return None
    return {
        "pays": one.pays.value,
        "scale": _number(one.scale),
        "error": _number(one.error),
        "form": one.form,
        "low": _number(one.low),
        "high": _number(one.high),
    }


def _proof(one: Proof | None) -> dict[str, object] | None:
    if one is None:
        return None
    return {
        "provable": one.holdout is not None,
        "holdout": _maybe(one.holdout),
        "months": _maybe(one.months),
        "customers": _number(one.customers),
        "needed": _maybe(one.needed),
        "assurance": _number(one.assurance),
        "smallest": _number(one.smallest),
    }


def _maybe(value: float | None) -> float | None:
    return None if value is None else _number(value)


def _money(one: MoneyPart) -> dict[str, object]:
    return {
        "part": one.name,
        "within": one.within,
        "sign": one.sign,
        "without": _quantiles(one.without),
        "with": _quantiles(one.with_playbook),
        "difference": _quantiles(one.difference),
    }


def _swing(one: Swing) -> dict[str, object]:
    return {
        "id": one.id,
        "label": one.label,
        "grade": one.grade,
        "low": one.low,
        "high": one.high,
        "profit_low": _number(one.profit_low),
        "profit_high": _number(one.profit_high),
        "error": _number(one.error),
        "guessed": one.guessed,
    }


def _grade(one: GradeShare) -> dict[str, object]:
    return {"grade": one.grade, "profit": _quantiles(one.profit), "share": _maybe(one.share)}


def _judged(one: Judged) -> dict[str, object]:
    """Return a verdict; without the file's path, which is of one machine only."""
    return {
        "requirement": one.text,
        "line": one.line,
        "verdict": one.verdict.value,
        "unit": one.unit,
        "value": _maybe(one.value),
        "low": _maybe(one.low),
        "high": _maybe(one.high),
        "limit": _maybe(one.limit),
        "of": one.of,
        "why": one.why,
    }


def _month(one: Month) -> dict[str, object]:
    return {
        "month": one.month,
        "without": _metrics(one.without),
        "with": _metrics(one.with_playbook),
        "difference": _metrics(one.difference),
    }


def _programme(one: ProgrammeCount) -> dict[str, object]:
    return {
        "count": one.name,
        "with": _quantiles(one.with_playbook),
        "with_unproven": _quantiles(one.with_unproven),
    }


def _points(one: PointsMonth) -> dict[str, object]:
    return {
        "month": one.month,
        "earned": _quantiles(one.earned),
        "redeemed": _quantiles(one.redeemed),
        "expired": _quantiles(one.expired),
        "outstanding": _quantiles(one.outstanding),
        "liability": _quantiles(one.liability),
    }


def _ledger(one: PointsLedger | None) -> dict[str, object] | None:
    if one is None:
        return None
    whole = {name: value for name, value in _points(one.whole).items() if name != "month"}
    return {
        "months": [_points(month) for month in one.months],
        "whole": whole,
        "breakage": _quantiles(one.breakage),
        "reserve": _reserve(one.reserve),
    }


def _reserve(one: Reserve | None) -> dict[str, object] | None:
    if one is None:
        return None
    return {
        "rule": one.rule,
        "amount": _quantiles(one.amount),
        "enough": _number(one.enough),
    }


def _compared(one: Compared) -> dict[str, object]:
    return {
        "row": one.name,
        "past": _maybe(one.past),
        "without": _quantiles(one.without),
        "with": _quantiles(one.with_playbook),
        "difference": _quantiles(one.difference),
    }


def _cohort(one: Cohort) -> dict[str, object]:
    return {
        "cohort": one.cohort,
        "customers": _quantiles(one.customers),
        "past": [
            {"month": past.month, "active_customers": past.active_customers, "orders": past.orders}
            for past in one.past
        ],
        "months": [_month(month) for month in one.months],
    }


def _group(one: CohortGroup) -> dict[str, object]:
    return {"group": one.name, "customers": _number(one.customers), **_share(one.share)}


def _share(one: Compared) -> dict[str, object]:
    return {name: value for name, value in _compared(one).items() if name != "row"}


def _check(check: Check) -> dict[str, object]:
    return {
        "origin": check.origin.isoformat(),
        "predicted": _quantiles(check.predicted),
        "actual": check.actual,
        "naive": _number(check.naive),
        "inside": check.inside,
        "horizon_days": check.horizon_days,
    }


def _assumption(one: Assumption) -> dict[str, object]:
    return {
        "id": one.id,
        "effect": one.effect,
        "source": one.source,
        "grade": one.grade,
        "value": one.value,
        "in_headline": one.in_headline,
        "used_by": list(one.used_by),
    }


def _data(data: DataAccount) -> dict[str, object]:
    """Return the account of the orders; not the file's path, which is of one machine only."""
    return {
        "rows": data.rows,
        "orders": data.orders,
        "customers": data.customers,
        "quarantined": data.quarantined,
        "sha256": data.sha256,
        "first_day": data.first_day.isoformat(),
        "last_day": data.last_day.isoformat(),
        "later_orders": data.later_orders,
        "details": list(data.details),
    }
