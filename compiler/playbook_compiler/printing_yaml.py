"""Data as YAML text in the form that `playbook fmt` leaves alone.

A mapping or list without much in it stands on one line, in brackets; others are blocks. Texts of
several lines are block texts, others stand without quotes where every reader takes them for text.
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from playbook_compiler.format_layout import LINE_WIDTH
from playbook_compiler.format_tokens import width
from playbook_compiler.scalars import is_text_key, read_plain
from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class Bare:
    """A scalar of the language, which may stand without quotes even if it looks like a number."""

    text: str


Written: TypeAlias = "bool | int | str | Bare | list[Written] | dict[str, Written] | None"


_INLINE_DEPTH: Final = 2
# Signs that begin nothing else in YAML; more could stand without quotes, but no reader minds them.
_PLAIN: Final = re.compile(r"[\w(][\w .%+/()<>=!&'’€_-]*(?<! )")
_TIMES: Final = re.compile(r"(?:[\w ]* )?[0-9]{2}:[0-9]{2}(?:-[0-9]{2}:[0-9]{2})?")
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def yaml_text(data: Written) -> str:
    """Return a mapping as a YAML document with a line break at its end."""
    assert isinstance(data, dict)
    lines: list[str] = []
    for name, value in data.items():
        _entry(lines, f"{_key(name)}:", value, 0)
    return "\n".join(lines) + "\n"


def _entry(lines: list[str], head: str, value: Written, indent: int) -> None:
    """Add a value behind its key; a block in it is indented by two more."""
    if isinstance(value, str) and _is_block_text(value):
        lines += _block_text(head, value, indent)
        return
    written = _inline(value)
    if written is not None and (
        not isinstance(value, dict | list)
        or not value
        or (_depth(value) <= _INLINE_DEPTH and width(f"{head} {written}") <= LINE_WIDTH)
    ):
        lines.append(f"{head} {written}")
        return
    lines.append(head)
    if isinstance(value, dict):
        for name, inner in value.items():
            _entry(lines, f"{' ' * (indent + 2)}{_key(name)}:", inner, indent + 2)
    else:
        assert isinstance(value, list)
        for inner in value:
            _item(lines, inner, indent + 2)


def _item(lines: list[str], value: Written, indent: int) -> None:
    """Add an item of a list; the first key of a mapping stands behind the dash."""
    dash = f"{' ' * indent}-"
    begun = len(lines)
    if isinstance(value, dict) and value:
        written = _inline(value)
        if written is None or _depth(value) > 1 or width(f"{dash} {written}") > LINE_WIDTH:
            for name, inner in value.items():
                _entry(lines, f"{' ' * (indent + 2)}{_key(name)}:", inner, indent + 2)
            lines[begun] = f"{dash} {lines[begun].lstrip()}"
            return
    _entry(lines, dash, value, indent)


def _depth(value: Written) -> int:
    """Return how deep collections stand in each other: 0 for a scalar, 1 for a list of scalars."""
    match value:
        case dict():
            return 1 + max(map(_depth, value.values()), default=0)
        case list():
            return 1 + max(map(_depth, value), default=0)
    return 0


def _inline(value: Written) -> str | None:
    """Return a value on one line, as it may stand between brackets; None where it has several."""
    match value:
        case dict():
            pairs = [(_key(name), _inline(inner)) for name, inner in value.items()]
            if any(inner is None for _, inner in pairs):
                return None
            return "{" + ", ".join(f"{name}: {inner}" for name, inner in pairs) + "}"
        case list():
            items = [_inline(inner) for inner in value]
            return None if None in items else f"[{', '.join(map(str, items))}]"
        case str() if _is_block_text(value):
            return None
    return _scalar(value)


def _scalar(value: Written) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Bare(text=text):
            read, complaint = read_plain(text)
            bare = complaint is None and not isinstance(read, bool) and read is not None
            return text if bare and _may_be_plain(text) else _quoted(text)
    assert isinstance(value, str)
    return value if value and _is_text(value) else _quoted(value)


def _is_text(text: str) -> bool:
    return _may_be_plain(text) and read_plain(text) == (text, None)


def _may_be_plain(text: str) -> bool:
    return bool(_PLAIN.fullmatch(text) or _TIMES.fullmatch(text)) and text.isprintable()


def _key(name: str) -> str:
    return name if name and _is_text(name) and is_text_key(name) else _quoted(name)


def _quoted(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(char) or _escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def _is_block_text(text: str) -> bool:
    """Return whether a text has several lines that can stand as they are."""
    lines = text.split("\n")
    return (
        len(lines) > 1
        and bool(lines[0])
        and not lines[0].startswith(" ")
        and all(line.isprintable() and line.rstrip(" ") == line for line in lines)
    )


def _block_text(head: str, text: str, indent: int) -> list[str]:
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    sign = {0: "|-", 1: "|"}.get(ends, "|+")
    margin = " " * (indent + 2)
    lines = [margin + line if line else "" for line in body.split("\n")]
    return [f"{head} {sign}", *lines, *[""] * (ends - 1)]
