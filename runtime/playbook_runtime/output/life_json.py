"""A customer's life as JSON; what does not apply to an event is left out."""

from __future__ import annotations

import json
from typing import Final

from playbook_compiler.values import fields
from playbook_runtime.lives import Life

JSON_VERSION: Final = 1


def life_json(life: Life) -> str:
    """Return a life as JSON; money in minor units of the currency."""
    data = {
        "version": JSON_VERSION,
        "playbook": life.playbook,
        "customer": life.customer,
        "draw": life.draw,
        "seed": life.seed,
        "first": life.first,
        "last": life.last,
        "zone": life.zone,
        "currency": life.currency,
        "money": "minor",
        "events": [
            {
                one.name: value
                for one in fields(event)
                if (value := getattr(event, one.name)) not in ("", None)
            }
            for event in life.events
        ],
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
