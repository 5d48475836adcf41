"""Exact spans from libyaml's marks, which take in anchors, tags, blank lines and a line too many.

Marks count lines and columns from 0 in code points, as `index` counts the text.
"""

from __future__ import annotations

import re
from typing import Any

from playbook_compiler.source import SourceFile, Span

_BLANK = r"(?:\s|(?<=\s)#[^\r\n]*)*+"
_NAME = r"[^\s,\[\]{}]*"
_PROPERTIES = re.compile(rf"(?:[&!]{_NAME}{_BLANK}){{1,2}}")
_TAG = re.compile(rf"(?:&{_NAME}{_BLANK})?(!{_NAME})")


def span_of(source: SourceFile, event: Any) -> Span:
    """Return the span of an event as libyaml marks it, within the file."""
    start, end = event.start_mark, event.end_mark
    last = _file_end(source)
    first = min((start.line + 1, start.column + 1), last)
    return Span(source.path, *first, *min((end.line + 1, end.column + 1), last))


def scalar_span(source: SourceFile, event: Any) -> Span:
    """Return the span of a scalar without its anchor and the blank lines after it."""
    start, end = event.start_mark, event.end_mark
    line, column = start.line + 1, start.column + 1
    end_line, end_column = end.line + 1, end.column + 1
    if end_line > len(source.lines):
        # libyaml counts a line break that a file without one at its end lacks.
        end_line, end_column = last = _file_end(source)
        line, column = min((line, column), last)
    if has_properties(source, event):
        line, column = after_properties(source, start, end.index)
    style = event.style
    if style and style in "|>":
        lines = source.lines
        while end_line > line and not lines[end_line - 1][: end_column - 1].strip():
            end_line -= 1
            end_column = len(lines[end_line - 1]) + 1
    return Span(source.path, line, column, end_line, end_column)


def has_properties(source: SourceFile, event: Any) -> bool:
    """Return whether a scalar begins with an anchor or a tag: libyaml hides a lone `!`."""
    start = event.start_mark.index
    return bool(start != event.end_mark.index and source.text[start] in "&!")


def after_properties(source: SourceFile, start: Any, limit: int) -> tuple[int, int]:
    """Return the line and column of a node behind its anchor and tag, before `limit`."""
    match = _PROPERTIES.match(source.text, start.index, limit)
    return _moved(source, start, int(start.index) if match is None else match.end())


def tag_before(source: SourceFile, start: Any) -> Span | None:
    """Return the span of the tag among a node's properties."""
    tag = _TAG.match(source.text, start.index)
    if tag is None:
        return None
    line, column = _moved(source, start, tag.start(1))
    return Span(source.path, line, column, line, column + len(tag[1]))


def _moved(source: SourceFile, mark: Any, index: int) -> tuple[int, int]:
    """Return the line and column of an index not far behind a mark."""
    between = source.text[mark.index : index]
    breaks = between.count("\n") + between.count("\r") - between.count("\r\n")
    if not breaks:
        return mark.line + 1, mark.column + 1 + len(between)
    last = max(between.rfind("\n"), between.rfind("\r"))
    return mark.line + 1 + breaks, len(between) - last


def _file_end(source: SourceFile) -> tuple[int, int]:
    """Return the line and column behind the last character of the file."""
    return len(source.lines), len(source.lines[-1]) + 1
