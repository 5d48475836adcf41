"""Physical line numbers of rows, by rescanning with the standard library's csv reader.

DuckDB counts records; people look for lines. Only done when a row has to be named.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from itertools import islice
from typing import Final

from playbook_compiler.values import dataclass
from playbook_runtime.orders.reader import RawTable

_FIELD_LIMIT: Final = 1 << 24


@dataclass(frozen=True, slots=True)
class Located:
    """A row of `raw`: its first physical line (its number from 1 in Parquet) and its text."""

    line: int
    cells: tuple[str, ...]


def locate(table: RawTable, rows: Iterable[int]) -> dict[int, Located]:
    """Return where rows (by rowid of `raw`) stand. Reads no further than the last of them."""
    wanted = sorted(set(rows))
    if not wanted:
        return {}
    if table.text is None or table.header is None:
        return {row: Located(row + 1, ()) for row in wanted}
    rejected = {found.line for found in table.rejected}
    width, last = len(table.names), wanted[-1]
    pending, found, row = set(wanted), {}, -1
    limit = csv.field_size_limit(_FIELD_LIMIT)
    try:
        with table.text.open("r", encoding="utf-8-sig", newline="") as stream:
            for _ in range(table.header.skip + 1):
                stream.readline()
            offset = table.header.skip + 1
            reader = csv.reader(stream, delimiter=table.header.delimiter)
            end = 0
            for cells in reader:
                first, end = offset + end + 1, reader.line_num
                if not cells or first in rejected:
                    continue
                row += 1
                if row in pending:
                    found[row] = Located(first, tuple(cells[:width]))
                if row >= last:
                    break
    finally:
        csv.field_size_limit(limit)
    return found


def line_text(table: RawTable, line: int) -> str:
    """Return one physical line of the text file, '' in Parquet."""
    if table.text is None:
        return ""
    with table.text.open("r", encoding="utf-8-sig", newline="") as stream:
        return next(islice(stream, line - 1, line), "").rstrip("\r\n")
