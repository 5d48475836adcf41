"""One line for each finding: `file:line:column: error[rule]: sentence`, as editors read it."""

from __future__ import annotations

from playbook_runtime.output.findings import Findings


def render(findings: Findings) -> str:
    """Return a line for each finding."""
    return "".join(
        f"{findings.place(one.span.file, one.span.line, one.span.column)}: {findings.title(one)}\n"
        for one in findings.diagnostics
    )
