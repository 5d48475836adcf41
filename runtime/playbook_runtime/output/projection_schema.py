"""The JSON Schema of a projection, published as docs/reference/projection.schema.json."""

from __future__ import annotations

import json
from typing import Final

from playbook_runtime.evidence.model import GRADES
from playbook_runtime.output.projection_json import JSON_VERSION

Schema = dict[str, object]

# What every projection has at least; further metrics may stand beside them.
METRICS: Final = (
    "active_customers",
    "aov",
    "contribution",
    "crr",
    "customer_value",
    "message_cost",
    "offer_cost",
    "orders",
    "profit",
    "purchase_frequency",
    "repeat_purchase_rate",
    "revenue",
)
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_DAYS: Final[Schema] = {"type": "integer", "minimum": 1}
_NUMBER: Final[Schema] = {"type": "number"}
_SHARE: Final[Schema] = {"type": "number", "minimum": 0, "maximum": 1}
_TEXT: Final[Schema] = {"type": "string"}
_YES_NO: Final[Schema] = {"type": "boolean"}
_DATE: Final[Schema] = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"}
_PRECISION: Final[Schema] = {"$ref": "#/$defs/precision"}
_Q: Final[Schema] = {"$ref": "#/$defs/Q"}
_WORLD: Final[Schema] = {"$ref": "#/$defs/metrics"}
_CONTACT: Final[Schema] = {"type": "object", "additionalProperties": _Q}
_TEXTS: Final[Schema] = {"type": "array", "items": _TEXT}


def projection_schema() -> Schema:
    """Return the schema of what `playbook simulate --output-format json` prints (draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Projection, version {JSON_VERSION}",
        "description": (
            "What `playbook simulate --output-format json` prints. Money in minor units of the"
            " currency, shares as fractions, numbers at nine significant digits."
        ),
        **_object(
            version={"const": JSON_VERSION},
            seed={"type": "integer"},
            as_of=_said(_DATE, "The last day that anything is known of."),
            horizon_days=_DAYS,
            digest=_said(_TEXT, "Of the compiled playbook."),
            currency={"type": "string", "pattern": "^[A-Z]{3}$"},
            money={"const": "minor"},
            without=_said(_WORLD, "If nothing is done but what already runs."),
            # `with` is a word of Python, so the key comes by name.
            **{"with": _said(_WORLD, "With the playbook; unproven gains are left out.")},
            difference=_said(_WORLD, "Draw by draw, with less without."),
            with_unproven=_said(_WORLD, "With the playbook, unproven gains included."),
            difference_unproven=_WORLD,
            probability_profit_positive=_said(
                _SHARE, "The share of draws in which the difference of profit is above 0."
            ),
            monte_carlo_error=_said(
                {"type": "number", "minimum": 0},
                "Standard error of difference.profit.p10 that the number of draws causes.",
            ),
            flows=_list(_FLOW),
            backtest=_list(_CHECK),
            assumptions=_list(_ASSUMPTION),
            data=_DATA,
            playbook=_TEXT,
            decimals=_said(_COUNT, "How many decimals the currency's major unit has."),
            draws=_DAYS,
            flow_draws=_said(_COUNT, "Draws behind the increments of flows."),
            family=_said(_TEXT, "The purchase model, or the models that are mixed."),
            contact=_said(_CONTACT, "What the playbook does to customers, by metric."),
            stages=_said(_list(_STAGE_MONTH), "By month, the same in both worlds."),
            budget_shift=_BUDGET_SHIFT,
            notes=_TEXTS,
            luck=_said(
                _SHARE, "Of the variance of the profit difference between draws; not in intervals."
            ),
            conservative=_said(_YES_NO, "Every effect at its worse quartile."),
            rest=_said(_INCREMENT, "What the worths of all flows leave of the total."),
            profit_parts=_said(
                _list(_MONEY), "sign times part, summed over those within no other, is the profit."
            ),
            tornado=_said(_list(_SWING), "The largest first."),
            grades=_list(_GRADE),
            requirements=_said(_list(_JUDGED), "The lines of `require:`, in their order."),
            months=_said(_list(_MONTH), "By calendar month; differences are expectations."),
            programmes=_said(
                _list(_PROGRAMME), "Who joined, left, was referred; deliveries. Of the horizon."
            ),
            points=_said(_LEDGER, "Of the world with; null without a points programme."),
            cohorts=_said(_list(_COHORT), "Customers by the month of their first order."),
            cohort_groups=_said(
                _list(_GROUP), "Of cohorts taken together, the share that buys in a month."
            ),
            again=_said(
                {"type": "object", "additionalProperties": _list(_COMPARED)},
                "Who buys again, by metric: docs/metrics/ has a page on each.",
            ),
            precision=_said(
                _or_null(_PRECISION),
                "With --precision: two standard errors of the ends of difference.profit by the"
                " number of draws, as a part of their distance.",
            ),
        ),
        "$defs": {
            "Q": {
                "description": "An uncertain number: mean and quantiles; p10 to p90 is 80%.",
                **_object(mean=_NUMBER, p10=_NUMBER, p50=_NUMBER, p90=_NUMBER),
            },
            "precision": _object(asked=_NUMBER, reached=_NUMBER),
            "metrics": {
                "type": "object",
                "description": "By name; docs/metrics/ has a page on each.",
                "required": list(METRICS),
                "propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"},
                "additionalProperties": _Q,
            },
        },
    }


def schema_text() -> str:
    """Return the schema as the published file has it."""
    return json.dumps(projection_schema(), indent=2) + "\n"


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


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _said(schema: Schema, description: str) -> Schema:
    return {**schema, "description": description}


_INCREMENT: Final = _object(orders=_Q, profit=_Q)
_KNOWN: Final[Schema] = {"type": ["number", "null"]}
_PAYS: Final = _or_null(
    _object(
        pays={"enum": ["above", "always", "never", "no-effect"]},
        scale=_said(_NUMBER, "Factor on the flow's effects at which its profit is nothing."),
        error=_said(_NUMBER, "Standard error of scale by the number of draws."),
        form=_said(_TEXT, "Of the effects told: rate, added, ..."),
        low=_said(_NUMBER, "The least of them there: orders per 1,000, or a factor less 1."),
        high=_NUMBER,
    )
)
_PROOF: Final = _or_null(
    _object(
        provable=_YES_NO,
        holdout=_said(_KNOWN, "Share of those who would be sent it; null: cannot be proved here."),
        months=_KNOWN,
        customers=_said(_NUMBER, "Who would be sent it in the horizon."),
        needed=_said(_KNOWN, "Customers that the test takes, both arms; null: no effect."),
        assurance=_said(
            _SHARE,
            "Chance that the test tells, two-sided at 5%, over what is unknown of the effect; where"
            " it cannot be proved here, that a test at 50% holdout over 36 months does.",
        ),
        smallest=_said(_NUMBER, "Least profit a customer that a year at 50% holdout could tell."),
    )
)
_MONEY: Final = _object(
    part=_TEXT,
    within=_said(_TEXT, "The part that it is a piece of, and in already; else empty."),
    sign=_said({"enum": [1, -1]}, "1 gained, -1 spent."),
    without=_Q,
    **{"with": _Q},
    difference=_Q,
)
_SWING: Final = _object(
    id=_TEXT,
    label=_TEXT,
    grade=_TEXT,
    low=_said(_TEXT, "What it is at its low end: the 10% quantile, or a tenth less."),
    high=_TEXT,
    profit_low=_said(_NUMBER, "Mean difference of profit there, the rest as drawn."),
    profit_high=_NUMBER,
    error=_said(_NUMBER, "Standard error of how far the two are apart, by the number of draws."),
    guessed=_said(_YES_NO, "No interval is known: moved by a tenth each way."),
)
_GRADE: Final = _object(
    grade=_TEXT,
    profit=_said(_Q, "Lost without all effects of this grade."),
    share=_said(_KNOWN, "Of what is lost over all grades; null where that is no gain."),
)
_JUDGED: Final = _object(
    requirement=_TEXT,
    line=_said({"type": "integer", "minimum": 1}, "Of the file that it stands in."),
    verdict=_said(
        {"enum": ["met", "not met", "undecided"]}, "undecided: within the error of the draws."
    ),
    unit={"enum": ["count", "money", "share"]},
    value=_said(_KNOWN, "As projected; less the part of another metric, where that is the limit."),
    low=_KNOWN,
    high=_KNOWN,
    limit=_KNOWN,
    of=_said(_TEXT, "The metric of which the limit is a part; value is then what is above it."),
    why=_TEXT,
)
_SOME_METRICS: Final[Schema] = {"type": "object", "additionalProperties": _Q}
_MONTH_NAME: Final[Schema] = {"type": "string", "pattern": r"^\d{4}-\d\d$"}
_MONTH: Final = _object(
    month=_MONTH_NAME,
    without=_SOME_METRICS,
    **{"with": _SOME_METRICS},
    difference=_SOME_METRICS,
)
_PROGRAMME: Final = _object(
    count=_said(
        _TEXT,
        "membership_joined, membership_left, referred, subscriptions_begun, subscriptions_ended or"
        " deliveries; only those of programmes that the playbook has.",
    ),
    **{"with": _Q},
    with_unproven=_said(_Q, "Those included who join or come by a judgement alone."),
)
_POINTS_COUNTED: Final = {
    "earned": _Q,
    "redeemed": _Q,
    "expired": _Q,
    "outstanding": _said(_Q, "At the end, those that cannot be redeemed yet included."),
    "liability": _said(_Q, "What the outstanding ones will cost, minor units."),
}
_LEDGER: Final = _or_null(
    _object(
        months=_list(_object(month=_MONTH_NAME, **_POINTS_COUNTED)),
        whole=_said(
            _object(**_POINTS_COUNTED), "Of the horizon: earned = redeemed + expired + outstanding."
        ),
        breakage=_said(_Q, "Share of the outstanding that nobody will ever redeem."),
        reserve=_or_null(
            _object(
                rule=_TEXT,
                amount=_said(_Q, "Minor units."),
                enough=_said(_SHARE, "Chance that it covers what is owed at the end."),
            )
        ),
    )
)
_PAST: Final = _said(_KNOWN, "The same of the history; null: it cannot tell.")
_COHORT: Final = _object(
    cohort=_said(_TEXT, "Month of the first order, such as 2026-03; `before` one: all earlier."),
    customers=_Q,
    past=_list(_object(month=_MONTH_NAME, active_customers=_COUNT, orders=_COUNT)),
    months=_said(_list(_MONTH), "Of the horizon: active_customers and orders."),
)
_GROUP: Final = _object(
    group=_said(_TEXT, "Quarter or year of the first order; `to come`: of the horizon."),
    customers=_said(_NUMBER, "Mean over draws."),
    past=_said(_KNOWN, "Of the last full months of the history, 12 at most."),
    without=_Q,
    **{"with": _Q},
    difference=_Q,
)
_COMPARED: Final = _object(
    row=_said(_TEXT, "Month after the first order, months looked at, or number of orders."),
    past=_PAST,
    without=_Q,
    **{"with": _Q},
    difference=_Q,
)
_FLOW: Final = _object(
    flow=_TEXT,
    entered=_said(_Q, "Times that a customer began the flow."),
    sent=_Q,
    held_back=_said(_Q, "Messages that did not go out, for any reason."),
    orders=_said(_Q, "What it is worth: the mean of first_in and last_in."),
    profit=_said(_Q, "What it is worth: the mean of first_in and last_in."),
    strategy=_said(_TEXT, "Of the catalogue; empty where the flow names none."),
    held_back_by=_said({"type": "object", "additionalProperties": _Q}, "By reason."),
    delayed=_said(_Q, "Times that a message was moved."),
    offers_used=_Q,
    subsidised=_said(_Q, "Orders that would have come anyway and used an offer of the flow."),
    first_in=_said(_INCREMENT, "It alone against none."),
    last_in=_said(_INCREMENT, "All flows against all but it."),
    pays_if=_said(_PAYS, "null: the flow is off."),
    proof=_said(_PROOF, "Of its last-in profit, by a holdout. null: the flow is off."),
)
_MAYBE: Final[Schema] = {"type": ["integer", "null"]}
_STAGE_MONTH: Final = _object(
    month=_said(_TEXT, "Such as 2026-11; the first and the last may be cut to the horizon."),
    stage=_TEXT,
    reason=_TEXT,
    orders_per_month=_said(
        {"type": ["number", "null"]}, "Mean of the three full months before; null: not read."
    ),
    acquisition_share=_SHARE,
    acquisition=_said(_MAYBE, "The month's budget for winning customers; null: none stated."),
    retention=_said(_MAYBE, "The month's budget for keeping them; null: none stated."),
    newcomers=_Q,
    checklists=_TEXTS,
    admitted=_said(
        {"type": "object", "additionalProperties": _SHARE},
        "Flows that the budget lets in a share of customers only.",
    ),
    retention_spent=_said({"type": ["number", "null"]}, "Mean over draws; null: not counted."),
)
_BUDGET_SHIFT: Final[Schema] = {
    "description": "Against the past's budget, in both worlds alike; null where there is none.",
    "anyOf": [
        {"type": "null"},
        _object(
            acquisition=_COUNT,
            usual=_COUNT,
            newcomers=_Q,
            profit=_said(_Q, "After the cost of it."),
        ),
    ],
}
_CHECK: Final = _object(
    origin=_said(_DATE, "The last day that the prediction knew."),
    predicted=_Q,
    actual=_COUNT,
    naive=_said(_NUMBER, "Each customer's own past rate, carried forward."),
    inside=_said(_YES_NO, "Whether the actual lies in p10 to p90."),
    horizon_days=_DAYS,
)
_ASSUMPTION: Final = _object(
    id=_TEXT,
    effect=_TEXT,
    source=_TEXT,
    grade=_said(
        {"enum": [*GRADES, "data"]},
        "Of the evidence; own: said by the playbook, own + A: the shop's experiment together with"
        " evidence of grade A, data: read in your files.",
    ),
    value=_TEXT,
    in_headline=_said(_YES_NO, "False: only in with_unproven and difference_unproven."),
    used_by=_TEXTS,
)
_DATA: Final = _object(
    rows=_COUNT,
    orders=_COUNT,
    customers=_COUNT,
    quarantined=_COUNT,
    sha256=_said(_TEXT, "Of the orders file."),
    first_day=_DATE,
    last_day=_DATE,
    later_orders=_said(_COUNT, "Orders after the as-of date, left out."),
    details=_said(_TEXTS, "What each rule did to how many rows."),
)
