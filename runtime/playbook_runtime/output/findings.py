"""Findings together with what is needed to show them."""

from __future__ import annotations

from collections.abc import Mapping

import click

from playbook_compiler.diagnostics import Diagnostic, Severity
from playbook_compiler.redact import redact
from playbook_compiler.source import SourceFile
from playbook_compiler.values import dataclass
from playbook_runtime.output.cells import escaped

FRAME = "blue"
COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.HINT: "cyan"}


@dataclass(frozen=True, slots=True)
class Findings:
    """What there is to show, in this order; `sources` are the files that were read, by path.

    `colour` and `links` are for terminals; what `encoding` lacks is written as escapes.
    """

    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, SourceFile]
    colour: bool = False
    links: bool = False
    encoding: str = "utf-8"

    def paint(self, text: str, tint: str | None) -> str:
        """Return text in bold and in a colour, if colours are wanted."""
        return click.style(text, fg=tint, bold=True) if self.colour else text

    def said(self, text: str) -> str:
        """Return one line of text as it may be shown: without secrets and controls."""
        return escaped(redact(text), self.encoding)

    def title(self, found: Diagnostic) -> str:
        """Return `error[rule]: sentence`."""
        kind = self.paint(f"{found.severity}[{found.rule}]", COLOURS[found.severity])
        return f"{kind}{self.paint(f': {self.said(found.message)}', None)}"

    def place(self, file: str, line: int, column: int) -> str:
        """Return `file:line:column`, which a terminal opens the file by."""
        return self._linked(file, f"{escaped(file, self.encoding)}:{line}:{column}")

    def file(self, file: str) -> str:
        """Return a file that has no line to show: one that is missing, or a table."""
        return self._linked(file, escaped(file, self.encoding))

    def _linked(self, file: str, shown: str) -> str:
        if not self.links:
            return shown
        from pathlib import Path

        return f"\x1b]8;;{Path(file).absolute().as_uri()}\x1b\\{shown}\x1b]8;;\x1b\\"
