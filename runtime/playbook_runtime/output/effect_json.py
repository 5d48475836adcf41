"""A projected change as JSON, and the schemas of its parts (in docs/reference/diff.schema.json)."""

from __future__ import annotations

from typing import Any, Final

from playbook_runtime.estimate import Estimate
from playbook_runtime.projected_change import MetricChange, ProjectedChange, RequirementChange
from playbook_runtime.projection import Increment, Judged

Json = dict[str, Any]
_DIGITS: Final = 9  # as in a projection


def effect_fields(effect: ProjectedChange) -> Json:
    """Return the fields of a projected change: money in minor units, shares as fractions, numbers
    at nine significant digits. ValueError for a number that is not finite, which there is none."""
    data = effect.data
    profit = effect.metric("profit")
    return {
        "seed": effect.seed,
        "draws": effect.draws,
        "flow_draws": effect.flow_draws,
        "as_of": effect.as_of.isoformat(),
        "horizon_days": effect.horizon_days,
        "currency": effect.currency,
        "decimals": effect.decimals,
        "money": "minor",
        "data": {
            "sha256": data.sha256,
            "orders": data.orders,
            "customers": data.customers,
            "first_day": data.first_day.isoformat(),
            "last_day": data.last_day.isoformat(),
        },
        "command": effect.command,
        "probability_better": _number(profit.above),
        "told_apart": profit.told_apart,
        "metrics": {one.name: _metric(one) for one in effect.metrics},
        "contact": {one.name: _metric(one) for one in effect.contact},
        "flows": [
            {"flow": one.flow, "change": one.how, **_increment(one.worth)} for one in effect.flows
        ],
        "rest": _increment(effect.rest),
        "requirements": [_requirement(one) for one in effect.requirements],
        "rules": [
            {"rule": one.name, "label": one.label, "old": one.old, "new": one.new}
            for one in effect.rules
        ],
        "notes": list(effect.notes),
    }


def _metric(one: MetricChange) -> Json:
    return {
        "unit": one.unit,
        "old": _quantiles(one.old),
        "new": _quantiles(one.new),
        "difference": _quantiles(one.difference),
        "difference_unproven": None if one.unproven is None else _quantiles(one.unproven),
        "probability_above": _number(one.above),
        "told_apart": one.told_apart,
    }


def _increment(one: Increment) -> Json:
    return {"orders": _quantiles(one.orders), "profit": _quantiles(one.profit)}


def _requirement(one: RequirementChange) -> Json:
    return {"requirement": one.text, "old": _judged(one.old), "new": _judged(one.new)}


def _judged(one: Judged | None) -> Json | None:
    if one is None:
        return None
    value = None if one.value is None else _number(one.value)
    return {"verdict": str(one.verdict), "value": value}


def _quantiles(one: Estimate) -> Json:
    return {name: _number(getattr(one, name)) for name in ("mean", "p10", "p50", "p90")}


def _number(value: float) -> float:
    """Return a number at nine significant digits; -0.0 is 0.0."""
    return float(f"{value:.{_DIGITS}g}") + 0.0


def effect_schemas() -> Json:
    """Return the definitions that `projected` needs, itself among them."""
    number, text, share = {"type": "number"}, {"type": "string"}, _SHARE
    quantiles = {"$ref": "#/$defs/quantiles"}
    verdict = {"anyOf": [{"$ref": "#/$defs/verdict"}, {"type": "null"}]}
    metrics = {"type": "object", "additionalProperties": {"$ref": "#/$defs/metric_change"}}
    worth = {"orders": quantiles, "profit": quantiles}
    return {
        "quantiles": _object(mean=number, p10=number, p50=number, p90=number),
        "metric_change": _object(
            unit=text,
            old=quantiles,
            new=quantiles,
            difference=_said(quantiles, "Expected, new less old, draw by draw."),
            difference_unproven={
                "anyOf": [quantiles, {"type": "null"}],
                "description": "With the gains that nothing proves; null without any.",
            },
            probability_above=_said(share, "Share of draws in which the difference is above 0."),
            told_apart=_said(_YES_NO, "The 80% interval lies on one side of 0."),
        ),
        "verdict": _object(
            verdict={"enum": ["met", "not met", "undecided"]},
            value={"type": ["number", "null"]},
        ),
        "projected": _object(
            seed={"type": "integer"},
            draws=_COUNT,
            flow_draws=_COUNT,
            as_of=text,
            horizon_days=_COUNT,
            currency=text,
            decimals={"type": "integer", "minimum": 0},
            money={"const": "minor"},
            data=_object(
                sha256=_said(text, "Of the orders file."),
                orders=_COUNT,
                customers=_COUNT,
                first_day=text,
                last_day=text,
            ),
            command=text,
            probability_better=_said(share, "Share of draws in which profit is above the old."),
            told_apart=_YES_NO,
            metrics=_said(metrics, "By name, for all people over the horizon."),
            contact=_said(metrics, "What is done to customers."),
            flows={
                "type": "array",
                "description": "Flows that differ: what they are worth more than before, the mean"
                " of first-in and last-in.",
                "items": _object(flow=text, change=text, **worth),
            },
            rest=_said(_object(**worth), "What these flows leave of the difference."),
            requirements={
                "type": "array",
                "items": _object(requirement=text, old=verdict, new=verdict),
            },
            rules={
                "type": "array",
                "items": _object(rule=text, label=text, old=text, new=text),
            },
            notes={"type": "array", "items": text},
        ),
    }


_SHARE: Final[Json] = {"type": "number", "minimum": 0, "maximum": 1}
_COUNT: Final[Json] = {"type": "integer", "minimum": 0}
_YES_NO: Final[Json] = {"type": "boolean"}


def _said(schema: Json, description: str) -> Json:
    return {**schema, "description": description}


def _object(**properties: Json) -> Json:
    """Return the schema of an object; further keys may be added."""
    return {
        "type": "object",
        "required": list(properties),
        "additionalProperties": True,
        "properties": properties,
    }
