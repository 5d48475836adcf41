"""The header of a text file: delimiter, names, and which column is which field."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Final

from playbook_compiler.diagnostics import Diagnostic, error, nearest, shown, warning
from playbook_compiler.source import Span
from playbook_compiler.values import dataclass

DELIMITERS: Final = ",;\t|"
_LOOK_LINES: Final = 30
_MAX_LINE: Final = 131_072 // (_LOOK_LINES + 1)  # all lines together stay below csv's field limit


@dataclass(frozen=True, slots=True)
class Header:
    """Column names as written, the delimiter, and the physical lines before the first data row."""

    names: tuple[str, ...]
    delimiter: str
    line: int
    skip: int


def key_of(name: str) -> str:
    """Return a column name without case, spaces and marks: `Order Date`, `order_date` are one."""
    return "".join(char for char in name.casefold() if char.isalnum())


def read_header(path: Path, skip_lines: int) -> Header | None:
    """Return the header of a UTF-8 text file, or None when it has no such line."""
    lines = _first_lines(path, skip_lines + _LOOK_LINES)
    start = next((i for i in range(skip_lines, len(lines)) if lines[i].strip()), None)
    if start is None:
        return None
    delimiter = max(DELIMITERS, key=lambda mark: (_cells(lines[start], mark), mark == ","))
    reader = csv.reader(lines[start:], delimiter=delimiter)
    names = tuple(name.strip() for name in next(reader))
    return Header(names, delimiter, start + 1, start + reader.line_num - 1)


def header_elsewhere(path: Path, skip_lines: int, wanted: frozenset[str]) -> int | None:
    """Return the physical line (from 1) further down that does look like the header, or None."""
    lines = _first_lines(path, skip_lines + _LOOK_LINES)
    for number, line in enumerate(lines[skip_lines + 1 :], skip_lines + 2):
        for delimiter in DELIMITERS:
            found = {key_of(name) for name in next(csv.reader([line], delimiter=delimiter), [])}
            if len(found & wanted) >= 2:
                return number
    return None


def column_span(path: Path, given: str, header: Header, index: int) -> Span:
    """Return where column `index` stands in the header line."""
    line = _first_lines(path, header.line)[header.line - 1]
    return cell_span(given, header.line, line, header.delimiter, index)


def cell_span(given: str, number: int, line: str, delimiter: str, index: int) -> Span:
    """Return the span of the cell `index` of one physical line."""
    start, quoted, found = 0, False, 0
    for position, char in enumerate(line):
        if char == '"':
            quoted = not quoted
        elif char == delimiter and not quoted:
            if found == index:
                return Span(given, number, start + 1, number, position + 1)
            found, start = found + 1, position + 1
    if found != index:
        return Span(given, number, 1, number, 1)
    return Span(given, number, start + 1, number, len(line) + 1)


def match_fields(
    names: tuple[str, ...],
    aliases: Mapping[str, tuple[str, ...]],
    declared: Mapping[str, str],
    given: str,
) -> tuple[dict[str, int], list[Diagnostic]]:
    """Return the column index of each field that the header has, `--map` first.

    `aliases` names by field the accepted columns, best first. A mapped column that the header does
    not have is an error.
    """
    keys = [key_of(name) for name in names]
    fields: dict[str, int] = {}
    found: list[Diagnostic] = []
    span = Span(given, 1, 1, 1, 1)
    for field, column in sorted(declared.items()):
        if column in names:
            fields[field] = names.index(column)
        elif key_of(column) in keys:
            fields[field] = keys.index(key_of(column))
        else:
            guess = nearest(column, names)
            hint = f"did you mean {shown(guess)}?" if guess else _columns(names)
            message = f"--map {field}={shown(column)}: there is no such column"
            found.append(error("unknown-column", message, span, help=hint))
    for field, accepted in aliases.items():
        if field not in fields:
            match = next((key_of(name) for name in accepted if key_of(name) in keys), None)
            if match is not None:
                fields[field] = keys.index(match)
    return fields, found


def repeated_column(names: tuple[str, ...], index: int) -> int | None:
    """Return the index of a second column with the very name of column `index`, or None."""
    return next((i for i, name in enumerate(names) if i > index and name == names[index]), None)


def delimiter_warning(given: str, delimiter: str, line: int) -> Diagnostic | None:
    """Return the warning for a .csv file that is separated by tabs or bars."""
    words = {"\t": "tab separated", "|": "separated by |"}
    if delimiter not in words or not given.lower().endswith((".csv", ".csv.gz")):
        return None
    message = f"the file is named .csv and read as {words[delimiter]}"
    return warning("delimiter", message, Span(given, line, 1, line, 1))


def missing_columns(given: str, header: Header, missing: tuple[str, ...]) -> Diagnostic:
    """Return the error for fields that no column of the header stands for."""
    message = f"no column for {', '.join(missing)}"
    flags = " ".join(f"--map {field.split(' or ')[0]}=COLUMN" for field in missing)
    span = Span(given, header.line, 1, header.line, 1)
    if any(_looks_like_data(name) for name in header.names):
        # What stands there may be a person's: it is not repeated.
        return error(
            "missing-column",
            f"{message}: the first line looks like data, not like a header",
            span,
            help="put a line with the names of the columns above it, such as"
            " order_id,customer_id,order_date,total",
        )
    return error("missing-column", message, span, help=f"use {flags}; {_columns(header.names)}")


def _looks_like_data(name: str) -> bool:
    """Return whether a header cell is an address, a date or an amount."""
    return "@" in name or re.fullmatch(r"[-+]?[0-9][-0-9.,:/ ]*", name.strip()) is not None


def _columns(names: tuple[str, ...]) -> str:
    return shown(f"columns: {', '.join(names)}")


def _cells(line: str, delimiter: str) -> int:
    return len(next(csv.reader([line], delimiter=delimiter), []))


def _first_lines(path: Path, count: int) -> list[str]:
    with path.open("r", encoding="utf-8-sig", newline="") as stream:
        return [line[:_MAX_LINE].rstrip("\r\n") for line in islice(stream, count)]
