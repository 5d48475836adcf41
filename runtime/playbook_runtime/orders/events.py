"""The optional events file: what customers did besides ordering, with the time of each event."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from playbook_compiler.diagnostics import Diagnostic, error, shown, warning
from playbook_compiler.source import Span
from playbook_compiler.values import dataclass
from playbook_runtime.counted import count_of, word_of
from playbook_runtime.orders.clock import NAIVE, clock
from playbook_runtime.orders.dates import (
    EARLIEST_DAY,
    LATEST_DAY,
    MAX_OFFSET,
    SECONDS_A_DAY,
    DateColumn,
    UnclearDates,
    date_column,
    form_sql,
    local_seconds_sql,
    offset_sql,
    timed_sql,
)
from playbook_runtime.orders.lines import locate
from playbook_runtime.orders.model import Labels, SideReading
from playbook_runtime.orders.options import OrderOptions
from playbook_runtime.orders.prepare import cell, tidy
from playbook_runtime.orders.reader import workspace
from playbook_runtime.orders.reasons import (
    BAD_DATE,
    DATE_OUT_OF_RANGE,
    EMPTY_ROW,
    IDENTICAL,
    MISSING_CUSTOMER,
    MISSING_EVENT,
)
from playbook_runtime.orders.rejects import set_aside
from playbook_runtime.orders.side import (
    CUSTOMER_ALIASES,
    key_sql,
    keys_by_hash,
    quarantined,
    required_key,
    side_options,
    side_reading,
)
from playbook_runtime.orders.table import Calendar, Layout, OpenTable, calendar, open_table

_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    **CUSTOMER_ALIASES,
    "event": ("event", "event_name", "event_type", "type", "metric"),
    "occurred_at": ("occurred_at", "happened_at", "event_time", "timestamp", "time", "date"),
    "key": ("key", "order_id", "cart_id", "product_id"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Events (M), sorted by (customer, time, event, key); customers (N) as in Orders.

    `customer` int32 index into `customer_key` and `customer_hash`; `event` names in lower case with
    _ for blanks; `time` int64 UTC seconds since 1970; `day` int32 on the shop's calendar; `key`
    object array of str: the order, cart or product it belongs to, '' for none.
    """

    customer_key: npt.NDArray[np.object_]
    customer_hash: npt.NDArray[np.uint64]
    customer: npt.NDArray[np.int32]
    event: Labels
    time: npt.NDArray[np.int64]
    day: npt.NDArray[np.int32]
    key: npt.NDArray[np.object_]
    reading: SideReading

    def __len__(self) -> int:
        """Return the number of events."""
        return len(self.time)


def read_events(
    path: Path, options: OrderOptions, key: str | None = None
) -> tuple[Events | None, list[Diagnostic]]:
    """Read an events file. `key` is `reading.key` of the orders it belongs to, if there are some.

    Rows equal in every column count once where times of day are written.
    """
    declared, found = calendar(str(path), options)
    if declared is None:
        return None, found

    def layout(names: tuple[str, ...]) -> tuple[Layout | None, list[Diagnostic]]:
        groups = (required_key(key), ("event",), ("occurred_at",))
        return Layout(_ALIASES, groups, own_map=False), []

    with workspace() as space:
        used = side_options(space, path, options)
        table, more = open_table(space, path, used, layout)
        found += more
        if table is None:
            return None, found
        connection = space.connection
        tidy(connection, table.columns)
        dates, more = _dates(connection, table, declared)
        found += more
        if dates is None:
            return None, found
        connection.execute(f"CREATE TABLE happening AS {_happening_sql(table, dates, key)}")
        connection.execute(f"CREATE TABLE verdict AS {_VERDICT}")
        rows = table.raw.rows + len(table.raw.rejected)
        rejects, more = set_aside(table, quarantined(connection, "verdict"), rows, used)
        found += more
        if rejects is None:
            return None, found
        events, more = _events(connection, table, declared, options)
        return events, found + more


def _dates(
    connection: Any, table: OpenTable, declared: Calendar
) -> tuple[DateColumn | None, list[Diagnostic]]:
    text = cell(table.columns, "occurred_at")
    connection.execute(f"CREATE VIEW dated AS SELECT rowid AS row, {text} AS happened FROM raw")
    dates = date_column(connection, "dated", "happened", None)
    if isinstance(dates, UnclearDates) and declared.date_format is not None:
        dates = date_column(connection, "dated", "happened", declared.date_format)
    if isinstance(dates, UnclearDates):
        line = locate(table.raw, [dates.row])[dates.row].line
        span = Span(table.guarded.given, line, 1, line, 1)
        return None, [error("unclear-dates", dates.message, span, help=dates.help)]
    return dates, []


def _happening_sql(table: OpenTable, dates: DateColumn, key: str | None) -> str:
    columns = table.columns
    first, last = EARLIEST_DAY * SECONDS_A_DAY, (LATEST_DAY + 1) * SECONDS_A_DAY
    everything = ", ".join(f"c{i}" for i in range(len(table.raw.names)))
    person = key_sql(columns, key)
    form = form_sql("happened", dates)
    name = f"regexp_replace(lower({cell(columns, 'event')}), '[ -]+', '_', 'g')"
    return (
        f"WITH text AS (SELECT rowid AS row, {person} AS customer, {name} AS event, "
        f"{cell(columns, 'occurred_at')} AS happened, {cell(columns, 'key')} AS key, "
        f"hash({everything}) AS print, trim(concat({everything})) = '' AS empty FROM raw), "
        f"formed AS (SELECT *, {form} AS form FROM text), parsed AS (SELECT *, "
        f"{local_seconds_sql('happened', 'form', dates)} AS local, "
        f"{offset_sql('happened', 'form', dates)} AS zone_offset, "
        f"coalesce({timed_sql('happened', 'form', dates)}, FALSE) AS timed FROM formed) "
        "SELECT row, customer, event, key, print, local, zone_offset, timed, "
        f"CASE WHEN empty THEN {EMPTY_ROW.code} "
        f"WHEN customer = '' THEN {MISSING_CUSTOMER.code} "
        f"WHEN event = '' THEN {MISSING_EVENT.code} "
        f"WHEN local IS NULL OR abs(zone_offset) > {MAX_OFFSET} THEN {BAD_DATE.code} "
        f"WHEN local < {first} OR local >= {last} "
        f"THEN {DATE_OUT_OF_RANGE.code} ELSE 0 END AS reason FROM parsed"
    )


_VERDICT: Final = f"""
    SELECT row, CAST(CASE WHEN reason > 0 THEN reason WHEN timed AND row_number() OVER
      (PARTITION BY customer, event, local, key, print, reason ORDER BY row) > 1
      THEN {IDENTICAL.code} ELSE 0 END AS UTINYINT) AS reason
    FROM happening"""


def _events(
    connection: Any, table: OpenTable, declared: Calendar, options: OrderOptions
) -> tuple[Events, list[Diagnostic]]:
    connection.execute(
        "CREATE VIEW good AS SELECT happening.* FROM happening JOIN verdict USING (row) "
        "WHERE verdict.reason = 0"
    )
    people = connection.execute("SELECT DISTINCT customer FROM good ORDER BY 1").fetchall()
    keys, hashes, rank = keys_by_hash(row[0] for row in people)
    names = tuple(
        row[0]
        for row in connection.execute("SELECT DISTINCT event FROM good ORDER BY 1").fetchall()
    )
    found = connection.execute(
        "SELECT row, CAST(dense_rank() OVER (ORDER BY customer) - 1 AS BIGINT) AS customer, "
        "CAST(dense_rank() OVER (ORDER BY event) - 1 AS BIGINT) AS event, key, local, "
        f"CAST(coalesce(zone_offset, {NAIVE}) AS BIGINT) AS zone_offset, timed FROM good "
        "ORDER BY row"
    ).fetchnumpy()
    local = np.asarray(found["local"], np.int64)
    timed = np.asarray(found["timed"], np.bool_)
    when = clock(local, np.asarray(found["zone_offset"], np.int64), timed, declared.zone)
    customer = rank[np.asarray(found["customer"], np.int64)]
    event = np.asarray(found["event"], np.int64)
    texts = np.asarray(found["key"], np.object_)
    by_key = np.unique(texts.astype(np.str_), return_inverse=True)[1]
    order = np.lexsort((by_key, event, when.utc, customer))
    diagnostics = []
    if when.mixed.any():
        span = Span(table.guarded.given, table.first_line, 1, table.first_line, 1)
        zone = shown(options.timezone or "UTC")
        mixed = int(when.mixed.sum())
        read = word_of(mixed, "is read", "are read")
        message = f"{count_of(mixed, 'naive time')} {read} as {zone}"
        diagnostics.append(warning("naive-time", message, span))
    events = Events(
        customer_key=keys,
        customer_hash=hashes,
        customer=customer[order].astype(np.int32),
        event=Labels(event[order].astype(np.int32), names),
        time=when.utc[order],
        day=when.day[order],
        key=texts[order],
        reading=side_reading(connection, table, "verdict"),
    )
    return events, diagnostics
