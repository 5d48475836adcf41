"""Text of authors and customers in Markdown, CSV, DOT and Mermaid: it stays text."""

from __future__ import annotations

import re
from html import escape
from typing import Final

# All that Markdown or HTML could read as more than text: underscores but those within a word, and
# what begins an address.
_MARKDOWN: Final = re.compile(
    r"""[^\w .,;:=/()+%"'?-]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|:(?=/)|[wW](?=ww\.)"""
)
_BEGINS: Final = re.compile(r"^(\d*)([-+=.)])")
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MERMAID_SAFE: Final = frozenset(" -_.,:/()")


def markdown(text: str) -> str:
    """Return a text as Markdown shows it as it stands, on one line."""
    return _MARKDOWN.sub(_entity, " ".join(text.split()))


def markdown_line(text: str) -> str:
    """Return a text that may begin a line: no list, heading or rule comes of it, either."""
    return _BEGINS.sub(lambda found: f"{found[1]}&#{ord(found[2])};", markdown(text))


def markdown_code(text: str) -> str:
    """Return a text as code in Markdown, on one line; nothing for no text."""
    return f"<code>{markdown(text)}</code>" if text else ""


def csv_cell(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: with an apostrophe before = + - @."""
    return "'" + cell if cell.startswith(_FORMULA_STARTS) else cell


def dot_quoted(text: str) -> str:
    """Return a quoted string of Graphviz, which reads escapes and HTML's entities in labels."""
    safe = escape(text, quote=False).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{safe}"'


def mermaid_quoted(text: str) -> str:
    """Return a quoted label of Mermaid: entities for its own signs and HTML's."""
    safe = "".join(
        char if char.isalnum() or char in _MERMAID_SAFE else f"#{ord(char)};" for char in text
    )
    return f'"{safe}"'


def _entity(match: re.Match[str]) -> str:
    char = match[0]
    return f"&#{ord(char)};" if char.isprintable() else f"&#92;u{ord(char):04x}"
