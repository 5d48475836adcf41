"""The tokens of a YAML text, each with the comments and blank lines before it.

Between two tokens stand only blanks and comments, so that no comment can be overlooked. The text
has to be one that `parse` accepts, with LF line ends.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, cast

import yaml

from playbook_compiler.values import dataclass

_BEGINNINGS = frozenset({"BlockMappingStartToken", "BlockSequenceStartToken"})
_MARKERS = _BEGINNINGS | {"StreamStartToken", "BlockEndToken"}
_HEADER = re.compile(r"[|>](?:[+-]?[1-9]?|[1-9][+-])(?![^ \t\n])")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with its `#`, the character `at` of the text.

    `column` counts cells from 0, `gap` the blanks before it; `blank` tells an empty line before.
    """

    text: str
    column: int
    blank: bool = False
    at: int = 0
    gap: int = 0


@dataclass(frozen=True, slots=True)
class BlockText:
    """A text after `|` or `>`: its header, and its lines without their common indentation.

    `keeps` tells that the blank lines at its end belong to it, `open` that the file ends in it
    without a line break.
    """

    header: str
    lines: tuple[str, ...]
    keeps: bool
    open: bool


@dataclass(slots=True)
class Token:
    """One token: PyYAML's name for its kind, and its characters [start, end).

    `before` are the comments on lines of their own before it, `blank` tells an empty line between
    them and it, and `trailing` is the comment behind it on its last line.
    """

    kind: str
    start: int
    end: int
    column: int
    value: str = ""
    plain: bool = False
    before: tuple[Comment, ...] = ()
    blank: bool = False
    trailing: Comment | None = None
    block: BlockText | None = None


class LeftAloneError(Exception):
    """A text that is written in a way which formatting leaves as it is; says which."""


def width(text: str) -> int:
    """Return how many cells of a terminal or an editor a text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    if unicodedata.combining(char) or char in "\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of a text in their order; those of no width mark where blocks begin."""
    found: list[Token] = []
    indents: list[int] = []
    previous = Token("StreamStartToken", 0, 0, 0)
    position = 0
    fresh = True  # whether `position` begins a line that no token stands on
    for scanned in _scanned(text):
        kind = type(scanned).__name__
        start, end = scanned.start_mark.index, scanned.end_mark.index
        token = Token(kind, start, end, scanned.start_mark.column)
        found.append(token)
        if kind in _MARKERS or (kind == "KeyToken" and start == end):
            if kind == "BlockEndToken":
                indents.pop()
            elif kind in _BEGINNINGS:
                indents.append(token.column)
            continue
        _between(text, position, start, fresh, previous, token)
        position, fresh = end, False
        if kind == "ScalarToken":
            token.value, token.plain = scanned.value, bool(scanned.plain)
            if scanned.style and scanned.style in "|>":
                position = _read_block(text, token, indents[-1] if indents else 0)
                fresh = True
        previous = token
    _keep_columns(text, found)
    return found


def _keep_columns(text: str, tokens: list[Token]) -> None:
    """Take the column from comments that stand in none with others, close behind something."""
    trailing = [(token, token.trailing) for token in tokens if token.trailing is not None]
    kept: set[int] = set()
    for (_, one), (_, other) in pairwise(trailing):
        if one.column == other.column and text.count("\n", one.at, other.at) == 1:
            kept |= {one.at, other.at}
    for token, comment in trailing:
        if comment.gap <= 2 and comment.at not in kept:
            token.trailing = Comment(comment.text, 0)


def comments_of(text: str) -> list[str]:
    """Return every comment of a text, in its order: a reading of its own, to compare with."""
    found: list[str] = []
    position = 0
    for scanned in _scanned(text) if "#" in text else ():
        start, end = scanned.start_mark.index, scanned.end_mark.index
        if "#" in text[position:start]:
            found.extend(_said(text[position:start]))
        position = max(position, end)
        if type(scanned).__name__ == "ScalarToken" and scanned.style in ("|", ">"):
            header = text[start:end].partition("\n")[0]
            found.extend(_said(header))
    return found


def _said(gap: str) -> list[str]:
    """Return the comments in a stretch of text that has nothing else behind a `#`."""
    return [line[line.index("#") :].strip() for line in gap.split("\n") if "#" in line]


def _scanned(text: str) -> Iterator[Any]:
    loader = cast(Any, getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text))
    return iter(loader.get_token, None)


def _between(
    text: str, start: int, end: int, fresh: bool, previous: Token, following: Token
) -> None:
    """Note the comments and the blank line between two tokens."""
    gap = text[start:end]
    if "#" not in gap and gap.count("\n") < 2 - fresh:
        return
    lines = gap.split("\n")
    if not fresh:
        said = lines.pop(0).strip()
        if said:
            previous.trailing = _comment(text, start + gap.index("#"), said)
    comments: list[Comment] = []
    blank = False
    for number, line in enumerate(lines, 1):
        said = line.strip()
        if said:
            comments.append(Comment(said, len(line) - len(line.lstrip()), blank))
            blank = False
        elif number < len(lines):  # the last line is that of the token that follows
            blank = True
    following.before = tuple(comments)
    following.blank = blank


def _comment(text: str, index: int, said: str) -> Comment:
    before = text[text.rfind("\n", 0, index) + 1 : index]
    gap = len(before) - len(before.rstrip())
    return Comment(said, width(before), at=index, gap=gap)


def _read_block(text: str, token: Token, parent: int) -> int:
    """Take a block text apart; return where the line after it begins.

    `parent` is the indentation of the block that it stands in.
    """
    header = _HEADER.match(text, token.start)
    if header is None:
        raise LeftAloneError("a block text with an unusual header")
    line_end = text.find("\n", token.start)
    line_end = len(text) if line_end < 0 else line_end
    said = text[header.end() : line_end].strip()
    if said:
        token.trailing = _comment(text, text.index("#", header.end()), said)
    end = token.end if token.end == len(text) else text.rfind("\n", 0, token.end) + 1
    body = text[line_end + 1 : end]
    lines = body.split("\n")
    unended = lines.pop() if lines[-1] == "" else None
    is_open = unended is None
    indent = _indent(header[0], lines, parent)
    content = [line[indent:] for line in lines]
    keeps = "+" in header[0]
    if is_open and not content[-1]:
        content.pop()
        is_open = False
    while content and not content[-1] and not keeps:
        content.pop()
    token.block = BlockText(header[0], tuple(content), keeps, is_open)
    if keeps:
        return end
    return min(line_end + 1 + sum(len(line) + 1 for line in lines[: len(content)]), len(text))


def _indent(header: str, lines: list[str], parent: int) -> int:
    """Return the indentation that the lines of a block text share."""
    digits = [char for char in header if char.isdigit()]
    if digits:
        return parent + int(digits[0])
    for number, line in enumerate(lines):
        indent = len(line) - len(line.lstrip(" "))
        if indent < len(line):
            if any(len(blank) > indent for blank in lines[:number]):
                raise LeftAloneError("a block text that begins with blanks")
            return indent
    return max((len(line) for line in lines), default=0)
