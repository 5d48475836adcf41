"""Bytes that are not UTF-8: where the first one stands, what it probably is, and transcoding."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Final

from playbook_compiler.values import dataclass

CHUNK: Final = 1 << 22
_LOOK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Place:
    """A byte's physical line and column, both from 1; the column counts code points."""

    line: int
    column: int


def place_of(path: Path, offset: int) -> Place:
    """Return where the byte at `offset` stands. LF, CRLF and CR end a line."""
    lines, line_start, position, last = 1, 0, 0, b""
    with path.open("rb") as stream:
        while position < offset:
            chunk = stream.read(min(CHUNK, offset - position))
            if not chunk:
                break
            lines += chunk.count(b"\n") + chunk.count(b"\r") - chunk.count(b"\r\n")
            if last == b"\r" and chunk.startswith(b"\n"):
                lines -= 1
            end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
            line_start = position + end + 1 if end >= 0 else line_start
            position += len(chunk)
            last = chunk[-1:]
        stream.seek(line_start)
        before = stream.read(min(offset - line_start, _LOOK))
    return Place(lines, len(before.decode("utf-8-sig", "replace")) + 1)


def first_bad_byte(path: Path, encoding: str) -> int | None:
    """Return the offset of the first byte that is not of an encoding, or None."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    position = 0
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as bad:
                return position - pending + bad.start
            position += len(chunk)
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return position - pending
    return None


def guess(path: Path, offset: int) -> tuple[str, str] | None:
    """Return what text with a non-UTF-8 byte at `offset` looks like: (name, `--encoding` value)."""
    with path.open("rb") as stream:
        stream.seek(max(0, offset - _LOOK))
        block = stream.read(2 * _LOOK)
    foreign = b"\n".join(line for line in block.splitlines() if not line.isascii())
    if _has_utf8(foreign):
        return None
    if all(len(run) == 1 for run in re.findall(rb"[\x80-\xff]+", foreign)):  # é, ü: one alone
        return ("Western European (Windows-1252)", "cp1252")
    for encoding, first, last in (
        ("gbk", "\u4e00", "\u9fff"),
        ("shift_jis", "\u3040", "\u30ff"),
        ("big5", "\u4e00", "\u9fff"),
    ):
        try:
            letters = [char for char in foreign.decode(encoding) if not char.isascii()]
        except UnicodeDecodeError:
            continue
        if letters and sum(first <= char <= last for char in letters) * 2 > len(letters):
            return ({"gbk": "GBK", "shift_jis": "Shift JIS", "big5": "Big5"}[encoding], encoding)
    return ("Western European (Windows-1252)", "cp1252")


def _has_utf8(foreign: bytes) -> bool:
    for line in foreign.splitlines():
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            continue
        return True
    return False


def transcode(path: Path, encoding: str, target: Path) -> None:
    """Write a text file anew as UTF-8 with its line ends (UnicodeDecodeError when it is not)."""
    with (
        path.open("r", encoding=encoding, errors="strict", newline="") as stream,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        while text := stream.read(CHUNK):
            out.write(text)


def unify_line_ends(path: Path, target: Path) -> None:
    """Write a UTF-8 file anew with LF line ends: one physical line stays one."""
    with (
        path.open("r", encoding="utf-8", newline=None) as stream,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        while text := stream.read(CHUNK):
            out.write(text)
