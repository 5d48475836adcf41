"""Rows of the tables of a projection, and how they are aligned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from playbook_compiler.values import dataclass

_GAP: Final = "   "


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: its cells, and what stands behind them."""

    cells: tuple[str, ...]
    behind: str = ""
    strong: bool = False


def table_lines(rows: Sequence[Row], left: Sequence[int] = (0,)) -> list[str]:
    """Return rows as aligned lines, numbers to the right; columns in `left` to the left.

    A row of one cell is a line as it stands. Cells are ASCII, a character a cell of the terminal.
    """
    full = [row for row in rows if len(row.cells) > 1]
    if not full:
        return [row.cells[0] for row in rows]
    widths = [max(map(len, column)) for column in zip(*(row.cells for row in full), strict=True)]
    lines = []
    for row in rows:
        if len(row.cells) == 1:
            lines.append(row.cells[0])
            continue
        cells = (
            cell.ljust(wide) if place in left else cell.rjust(wide)
            for place, (cell, wide) in enumerate(zip(row.cells, widths, strict=True))
        )
        lines.append(_GAP.join(cells).rstrip())
    return lines
