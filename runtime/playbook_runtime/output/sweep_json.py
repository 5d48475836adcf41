"""A sweep as versioned JSON: money in minor units, shares in per cent as they were asked for."""

from __future__ import annotations

import json
from typing import Final

from playbook_runtime.estimate import Estimate
from playbook_runtime.output.sweep_text import named, reading
from playbook_runtime.sweep import Sweep, SweepPoint

SWEEP_VERSION: Final = 1
_DIGITS: Final = 9


def sweep_json(sweep: Sweep) -> str:
    """Return the JSON text of a sweep: the same bytes for the same numbers."""
    fields = {
        "version": SWEEP_VERSION,
        "playbook": sweep.playbook,
        "parameter": sweep.parameter,
        "seed": sweep.seed,
        "as_of": sweep.as_of,
        "horizon_days": sweep.horizon_days,
        "draws": sweep.draws,
        "currency": sweep.currency,
        "decimals": sweep.decimals,
        "money": "minor",
        "best": float(sweep.points[sweep.best].value),
        "points": [_point(sweep.parameter, point) for point in sweep.points],
        "notes": list(reading(sweep)),
    }
    return json.dumps(fields, indent=2, allow_nan=False) + "\n"


def _point(parameter: str, point: SweepPoint) -> dict[str, object]:
    return {
        "value": float(point.value),
        "name": named(parameter, point.value),
        "acquisition": point.acquisition,
        "retention": point.retention,
        "newcomers": _quantiles(point.newcomers),
        "customer_value": _quantiles(point.customer_value),
        "profit": _quantiles(point.profit),
        "behind_best": _quantiles(point.behind),
        "told_apart": point.told_apart,
        "marks": list(point.marks),
    }


def _quantiles(estimate: Estimate) -> dict[str, float]:
    return {
        name: float(f"{getattr(estimate, name):.{_DIGITS}g}") + 0.0
        for name in ("mean", "p10", "p50", "p90")
    }
