"""Numbers for the cells of a packed array, in the order in which they are named.

Compiled code wants plain integers of a module, so that each cell is one line where it is named:
nobody counts, and two people who add cells do not renumber each other's.
"""

from __future__ import annotations


class Numbering:
    """Hands out 0, 1, 2 ... and remembers what each number is called."""

    def __init__(self) -> None:
        self.count = 0
        self._named: list[tuple[int, str]] = []

    def next(self, name: str = "") -> int:
        """Return the next number, that of the cell `name`."""
        self._named.append((self.count, name))
        self.count += 1
        return self.count - 1

    def names(self) -> tuple[tuple[int, str], ...]:
        """Return (number, name) of all cells named since this was asked last."""
        found = tuple(self._named)
        self._named = []
        return found
