"""JSON for other programs: versioned, and described by docs/reference/diagnostics.schema.json."""

from __future__ import annotations

import json
from typing import Any

from playbook_compiler.diagnostics import Diagnostic, Severity
from playbook_compiler.redact import redact
from playbook_compiler.source import Span
from playbook_runtime.output.findings import Findings

VERSION = 1


def render(findings: Findings) -> str:
    """Return one JSON object, in ASCII: it reaches any terminal or file unchanged."""
    entries = [_entry(found) for found in findings.diagnostics]
    return json.dumps({"version": VERSION, "diagnostics": entries}, indent=2) + "\n"


def _entry(found: Diagnostic) -> dict[str, Any]:
    fix = found.fix
    return {
        "rule": found.rule,
        "severity": found.severity.value,
        "message": redact(found.message),
        **_place(found.span),
        "caption": redact(found.caption) or None,
        "help": redact(found.help) or None,
        "labels": [
            {"message": redact(label.message), **_place(label.span)} for label in found.labels
        ],
        "fix": None
        if fix is None
        else {"safe": fix.safe, "replacement": redact(fix.replacement), **_place(fix.span)},
    }


def _place(span: Span) -> dict[str, Any]:
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def diagnostics_schema() -> dict[str, Any]:
    """Return the JSON Schema of what `playbook check --output-format json` prints."""
    number = {"type": "integer", "minimum": 1}
    place = {
        "file": {"type": "string", "description": "The path as it was named, with slashes."},
        "line": {**number, "description": "From 1."},
        "column": {**number, "description": "From 1, in code points."},
        "end_line": number,
        "end_column": {**number, "description": "The first column that is not covered."},
    }
    text_or_nothing = {"type": ["string", "null"]}
    label = {"message": {"type": "string"}, **place}
    fix = {
        "safe": {"type": "boolean", "description": "Whether `playbook check --fix` makes it."},
        "replacement": {"type": "string", "description": "What to write over the place."},
        **place,
    }
    finding = {
        "rule": {"type": "string", "description": "`playbook explain RULE` tells more."},
        "severity": {"enum": [severity.value for severity in Severity]},
        "message": {"type": "string", "description": "What is wrong, in a sentence."},
        **place,
        "caption": {**text_or_nothing, "description": "The word under the caret."},
        "help": {**text_or_nothing, "description": "What to write instead."},
        "labels": {
            "type": "array",
            "description": "Other places that explain the finding.",
            "items": _closed(label),
        },
        "fix": {"anyOf": [{"type": "null"}, _closed(fix)]},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Findings of playbook check, version {VERSION}",
        "description": "What `playbook check --output-format json` prints, in order of place.",
        **_closed(
            {
                "version": {"const": VERSION},
                "diagnostics": {"type": "array", "items": _closed(finding)},
            }
        ),
    }


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
