"""The bytes of a file as text: UTF-8 and nothing else, with the place of the first wrong byte."""

from __future__ import annotations

import codecs
import re

from playbook_compiler.characters import forbidden_characters
from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.source import SourceFile, Span

FILE_LIMIT_BYTES = 2_000_000

# The longer marks first: UTF-32's begins with UTF-16's.
_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_UNMARKED = re.compile(
    rb"(?P<utf32>(?:[^\0]\0\0\0){2}|(?:\0\0\0[^\0]){2})|(?P<utf16>(?:[^\0]\0){3}|(?:\0[^\0]){3})"
)
_OTHER_FORMATS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a ZIP or Office file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"%PDF-", "a PDF file"),
)
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")


def decode(path: str, raw: bytes) -> tuple[SourceFile | None, list[Diagnostic]]:
    """Return the text of a file of at most 2,000,000 bytes.

    A UTF-8 byte order mark is accepted and dropped. The source is None where the bytes are no
    UTF-8; where they are but contain forbidden characters it stands beside the errors, so that
    they can be shown, and must not be read on.
    """
    whole = Span.of_file(path)
    if len(raw) > FILE_LIMIT_BYTES:
        size = f"{len(raw) / 1_000_000:.1f} MB"
        return None, [
            error(
                "file-too-large",
                f"the file has {size}; the limit is {FILE_LIMIT_BYTES // 1_000_000} MB",
                whole,
                help="split it: `include: [flows/*.yaml]` joins the parts",
            )
        ]
    for magic, name in _OTHER_FORMATS:
        if raw.startswith(magic):
            return None, [
                error("not-text", f"this is {name}, not text", whole, help="save it as a text file")
            ]
    wide = _wide_encoding(raw)
    if wide is not None:
        return None, [
            error(
                "not-utf-8",
                f"file is {wide}, save it as UTF-8",
                whole,
                help='in the editor: "Save with encoding", then UTF-8',
            )
        ]
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as problem:
        return None, [_wrong_byte(path, raw, problem)]
    source = SourceFile(path, text)
    return source, forbidden_characters(source)


def encoding_guess(raw: bytes) -> str | None:
    """Return the likely name of an encoding that is not UTF-8, or None.

    Chinese text is pairs of bytes from 0xA1 up (GB 2312); western text has single high bytes.
    """
    runs = _HIGH_RUN.findall(raw)
    if not runs:
        return None
    if all(len(run) % 2 == 0 and min(run) >= 0xA1 for run in runs):
        return "GBK"
    single = sum(len(run) == 1 for run in runs)
    if single * 2 > len(runs):
        c1 = any(0x80 <= byte <= 0x9F for run in runs for byte in run)
        return "Windows-1252" if c1 else "Latin-1"
    return None


def _wide_encoding(raw: bytes) -> str | None:
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return name
    unmarked = _UNMARKED.match(raw)
    if unmarked is None:
        return None
    return "UTF-32" if unmarked["utf32"] is not None else "UTF-16"


def _wrong_byte(path: str, raw: bytes, problem: UnicodeDecodeError) -> Diagnostic:
    before = SourceFile(path, raw[: problem.start].decode("utf-8"))
    place = before.span_at(len(before.text), len(before.text))
    span = place.within(0, 1)
    byte = f"byte 0x{raw[problem.start]:02X} is not UTF-8"
    if problem.reason == "unexpected end of data":
        return error(
            "not-utf-8",
            f"{byte}: the file is cut off in the middle of a character",
            span,
            help="save or copy the file again",
        )
    if not before.text.isascii():
        return error(
            "not-utf-8",
            f"{byte} (the text before it is UTF-8)",
            span,
            help="two files in different encodings were joined: retype this place, save as UTF-8",
        )
    guess = encoding_guess(raw)
    return error(
        "not-utf-8",
        byte + (f" (looks like {guess})" if guess else ""),
        span,
        help=(f"open the file as {guess} and save" if guess else "save") + " it as UTF-8",
    )
