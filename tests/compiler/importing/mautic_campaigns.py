"""Campaigns as people make them in Mautic, and what comes of importing them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from tests.compiler.importing.klaviyo_imports import BERLIN, checked, written

from playbook_compiler.importing.engines.mautic import IMPORTER
from playbook_compiler.importing.given import Given
from playbook_compiler.importing.imported import Imported, Outcome
from playbook_compiler.printing_yaml import yaml_text

FIELDS = [
    {"alias": "company_size", "label": "Company size", "type": "number"},
    {"alias": "favourite", "label": "Favourite", "type": "select"},
    {"alias": "newsletter", "label": "Newsletter", "type": "boolean"},
    {"alias": "renewal", "label": "Renewal", "type": "date"},
    {"alias": "pb_cart_url", "label": "playbook: cart.url", "type": "text"},
    {"alias": "pb_orders", "label": "playbook: orders", "type": "number"},
]
LISTS: list[dict[str, Any]] = [
    {"id": 1, "name": "Newcomers", "alias": "newcomers", "filters": []},
    {"id": 2, "name": "Partners", "alias": "partners", "filters": []},
]


def action(type_: str, properties: Any, **more: Any) -> dict[str, Any]:
    return {"type": type_, "event_type": "action", "properties": properties, **more}


def asks(type_: str, properties: Any, **more: Any) -> dict[str, Any]:
    return {"type": type_, "event_type": "condition", "properties": properties, **more}


def chain(*events: dict[str, Any]) -> list[dict[str, Any]]:
    """Return events one below the other, each told by its place where it is not told otherwise."""
    return [
        {"id": number, "name": f"Event {number}", "parent_id": number - 1 or None, **event}
        for number, event in enumerate(events, 1)
    ]


def campaign(events: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {
        "campaign": [{"id": 1, "name": "Hello"}],
        "lead_field": FIELDS,
        "lists": LISTS,
        "campaign_event": events,
        "dependencies": [{"lists": [{"campaign": 1, "lists": 1}]}],
        **more,
    }


def imported(folder: Path, *campaigns: dict[str, Any]) -> Imported:
    raw = json.dumps(campaigns).encode()
    found, findings = IMPORTER.read(Given("hello.json", {"hello.json": raw}), BERLIN)
    assert found is not None, findings
    checked(written(found, folder))
    return found


def whole(found: Imported) -> dict[str, Any]:
    """Return an imported playbook as plain data."""
    data: dict[str, Any] = yaml.safe_load(yaml_text(found.data))
    return data


def steps(found: Imported, flow: str = "hello") -> list[dict[str, Any]]:
    """Return the steps of a flow."""
    found_steps: list[dict[str, Any]] = whole(found)["flows"][flow]["steps"]
    return found_steps


def left(found: Imported) -> str:
    return "; ".join(f"{note.what}: {note.why}" for note in found.of(Outcome.LEFT))


def filters(*tests: tuple[str, str, str, Any]) -> list[dict[str, Any]]:
    """Return filters of a segment: glue, field, operator, value."""
    types = {str(one["alias"]): one["type"] for one in FIELDS}
    return [
        {"glue": glue, "field": alias, "object": "lead", "type": types.get(alias, "text"),
         "operator": operator, "properties": {"filter": value}}
        for glue, alias, operator, value in tests
    ]  # fmt: skip
