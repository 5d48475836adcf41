"""In rustc's manner, for people: the sentence, the place, the line with carets, and the help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.redact import redact
from playbook_compiler.source import SourceFile, Span
from playbook_compiler.values import dataclass
from playbook_runtime.output.cells import laid_out, window
from playbook_runtime.output.findings import COLOURS, FRAME, Findings

LINE_CELLS = 100

_CUT = "..."
_LOOK = 1_000


def render(findings: Findings) -> str:
    """Return all findings, an empty line between them."""
    return "\n".join(_one(found, findings) for found in findings.diagnostics)


@dataclass(frozen=True, slots=True)
class _Mark:
    """A stretch to underline, by what character and in which colour."""

    span: Span
    caption: str
    sign: str
    tint: str


def _one(found: Diagnostic, findings: Findings) -> str:
    sources = findings.sources
    marks = [_Mark(found.span, found.caption, "^", COLOURS[found.severity])]
    marks += [_Mark(label.span, label.message, "-", FRAME) for label in found.labels]
    shown = [mark for mark in marks if _has_line(sources, mark.span)]
    margin = len(str(max((mark.span.line for mark in shown), default=1)))
    lines = [findings.title(found)]
    for file in dict.fromkeys(mark.span.file for mark in marks):
        first = next(mark.span for mark in marks if mark.span.file == file)
        arrow = "-->" if file == found.span.file else ":::"
        is_named = file not in sources and first == Span.of_file(file)
        place = findings.file(file) if is_named else findings.place(file, first.line, first.column)
        lines.append(findings.paint(" " * (margin + 1) + arrow, FRAME) + " " + place)
        here = [mark for mark in shown if mark.span.file == file]
        if here:
            lines += _snippet(sources[file], here, margin, findings)
        elif file != found.span.file:
            said = next(mark.caption for mark in marks if mark.span.file == file)
            lines[-1] += f" {findings.said(said)}"
    if found.help:
        equals = findings.paint(" " * (margin + 2) + "=", FRAME)
        indent = "\n" + " " * (margin + 10)
        advice = [findings.said(line) for line in found.help.splitlines()]
        lines.append(f"{equals} help: {indent.join(advice)}")
    return "\n".join(lines) + "\n"


def _has_line(sources: Mapping[str, SourceFile], span: Span) -> bool:
    return span.file in sources and 0 < span.line <= len(sources[span.file].lines)


def _snippet(
    source: SourceFile, marks: Sequence[_Mark], margin: int, findings: Findings
) -> list[str]:
    """Return the lines that marks stand on, each underlined once a mark, in the file's order."""
    bar = findings.paint(" " * (margin + 2) + "|", FRAME)
    lines = [bar]
    before: int | None = None
    for number in sorted({mark.span.line for mark in marks}):
        if before is not None and number > before + 1:
            lines.append(findings.paint("...", FRAME))
        before = number
        here = sorted((mark for mark in marks if mark.span.line == number), key=_order)
        gutter = findings.paint(f" {number:>{margin}} |", FRAME)
        text, underlines = _line(source.lines[number - 1], here, findings)
        lines.append(f"{gutter} {text}".rstrip())
        lines += [f"{bar} {underline}" for underline in underlines]
    return lines


def _order(mark: _Mark) -> tuple[bool, Span]:
    """The finding itself comes first under its line."""
    return mark.sign != "^", mark.span


def _line(text: str, marks: Sequence[_Mark], findings: Findings) -> tuple[str, list[str]]:
    """Return a line of a file as printed, cut around its first mark, and its underlines."""
    focus = min(marks[0].span.column - 1, len(text))
    # A line of a megabyte is not laid out whole for the hundred cells that are shown.
    skipped = max(0, focus - _LOOK)
    more = len(text) > focus + _LOOK
    line = laid_out(redact(text[skipped : focus + _LOOK]), findings.encoding)
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
        caption = findings.said(mark.caption)
        sign = findings.paint(f"{signs} {caption}".rstrip(), mark.tint)
        underlines.append(" " * (len(left) + line.cells(start, first)) + sign)
    return printed, underlines
