"""The relation `line`: one row for what the file calls an order or an order's item, all text.

Columns: `row` (rowid of the first raw row), `rows` (how many raw rows it stands for), the text
fields of TEXT_FIELDS (trimmed, '' where empty or absent), `gift` (DECIMAL, gift cards sold within
the order, NULL if none) and `source_reason` (code of a rule of the source itself, 0 if none).
Where a line stands for several raw rows, the table `member(row, head)` says which.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from playbook_runtime.orders.reasons import EMPTY_ROW

_BLANKS: Final = " \t\r\u00a0"
TEXT_FIELDS: Final = (
    "order_id",
    "customer_id",
    "ordered_at",
    "total",
    "refunded",
    "discount",
    "currency",
    "category",
    "channel",
    "marketplace",
    "consent",
)


def cell(columns: Mapping[str, int], field: str) -> str:
    """Return SQL for the text of a field's column (see `tidy`); '' where the file has none."""
    return f"coalesce(c{columns[field]}, '')" if field in columns else "''"


def empty_row_sql(columns: Mapping[str, int], width: int) -> str:
    """Return SQL for EMPTY_ROW's code where every cell of a raw row is empty, else 0."""
    everything = ", ".join(f"c{i}" for i in range(width))
    return (
        f"CASE WHEN {cell(columns, 'ordered_at')} = '' AND trim(concat({everything})) = '' "
        f"THEN {EMPTY_ROW.code} ELSE 0 END"
    )


def tidy(connection: Any, columns: Mapping[str, int]) -> None:
    """Trim the fields' columns of `raw` in place: a look is cheap, trimming everything is not."""
    for index in sorted(set(columns.values())):
        edges = " OR ".join(
            f"starts_with(c{index}, '{blank}') OR ends_with(c{index}, '{blank}')"
            for blank in _BLANKS
        )
        (untidy,) = connection.execute(f"SELECT count(*) FROM raw WHERE {edges}").fetchone()
        if untidy:
            connection.execute(
                f"UPDATE raw SET c{index} = trim(c{index}, '{_BLANKS}') WHERE {edges}"
            )


def one_row_one_line(connection: Any, columns: Mapping[str, int], width: int) -> None:
    """Make `line` a view of `raw`: each row is an order or an item of one."""
    cells = {name: cell(columns, name) for name in TEXT_FIELDS}
    if "customer_id" not in columns:
        cells["customer_id"] = f"lower({cell(columns, 'email')})"
    fields = ", ".join(f"{sql} AS {name}" for name, sql in cells.items())
    connection.execute(
        f"CREATE VIEW line AS SELECT rowid AS row, 1 AS rows, {fields}, "
        f"CAST(NULL AS DECIMAL(18, 3)) AS gift, {empty_row_sql(columns, width)} AS source_reason "
        "FROM raw"
    )
