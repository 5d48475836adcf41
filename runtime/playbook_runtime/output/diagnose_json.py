"""A diagnosis as versioned JSON: the contract that other programs read.

The schema is `diagnose_schema.py`, published as docs/reference/diagnosis.schema.json.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from playbook_runtime.diagnose.groups import Group
from playbook_runtime.diagnose.intervals import Reading
from playbook_runtime.diagnose.model import Diagnosis, MatrixFound, Place, Readings

JSON_VERSION: Final = 1
_DIGITS: Final = 9
Json = dict[str, object]


def diagnosis_json(found: Diagnosis) -> str:
    """Return the JSON text of a diagnosis: the same bytes for the same orders, ASCII only.

    Money in minor units, shares as fractions, numbers at nine significant digits.
    """
    fields: Json = {
        "version": JSON_VERSION,
        "playbook": found.playbook,
        "as_of": found.as_of.isoformat(),
        "currency": found.currency,
        "money": "minor",
        "decimals": found.decimals,
        "data": _data(found),
        "months_covered": {
            "first": found.first_month,
            "last": found.last_month,
            "full": found.full_months,
            "partial": found.partial,
        },
        "stage": _stage(found),
        "matrix": _matrix(found.matrix) if found.matrix is not None else None,
        "period": {"months": found.period_months, "metrics": _readings(found.period)},
        "x_order_repurchase": _readings(found.x_order),
        "repurchase_rate": _readings(found.repurchase),
        "retention_curve": _readings(found.curve),
        "verdict": _verdict(found),
        "rfm": _groups(found.rfm),
        "lifecycle": {
            "dormant_after_days": found.silence.dormant_after,
            "lost_after_days": found.silence.lost_after,
            "pauses": found.silence.gaps,
            "own": found.silence.is_known,
            "stages": _groups(found.lifecycle),
            "a_year_before": dict(found.lifecycle_before),
        },
        "value_tiers": _groups(found.tiers),
        "lifetime_value": {"of": found.value_of, "months": _readings(found.lifetime_value)},
        "cac_payback": {"cost": found.acquisition_cost, "months": found.payback_months},
        "channels": [
            {
                "channel": one.channel,
                "customers": one.customers,
                "metrics": _readings(one.metrics),
                "day_n_retention": _readings(one.day_n),
            }
            for one in found.channels
        ],
        "months": [
            {
                "month": one.month,
                "metrics": _readings(one.metrics),
                "repurchase_rate": _readings(one.repurchase),
            }
            for one in found.months
        ],
        "cohorts": [
            {
                "cohort": one.cohort,
                "customers": one.customers,
                "metrics": _readings(one.metrics),
                "retention_curve": _readings(one.curve),
                "lifetime_value": _readings(one.lifetime_value),
            }
            for one in found.cohorts
        ],
        "unknown": [{"id": one.id, "what": one.what, "bring": one.bring} for one in found.unknown],
    }
    return json.dumps(fields, indent=2, allow_nan=False) + "\n"


def _number(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}") + 0.0


def _known(value: float | None) -> float | None:
    return None if value is None else _number(value)


def _reading(one: Reading) -> Json:
    """Return a number; with its interval and what it is of, where it has them."""
    told: Json = {"value": _number(one.value)}
    if one.whole:
        told |= {"part": _number(one.part), "of": _number(one.whole)}
    if one.low is not None and one.high is not None:
        told |= {"p10": _number(one.low), "p90": _number(one.high)}
    return told


def _readings(readings: Readings) -> Json:
    return {name: _reading(one) for name, one in readings.items()}


def _data(found: Diagnosis) -> Json:
    """Return the account of the orders; not the file's path, which is of one machine only."""
    data = found.data
    return {
        "rows": data.rows,
        "orders": data.orders,
        "purchases": found.purchases,
        "customers": data.customers,
        "quarantined": data.quarantined,
        "later_orders": data.later_orders,
        "sha256": data.sha256,
        "first_day": data.first_day.isoformat(),
        "last_day": data.last_day.isoformat(),
        "details": list(data.details),
    }


def _stage(found: Diagnosis) -> Json:
    one = found.stage
    return {
        "stage": one.stage,
        "rule": one.rule,
        "since": one.since,
        "orders_per_month": _known(one.orders_per_month),
        "customers": one.customers,
        "next_stage": one.next_stage,
        "next_rule": one.next_rule,
        "stated": one.stated,
        "own_rules": one.own_rules,
    }


def _matrix(found: MatrixFound) -> Json:
    return {
        "frequent": _number(found.frequent),
        "valuable": found.valuable,
        "own": list(found.own),
        "months": found.months,
        "shop": _place(found.shop),
        "categories": [_place(one) for one in found.categories],
    }


def _place(one: Place) -> Json:
    return {
        "name": one.name,
        "customers": one.customers,
        "orders": one.purchases,
        "frequency": _number(one.frequency),
        "order_value": _number(one.order_value),
        "frequent": one.frequent,
        "valuable": one.valuable,
    }


def _verdict(found: Diagnosis) -> Json:
    one = found.verdict
    return {
        "course": one.course.value,
        "reason": one.reason,
        "ages": list(one.ages) if one.ages is not None else None,
        "customers": one.customers,
        "active": one.active,
        "ratio": _known(one.ratio),
        "p5": _known(one.low),
        "p95": _known(one.high),
    }


def _groups(groups: Sequence[Group]) -> list[Json]:
    return [
        {
            "name": one.name,
            "customers": one.customers,
            "revenue": one.revenue,
            "orders": one.purchases,
            "silent_days": _known(one.silent_days),
        }
        for one in groups
    ]
