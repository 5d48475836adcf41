"""JUnit's XML: a test case for each file, which fails where the file has errors.

Warnings and hints stand in the output of their case.
"""

from __future__ import annotations

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.redact import redact
from playbook_runtime.counted import count_of
from playbook_runtime.output.findings import Findings

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;"}


def render(findings: Findings) -> str:
    """Return an XML document, in ASCII."""
    files = sorted({*findings.sources, *(found.span.file for found in findings.diagnostics)})
    failed = {found.span.file for found in findings.diagnostics if found.is_error}
    counts = f'tests="{len(files)}" failures="{len(failed)}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="playbook" {counts} errors="0">',
        f'  <testsuite name="playbook check" {counts} errors="0" skipped="0">',
    ]
    for file in files:
        here = [found for found in findings.diagnostics if found.span.file == file]
        lines += _case(file, here)
    lines += ["  </testsuite>", "</testsuites>"]
    return "\n".join(lines) + "\n"


def _case(file: str, here: list[Diagnostic]) -> list[str]:
    head = f'    <testcase classname="playbook.check" name="{_escaped(file)}"'
    if not here:
        return [f"{head}/>"]
    errors = [found for found in here if found.is_error]
    others = [found for found in here if not found.is_error]
    lines = [f"{head}>"]
    if errors:
        count = count_of(len(errors), "error")
        first = _escaped(f"{count}: {redact(errors[0].message)}")
        lines.append(f'      <failure type="error" message="{first}">{_told(errors)}</failure>')
    if others:
        lines.append(f"      <system-out>{_told(others)}</system-out>")
    return [*lines, "    </testcase>"]


def _told(found: list[Diagnostic]) -> str:
    return _escaped(
        "\n".join(
            f"{one.span.file}:{one.span.line}:{one.span.column}: "
            f"{one.severity}[{one.rule}]: {redact(one.message)}"
            + (f"\n  help: {redact(one.help)}" if one.help else "")
            for one in found
        )
    )


def _escaped(text: str) -> str:
    """Return text for XML: its signs as entities, what XML cannot hold as escapes."""
    pieces = (
        _ENTITIES.get(char) or (char if char.isprintable() else f"\\u{ord(char):04x}")
        for char in text
    )
    return "".join(pieces).encode("ascii", "xmlcharrefreplace").decode("ascii")
