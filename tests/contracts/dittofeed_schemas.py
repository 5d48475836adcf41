"""Dittofeed's own schemas of what its admin interface takes, asked part by part."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from tests.contracts.klaviyo_schemas import vendor_schemas

RESOURCES = {
    "segment": "UpsertSegmentResource",
    "user-property": "UpsertUserPropertyResource",
    "subscription-group": "UpsertSubscriptionGroupResource",
    "template": "UpsertMessageTemplateResource",
    "journey": "UpsertJourneyResource",
}


@cache
def _definitions(folder: Path) -> dict[str, Any]:
    file = folder / "dittofeed_typebox.schema.json"
    if not file.exists():
        pytest.skip(f"vendor schema absent: {file.name} (set PLAYBOOK_VENDOR_SCHEMAS)")
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))["$defs"]
    return found


@cache
def _validator(folder: Path, kind: str) -> Draft202012Validator:
    schema = _without_foreign(_definitions(folder)[RESOURCES[kind]])
    # An empty registry: nothing is ever fetched.
    return Draft202012Validator(schema, registry=Registry())


def _without_foreign(schema: Any) -> Any:
    """Return a schema whose references lead nowhere (pages of the vendor's own editor, which are
    not in the file and which we never write) as ones that nothing meets."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return False
        return {key: _without_foreign(value) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_without_foreign(one) for one in schema]
    return schema


def schema_problems(kind: str, payload: dict[str, Any]) -> list[str]:
    """Return what the vendor's schema says against a payload."""
    found = _validator(vendor_schemas(), kind).iter_errors(payload)
    return [f"{error.json_path}: {error.message[:200]}" for error in found]
