"""Text on a terminal: the cells that each character takes, and what is only shown escaped."""

from __future__ import annotations

import unicodedata

from playbook_compiler.values import dataclass

TAB_CELLS = 4

# Around text that runs from right to left, so that it can't reorder the rest of the line.
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class Line:
    """A line as printed: `pieces[n]` is what stands for its n-th character, `starts[n]` the cell
    where that begins; `starts` has one entry more, the width of the whole."""

    pieces: tuple[str, ...]
    starts: tuple[int, ...]

    def cells(self, start: int, end: int) -> int:
        """Return how many cells the characters [start, end) take."""
        return self.starts[end] - self.starts[start]


def laid_out(text: str, encoding: str) -> Line:
    """Return a line of a file with tabs expanded and unprintable characters escaped."""
    pieces: list[str] = []
    starts = [0]
    for char in text:
        if char == "\t":
            piece = " " * (TAB_CELLS - starts[-1] % TAB_CELLS)
            cells = len(piece)
        elif " " <= char <= "~":
            piece, cells = char, 1
        else:
            piece = escaped(char, encoding)
            cells = _width(char) if piece == char else len(piece)
        pieces.append(piece)
        starts.append(starts[-1] + cells)
    return Line(tuple(_isolated(pieces, encoding)), tuple(starts))


def escaped(text: str, encoding: str) -> str:
    """Return text for the middle of a line: controls and what `encoding` lacks as escapes."""
    if text.isascii() and text.isprintable():
        return text
    visible = "".join(char if char.isprintable() else _escape(char) for char in text)
    return visible.encode(encoding, "backslashreplace").decode(encoding)


def window(line: Line, focus: int, width: int) -> tuple[int, int]:
    """Return the characters [start, end) of a line to print so that `focus` is among them."""
    count = len(line.pieces)
    if line.starts[-1] <= width:
        return 0, count
    start = min(focus, count)
    while start > 0 and line.cells(start - 1, focus) <= width // 3:
        start -= 1
    end = start
    while end < count and line.cells(start, end + 1) <= width:
        end += 1
    while start > 0 and line.cells(start - 1, end) <= width:
        start -= 1
    return start, end


def _width(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def _escape(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _isolated(pieces: list[str], encoding: str) -> list[str]:
    """Return pieces with every right-to-left word between isolates, which take no cells."""
    if not encoding.lower().replace("-", "").startswith("utf"):
        return pieces
    right_to_left = [
        len(piece) == 1 and unicodedata.bidirectional(piece) in ("R", "AL", "AN")
        for piece in pieces
    ]
    isolated = list(pieces)
    for index, running in enumerate(right_to_left):
        if running and not (index and right_to_left[index - 1]):
            isolated[index] = _ISOLATE + isolated[index]
        if running and not (index + 1 < len(pieces) and right_to_left[index + 1]):
            isolated[index] += _END_ISOLATE
    return isolated
