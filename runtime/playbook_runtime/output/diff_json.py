"""A comparison as JSON for other programs, and its schema (docs/reference/diff.schema.json).

What the change does to the projection stands beside the entries, under `projected`, where orders
were given: the schema leaves further keys open at the top and in entries.
"""

from __future__ import annotations

import json
from typing import Any, Final

from playbook_compiler.diff import HOWS, Entry
from playbook_compiler.diff_entities import KINDS
from playbook_compiler.diff_indirect import Reason
from playbook_compiler.diff_steps import ADDED, MODIFIED, MOVED, REMOVED, RENAMED, StepDiff
from playbook_compiler.diff_values import Change, Written
from playbook_compiler.redact import redact
from playbook_compiler.source import Span
from playbook_compiler.steps import STEPS
from playbook_runtime.output.diff_words import Comparison, Side
from playbook_runtime.output.effect_json import effect_fields, effect_schemas
from playbook_runtime.projected_change import ProjectedChange

JSON_VERSION: Final = 1
Json = dict[str, Any]


def render(found: Comparison, effect: ProjectedChange | None = None) -> str:
    """Return the comparison as JSON that ends with a line break; ASCII goes anywhere. `effect` is
    what the change does to the projection."""
    diff = found.diff
    data = {
        "version": JSON_VERSION,
        "playbook": found.playbook,
        "changed": not diff.is_empty,
        "old": _side(found.old, diff.old_digest),
        "new": _side(found.new, diff.new_digest),
        "entries": [_entry(entry, found) for entry in diff.entries],
    }
    if effect is not None:
        data["projected"] = effect_fields(effect)
    return json.dumps(data, indent=2, allow_nan=False) + "\n"


def _side(side: Side, digest: str) -> Json:
    return {
        "revision": side.name if side.commit else None,
        "commit": side.commit or None,
        "digest": digest or None,
    }


def _entry(entry: Entry, found: Comparison) -> Json:
    return {
        "kind": entry.kind,
        "id": entry.id,
        "change": entry.how,
        "was": entry.was or None,
        **_places(entry.old_span, entry.new_span, found),
        "text": redact(entry.text) or None,
        "changes": [_change(change, found) for change in entry.changes],
        "steps": [_step(step, found) for step in entry.steps],
        "because": [_reason(reason, found) for reason in entry.reasons],
    }


def _step(step: StepDiff, found: Comparison) -> Json:
    return {
        "id": step.id,
        "kind": step.kind,
        "change": step.how,
        "was": step.was or None,
        "moved": step.moved,
        "follows": step.follows,
        **_places(step.old_span, step.new_span, found),
        "text": redact(step.text) if step.how in (ADDED, REMOVED) else None,
        "changes": [_change(change, found) for change in step.changes],
    }


def _change(change: Change, found: Comparison) -> Json:
    return {
        "key": change.key,
        "old": _written(change.old, found.old),
        "new": _written(change.new, found.new),
    }


def _written(one: Written, side: Side) -> Json:
    value = redact(one.text) or None
    return {"value": value, "default": one.is_default, **_place(one.span, side)}


def _reason(reason: Reason, found: Comparison) -> Json:
    return {
        "kind": reason.through[0],
        "id": reason.through[1],
        "cause": {"kind": reason.cause[0], "id": reason.cause[1]},
        "steps": list(reason.steps),
        "starts_this": reason.starts_this,
    }


def _places(old: Span | None, new: Span | None, found: Comparison) -> Json:
    return {
        "old": None if old is None else _place(old, found.old),
        "new": None if new is None else _place(new, found.new),
    }


def _place(span: Span, side: Side) -> Json:
    return {"file": side.file(span.file), "line": span.line, "column": span.column}


def diff_schema() -> Json:
    """Return the JSON Schema (2020-12) of what `playbook diff --format json` prints."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Comparison of two playbooks, version {JSON_VERSION}",
        "description": "What `playbook diff --format json` prints. Values are spelled as in a"
        " playbook; null is what a side does not say. Further keys may be added at the top and in"
        " entries.",
        **_object(
            open_=True,
            version={"const": JSON_VERSION},
            playbook={"type": "string", "description": "The playbook's name."},
            changed={"type": "boolean"},
            old={"$ref": "#/$defs/side"},
            new={"$ref": "#/$defs/side"},
            entries={"type": "array", "items": {"$ref": "#/$defs/entry"}},
            optional={"projected": {"$ref": "#/$defs/projected"}},
        ),
        "$defs": {
            **effect_schemas(),
            "side": _object(
                revision=_or_null("As it was written; null for the work tree."),
                commit=_or_null("The full id of the commit."),
                digest=_or_null("Of the compiled playbook; null where there is none."),
            ),
            "place": _object(**_PLACE),
            "entry": _object(
                open_=True,
                kind={"enum": list(KINDS)},
                id=_TEXT,
                change={"enum": list(HOWS)},
                was=_or_null("The former id of what was renamed."),
                old=_PLACE_OR_NULL,
                new=_PLACE_OR_NULL,
                text=_or_null("What was added or removed, on one line."),
                changes=_CHANGES,
                steps={"type": "array", "items": {"$ref": "#/$defs/step"}},
                because={"type": "array", "items": {"$ref": "#/$defs/reason"}},
            ),
            "step": _object(
                id={"type": "string", "description": "Within the flow."},
                kind={"enum": list(STEPS)},
                change={"enum": [ADDED, REMOVED, MODIFIED, RENAMED, MOVED]},
                was=_or_null("The former id."),
                moved={"type": "boolean", "description": "Also where it was modified or renamed."},
                follows={
                    "type": "boolean",
                    "description": "Renamed only because the step that it is named after was:"
                    " the one around it, or the one after a wait.",
                },
                old=_PLACE_OR_NULL,
                new=_PLACE_OR_NULL,
                text=_or_null("What was added or removed, without the steps inside it."),
                changes=_CHANGES,
            ),
            "change": _object(
                key={"type": "string", "description": "Dotted; items of lists count from 1."},
                old={"$ref": "#/$defs/written"},
                new={"$ref": "#/$defs/written"},
            ),
            "written": _object(
                value=_or_null("In the language's spelling."),
                default={"type": "boolean", "description": "Not written: the default."},
                **_PLACE,
            ),
            "reason": _object(
                kind={"type": "string", "description": "Of what is used."},
                id=_TEXT,
                cause=_object(kind={"enum": list(KINDS)}, id=_TEXT),
                steps={"type": "array", "items": _TEXT},
                starts_this={
                    "type": "boolean",
                    "description": "The flow that changed starts this one.",
                },
            ),
        },
    }


_TEXT: Final[Json] = {"type": "string"}
_PLACE: Final[Json] = {
    "file": {"type": "string", "description": "REV:path for a revision."},
    "line": {"type": "integer", "minimum": 1},
    "column": {"type": "integer", "minimum": 1},
}
_PLACE_OR_NULL: Final[Json] = {"anyOf": [{"$ref": "#/$defs/place"}, {"type": "null"}]}
_CHANGES: Final[Json] = {"type": "array", "items": {"$ref": "#/$defs/change"}}


def _or_null(description: str) -> Json:
    return {"type": ["string", "null"], "description": description}


def _object(*, open_: bool = False, optional: Json | None = None, **properties: Json) -> Json:
    return {
        "type": "object",
        "required": list(properties),
        "additionalProperties": open_,
        "properties": properties | (optional or {}),
    }
