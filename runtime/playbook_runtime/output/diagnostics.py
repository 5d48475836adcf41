"""Findings as text: in rustc's manner for people, a line each for editors, JSON for all else.

Nothing here writes: the commands print what these functions return. No rich, which takes longer to
import than a check takes to run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Literal, TextIO

import click

from playbook_compiler.diagnostics import Diagnostic, Severity
from playbook_compiler.redact import redact
from playbook_compiler.source import SourceFile, Span
from playbook_compiler.values import dataclass
from playbook_runtime.output.cells import escaped, laid_out, window

OutputFormat = Literal["full", "concise", "json"]
JSON_VERSION = 1

LINE_CELLS = 100

_CUT = "..."
_LOOK = 1_000
_FRAME = "blue"
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.HINT: "cyan"}


def render(
    diagnostics: Sequence[Diagnostic],
    sources: Mapping[str, SourceFile],
    output_format: OutputFormat,
    colour: bool,
    encoding: str = "utf-8",
) -> str:
    """Return findings in the order given, as text that ends with a line break if there are any.

    `sources` are the files by path; a finding in one that is absent is shown without its line.
    Characters that `encoding` lacks are written as escapes, and secrets as asterisks.
    """
    if output_format == "json":
        return _json(diagnostics)
    if output_format == "concise":
        lines = [_concise(found, colour, encoding) for found in diagnostics]
        return "".join(line + "\n" for line in lines)
    return "\n".join(_full(found, sources, colour, encoding) for found in diagnostics)


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """Return how many findings of each severity there are: `2 errors, 1 warning`."""
    counts = [(kind, sum(found.severity is kind for found in diagnostics)) for kind in Severity]
    said = [f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in counts if count]
    return ", ".join(said) if said else "No problems found"


def colour_wanted(stream: TextIO) -> bool:
    """Return whether a stream is a terminal that wants colours (https://no-color.org)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def _json(diagnostics: Sequence[Diagnostic]) -> str:
    entries = [
        {
            "rule": found.rule,
            "severity": found.severity.value,
            "message": redact(found.message),
            "file": found.span.file,
            "line": found.span.line,
            "column": found.span.column,
            "end_line": found.span.end_line,
            "end_column": found.span.end_column,
            "help": redact(found.help) or None,
        }
        for found in diagnostics
    ]
    # ASCII only: it reaches any terminal or file unchanged, and no control reorders it.
    return json.dumps({"version": JSON_VERSION, "diagnostics": entries}, indent=2) + "\n"


def _concise(found: Diagnostic, colour: bool, encoding: str) -> str:
    file = escaped(found.span.file, encoding)
    place = f"{file}:{found.span.line}:{found.span.column}"
    return f"{place}: {_title(found, colour, encoding)}"


def _title(found: Diagnostic, colour: bool, encoding: str) -> str:
    kind = _paint(f"{found.severity}[{found.rule}]", colour, _COLOURS[found.severity])
    message = escaped(redact(found.message), encoding)
    return f"{kind}{_paint(f': {message}', colour, None)}"


@dataclass(frozen=True, slots=True)
class _Mark:
    """A stretch to underline, by what character and in which colour."""

    span: Span
    caption: str
    sign: str
    tint: str


def _full(found: Diagnostic, sources: Mapping[str, SourceFile], colour: bool, encoding: str) -> str:
    marks = [_Mark(found.span, found.caption, "^", _COLOURS[found.severity])]
    marks += [_Mark(label.span, label.message, "-", _FRAME) for label in found.labels]
    shown = [mark for mark in marks if _has_line(sources, mark.span)]
    margin = len(str(max((mark.span.line for mark in shown), default=1)))
    lines = [_title(found, colour, encoding)]
    for file in dict.fromkeys(mark.span.file for mark in marks):
        first = next(mark.span for mark in marks if mark.span.file == file)
        arrow = "-->" if file == found.span.file else ":::"
        place = f"{escaped(file, encoding)}:{first.line}:{first.column}"
        lines.append(_paint(" " * (margin + 1) + arrow, colour, _FRAME) + " " + place)
        here = [mark for mark in shown if mark.span.file == file]
        if here:
            lines += _snippet(sources[file], here, margin, colour, encoding)
        elif file != found.span.file:
            said = next(mark.caption for mark in marks if mark.span.file == file)
            lines[-1] += f" {escaped(redact(said), encoding)}"
    if found.help:
        equals = _paint(" " * (margin + 2) + "=", colour, _FRAME)
        indent = "\n" + " " * (margin + 10)
        advice = [escaped(redact(line), encoding) for line in found.help.splitlines()]
        lines.append(f"{equals} help: {indent.join(advice)}")
    return "\n".join(lines) + "\n"


def _has_line(sources: Mapping[str, SourceFile], span: Span) -> bool:
    return span.file in sources and 0 < span.line <= len(sources[span.file].lines)


def _snippet(
    source: SourceFile, marks: Sequence[_Mark], margin: int, colour: bool, encoding: str
) -> list[str]:
    """Return the lines that marks stand on, each underlined once a mark, in the file's order."""
    bar = _paint(" " * (margin + 2) + "|", colour, _FRAME)
    lines = [bar]
    before: int | None = None
    for number in sorted({mark.span.line for mark in marks}):
        if before is not None and number > before + 1:
            lines.append(_paint("...", colour, _FRAME))
        before = number
        here = sorted((mark for mark in marks if mark.span.line == number), key=_order)
        gutter = _paint(f" {number:>{margin}} |", colour, _FRAME)
        text, underlines = _line(source.lines[number - 1], here, colour, encoding)
        lines.append(f"{gutter} {text}".rstrip())
        lines += [f"{bar} {underline}" for underline in underlines]
    return lines


def _order(mark: _Mark) -> tuple[bool, Span]:
    """The finding itself comes first under its line."""
    return mark.sign != "^", mark.span


def _line(text: str, marks: Sequence[_Mark], colour: bool, encoding: str) -> tuple[str, list[str]]:
    """Return a line of a file as printed, cut around its first mark, and its underlines."""
    focus = min(marks[0].span.column - 1, len(text))
    # A line of a megabyte is not laid out whole for the hundred cells that are shown.
    skipped = max(0, focus - _LOOK)
    more = len(text) > focus + _LOOK
    line = laid_out(redact(text[skipped : focus + _LOOK]), encoding)
    start, end = window(line, focus - skipped, LINE_CELLS)
    left = _CUT if skipped or start else ""
    right = _CUT if more or end < len(line.pieces) else ""
    printed = left + "".join(line.pieces[start:end]) + right
    underlines = []
    for mark in marks:
        first = mark.span.column - 1 - skipped
        last = mark.span.end_column - 1 - skipped
        if mark.span.end_line != mark.span.line:
            last = len(line.pieces)
        first = min(max(first, start), end)
        last = min(max(last, first), end)
        signs = mark.sign * max(1, line.cells(first, last))
        caption = escaped(redact(mark.caption), encoding)
        sign = _paint(f"{signs} {caption}".rstrip(), colour, mark.tint)
        underlines.append(" " * (len(left) + line.cells(start, first)) + sign)
    return printed, underlines


def _paint(text: str, colour: bool, tint: str | None) -> str:
    return click.style(text, fg=tint, bold=True) if colour else text
