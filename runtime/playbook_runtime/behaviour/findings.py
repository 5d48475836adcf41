"""Findings of the statistics as diagnostics about the orders file that they come from."""

from __future__ import annotations

from collections.abc import Iterable

from playbook_compiler.diagnostics import Diagnostic, Severity
from playbook_compiler.source import Span
from playbook_runtime.behaviour.model import Finding


def diagnostics_of(findings: Iterable[Finding], file: str) -> list[Diagnostic]:
    """Return findings placed at the beginning of the orders file, each once, in their order."""
    span = Span.of_file(file)
    return [
        Diagnostic(
            found.rule,
            Severity.ERROR if found.is_error else Severity.WARNING,
            found.message,
            span,
            help=found.help,
        )
        for found in dict.fromkeys(findings)
    ]
