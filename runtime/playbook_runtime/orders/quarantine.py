"""The quarantine file: every row that was set aside, with its line, the rule and the raw value."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from playbook_compiler.inert import csv_cell
from playbook_compiler.values import dataclass

HEADER: Final = ("line", "reason", "column", "value", "row")


@dataclass(frozen=True, slots=True)
class SetAside:
    """One row set aside: physical line (row number in Parquet), rule, blamed column and cell."""

    line: int
    reason: str
    column: str
    value: str
    row: tuple[str, ...]


def quarantine_file(given: str, wanted: Path | None) -> Path:
    """Return where the rows of the file `given` go: where it is `wanted`, or the current folder."""
    return wanted or Path(f"{Path(given).name}.quarantine.csv")


def is_quarantine(content: bytes) -> bool:
    """Whether this is a file of rows set aside: by its header."""
    first, _, _ = content.partition(b"\n")
    return first.rstrip(b"\r") == ",".join(HEADER).encode()


def write_quarantine(path: Path, rows: Iterable[SetAside]) -> None:
    """Write the file whole or not at all (OSError when it cannot be written)."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for found in sorted(rows, key=lambda one: (one.line, one.reason)):
        raw = io.StringIO()
        csv.writer(raw, lineterminator="").writerow(found.row)
        cells = (found.reason, found.column, found.value, raw.getvalue())
        writer.writerow((found.line, *(csv_cell(cell) for cell in cells)))
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        path.write_text(text.getvalue(), encoding="utf-8", newline="")  # a device such as /dev/null
        return
    handle, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=".quarantine-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text.getvalue())
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
