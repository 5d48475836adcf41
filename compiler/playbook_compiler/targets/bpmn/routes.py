"""Where the arrows of a process run: level and upright, in the gaps between columns and rows.

No shape stands in a gap, so no arrow runs over one. Only a row with nothing between two shapes is
run along.
"""

from __future__ import annotations

from typing import TypeAlias

from playbook_compiler.values import dataclass

Point: TypeAlias = tuple[int, int]
Cell: TypeAlias = tuple[int, int]
# The width of a gap, and the space around everything.
MARGIN = 40
# How far beside the middle of a gap the ways back run.
ASIDE = 10


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; x and y are its upper left corner."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> Point:
        """The middle of the right side."""
        return self.x + self.width, self.y + self.height // 2

    @property
    def left(self) -> Point:
        """The middle of the left side."""
        return self.x, self.y + self.height // 2

    @property
    def bottom(self) -> Point:
        """The middle of the lower side."""
        return self.x + self.width // 2, self.y + self.height

    @property
    def top(self) -> Point:
        """The middle of the upper side."""
        return self.x + self.width // 2, self.y


@dataclass(frozen=True, slots=True)
class Grid:
    """Where each column and row begins, and after them where the next one would; each ends in a
    gap. `cells` are the column and row of each shape."""

    columns: tuple[int, ...]
    rows: tuple[int, ...]
    cells: dict[str, Cell]

    def before(self, column: int) -> int:
        """Return the middle of the gap before a column."""
        return self.columns[column] - MARGIN // 2

    def below(self, row: int) -> int:
        """Return the middle of the gap below a row, of -1 the one above the first."""
        return self.rows[row + 1] - MARGIN // 2

    def is_free(self, row: int, after: int, before: int) -> bool:
        """Return whether nothing stands in a row between two columns."""
        return not any(on == row and after < column < before for column, on in self.cells.values())


def route(grid: Grid, source: Box, target: Box, begin: Cell, end: Cell) -> tuple[Point, ...]:
    """Return the corners of an arrow from one cell's shape to another's."""
    (column, row), (to_column, to_row) = begin, end
    (x, y), (to_x, to_y) = source.right, target.left
    out, in_ = grid.before(column + 1), grid.before(to_column)
    if column < to_column and grid.is_free(row, column, to_column):
        corners = [(in_, y), (in_, to_y)]
    elif column < to_column and grid.is_free(to_row, column, to_column):
        corners = [(out, y), (out, to_y)]
    elif column < to_column:
        gap = grid.below(row - 1 if to_row < row else row)
        corners = [(out, y), (out, gap), (in_, gap), (in_, to_y)]
    else:
        # A way back runs below both shapes, beside the ways onward.
        out, in_, gap = out - ASIDE, in_ - ASIDE, grid.below(max(row, to_row)) + ASIDE
        corners = [(out, y), (out, gap), (in_, gap), (in_, to_y)]
    return _corners([(x, y), *corners, (to_x, to_y)])


def route_down(grid: Grid, source: Box, target: Box, host: Cell, low: int) -> tuple[Point, ...]:
    """Return the corners of an arrow from the lower side of a cell's shape to a shape below all.

    `low` is where the lowest shape of the grid ends.
    """
    (x, y), (to_x, to_y) = source.bottom, target.top
    column, row = host
    if not any(on > row and other == column for other, on in grid.cells.values()):
        return (x, y), (to_x, to_y)
    gap, out = grid.below(row), grid.before(column + 1)
    level = low + MARGIN // 2
    return (x, y), (x, gap), (out, gap), (out, level), (to_x, level), (to_x, to_y)


def _corners(points: list[Point]) -> tuple[Point, ...]:
    """Return points without those that lie on the way between their neighbours."""
    kept: list[Point] = []
    for point in points:
        if kept and kept[-1] == point:
            continue
        if len(kept) > 1 and (
            kept[-2][0] == kept[-1][0] == point[0] or kept[-2][1] == kept[-1][1] == point[1]
        ):
            kept.pop()
        kept.append(point)
    return tuple(kept)
