"""Where text stands: a file that was read, and a span of characters in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final, NamedTuple

from playbook_compiler.values import dataclass, field

_LINE_END: Final = r"\r\n|\r|\n"


class Span(NamedTuple):
    """A stretch of one file. Lines and columns count from 1 in code points; the end is exclusive.

    A span of no width (start equal to end) marks a place between two characters. A tuple, since
    reading makes one for every key and value.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def within(self, start: int, end: int) -> Span:
        """Return the part [start, end) of a one-line span, in code points from its start."""
        return Span(self.file, self.line, self.column + start, self.line, self.column + end)

    @staticmethod
    def of_file(file: str) -> Span:
        """Return the very beginning of a file, for findings about the whole of it."""
        return Span(file, 1, 1, 1, 1)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A text that was read: `path` as the user would write it, relative to where he stands.

    Only LF, CRLF and CR end a line, as in every editor: U+2028 and its like do not.
    """

    path: str
    text: str
    lines: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _starts: list[int] = field(init=False, repr=False, compare=False)  # of lines, when first asked

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", [])
        unix = self.text.replace("\r\n", "\n").replace("\r", "\n")
        object.__setattr__(self, "lines", tuple(unix.split("\n")))

    def span_at(self, start: int, end: int) -> Span:
        """Return the span of the characters [start, end) of `text`, counted in code points."""
        line, column = self._position(start)
        end_line, end_column = self._position(end)
        return Span(self.path, line, column, end_line, end_column)

    def _position(self, index: int) -> tuple[int, int]:
        if not self._starts:
            self._starts.extend((0, *(one.end() for one in re.finditer(_LINE_END, self.text))))
        if self.text[index - 1 : index + 1] == "\r\n":  # between the two: a line of its own
            return bisect_right(self._starts, index) + 1, 1
        line = bisect_right(self._starts, index)
        return line, index - self._starts[line - 1] + 1

    def slice(self, span: Span) -> str:
        """Return the text that a span covers, lines joined by LF."""
        first, last = span.line - 1, span.end_line - 1
        if first == last:
            return self.lines[first][span.column - 1 : span.end_column - 1]
        return "\n".join(
            (
                self.lines[first][span.column - 1 :],
                *self.lines[first + 1 : last],
                self.lines[last][: span.end_column - 1],
            )
        )


@dataclass(frozen=True, slots=True)
class Passage:
    """The rest of a file from character `start` on: the text of a message in a file of its own."""

    source: SourceFile
    start: int = 0

    @property
    def text(self) -> str:
        """What the passage says."""
        return self.source.text[self.start :]

    def span_at(self, start: int, end: int) -> Span:
        """Return where the characters [start, end) of the passage stand in the file."""
        return self.source.span_at(self.start + start, self.start + end)
