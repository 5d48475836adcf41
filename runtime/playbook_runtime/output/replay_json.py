"""A replay as JSON, and its schema (docs/reference/replay.schema.json)."""

from __future__ import annotations

import json
from typing import Any, Final

from playbook_runtime.replays import Replay

JSON_VERSION: Final = 1
Json = dict[str, Any]


def replay_json(found: Replay) -> str:
    """Return a replay as JSON; money in minor units of the currency."""
    data = {
        "version": JSON_VERSION,
        "playbook": found.playbook,
        "digest": found.digest,
        "first": found.first.isoformat(),
        "last": found.last.isoformat(),
        "timezone": found.timezone,
        "currency": found.currency,
        "money": "minor",
        "people": found.people,
        "orders": found.orders,
        "active_customers": found.active_customers,
        "flows": [
            {
                "id": one.flow,
                "strategy": one.strategy,
                "entered": one.entered,
                "people": one.people,
                "sent": one.sent,
                "held_back_by": dict(one.held_back_by),
                "delayed": one.delayed,
                "tasks": one.tasks,
                "offers_issued": one.offers_issued,
                "why_nobody": one.why_nobody or None,
            }
            for one in found.flows
        ],
        "days": [
            {"day": one.day.isoformat(), "entered": dict(one.entered), "sent": dict(one.sent)}
            for one in found.days
        ],
        "pressure": [
            {"days": one.days, "customers": list(one.customers)} for one in found.pressure
        ],
        "collisions": [
            {
                "flows": list(one.flows),
                "times": one.times,
                "customers": one.customers,
                "same_instant": one.same_instant,
            }
            for one in found.collisions
        ],
        "offers": [
            {
                "flow": one.flow,
                "offer": one.offer,
                "issued": one.issued,
                "bought_anyway": one.bought,
                "share": float(f"{one.share:.9g}"),
                "cost": one.cost,
            }
            for one in found.offers
        ],
        "data": {
            "file": found.data.file,
            "sha256": found.data.sha256,
            "rows": found.data.rows,
            "orders": found.data.orders,
            "customers": found.data.customers,
            "quarantined": found.data.quarantined,
        },
        "notes": list(found.notes),
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


_COUNT: Final[Json] = {"type": "integer", "minimum": 0}
_TEXT: Final[Json] = {"type": "string"}
_DATE: Final[Json] = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"}
_COUNTS: Final[Json] = {"type": "object", "additionalProperties": _COUNT}


def replay_schema() -> Json:
    """Return the schema of what `playbook replay --output-format json` prints (draft 2020-12)."""
    flow = _object(
        id=_TEXT,
        strategy=_TEXT,
        entered=_COUNT,
        people=_said(_COUNT, "Customers who entered at least once."),
        sent=_COUNT,
        held_back_by=_said(_COUNTS, "Messages not sent, by reason; for budget, entries."),
        delayed=_COUNT,
        tasks=_COUNT,
        offers_issued=_COUNT,
        why_nobody=_said({"type": ["string", "null"]}, "Why nobody entered; null if somebody did."),
    )
    offer = _object(
        flow=_TEXT,
        offer=_TEXT,
        issued=_COUNT,
        bought_anyway=_said(_COUNT, "Codes for customers who ordered without them in their time."),
        share={"type": "number", "minimum": 0, "maximum": 1},
        cost=_said(_COUNT, "What those orders would have cost with the code, minor units."),
    )
    pressure = _object(
        days={"type": "integer", "minimum": 1},
        customers=_said(
            _list(_COUNT),
            "Customers by the most messages in so many days: 0, 1, ...; the last also for more.",
        ),
    )
    collision = _object(
        flows={**_list(_TEXT), "minItems": 2, "maxItems": 2},
        times=_COUNT,
        customers=_COUNT,
        same_instant=_COUNT,
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Replay, version {JSON_VERSION}",
        "description": (
            "What `playbook replay --output-format json` prints: the playbook over orders that were"
            " placed, without any assumption of how customers would have answered."
        ),
        **_object(
            version={"const": JSON_VERSION},
            playbook=_TEXT,
            digest=_said(_TEXT, "Of the compiled playbook."),
            first=_DATE,
            last=_DATE,
            timezone=_TEXT,
            currency={"type": "string", "pattern": "^[A-Z]{3}$"},
            money={"const": "minor"},
            people=_said(_COUNT, "All whom the files know by the last day."),
            orders=_said(_COUNT, "Orders from first to last."),
            active_customers=_said(_COUNT, "Customers with an order from first to last."),
            flows=_list(flow),
            days=_list(_object(day=_DATE, entered=_COUNTS, sent=_COUNTS)),
            pressure=_list(pressure),
            collisions=_list(collision),
            offers=_list(offer),
            data=_object(
                file=_TEXT,
                sha256=_TEXT,
                rows=_COUNT,
                orders=_COUNT,
                customers=_COUNT,
                quarantined=_COUNT,
            ),
            notes=_list(_TEXT),
        ),
    }


def _object(**properties: Json) -> Json:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


def _said(schema: Json, words: str) -> Json:
    return {**schema, "description": words}
