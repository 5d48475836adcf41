"""A user's text inside Markdown: neither markup, a mention nor a link comes of it."""

from __future__ import annotations

import re
from typing import Final

# All that Markdown or HTML could read as more than text: underscores, and what begins an address.
_SPECIAL: Final = re.compile(r"[^\w .,;:=/()+%-]|_|:(?=/)|[wW](?=ww\.)")


def code(text: str) -> str:
    """Return a user's text as code, on one line; nothing for no text."""
    return f"<code>{plain(text)}</code>" if text else ""


def plain(text: str) -> str:
    """Return a user's text as it stands, on one line."""
    return _SPECIAL.sub(_entity, " ".join(text.split()))


def _entity(match: re.Match[str]) -> str:
    char = match[0]
    return f"&#{ord(char)};" if char.isprintable() else f"&#92;u{ord(char):04x}"
