"""What customers and events files have in common: the options that count, keys, the account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from playbook_compiler.values import replace
from playbook_runtime.orders.columns import hash_keys
from playbook_runtime.orders.guard import guard_file
from playbook_runtime.orders.model import SideReading, Tally
from playbook_runtime.orders.options import OrderOptions
from playbook_runtime.orders.prepare import cell
from playbook_runtime.orders.reader import Workspace
from playbook_runtime.orders.reasons import BY_CODE, QUARANTINE_CODES, RAGGED, Reason
from playbook_runtime.orders.table import OpenTable

CUSTOMER_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "customer_id": ("customer_id", "customer", "client_id", "user_id", "buyer_id"),
    "email": ("email", "customer_email", "e-mail", "email_address"),
}
KEY_FIELDS: Final = ("customer_id", "email")


def side_options(space: Workspace, path: Path, options: OrderOptions) -> OrderOptions:
    """Return the options for a file beside the orders.

    Encoding, skipped lines, date format and quarantine file describe the orders file; the encoding
    is tried here only when the file is not UTF-8.
    """
    plain = replace(options, encoding=None, skip_lines=0, quarantine=None)
    if options.encoding is None:
        return plain
    guarded, _ = guard_file(path, None, space.folder)
    return plain if guarded is not None else replace(plain, encoding=options.encoding)


def key_sql(columns: Mapping[str, int], key: str | None) -> str:
    """Return SQL for the customer's key as Orders has it; `key` None: the id if there is one."""
    chosen = key or ("customer_id" if "customer_id" in columns else "email")
    return f"lower({cell(columns, 'email')})" if chosen == "email" else cell(columns, chosen)


def required_key(key: str | None) -> tuple[str, ...]:
    """Return the fields of which one must have a column for customers to be told apart."""
    return KEY_FIELDS if key is None else (key,)


def quarantined(connection: Any, relation: str) -> list[tuple[int, Reason]]:
    """Return (row, reason) of the rows of a relation (row, reason) that are set aside."""
    low, high = QUARANTINE_CODES
    rows = connection.execute(
        f"SELECT row, reason FROM {relation} WHERE reason BETWEEN {low} AND {high} ORDER BY row"
    ).fetchall()
    return [(row, BY_CODE[code]) for row, code in rows]


def side_reading(connection: Any, table: OpenTable, relation: str) -> SideReading:
    """Return the account of a relation (row, reason) over all rows of `raw`."""
    counted = dict(
        connection.execute(f"SELECT reason, count(*) FROM {relation} GROUP BY reason").fetchall()
    )
    counted[RAGGED.code] = len(table.raw.rejected)
    rows = table.raw.rows + len(table.raw.rejected)
    if sum(counted.values()) != rows:
        raise AssertionError(f"rows unaccounted for: {rows} read, {counted}")
    tallies = tuple(
        Tally(BY_CODE[code], counted[code]) for code in sorted(counted) if counted[code]
    )
    return SideReading(
        table.guarded.given, table.guarded.digest, rows, tallies, table.column_names()
    )


def keys_by_hash(
    keys: Iterable[str],
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """Return keys and hashes ascending by hash, and the rank of each key as it was given."""
    given = np.asarray(list(keys), dtype=np.object_)
    hashes = hash_keys(given.tolist())
    order = np.argsort(hashes)
    rank = np.empty(len(given), np.int64)
    rank[order] = np.arange(len(given))
    return given[order], hashes[order], rank
