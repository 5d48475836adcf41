"""The JSON Schema of a diagnosis, published as docs/reference/diagnosis.schema.json."""

from __future__ import annotations

import json
from typing import Final

from playbook_compiler.catalogue import LIFECYCLE, RFM_SEGMENTS
from playbook_runtime.diagnose.curve import Course
from playbook_runtime.metrics.value_tiers import TIERS
from playbook_runtime.output.diagnose_json import JSON_VERSION

Schema = dict[str, object]
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_NUMBER: Final[Schema] = {"type": "number"}
_TEXT: Final[Schema] = {"type": "string"}
_YES_NO: Final[Schema] = {"type": "boolean"}
_DATE: Final[Schema] = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"}
_MONTH: Final[Schema] = {"type": "string", "pattern": r"^\d{4}-\d\d$"}
_NO_MONTH: Final[Schema] = {"type": "string", "pattern": r"^(\d{4}-\d\d)?$"}
_TEXTS: Final[Schema] = {"type": "array", "items": _TEXT}
_READINGS: Final[Schema] = {"$ref": "#/$defs/readings"}


def diagnosis_schema() -> Schema:
    """Return the schema of what `playbook diagnose --output-format json` prints (draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Diagnosis, version {JSON_VERSION}",
        "description": (
            "What `playbook diagnose --output-format json` prints. Money in minor units of the"
            " currency, shares as fractions, numbers at nine significant digits. An order is a day"
            " on which a customer ordered. docs/metrics/ has a page on each metric."
        ),
        **_object(
            version={"const": JSON_VERSION},
            playbook=_said(_TEXT, "Its name; empty where there is none."),
            as_of=_said(_DATE, "The last day that anything is known of."),
            currency={"type": "string", "pattern": "^[A-Z]{3}$"},
            money={"const": "minor"},
            decimals=_said(_COUNT, "How many decimals the currency's major unit has."),
            data=_DATA,
            months_covered=_MONTHS,
            stage=_STAGE,
            matrix=_said(_or_null(_MATRIX), "Null where the log is shorter than a year."),
            period=_said(
                _object(months=_COUNT, metrics=_READINGS), "The last full months, at most twelve."
            ),
            x_order_repurchase=_said(_READINGS, "By number of orders."),
            repurchase_rate=_said(_READINGS, "By months looked at; interval of customers."),
            retention_curve=_said(_READINGS, "By age in calendar months."),
            verdict=_VERDICT,
            rfm=_groups(RFM_SEGMENTS),
            lifecycle=_object(
                dormant_after_days=_COUNT,
                lost_after_days=_COUNT,
                pauses=_said(_COUNT, "Between two orders of one customer."),
                own=_said(_YES_NO, "False: the days are built in."),
                stages=_groups(LIFECYCLE),
                a_year_before={"type": "object", "additionalProperties": _COUNT},
            ),
            value_tiers=_groups(tuple(TIERS)),
            lifetime_value=_object(
                of={"enum": ["contribution", "revenue"]},
                months=_said(_READINGS, "By months since the first order."),
            ),
            cac_payback=_object(
                cost=_said(_COUNT, "Of winning a customer; 0 where nothing says it."),
                months=_said(_or_null(_COUNT), "Null where it is not earned back, or not known."),
            ),
            channels=_list(
                _object(
                    channel=_TEXT,
                    customers=_COUNT,
                    metrics=_READINGS,
                    day_n_retention=_said(_READINGS, "By days since the first order."),
                )
            ),
            months=_list(
                _object(month=_MONTH, metrics=_READINGS, repurchase_rate=_READINGS),
            ),
            cohorts=_list(
                _object(
                    cohort=_said(_MONTH, "Month of the first order."),
                    customers=_COUNT,
                    metrics=_READINGS,
                    retention_curve=_READINGS,
                    lifetime_value=_READINGS,
                )
            ),
            unknown=_list(
                _object(id=_TEXT, what=_TEXT, bring=_said(_TEXT, "What would tell it.")),
            ),
        ),
        "$defs": {
            "readings": {
                "type": "object",
                "additionalProperties": {"$ref": "#/$defs/reading"},
            },
            "reading": {
                "type": "object",
                "description": (
                    "A number that was counted. A share has what it is a part of, and its 80%"
                    " interval from p10 to p90."
                ),
                "required": ["value"],
                "additionalProperties": False,
                "properties": {
                    "value": _NUMBER,
                    "part": _NUMBER,
                    "of": _NUMBER,
                    "p10": _NUMBER,
                    "p90": _NUMBER,
                },
                "dependentRequired": {"part": ["of"], "p10": ["p90", "of"], "p90": ["p10"]},
            },
        },
    }


def schema_text() -> str:
    """Return the schema as the published file has it."""
    return json.dumps(diagnosis_schema(), indent=2) + "\n"


def _object(**properties: Schema) -> Schema:
    """Return an object of exactly these properties, all required."""
    return {
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _said(schema: Schema, description: str) -> Schema:
    return {**schema, "description": description}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _groups(names: tuple[str, ...]) -> Schema:
    """Return a list of groups of customers, one for each name in their order."""
    return {
        "type": "array",
        "items": _object(
            name={"enum": list(names)},
            customers=_COUNT,
            revenue={"type": "integer"},
            orders=_COUNT,
            silent_days=_said(_or_null(_NUMBER), "Median days since the last order."),
        ),
        "minItems": len(names),
        "maxItems": len(names),
    }


_DATA: Final = _object(
    rows=_COUNT,
    orders=_said(_COUNT, "As the file has them."),
    purchases=_said(_COUNT, "Those of one customer on one day counted once."),
    customers=_COUNT,
    quarantined=_COUNT,
    later_orders=_said(_COUNT, "Orders after the as-of date, left out."),
    sha256=_said(_TEXT, "Of the orders file."),
    first_day=_DATE,
    last_day=_DATE,
    details=_said(_TEXTS, "What each rule did to how many rows."),
)
_MONTHS: Final = _object(
    first=_said(_NO_MONTH, "The first full month; empty where there is none."),
    last=_NO_MONTH,
    full=_COUNT,
    partial=_said(_NO_MONTH, "The month that the log ends in; empty where it ends with one."),
)
_STAGE: Final = _object(
    stage=_TEXT,
    rule=_said(_TEXT, "The rule by which it is entered; empty for the first."),
    since=_said(_NO_MONTH, "The full month after which it was entered."),
    orders_per_month=_said(_or_null(_NUMBER), "Mean of three full months; null before."),
    customers=_COUNT,
    next_stage=_TEXT,
    next_rule=_TEXT,
    stated=_said(_TEXT, "What the playbook says; auto where it leaves it open."),
    own_rules=_said(_YES_NO, "False: the built-in stages."),
)
_PLACE: Final = _object(
    name=_TEXT,
    customers=_said(_COUNT, "Who bought."),
    orders=_COUNT,
    frequency=_said(_NUMBER, "Orders in the months, for each customer who bought."),
    order_value=_NUMBER,
    frequent=_or_null(_YES_NO),
    valuable=_said(_or_null(_YES_NO), "Null where nothing says what is valuable."),
)
_MATRIX: Final = _object(
    frequent=_said(_NUMBER, "Orders a year from which a shop is frequent."),
    valuable=_said(_or_null(_COUNT), "Order value from which orders are valuable."),
    own=_said({"type": "array", "items": {"enum": ["frequent", "valuable"]}}, "By the playbook."),
    months=_COUNT,
    shop=_PLACE,
    categories=_list(_PLACE),
)
_VERDICT: Final = _object(
    course={"enum": [one.value for one in Course]},
    reason=_TEXT,
    ages=_said(
        _or_null({"type": "array", "items": _COUNT, "minItems": 2, "maxItems": 2}),
        "First and last month compared.",
    ),
    customers=_COUNT,
    active=_said(_COUNT, "Months with an order, of these customers in these months."),
    ratio=_said(_or_null(_NUMBER), "Later half by earlier half."),
    p5=_or_null(_NUMBER),
    p95=_or_null(_NUMBER),
)
