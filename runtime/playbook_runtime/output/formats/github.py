"""GitHub's workflow commands: findings become annotations of the pull request.

Files are named from the top of the repository (repository_paths.py).

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from playbook_compiler.diagnostics import Diagnostic, Severity
from playbook_compiler.redact import redact
from playbook_runtime.output.findings import Findings
from playbook_runtime.output.repository_paths import from_top

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "notice"}
_IN_TEXT = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTY = {**_IN_TEXT, ":": "%3A", ",": "%2C"}


def render(findings: Findings) -> str:
    """Return one command for each finding."""
    return "".join(_command(found, findings.encoding) for found in findings.diagnostics)


def _command(found: Diagnostic, encoding: str) -> str:
    span = found.span
    places = {"file": from_top(span.file), "line": span.line, "endLine": span.end_line}
    if span.line == span.end_line:  # columns of other lines are refused
        places |= {"col": span.column, "endColumn": max(span.column, span.end_column - 1)}
    places["title"] = found.rule
    properties = ",".join(
        f"{name}={_escaped(str(value), _IN_PROPERTY, encoding)}" for name, value in places.items()
    )
    text = redact("\n".join(part for part in (found.message, found.help) if part))
    return f"::{_COMMANDS[found.severity]} {properties}::{_escaped(text, _IN_TEXT, encoding)}\n"


def _escaped(text: str, signs: dict[str, str], encoding: str) -> str:
    """Return text with its special signs as GitHub reads them, and other controls as escapes."""
    visible = "".join(
        signs.get(char) or (char if char.isprintable() else f"\\u{ord(char):04x}") for char in text
    )
    return visible.encode(encoding, "backslashreplace").decode(encoding)
