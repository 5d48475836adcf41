"""The unquoted-comma trap: a condition inside `{}` or `[]` that YAML cut at a comma.

`{audience: orders in (1, 2), send: x}` is, to YAML, the keys `audience`, `2)` and `send`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_AMOUNT_END = re.compile(r"[0-9]\Z")
_GROUP = re.compile(r"[0-9]{3}(?![0-9])")
_DECIMALS = re.compile(r"[0-9]{1,2}(?![0-9])")


def looks_cut(text: str, following: Sequence[str]) -> str | None:
    """Return the whole condition, unquoted, when `text` is its part before a comma, else None.

    `following` are the keys (or list items) that YAML read after it. They are taken back until no
    parenthesis or quote is open. A comma inside a number was meant for thousands (`1,000`) or as
    the decimal sign (`20,50`).
    """
    if not following:
        return None
    if _AMOUNT_END.search(text) and not _is_open(text):
        rest = following[0].lstrip()
        if _GROUP.match(rest):
            return text + rest
        return f"{text}.{rest}" if _DECIMALS.match(rest) else None
    whole = text
    for part in following:
        if not _is_open(whole):
            break
        whole = f"{whole}, {part.strip()}"
    return whole if whole != text and not _is_open(whole) else None


def _is_open(text: str) -> bool:
    """Whether a parenthesis or a quote that begins in `text` does not end in it."""
    depth = 0
    quote = ""
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
    return depth > 0 or bool(quote)
