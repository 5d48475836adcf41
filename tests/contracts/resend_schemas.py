"""Resend's own description of its API, asked the way the vendor would ask it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from tests.contracts.klaviyo_schemas import vendor_schemas

# What the body of each call is named in the description (OpenAPI 3.1, which is JSON Schema).
ROOTS = {
    "contact-property": "CreateContactPropertyOptions",
    "event": "CreateEventRequest",
    "segment": "CreateSegmentOptions",
    "template": "CreateTemplateRequest",
    "automation": "CreateAutomationRequest",
}


@cache
def _validator(folder: Path, root: str) -> Draft202012Validator:
    file = folder / "resend_openapi_trimmed.json"
    if not file.exists():
        pytest.skip(f"vendor schema absent: {file.name} (set PLAYBOOK_VENDOR_SCHEMAS)")
    described: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    schema = {
        "$ref": f"#/components/schemas/{root}",
        "components": described["components"],
    }
    # An empty registry: nothing is ever fetched.
    return Draft202012Validator(schema, registry=Registry())


def schema_problems(kind: str, payload: dict[str, Any]) -> list[str]:
    """Return what the vendor's schema says against a payload."""
    return [
        f"{error.json_path}: {error.message[:200]}"
        for error in _validator(vendor_schemas(), ROOTS[kind]).iter_errors(payload)
    ]
