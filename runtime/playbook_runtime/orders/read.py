"""Orders file -> Orders: the order of the phases on one page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playbook_compiler.diagnostics import Diagnostic, error, nearest, shown
from playbook_compiler.source import Span
from playbook_runtime.orders.amounts import AmountForm, decimal_mark
from playbook_runtime.orders.columns import MERGE_WINDOW_SECONDS, Columns, read_columns
from playbook_runtime.orders.currency import (
    EXPONENTS,
    NO_CURRENCY,
    exponent,
    order_limit,
)
from playbook_runtime.orders.dates import UnclearDates, date_column
from playbook_runtime.orders.lines import locate
from playbook_runtime.orders.merge import Merged, merge_orders, tally_rows
from playbook_runtime.orders.model import Orders, Reading, Tally
from playbook_runtime.orders.observations import observe
from playbook_runtime.orders.options import OrderOptions
from playbook_runtime.orders.parse import CurrencyCount, Forms, create_typed, currencies
from playbook_runtime.orders.prepare import tidy
from playbook_runtime.orders.reader import workspace
from playbook_runtime.orders.reasons import (
    ACCEPTED,
    ANONYMOUS,
    BY_CODE,
    DOUBLE_CLICK,
    QUARANTINE_CODES,
    RAGGED,
    REFUND,
    Fate,
    Reason,
)
from playbook_runtime.orders.rejects import set_aside
from playbook_runtime.orders.sources import Source, all_sources, detect
from playbook_runtime.orders.table import Calendar, Layout, OpenTable, calendar, open_table


def read_orders(path: Path, options: OrderOptions) -> tuple[Orders | None, list[Diagnostic]]:
    """Read an orders file; write the quarantine file when rows were set aside.

    Diagnostics carry physical lines (row numbers in Parquet), never an e-mail, name or customer id.
    """
    declared, found = calendar(str(path), options)
    if declared is None:
        return None, found
    source: list[Source] = []

    def layout(names: tuple[str, ...]) -> tuple[Layout | None, list[Diagnostic]]:
        chosen, problems = _source(str(path), names, options)
        if chosen is None or chosen.prepare is None:
            return None, problems
        source.append(chosen)
        groups = tuple(
            (name, "email") if name == "customer_id" and "email" in chosen.aliases else (name,)
            for name in chosen.required
        )
        return Layout(chosen.aliases, groups), problems

    with workspace() as space:
        table, more = open_table(space, path, options, layout)
        found += more
        if table is None:
            return None, found
        orders, more = _orders(space.connection, table, source[0], declared, options)
        return orders, found + more


def _source(
    given: str, names: tuple[str, ...], options: OrderOptions
) -> tuple[Source | None, list[Diagnostic]]:
    span = Span.of_file(given)
    if options.source is not None:
        known = {source.name: source for source in all_sources() if not source.refusal}
        if options.source in known:
            return known[options.source], []
        guess = nearest(options.source, known)
        advice = f"did you mean {guess}?" if guess else f"sources: {', '.join(known)}"
        message = f"there is no source {shown(options.source)}"
        return None, [error("unknown-source", message, span, help=advice)]
    source = detect(names)
    if not source.refusal:
        return source, []
    if "customer_id" in options.map or "email" in options.map:
        return next(one for one in all_sources() if one.name == "generic"), []
    return None, [error("no-buyer", source.refusal, span, help=source.advice)]


def _orders(
    connection: Any,
    table: OpenTable,
    source: Source,
    declared: Calendar,
    options: OrderOptions,
) -> tuple[Orders | None, list[Diagnostic]]:
    assert source.prepare is not None
    width = len(table.raw.names)
    tidy(connection, table.columns)
    source.prepare(connection, table.columns, width)
    forms, found = _forms(connection, table, source, declared, options)
    if forms is None:
        return None, found
    create_typed(connection, forms)
    merged = merge_orders(connection, width, source.lines_add_up)
    rows_read = table.raw.rows + len(table.raw.rejected)
    rejects, more = set_aside(table, _quarantined(connection), rows_read, options)
    found += more
    if rejects is None:
        return None, found
    columns = read_columns(connection, forms.columns, declared.zone)
    if not len(columns.time):
        span = Span(table.guarded.given, table.first_line, 1, table.first_line, 1)
        message = "there is no usable order with a customer in the file"
        return None, [*found, error("no-orders", message, span)]
    found += observe(connection, table, merged, columns, options)
    reading = _reading(connection, table, source, forms, merged, columns, options)
    return _assembled(columns, forms, reading), found


def _forms(
    connection: Any, table: OpenTable, source: Source, declared: Calendar, options: OrderOptions
) -> tuple[Forms | None, list[Diagnostic]]:
    given = table.guarded.given
    if not table.raw.rows and not table.raw.rejected:
        span = Span(given, table.first_line, 1, table.first_line, 1)
        return None, [error("no-orders", "there are no orders in the file", span)]
    counts = currencies(connection) if "currency" in table.columns else ()
    currency, found = _currency(table, counts, options)
    if currency is None:
        return None, found
    mark = decimal_mark(connection, "line", "total")
    dates = date_column(connection, "line", "ordered_at", declared.date_format)
    if isinstance(dates, UnclearDates):
        place = locate(table.raw, [dates.row])[dates.row]
        cell = place.cells[table.columns["ordered_at"]] if place.cells else ""
        message = f"{dates.message} ({shown(cell)[:40]})" if cell else dates.message
        span = Span(given, place.line, 1, place.line, 1)
        return None, [*found, error("unclear-dates", message, span, help=dates.help)]
    amounts = AmountForm(mark, exponent(currency), order_limit(currency))
    return Forms(amounts, dates, currency, counts, frozenset(table.columns), source.guests), found


def _currency(
    table: OpenTable, counts: tuple[CurrencyCount, ...], options: OrderOptions
) -> tuple[str | None, list[Diagnostic]]:
    """Return the one currency to read: the declared one, the file's only one, or none at all."""
    given = table.guarded.given
    wanted = options.currency.upper() if options.currency else None
    if wanted is not None and wanted not in EXPONENTS:
        message = f"{shown(options.currency)} is not an ISO 4217 currency"
        span = Span.of_file(given)
        return None, [error("unknown-currency", message, span, help="write it like EUR or USD")]
    if "currency" not in table.columns:
        return wanted or NO_CURRENCY, []
    known = [count for count in counts if count.known]
    if wanted is None and len(known) == 1:
        return known[0].code, []
    if not counts or any(count.code == wanted for count in known):
        return wanted or NO_CURRENCY, []
    row = min(count.row for count in counts)
    line = locate(table.raw, [row])[row].line
    listed = ", ".join(f"{shown(count.code)[:12] or 'none'} {count.lines}" for count in counts[:8])
    span = Span(given, line, 1, line, 1)
    if wanted is not None:
        message = f"no order is in {wanted} ({listed})"
        return None, [error("no-such-currency", message, span, help="leave --currency out")]
    if not known:
        message = f"the currency column names no ISO 4217 currency ({listed})"
        return None, [error("unknown-currency", message, span, help="write codes like EUR or USD")]
    message = f"{len(counts)} currencies ({listed})"
    advice = f"read one of them: --currency {known[0].code}"
    return None, [error("several-currencies", message, span, help=advice)]


def _quarantined(connection: Any) -> list[tuple[int, Reason]]:
    low, high = QUARANTINE_CODES
    (members,) = connection.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'member'"
    ).fetchone()
    relation = (
        "SELECT member.row, reason FROM verdict JOIN member ON member.head = verdict.row"
        if members
        else "SELECT row, reason FROM verdict"
    )
    rows = connection.execute(
        f"SELECT row, reason FROM ({relation}) WHERE reason BETWEEN {low} AND {high} ORDER BY row"
    ).fetchall()
    return [(row, BY_CODE[code]) for row, code in rows]


def _reading(
    connection: Any,
    table: OpenTable,
    source: Source,
    forms: Forms,
    merged: Merged,
    columns: Columns,
    options: OrderOptions,
) -> Reading:
    counted = tally_rows(connection)
    counted[RAGGED.code] = (len(table.raw.rejected), 0)
    orders = len(columns.time)
    rows, value = counted.get(ACCEPTED.code, (0, 0))
    counted[ACCEPTED.code] = (rows - columns.double_clicks, value - columns.double_clicks_value)
    counted[DOUBLE_CLICK.code] = (columns.double_clicks, columns.double_clicks_value)
    tallies = tuple(
        Tally(BY_CODE[code], *counted[code]) for code in sorted(counted) if counted[code][0]
    )
    anonymous = counted.get(ANONYMOUS.code, (0, 0))
    refunds = counted.get(REFUND.code, (0, 0))
    notes = []
    if columns.double_clicks:
        notes.append(f"merge window for equal orders: {MERGE_WINDOW_SECONDS} seconds")
    if forms.currency == NO_CURRENCY:
        notes.append("no currency is named: amounts are read with two decimals")
    reading = Reading(
        file=table.guarded.given,
        digest=table.guarded.digest,
        source=source.name,
        currency=forms.currency,
        timezone=options.timezone,
        rows=table.raw.rows + len(table.raw.rejected),
        tallies=tallies,
        orders=orders,
        customers=len(columns.customer_hash),
        anonymous_orders=anonymous[0],
        anonymous_minor=anonymous[1],
        refund_rows=refunds[0],
        unmatched_refunds_minor=columns.unmatched_refunds,
        control_total_minor=counted[ACCEPTED.code][1] + anonymous[1] + refunds[1],
        first_day=int(columns.day.min()),
        last_day=int(columns.day.max()),
        key="customer_id"
        if source.name == "generic" and "customer_id" in table.columns
        else "email",
        columns=table.column_names(),
        notes=tuple(notes),
    )
    _assert_accounted(reading, columns)
    return reading


def _assert_accounted(reading: Reading, columns: Columns) -> None:
    """Raise AssertionError when a row or a cent is unaccounted for: our bug, never the user's."""
    parts = {fate: reading.count(fate) for fate in Fate}
    if sum(parts.values()) != reading.rows:
        raise AssertionError(f"rows unaccounted for: {reading.rows} read, {parts}")
    in_orders = int(columns.value.sum())
    total = in_orders + reading.anonymous_minor - reading.unmatched_refunds_minor
    if total != reading.control_total_minor:
        raise AssertionError(f"control total {reading.control_total_minor}, but columns {total}")


def _assembled(columns: Columns, forms: Forms, reading: Reading) -> Orders:
    return Orders(
        customer_key=columns.customer_key,
        customer_hash=columns.customer_hash,
        email_consent=columns.email_consent,
        customer=columns.customer,
        time=columns.time,
        day=columns.day,
        value_minor=columns.value,
        discount_minor=columns.discount,
        category=columns.labels.get("category"),
        channel=columns.labels.get("channel"),
        marketplace=columns.labels.get("marketplace"),
        currency=forms.currency,
        reading=reading,
    )
