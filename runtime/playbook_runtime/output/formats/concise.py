"""One line for each finding: `file:line:column: error[rule]: sentence; help: advice`, as
editors read it."""

from __future__ import annotations

from playbook_compiler.diagnostics import Diagnostic
from playbook_runtime.output.findings import Findings


def render(findings: Findings) -> str:
    """Return a line for each finding."""
    return "".join(
        f"{findings.place(one.span.file, one.span.line, one.span.column)}: {findings.title(one)}"
        f"{_help(one, findings)}\n"
        for one in findings.diagnostics
    )


def _help(found: Diagnostic, findings: Findings) -> str:
    """Return the advice, of several lines too, as the end of one line."""
    return f"; help: {findings.said(' '.join(found.help.split()))}" if found.help else ""
