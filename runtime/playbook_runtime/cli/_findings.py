"""Showing findings on the command line, the same way in every command."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

import click

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.driver import Compiled
from playbook_compiler.source import SourceFile
from playbook_runtime.checked import compile_and_check
from playbook_runtime.output.diagnostics import FULL, colour_wanted, links_wanted, render, summary


def show_findings(
    diagnostics: Sequence[Diagnostic],
    sources: Iterable[SourceFile],
    stream: TextIO,
    output_format: str = FULL,
) -> None:
    """Write findings to a stream, with the lines of `sources` that they stand in."""
    by_path = {source.path: source for source in sources}
    encoding = stream.encoding or "utf-8"
    colour, links = colour_wanted(stream), links_wanted(stream)
    stream.write(render(diagnostics, by_path, output_format, colour, encoding, links))


def compiled_or_exit(path: str, *, quiet: bool = False) -> Compiled:
    """Return the compiled playbook at `path`; findings go to stderr, and errors end with exit 1.

    With `quiet`, only errors are shown.
    """
    compiled = compile_and_check(path)
    told = [found for found in compiled.diagnostics if found.is_error or not quiet]
    show_findings(told, compiled.sources, sys.stderr)
    if compiled.graph is None:
        sys.stderr.write(f"\n{summary(compiled.diagnostics)}\n")
        click.get_current_context().exit(1)
    return compiled
