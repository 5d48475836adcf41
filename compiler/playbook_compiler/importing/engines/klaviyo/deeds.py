"""Changes of the profile, tasks and calls of other systems as steps."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from playbook_compiler.importing.engines.klaviyo.account import looked_up, text_of
from playbook_compiler.importing.engines.klaviyo.reading import Import
from playbook_compiler.importing.names import id_of
from playbook_compiler.printing_yaml import Bare
from playbook_compiler.targets.klaviyo import terms
from playbook_compiler.targets.klaviyo.changes import LISTS
from playbook_compiler.units import plain
from playbook_compiler.webhook import parse_address

_DUE = re.compile(r"(.*) \(within ((?:[0-9]+(?:y|mo|d|h|min|s))+)\)", re.DOTALL)
_FILLED = re.compile(r"\{\{ (.*)\|default:''\|urlencode \}\}")
_LOOKUP = re.compile(r"person\|lookup:'(.*)'")
_EVENT_LOOKUP = re.compile(r"event\|lookup:'(.*)'")
Steps = list[tuple[str, dict[str, Any]]]


def update_of(found: Import, data: Mapping[str, Any], path: str) -> Steps:
    """Return the changes of a profile, each as a step."""
    operations = data.get("profile_operations")
    steps: Steps = []
    for number, one in enumerate(operations if isinstance(operations, list) else ()):
        if isinstance(one, dict) and text_of(one.get("property_key")).startswith(terms.ENTERED):
            continue  # the exporter's own mark, which `entry` says
        place = f"{path}/data/profile_operations/{number}"
        step = _operation(found, one) if isinstance(one, dict) else None
        if step is None:
            found.notes.left(
                place,
                "a change of the profile",
                "the language sets tags and the shop's own facts only",
                "the flow goes on without it",
            )
        else:
            steps.append(step)
    return steps


def _operation(found: Import, one: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
    key, value = text_of(one.get("property_key")), one.get("property_value")
    kind, deed = one.get("property_type"), one.get("property_operation")
    if one.get("operator") not in ("update", "create") or not key:
        return None
    if kind == "list" and isinstance(value, str) and deed in ("add", "remove"):
        if key == "tags":
            return "update", {"update": {"tag" if deed == "add" else "untag": value}}
        if key == LISTS:
            return "audience", {"audience": {deed: id_of(value, "list")}}
        return None
    name = {"boolean": "boolean", "string": "text", "numeric": "number", "date": "date"}.get(
        str(kind)
    )
    fact = found.words.property_fact(key, name) if name is not None else None
    if fact is None or fact not in found.words.facts:
        return None
    match value:
        case bool() if name == "boolean":
            return "update", {"update": {fact: value}}
        case str() if name in ("text", "date") and value:
            return "update", {"update": {fact: value}}
        case int() | float() if name == "number" and not isinstance(value, bool):
            return "update", {"update": {fact: Bare(plain(Decimal(str(value))))}}
    return None


def task_of(found: Import, data: Mapping[str, Any], path: str) -> tuple[str, dict[str, Any]]:
    """Return a mail to the shop's own people as a task."""
    payload = data.get("message")
    payload = payload if isinstance(payload, dict) else {}
    what = " ".join(text_of(payload.get("subject_line")).split()) or text_of(payload.get("name"))
    due = _DUE.fullmatch(what)
    step: dict[str, Any] = {"task": (due[1] if due is not None else what)[:1_000] or "see Klaviyo"}
    found.keep_sender(payload)
    addresses = payload.get("to_emails")
    first = text_of(addresses[0]) if isinstance(addresses, list) and addresses else ""
    owner = looked_up("mailbox", first) or first
    if owner and owner != "team":
        step["owner"] = owner
    if due is not None:
        step["due"] = Bare(due[2])
    if not found.account.ours:
        found.notes.changed(
            path,
            f"the alert `{step['task']}`",
            "it is a task for a person here; the text of the mail is not in the playbook",
            "write into `task:` what is to be done",
        )
    return "task", step


def call_of(found: Import, data: Mapping[str, Any], path: str, event: str) -> Steps:
    """Return a webhook as a call."""
    payload = data.get("message")
    payload = payload if isinstance(payload, dict) else {}
    given = text_of(payload.get("url"))
    url = looked_up("webhook", given) or given
    if isinstance(parse_address(url), tuple):
        why = "calls go to https addresses; one that is a secret is named by a variable"
        found.notes.left(
            path, "a webhook", why, "write `call: CRM_HOOK` and set the variable CRM_HOOK"
        )
        return []
    fields, rest = _fields(found, text_of(payload.get("body")), event)
    headers = payload.get("headers")
    own_headers = headers not in (None, {}, {"Content-Type": "application/json"})
    if rest or own_headers:
        found.notes.changed(
            path,
            "what a webhook sends",
            "a call sends the customer and named fields as JSON, without headers of its own",
            "name what is needed under `fields:`",
        )
    if not fields:
        return [("call", {"call": url})]
    return [("call", {"call": {"url": url, "fields": fields}})]


def _fields(found: Import, body: str, event: str) -> tuple[list[str], bool]:
    """Return the fields that a body sends, and whether it says more than these."""
    try:
        said = json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError):
        return [], True
    if not isinstance(said, dict):
        return [], True
    fields: list[str] = []
    rest = False
    for name, value in said.items():
        if name == "customer":
            continue
        filled = _FILLED.fullmatch(value) if isinstance(value, str) else None
        ours = _field(found, name, filled[1], event) if filled is not None else ""
        if ours:
            fields.append(ours)
        else:
            rest = True
    return fields, rest


def _field(found: Import, name: str, expression: str, event: str) -> str:
    person = {text: own for own, text in terms.PERSON.items()}
    own = name.removeprefix("trigger.")
    if expression in person or terms.EVENT.get(own) == expression:
        return name
    said = _LOOKUP.fullmatch(expression)
    if said is not None:
        fact = found.words.property_fact(said[1], None) or ""
        return f"customer.{fact}" if name.startswith("customer.") else fact
    said = _EVENT_LOOKUP.fullmatch(expression)
    if said is not None:
        field = found.words.own_field(event, said[1], None)
        return f"trigger.{field}" if field else ""
    return ""
