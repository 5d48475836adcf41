"""The way that every input file goes first: guard, header, fields, table `raw`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from playbook_compiler.diagnostics import Diagnostic, error, has_errors, nearest, shown
from playbook_compiler.source import Span
from playbook_compiler.values import dataclass
from playbook_runtime.orders.dates import strptime_format
from playbook_runtime.orders.guard import Guarded, changed, guard_file, still_the_same
from playbook_runtime.orders.header import (
    Header,
    column_span,
    delimiter_warning,
    header_elsewhere,
    key_of,
    match_fields,
    missing_columns,
    read_header,
    repeated_column,
)
from playbook_runtime.orders.options import OrderOptions
from playbook_runtime.orders.reader import RawTable, Workspace, load_parquet, load_text
from playbook_runtime.orders.zones import ZoneTable, nearest_zone, zone_table

Fields = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Layout:
    """What a reader makes of a header: accepted columns by field, and groups that must be there.

    Of each group of `required` one field must have a column. `own_map`: the options' map is meant
    for this very file (else it only counts where it fits).
    """

    aliases: Fields
    required: tuple[tuple[str, ...], ...]
    own_map: bool = True


@dataclass(frozen=True, slots=True)
class OpenTable:
    """A file whose rows stand in the table `raw`; `columns` says which index each field has."""

    guarded: Guarded
    raw: RawTable
    columns: Mapping[str, int]

    @property
    def first_line(self) -> int:
        """Return the physical line of the first data row."""
        return 1 if self.raw.header is None else self.raw.header.skip + 2

    def column_names(self) -> dict[str, str]:
        """Return the column's name for each field that has one."""
        return {field: self.raw.names[index] for field, index in sorted(self.columns.items())}


def open_table(
    space: Workspace,
    path: Path,
    options: OrderOptions,
    layout: Callable[[tuple[str, ...]], tuple[Layout | None, list[Diagnostic]]],
) -> tuple[OpenTable | None, list[Diagnostic]]:
    """Read a file into `raw`; `layout` decides from the column names what is looked for."""
    guarded, found = guard_file(path, options.encoding, space.folder)
    if guarded is None:
        return None, found
    raw: RawTable | None
    if guarded.parquet:
        raw, more = load_parquet(space, guarded)
        if raw is None:
            return None, found + more
        header = Header(raw.names, ",", 1, 0)
    else:
        read = read_header(guarded.readable, options.skip_lines)
        if read is None:
            span = Span.of_file(guarded.given)
            return None, [*found, error("no-header", "the file has no header line", span)]
        header, raw, more = read, None, []
    wanted, problems = layout(header.names)
    found += more + problems
    if wanted is None or has_errors(problems):
        return None, found
    columns, problems = _columns(guarded, header, wanted, options)
    found += problems
    if has_errors(problems):
        return None, found
    if raw is None:
        separated = delimiter_warning(guarded.given, header.delimiter, header.line)
        raw, more = load_text(space, guarded, header)
        found += [*([separated] if separated else []), *more]
    if raw is None:
        return None, found
    if not still_the_same(guarded):
        return None, [*found, changed(guarded.given)]
    return OpenTable(guarded, raw, columns), found


def _columns(
    guarded: Guarded, header: Header, wanted: Layout, options: OrderOptions
) -> tuple[dict[str, int], list[Diagnostic]]:
    given = guarded.given
    declared = {
        name: column
        for name, column in options.map.items()
        if name in wanted.aliases and (wanted.own_map or column in header.names)
    }
    columns, found = match_fields(header.names, wanted.aliases, declared, given)
    found += _unknown_fields(options, wanted, given) if wanted.own_map else []
    if found:
        return columns, found
    missing = tuple(
        " or ".join(group)
        for group in wanted.required
        if not any(field in columns for field in group)
    )
    if missing:
        names = frozenset(key_of(name) for group in wanted.aliases.values() for name in group)
        if not guarded.parquet:
            line = header_elsewhere(guarded.readable, header.line - 1, names)
            if line is not None:
                message = f"no header on line {header.line} (found on line {line}?)"
                span = Span(given, header.line, 1, header.line, 1)
                return columns, [
                    error("header-not-found", message, span, help=f"use --skip-lines {line - 1}")
                ]
        return columns, [missing_columns(given, header, missing)]
    for _, index in sorted(columns.items(), key=lambda item: item[1]):
        again = repeated_column(header.names, index)
        if again is not None:
            span = (
                Span.of_file(given)
                if guarded.parquet
                else column_span(guarded.readable, given, header, again)
            )
            message = (
                f"column {shown(header.names[index])} appears twice "
                f"(columns {index + 1} and {again + 1})"
            )
            found.append(error("repeated-column", message, span, help="rename or remove one"))
    return columns, found


def _unknown_fields(options: OrderOptions, wanted: Layout, given: str) -> list[Diagnostic]:
    found = []
    for field in sorted(set(options.map) - set(wanted.aliases)):
        guess = nearest(field, wanted.aliases)
        advice = f"did you mean {guess}?" if guess else f"fields: {', '.join(wanted.aliases)}"
        message = f"--map: there is no field {shown(field)}"
        found.append(error("unknown-field", message, Span.of_file(given), help=advice))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """The declared zone (None: none) and date format (strptime's codes; None: none)."""

    zone: ZoneTable | None
    date_format: str | None


def calendar(given: str, options: OrderOptions) -> tuple[Calendar | None, list[Diagnostic]]:
    """Return the zone and the date format that the options declare."""
    span, zone, date_format = Span.of_file(given), None, None
    if options.timezone is not None:
        zone = zone_table(options.timezone)
        if zone is None:
            message = f"{shown(options.timezone)} is not an IANA time zone"
            guess = nearest_zone(options.timezone)
            advice = (
                f"did you mean {guess}?"
                if guess
                else "write it like Europe/Berlin or America/New_York"
            )
            return None, [error("unknown-timezone", message, span, help=advice)]
    if options.date_format is not None:
        date_format = strptime_format(options.date_format)
        if date_format is None:
            message = f"--date-format {shown(options.date_format)} names no day, month and year"
            advice = "write it like DD/MM/YYYY, MM/DD/YY or YYYY-MM-DD HH:mm:ss"
            return None, [error("date-format", message, span, help=advice)]
    return Calendar(zone, date_format), []
