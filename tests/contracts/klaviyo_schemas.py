"""Klaviyo's own schemas of its `create_*` calls, asked the way the vendor would ask them."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from tests.shared_data import shared

# What an action of this type is called in the schema: `oneOf` alone gives a hundred messages.
ACTIONS = {
    "time-delay": "TimeDelayAction",
    "target-date": "TargetDateAction",
    "conditional-split": "ConditionalBranchAction",
    "multi-branch-split": "MultiBranchSplitAction",
    "update-profile": "UpdateProfileAction",
    "send-email": "SendEmailAction",
    "send-sms": "SendSmsAction",
    "send-mobile-push": "SendPushNotificationAction",
    "send-internal-alert": "SendInternalAlertAction",
    "send-webhook": "SendWebhookAction",
}


def vendor_schemas() -> Path:
    """Return the folder of vendor schemas, or skip saying that it is absent."""
    named = os.environ.get("PLAYBOOK_VENDOR_SCHEMAS")
    folder = Path(named) if named else shared("vendor-schemas")
    if not folder.is_dir():
        pytest.skip(f"vendor schemas absent: no folder {folder} (set PLAYBOOK_VENDOR_SCHEMAS)")
    return folder


@cache
def _schema(folder: Path, kind: str) -> dict[str, Any]:
    file = folder / f"klaviyo_create_{kind}.normalized.schema.json"
    if not file.exists():
        pytest.skip(f"vendor schema absent: {file.name} (set PLAYBOOK_VENDOR_SCHEMAS)")
    schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return schema


@cache
def _validator(folder: Path, kind: str, root: str) -> Draft202012Validator:
    schema = dict(_schema(folder, kind))
    if root:
        schema["$ref"] = f"#/components/schemas/{root}"
    # An empty registry: nothing is ever fetched. Dates are told from other texts, since `today` may
    # stand in their place in one alternative of two.
    dates = FormatChecker(formats=["date"])
    return Draft202012Validator(schema, registry=Registry(), format_checker=dates)


def schema_problems(kind: str, payload: dict[str, Any]) -> list[str]:
    """Return what the vendor's schema says against a payload; of flows, action by action."""
    folder = vendor_schemas()
    if _validator(folder, kind, "").is_valid(payload):
        return []
    found = []
    if kind == "flow":
        for action in _actions(payload):
            root = ACTIONS.get(str(action.get("type")))
            where = action.get("temporary_id")
            if root is None:
                found.append(f"{where}: unknown type {action.get('type')!r}")
                continue
            found += [
                f"{where}: {error.json_path}: {error.message[:200]}"
                for error in _validator(folder, kind, root).iter_errors(action)
            ]
    if not found:
        found = [
            f"{error.json_path}: {error.message[:200]}"
            for error in _validator(folder, kind, "").iter_errors(payload)
        ]
    return found


def _actions(payload: dict[str, Any]) -> list[dict[str, Any]]:
    definition = payload.get("data", {}).get("attributes", {}).get("definition", {})
    return [one for one in definition.get("actions", []) if isinstance(one, dict)]
