"""What an input file really is, before any reader sees it: regular, whole, text or Parquet."""

from __future__ import annotations

import gzip
import hashlib
import os
import stat
import zlib
from pathlib import Path
from typing import BinaryIO, Final

from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.source import Span
from playbook_compiler.values import dataclass
from playbook_runtime.orders.encoding import CHUNK, first_bad_byte, guess, place_of, transcode

GZIP_RATIO_LIMIT: Final = 200
GZIP_FREE_BYTES: Final = 1 << 26  # a small file may well repeat itself; a bomb is larger than this
_FOREIGN: Final[tuple[tuple[bytes, str, str], ...]] = (
    (b"PK\x03\x04", "a ZIP/XLSX file", "export it as CSV"),
    (b"PK\x05\x06", "an empty ZIP file", "export it as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file (XLS)", "export it as CSV"),
    (b"%PDF", "a PDF file", "export it as CSV"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file", "unpack it first, or use gzip"),
    (b"BZh", "a bzip2 file", "unpack it first, or use gzip"),
    (b"\xfd7zXZ", "an XZ file", "unpack it first, or use gzip"),
    (b"7z\xbc\xaf", "a 7-Zip file", "unpack it first, or use gzip"),
    (b"SQLite format 3", "an SQLite database", "export the orders as CSV"),
    (b"<!DOCTYPE", "a web page", "download the export itself; perhaps the login had expired"),
    (b"<html", "a web page", "download the export itself; perhaps the login had expired"),
    (b"<?xml", "an XML file", "export it as CSV"),
    (b"{", "JSON", "export it as CSV"),
    (b"[", "JSON", "export it as CSV"),
)
_WIDE: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """By which a file is known to be the same and unchanged."""

    device: int
    inode: int
    size: int
    modified_ns: int

    @staticmethod
    def of(status: os.stat_result) -> Stamp:
        """Return the stamp of a stat result."""
        return Stamp(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Guarded:
    """A file that passed: `given` as the user wrote it, `readable` the UTF-8 text or Parquet.

    `digest` is the sha256 of the bytes as given, `lines` the line ends seen (text only).
    """

    given: str
    readable: Path
    parquet: bool
    digest: str
    stamp: Stamp
    lines: int


def guard_file(
    path: Path, encoding: str | None, folder: Path
) -> tuple[Guarded | None, list[Diagnostic]]:
    """Look at a file once, byte by byte; unpacked or transcoded copies go into `folder`."""
    given = str(path)
    try:
        with path.open("rb") as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode):
                return None, [_refusal(given, "not-a-file", "this is not a file", "give a file")]
            head = stream.read(64)
            digest = _digest(stream)
            stamp = Stamp.of(status)
            if Stamp.of(os.fstat(stream.fileno())) != stamp:
                return None, [changed(given)]
            readable, found = _unpacked(path, stream, head, folder)
    except IsADirectoryError:
        return None, [_refusal(given, "not-a-file", "this is a folder", "give the file in it")]
    except FileNotFoundError:
        return None, [_refusal(given, "no-such-file", "there is no such file", "check the path")]
    except OSError as failure:
        reason = failure.strerror or "unreadable"
        return None, [_refusal(given, "unreadable-file", f"cannot read the file: {reason}", "")]
    if readable is None:
        return None, found
    if readable != path:
        with readable.open("rb") as unpacked:
            head = unpacked.read(64)
    if path.name.lower().endswith(".parquet") or head.startswith(b"PAR1"):
        found = _parquet_problems(given, readable, head)
        return (None if found else Guarded(given, readable, True, digest, stamp, 0)), found
    return _guard_text(given, readable, head, encoding, folder, digest, stamp)


def still_the_same(guarded: Guarded) -> bool:
    """Return whether the file on disk is still the one that was looked at."""
    try:
        return Stamp.of(Path(guarded.given).stat()) == guarded.stamp
    except OSError:
        return False


def changed(given: str) -> Diagnostic:
    """Return the refusal of a file that changed while it was read."""
    return _refusal(
        given, "file-changed", "the file changed while it was read", "wait until it is written"
    )


def _refusal(given: str, rule: str, message: str, advice: str, line: int = 1) -> Diagnostic:
    return error(rule, message, Span(given, line, 1, line, 1), help=advice)


def _digest(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _unpacked(
    path: Path, stream: BinaryIO, head: bytes, folder: Path
) -> tuple[Path | None, list[Diagnostic]]:
    if not head.startswith(b"\x1f\x8b"):
        return path, []
    given, target, written = str(path), folder / "unpacked", 0
    allowed = max(GZIP_FREE_BYTES, os.fstat(stream.fileno()).st_size * GZIP_RATIO_LIMIT)
    stream.seek(0)
    try:
        with gzip.GzipFile(fileobj=stream, mode="rb") as packed, target.open("wb") as out:
            while chunk := packed.read(CHUNK):
                written += len(chunk)
                if written > allowed:
                    message = f"the file unpacks to over {GZIP_RATIO_LIMIT} times its size"
                    return None, [_refusal(given, "gzip-bomb", message, "unpack it yourself")]
                out.write(chunk)
    except EOFError:
        message = "the compressed file is truncated"
        return None, [_refusal(given, "gzip-damaged", message, "download it again")]
    except (gzip.BadGzipFile, zlib.error) as failure:
        message = "the compressed file is damaged"
        if "CRC" in str(failure):
            message += " (its checksum is wrong)"
        return None, [_refusal(given, "gzip-damaged", message, "download it again")]
    return target, []


def _parquet_problems(given: str, path: Path, head: bytes) -> list[Diagnostic]:
    if not head.startswith(b"PAR1"):
        looks = " (looks like CSV)" if b"," in head and head.isascii() else ""
        advice = "name it .csv" if looks else "export it again"
        return [_refusal(given, "not-parquet", f"this is not a Parquet file{looks}", advice)]
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - 8))
        tail = stream.read(8)
    length = int.from_bytes(tail[:4], "little")
    if size < 12 or tail[4:] != b"PAR1":
        message = "the Parquet footer is missing: the file is cut off"
        return [_refusal(given, "parquet-damaged", message, "write or download it again")]
    if length + 12 > size:
        message = "the Parquet footer is damaged"
        return [_refusal(given, "parquet-damaged", message, "write or download it again")]
    return []


def _guard_text(
    given: str,
    path: Path,
    head: bytes,
    encoding: str | None,
    folder: Path,
    digest: str,
    stamp: Stamp,
) -> tuple[Guarded | None, list[Diagnostic]]:
    if not head:
        return None, [_refusal(given, "empty-file", "the file is empty", "export it again")]
    if head.startswith(b"\x1f\x8b"):
        return None, [_refusal(given, "gzip-twice", "the file is compressed twice", "unpack it")]
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for magic, what, advice in _FOREIGN:
        if head.startswith(magic) or (magic.isascii() and start.startswith(magic.lower())):
            return None, [_refusal(given, "not-csv", f"this is {what}, not CSV", advice)]
    if encoding is None or encoding.lower().replace("_", "-") in ("utf-8", "utf8", "utf-8-sig"):
        wide = next((name for magic, name in _WIDE if head.startswith(magic)), None)
        if wide or b"\x00" in head:
            advice = f"say so: --encoding {wide or 'utf-16'}"
            return None, [_refusal(given, "wide-text", "the file is UTF-16 or UTF-32 text", advice)]
    else:
        problem = _transcode_problem(given, path, encoding, folder)
        if problem:
            return None, [problem]
        path = folder / "transcoded"
    lines, problem = _scan(given, path)
    if problem:
        return None, [problem]
    return Guarded(given, path, False, digest, stamp, lines), []


def _transcode_problem(given: str, path: Path, encoding: str, folder: Path) -> Diagnostic | None:
    try:
        transcode(path, encoding, folder / "transcoded")
    except LookupError:
        message = f"there is no encoding called {encoding[:40]}"
        return _refusal(given, "unknown-encoding", message, "try gbk, cp1252, shift_jis or utf-16")
    except UnicodeError:
        message = f"the file is not {encoding[:40]} text"
        return _refusal(given, "wrong-encoding", message, "leave --encoding out to see a guess")
    return None


def _scan(given: str, path: Path) -> tuple[int, Diagnostic | None]:
    """Count line ends and find the first byte that is not UTF-8 or is NUL."""
    lines, position, ascii_only = 0, 0, True
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            ascii_only = ascii_only and chunk.isascii()
            lines += chunk.count(b"\n")
            if (nul := chunk.find(b"\x00")) >= 0:
                place = place_of(path, position + nul)
                span = Span(given, place.line, place.column, place.line, place.column + 1)
                message = "the file has a NUL byte: it is binary, or damaged"
                return 0, error("nul-byte", message, span, help="export it again")
            position += len(chunk)
    offset = None if ascii_only else first_bad_byte(path, "utf-8")
    if offset is None:
        return lines, None
    with path.open("rb") as stream:
        stream.seek(offset)
        byte = stream.read(1)[0]
    place, looks = place_of(path, offset), guess(path, offset)
    span = Span(given, place.line, place.column, place.line, place.column + 1)
    message = f"byte 0x{byte:02X} is not UTF-8"
    if looks is None:
        message += " (other lines are UTF-8: the file mixes encodings)"
        advice = "export the file anew in one encoding"
    else:
        message += f" (looks like {looks[0]})"
        advice = f"if so, say it: --encoding {looks[1]}"
    return 0, error("not-utf-8", message, span, help=advice)
