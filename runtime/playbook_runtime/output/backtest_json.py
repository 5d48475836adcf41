"""A backtest as versioned JSON, and the schema of it: docs/reference/backtest.schema.json."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Final

from playbook_runtime.behaviour.backtest import BacktestOrigin
from playbook_runtime.estimate import Estimate
from playbook_runtime.output.backtest_report import BacktestReport

JSON_VERSION: Final = 1
_DIGITS: Final = 9
_EPOCH: Final = date(1970, 1, 1)

Json = dict[str, object]


def backtest_json(report: BacktestReport) -> str:
    """Return the JSON text of a backtest: the same bytes for the same numbers."""
    drift = report.tested.drift
    fields = {
        "version": JSON_VERSION,
        "seed": report.seed,
        "draws": report.draws,
        "until": report.until.isoformat(),
        "horizon_days": report.horizon_days,
        "origins": [_origin(one) for one in report.tested.origins],
        "drift": {
            "scale": drift.scale,
            "degrees": drift.degrees,
            "horizon_days": drift.horizon_days,
        },
        "data": {
            "rows": report.rows,
            "orders": report.orders,
            "customers": report.customers,
            "quarantined": report.quarantined,
        },
        "notes": list(report.told),
    }
    return json.dumps(fields, indent=2, allow_nan=False) + "\n"


def _origin(one: BacktestOrigin) -> Json:
    return {
        "origin": (_EPOCH + timedelta(days=one.origin_day)).isoformat(),
        "horizon_days": one.horizon_days,
        "customers": one.customers,
        "predicted": _quantiles(one.predicted),
        "actual": one.actual,
        "naive": _number(one.naive),
        "recent": one.recent,
        "inside": one.inside,
        "mae": _number(one.mae),
        "naive_mae": _number(one.naive_mae),
        "recent_mae": _number(one.recent_mae),
        "season": one.season,
    }


def _quantiles(one: Estimate) -> Json:
    return {name: _number(getattr(one, name)) for name in ("mean", "p10", "p50", "p90")}


def _number(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def backtest_schema() -> Json:
    """Return the schema of what `playbook backtest --output-format json` prints (2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Backtest, version {JSON_VERSION}",
        "description": (
            "What `playbook backtest --output-format json` prints. Purchases are days on which a"
            " customer ordered; numbers at nine significant digits."
        ),
        **_object(
            version={"const": JSON_VERSION},
            seed={"type": "integer"},
            draws={"type": "integer", "minimum": 1},
            until=_said(_DATE, "The last day whose orders are used."),
            horizon_days=_said(_DAYS, "As asked for; the stretches held back may be shorter."),
            origins={"type": "array", "items": _ORIGIN, "description": "Oldest first."},
            drift=_DRIFT,
            data=_object(rows=_COUNT, orders=_COUNT, customers=_COUNT, quarantined=_COUNT),
            notes={"type": "array", "items": {"type": "string"}},
        ),
    }


def _object(**properties: Json) -> Json:
    return {
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties,
    }


def _said(schema: Json, description: str) -> Json:
    return {**schema, "description": description}


_COUNT: Final[Json] = {"type": "integer", "minimum": 0}
_DAYS: Final[Json] = {"type": "integer", "minimum": 1}
_AMOUNT: Final[Json] = {"type": "number", "minimum": 0}
_DATE: Final[Json] = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"}
_ORIGIN: Final = _object(
    origin=_said(_DATE, "The last day that the prediction knew."),
    horizon_days=_said(_DAYS, "Days after it that were held back."),
    customers=_said(_COUNT, "Who had bought by then; the figures are of them only."),
    predicted=_said(
        _object(mean=_AMOUNT, p10=_AMOUNT, p50=_AMOUNT, p90=_AMOUNT),
        "Purchases in these days; p10 to p90 is 80%, without drift.",
    ),
    actual=_COUNT,
    naive=_said(_AMOUNT, "Each customer's own past rate, carried forward."),
    recent=_said(_COUNT, "Purchases in as many days up to the origin."),
    inside=_said({"type": "boolean"}, "Whether the actual lies in p10 to p90."),
    mae=_said(_AMOUNT, "Mean absolute error of the model, by customer."),
    naive_mae=_said(_AMOUNT, "The same of the naive forecast."),
    recent_mae=_said(_AMOUNT, "The same of each customer's recent purchases."),
    season=_said(
        {"enum": ["estimated", "given", "none"]}, "What was known of the season at the origin."
    ),
)
_DRIFT: Final = _said(
    _object(scale=_AMOUNT, degrees={"type": "integer", "minimum": 1}, horizon_days=_AMOUNT),
    "How far levels wander off the model: ln(actual / predicted) is `scale` times a Student t of"
    " `degrees`, over `horizon_days` days; projections are widened by it.",
)
