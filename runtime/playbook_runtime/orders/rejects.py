"""Rows set aside: the file they are written to, a warning for each rule, and the limit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from playbook_compiler.diagnostics import Diagnostic, error, shown, warning
from playbook_compiler.source import Span
from playbook_compiler.values import dataclass
from playbook_runtime.counted import count_of, word_of
from playbook_runtime.orders.lines import locate
from playbook_runtime.orders.options import OrderOptions
from playbook_runtime.orders.quarantine import SetAside, quarantine_file, write_quarantine
from playbook_runtime.orders.reasons import RAGGED, Reason
from playbook_runtime.orders.table import OpenTable

FREE_REJECTS: Final = 20
REJECT_SHARE: Final = 0.01
_LINES_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Rejects:
    """What was set aside and where it was written (None: nothing was)."""

    rows: tuple[SetAside, ...]
    file: Path | None


def set_aside(
    table: OpenTable, rows: Iterable[tuple[int, Reason]], rows_read: int, options: OrderOptions
) -> tuple[Rejects | None, list[Diagnostic]]:
    """Write the quarantine file and word the warnings; None when too many rows were set aside."""
    found = _located(table, list(rows))
    if not found:
        return Rejects((), None), []
    given = table.guarded.given
    path = quarantine_file(given, options.quarantine)
    try:
        write_quarantine(path, (row for _, row in found))
    except OSError as failure:
        message = f"cannot write the quarantine file: {failure.strerror or 'unknown reason'}"
        advice = "name a writable file: --quarantine FILE"
        return None, [error("quarantine-file", message, Span.of_file(given), help=advice)]
    diagnostics = _warnings(given, found, str(path))
    allowed = options.max_rejects
    if allowed is None:
        allowed = max(FREE_REJECTS, int(rows_read * REJECT_SHARE))
    if len(found) > allowed:
        message = (
            f"{len(found):,} of {count_of(rows_read, 'row')} cannot be used; at most"
            f" {allowed:,} may be "
            "set aside"
        )
        advice = f"mend them (see {shown(path)}) or allow it: --max-rejects {len(found)}"
        span = Span(given, found[0][1].line, 1, found[0][1].line, 1)
        diagnostics.append(error("too-many-rejects", message, span, help=advice))
        return None, diagnostics
    return Rejects(tuple(row for _, row in found), path), diagnostics


def _located(table: OpenTable, rows: list[tuple[int, Reason]]) -> list[tuple[Reason, SetAside]]:
    places = locate(table.raw, (row for row, _ in rows))
    found = [
        (RAGGED, SetAside(rejected.line, RAGGED.name, "", "", (rejected.text.rstrip("\r\n"),)))
        for rejected in table.raw.rejected
    ]
    for row, reason in rows:
        place = places[row]
        index = _blamed(table.columns, reason.field)
        column = table.raw.names[index] if index is not None else ""
        value = place.cells[index] if index is not None and index < len(place.cells) else ""
        found.append((reason, SetAside(place.line, reason.name, column, value, place.cells)))
    return sorted(found, key=lambda one: (one[1].line, one[1].reason))


def _blamed(columns: Mapping[str, int], field: str) -> int | None:
    if field == "customer_id" and field not in columns:
        field = "email"
    if field == "ordered_at" and field not in columns:
        field = "occurred_at"
    return columns.get(field)


def _warnings(given: str, found: list[tuple[Reason, SetAside]], file: str) -> list[Diagnostic]:
    diagnostics = []
    for reason in sorted({reason for reason, _ in found}, key=lambda one: one.code):
        rows = [row for other, row in found if other is reason]
        lines = ", ".join(str(row.line) for row in rows[:_LINES_NAMED])
        lines += ", ..." if len(rows) > _LINES_NAMED else ""
        shows = "" if reason.private or not rows[0].value else f" ({shown(rows[0].value)[:40]})"
        some = f"{count_of(len(rows), 'row')} {word_of(len(rows), 'is', 'are')}"
        where = f"{word_of(len(rows), 'line')} {lines}"
        message = f"{some} set aside: {reason.sentence}{shows}; {where}"
        span = Span(given, rows[0].line, 1, rows[0].line, 1)
        diagnostics.append(
            warning(reason.name, message, span, help=f"the rows stand in {shown(file)}")
        )
    return diagnostics
