"""SARIF 2.1.0, which code hosts and editors read: findings, their rules, fixes and other places.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Any

from playbook_compiler.diagnostics import Diagnostic, Fix, Label, Severity
from playbook_compiler.redact import redact
from playbook_compiler.rules import rule, rule_names
from playbook_compiler.source import Span
from playbook_runtime.output.findings import Findings
from playbook_runtime.output.repository_paths import from_top

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "note"}
_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def render(findings: Findings) -> str:
    """Return one SARIF log with one run, in ASCII."""
    rules = sorted({found.rule for found in findings.diagnostics})
    driver = {
        "name": "playbook",
        "semanticVersion": _version(),
        "rules": [_rule(name) for name in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(found, rules.index(found.rule)) for found in findings.diagnostics],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("playbook-compiler")
    except PackageNotFoundError:  # run from the source tree
        return "0.0.0"


def _rule(name: str) -> dict[str, Any]:
    if name not in rule_names():  # of a plug-in
        return {"id": name}
    page = rule(name)
    return {
        "id": name,
        "shortDescription": {"text": page.summary},
        "help": {"text": page.page, "markdown": page.page},
        "defaultConfiguration": {"level": _LEVELS[page.severity]},
    }


def _result(found: Diagnostic, index: int) -> dict[str, Any]:
    text = redact("\n".join(part for part in (found.message, found.help) if part))
    result: dict[str, Any] = {
        "ruleId": found.rule,
        "ruleIndex": index,
        "level": _LEVELS[found.severity],
        "message": {"text": text},
        "locations": [{"physicalLocation": _place(found.span)}],
    }
    if found.labels:
        result["relatedLocations"] = [
            _related(number, label) for number, label in enumerate(found.labels)
        ]
    if found.fix is not None:
        result["fixes"] = [_fix(found.fix, redact(found.help or found.message))]
    return result


def _related(number: int, label: Label) -> dict[str, Any]:
    return {
        "id": number,
        "message": {"text": redact(label.message)},
        "physicalLocation": _place(label.span),
    }


def _fix(fix: Fix, why: str) -> dict[str, Any]:
    replacement = {
        "deletedRegion": _region(fix.span),
        "insertedContent": {"text": redact(fix.replacement)},
    }
    change = {"artifactLocation": {"uri": _uri(fix.span.file)}, "replacements": [replacement]}
    return {"description": {"text": why}, "artifactChanges": [change]}


def _place(span: Span) -> dict[str, Any]:
    return {"artifactLocation": {"uri": _uri(span.file)}, "region": _region(span)}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _uri(file: str) -> str:
    """Return a path as a reference from the top of the repository, else as a file URI where it is
    absolute."""
    from urllib.parse import quote

    path = PurePath(from_top(file))
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
