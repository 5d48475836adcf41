"""A shop's own weekly index, from a CSV file: `week,index`, the weeks 1 to 52."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.source import Span

RULE = "seasonality-file"
WEEKS = 52
HEADER = ["week", "index"]
LARGEST_FILE = 100_000  # bytes
LOWEST, HIGHEST = 0.01, 100.0  # times the mean
_HELP = (
    "write `week,index` in the first line and a line for each week 1 to 52 of the year, such as"
    " `47,1.8` for a week with 80% more orders than the mean; week 1 begins on 1 January, the last"
    " ends on 31 December"
)


def read_index(file: Path) -> tuple[tuple[float, ...] | None, list[Diagnostic]]:
    """Return the index of the 52 weeks as written, not yet scaled; None, with errors, if wrong."""
    name = str(file)
    try:
        with file.open("rb") as stream:
            raw = stream.read(LARGEST_FILE + 1)
    except OSError as problem:
        return None, [_error(f"{name} can't be read: {problem.strerror}", Span.of_file(name))]
    if len(raw) > LARGEST_FILE:
        return None, [_error("this is far too long for 52 weeks", Span.of_file(name))]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None, [_error("this is not UTF-8 text", Span.of_file(name))]
    return _parsed(text, name)


def _parsed(text: str, name: str) -> tuple[tuple[float, ...] | None, list[Diagnostic]]:
    found: dict[int, float] = {}
    wrong: list[Diagnostic] = []
    reader = csv.reader(io.StringIO(text))
    try:
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if row]
    except csv.Error:
        return None, [_error("this is no CSV", Span.of_file(name))]
    if not rows or [cell.lower() for cell in rows[0][1]] != HEADER:
        return None, [_error("the first line is not `week,index`", Span.of_file(name))]
    for line, cells in rows[1:]:
        span = Span(name, line, 1, line, 1)
        week = cells[0]
        if len(cells) != len(HEADER):
            wrong.append(_error(f"expected two columns, found {len(cells)}", span))
        elif not (week.isascii() and week.isdigit() and 1 <= int(week) <= WEEKS):
            wrong.append(_error(f"expected a week from 1 to {WEEKS}, found {week!r}", span))
        elif int(week) in found:
            wrong.append(_error(f"week {int(week)} stands here twice", span))
        elif (index := _number(cells[1])) is None:
            wrong.append(_error(f"expected a number above 0, found {cells[1]!r}", span))
        else:
            found[int(week)] = index
    missing = [str(week) for week in range(1, WEEKS + 1) if week not in found]
    if missing and not wrong:
        wrong.append(_error(f"no index for week {', '.join(missing)}", Span.of_file(name)))
    if wrong:
        return None, wrong
    values = tuple(found[week] for week in range(1, WEEKS + 1))
    mean = math.fsum(values) / WEEKS
    if min(values) < LOWEST * mean or max(values) > HIGHEST * mean:
        said = f"each week must have {LOWEST} to {HIGHEST:g} times the orders of the mean week"
        return None, [_error(said, Span.of_file(name))]
    return values, []


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value > 0 else None


def _error(message: str, span: Span) -> Diagnostic:
    return error(RULE, message, span, help=_HELP)
