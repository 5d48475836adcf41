"""From a guarded file to a DuckDB table of text columns: nothing converted, nothing lost."""

from __future__ import annotations

import base64
import binascii
import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import duckdb

from playbook_compiler.diagnostics import Diagnostic, error, warning
from playbook_compiler.source import Span
from playbook_compiler.values import dataclass
from playbook_runtime.orders.amounts import quoted
from playbook_runtime.orders.encoding import unify_line_ends
from playbook_runtime.orders.guard import Guarded
from playbook_runtime.orders.header import Header

_INTEGERS: Final = ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "HUGEINT", "UHUGEINT")
_UNSIGNED: Final = ("UBIGINT", "UINTEGER", "USMALLINT", "UTINYINT")
_FLOATS: Final = ("DOUBLE", "FLOAT")
_TIMES: Final = ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_S", "TIMESTAMP_MS")
_MAX_LINE: Final = 1 << 21


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder for copies and an in-memory database that spills into it."""

    connection: Any
    folder: Path


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that the reader could not split into the header's cells."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class RawTable:
    """The table `raw` with columns c0, c1, ... in file order, all VARCHAR; `rowid` counts from 0.

    `text` is the UTF-8 file behind it (None for Parquet).
    """

    names: tuple[str, ...]
    rows: int
    rejected: tuple[Rejected, ...]
    header: Header | None
    text: Path | None


@contextlib.contextmanager
def workspace() -> Iterator[Workspace]:
    """Open a private database without network access; it and its files vanish on exit."""
    with tempfile.TemporaryDirectory(prefix="playbook-") as name:
        connection = duckdb.connect(":memory:")
        try:
            connection.execute(f"SET temp_directory = {quoted(str(Path(name) / 'spill'))}")
            connection.execute("SET autoinstall_known_extensions = false")
            connection.execute("SET autoload_known_extensions = false")
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute("SET enable_progress_bar = false")
            connection.execute("SET preserve_insertion_order = true")
            yield Workspace(connection, Path(name))
        finally:
            connection.close()


def load_text(
    space: Workspace, guarded: Guarded, header: Header
) -> tuple[RawTable | None, list[Diagnostic]]:
    """Load a text file. A file of mixed line ends is read with all of them as LF, with a warning.

    (`strict_mode = false` reads such a file too, but then silently drops cells beyond the last.)
    """
    readable, found = guarded.readable, []
    try:
        _create_raw(space, readable, header)
    except duckdb.InvalidInputException:
        unified = space.folder / "unified"
        unify_line_ends(readable, unified)
        span = Span(guarded.given, 1, 1, 1, 1)
        try:
            _create_raw(space, unified, header)
        except duckdb.Error:
            message = "the file cannot be read as CSV"
            return None, [error("not-csv", message, span, help="export it again as CSV (UTF-8)")]
        readable = unified
        found.append(warning("mixed-line-ends", "the file has mixed line endings", span))
    rejected, problem = _rejected(space, guarded.given, readable)
    if problem:
        return None, [*found, problem]
    (rows,) = space.connection.execute("SELECT count(*) FROM raw").fetchone()
    if rows + len(rejected) < guarded.lines - header.line:
        problem = _swallowed(space, guarded.given, header, readable)
        if problem:
            return None, [*found, problem]
    return RawTable(header.names, rows, rejected, header, readable), found


def _create_raw(space: Workspace, path: Path, header: Header) -> None:
    # A neutral name: DuckDB reads * and [ in a path as a pattern and .gz as compressed.
    link = space.folder / "input.csv"
    link.unlink(missing_ok=True)
    link.symlink_to(path.absolute())
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(header.names)))
    for table in ("raw", "reject_errors", "reject_scans"):
        space.connection.execute(f"DROP TABLE IF EXISTS {table}")
    space.connection.execute(
        f"CREATE TABLE raw AS SELECT * FROM read_csv({quoted(str(link))}, "
        f"columns = {{{columns}}}, auto_detect = false, header = false, skip = {header.skip + 1}, "
        f"delim = {quoted(header.delimiter)}, quote = '\"', escape = '\"', strict_mode = true, "
        f"null_padding = false, store_rejects = true, rejects_limit = 0, "
        f"max_line_size = {_MAX_LINE})"
    )


def _rejected(
    space: Workspace, given: str, path: Path
) -> tuple[tuple[Rejected, ...], Diagnostic | None]:
    rows = space.connection.execute(
        "SELECT line_byte_position, min(error_type::VARCHAR), any_value(csv_line) "
        "FROM reject_errors GROUP BY 1 ORDER BY 1"
    ).fetchall()
    if not rows:
        return (), None
    lines = _lines_of(path, [row[0] for row in rows])
    for (_, kind, text), line in zip(rows, lines, strict=True):
        if kind == "UNQUOTED VALUE" and "\n" in text.rstrip("\r\n"):
            span = Span(given, line, 1, line, 1)
            message = "a quoted cell that begins in this row never ends"
            return (), error("open-quote", message, span, help="close the quote or remove it")
    return tuple(
        Rejected(line, text[:_MAX_LINE]) for (_, _, text), line in zip(rows, lines, strict=True)
    ), None


def _lines_of(path: Path, offsets: list[int]) -> list[int]:
    """Return the physical lines (from 1) at ascending byte offsets, in one pass."""
    lines, position, line = [], 0, 1
    ends = b"\n" if _has(path, b"\n") else b"\r"
    with path.open("rb") as stream:
        for offset in offsets:
            while position < offset:
                chunk = stream.read(min(1 << 22, offset - position))
                if not chunk:
                    break
                line += chunk.count(ends)
                position += len(chunk)
            lines.append(line)
    return lines


def _has(path: Path, mark: bytes) -> bool:
    with path.open("rb") as stream:
        return mark in stream.read(1 << 20)


def _swallowed(space: Workspace, given: str, header: Header, path: Path) -> Diagnostic | None:
    """Find a quoted cell that holds lines which look like rows: one quote too few or too many."""
    count = len(header.names)
    if count < 3:
        return None
    mark = "\\|" if header.delimiter == "|" else header.delimiter
    pattern = quoted(rf"\n([^\n]*{mark}){{{count - 1}}}")
    dated = quoted(r"\n[^\n]*[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}")
    cells = " OR ".join(
        f"(contains(c{i}, chr(10)) AND regexp_matches(c{i}, {pattern}) "
        f"AND regexp_matches(c{i}, {dated}))"
        for i in range(count)
    )
    hit = space.connection.execute(f"SELECT min(rowid) FROM raw WHERE {cells}").fetchone()[0]
    if hit is None:
        return None
    from playbook_runtime.orders.lines import locate

    line = locate(RawTable(header.names, 0, (), header, path), [hit])[hit].line
    message = "a quoted cell that begins in this row holds further rows: a quote is missing"
    return error("open-quote", message, Span(given, line, 1, line, 1), help="close the quote")


def load_parquet(space: Workspace, guarded: Guarded) -> tuple[RawTable | None, list[Diagnostic]]:
    """Load a Parquet file: integers, decimals, dates, times as exact text, floats as shortest."""
    link = space.folder / "input.parquet"
    link.unlink(missing_ok=True)
    link.symlink_to(guarded.readable.absolute())
    source = f"read_parquet({quoted(str(link))})"
    span = Span.of_file(guarded.given)
    try:
        if not _whole_footer(space, source.removeprefix("read_parquet")):
            raise duckdb.InvalidInputException("the footer's Arrow schema is not base64")
        columns = space.connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
        casts = [
            f"{_text_of(chr(34) + name.replace(chr(34), chr(34) * 2) + chr(34), kind)} AS c{i}"
            for i, (name, kind, *_) in enumerate(columns)
        ]
        space.connection.execute(f"CREATE TABLE raw AS SELECT {', '.join(casts)} FROM {source}")
    except duckdb.Error:
        message = "the Parquet footer is damaged, or a column cannot be read"
        return None, [error("parquet-damaged", message, span, help="write or download it again")]
    (rows,) = space.connection.execute("SELECT count(*) FROM raw").fetchone()
    return RawTable(tuple(column[0] for column in columns), rows, (), None, None), []


def _whole_footer(space: Workspace, file: str) -> bool:
    """Return whether the Arrow schema in the footer is readable: DuckDB does not look at it."""
    rows = space.connection.execute(
        f"SELECT value FROM parquet_kv_metadata{file} WHERE key = 'ARROW:schema'::BLOB"
    ).fetchall()
    try:
        return all(base64.b64decode(value, validate=True) for (value,) in rows)
    except binascii.Error:
        return False


def _text_of(name: str, kind: str) -> str:
    """Return SQL for a typed column as text; types without an honest text become NULL."""
    if kind in _INTEGERS + _UNSIGNED + _TIMES or kind in ("VARCHAR", "BOOLEAN", "UUID"):
        return f"CAST({name} AS VARCHAR)"
    if kind.startswith(("DECIMAL", "ENUM", "TIMESTAMP")):
        return f"CAST({name} AS VARCHAR)"
    if kind in _FLOATS:  # 123.0 is an integer that pandas widened; beyond 2^53 digits are lost
        whole = f"CAST(CAST({name} AS BIGINT) AS VARCHAR)"
        return (
            f"CASE WHEN isfinite({name}) AND {name} = trunc({name}) AND abs({name}) < "
            f"9007199254740992 THEN {whole} ELSE CAST({name} AS VARCHAR) END"
        )
    return "CAST(NULL AS VARCHAR)"
