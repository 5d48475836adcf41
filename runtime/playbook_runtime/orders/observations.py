"""Warnings on rows that were read but may not mean what they seem to."""

from __future__ import annotations

from typing import Any, Final

from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.source import Span
from playbook_compiler.values import dataclass
from playbook_runtime.counted import count_of, word_of
from playbook_runtime.orders.columns import Columns
from playbook_runtime.orders.header import cell_span
from playbook_runtime.orders.lines import line_text, locate
from playbook_runtime.orders.merge import Merged
from playbook_runtime.orders.options import OrderOptions
from playbook_runtime.orders.reasons import ACCEPTED, REFUND
from playbook_runtime.orders.table import OpenTable

_CONTROL: Final = r"[\x00-\x1f\x7f\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2066}-\x{2069}]"


@dataclass(frozen=True, slots=True)
class _Seen:
    """One thing seen: how often, the first raw row, and how to say it of one and of many."""

    rule: str
    count: int
    row: int | None
    one: str
    many: str

    def sentence(self, line: int) -> str:
        """Return the warning's sentence."""
        what = self.one if self.count == 1 else f"{self.count:,} {self.many}"
        return f"{what} (line {line})"


def observe(
    connection: Any, table: OpenTable, merged: Merged, columns: Columns, options: OrderOptions
) -> list[Diagnostic]:
    """Return the warnings; only for them the file is read again, to name lines."""
    seen = [found for found in _seen(connection, merged, columns, options) if found.count]
    rows = {found.row for found in seen if found.row is not None}
    places = locate(table.raw, rows | ({merged.first_row} if merged.repeats else set()))
    diagnostics = []
    for found in seen:
        if found.row is None:
            continue
        line = places[found.row].line
        message, span = found.sentence(line), Span(table.guarded.given, line, 1, line, 1)
        if found.rule == "repeated-row":
            message += f", as line {places[merged.first_row].line}: counted once"
        elif found.rule == "control-character":
            span = _cell(table, line)
        elif found.rule == "naive-time":  # the whole column is mixed, from its first row on
            span = Span(table.guarded.given, table.first_line, 1, table.first_line, 1)
        diagnostics.append(warning(found.rule, message, span))
    if merged.orders_of_items:
        how = "their amounts add up" if merged.added_up else "their amount is the order's, once"
        has = word_of(merged.orders_of_items, "has", "have")
        message = f"{count_of(merged.orders_of_items, 'order')} {has} several rows: {how}"
        span = Span(table.guarded.given, table.first_line, 1, table.first_line, 1)
        diagnostics.append(warning("order-of-items", message, span))
    return diagnostics


def _seen(
    connection: Any, merged: Merged, columns: Columns, options: OrderOptions
) -> tuple[_Seen, ...]:
    refunds, refund_row, zeros, zero_row = connection.execute(
        f"SELECT count(*) FILTER (kind = {REFUND.code}), min(row) FILTER (kind = {REFUND.code}), "
        "count(*) FILTER (zero), min(row) FILTER (zero) FROM "
        f"(SELECT *, total = 0 AND kind = {ACCEPTED.code} AS zero FROM purchase)"
    ).fetchone()
    odd, odd_row = connection.execute(
        "SELECT count(DISTINCT key), min(row) FROM purchase WHERE key IN "
        f"(SELECT key FROM customer WHERE regexp_matches(key, '{_CONTROL}'))"
    ).fetchone()
    zone = options.timezone or "UTC"
    twice = f"in {zone} (clocks go back): the first one is taken"
    never = f"in {zone} (clocks go forward): moved on by the change"
    return (
        _Seen(
            "refund-row",
            refunds,
            refund_row,
            "1 negative amount is read as refund",
            "negative amounts are read as refunds",
        ),
        _Seen(
            "zero-order",
            zeros,
            zero_row,
            "1 order of value zero is kept",
            "orders of value zero are kept",
        ),
        _Seen(
            "control-character",
            odd,
            odd_row,
            "1 customer id has a control character, which is kept",
            "customer ids have control characters, which are kept",
        ),
        _Seen(
            "naive-time",
            columns.naive.count,
            columns.naive.row,
            f"1 naive time is read as {zone}",
            f"naive times are read as {zone}",
        ),
        _Seen(
            "repeated-time",
            columns.folded.count,
            columns.folded.row,
            f"1 local time happens twice {twice}",
            f"local times happen twice {twice}",
        ),
        _Seen(
            "missing-time",
            columns.missing.count,
            columns.missing.row,
            f"1 local time does not exist {never}",
            f"local times do not exist {never}",
        ),
        _Seen(
            "repeated-row",
            merged.repeats,
            merged.repeat_row,
            "1 row repeats an earlier one",
            "rows repeat earlier ones",
        ),
    )


def _cell(table: OpenTable, line: int) -> Span:
    given = table.guarded.given
    if table.raw.header is None:
        return Span(given, line, 1, line, 1)
    index = table.columns.get("customer_id", table.columns.get("email", 0))
    text = line_text(table.raw, line)
    return cell_span(given, line, text, table.raw.header.delimiter, index)
