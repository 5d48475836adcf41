"""HTML of a message as text that people read: the text part of e-mails, SMS and push.

Links become `text (address)`, pictures their description, lists dashes and numbers. Only HTML that
we rendered ourselves comes here.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

_PARAGRAPHS = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre", "table", "blockquote", "center"}
)
_LINES = frozenset({"div", "li", "tr"})
# Punctuation that a space follows, and that one goes before; letters and digits take both.
_CLOSING = ".,;:!?)]}"
_OPENING = "([{"


def readable(html: str, tag: str, *, keep_lines: bool) -> str:
    """Return HTML as plain text that ends in a line feed.

    `tag` is the pattern of words that stand for the tags of an `if`: those between paragraphs go
    to the beginning of what follows, so that no empty lines stay where a text is left out.
    `keep_lines`: a line end of the source is one of the text.
    """
    reader = _Reader(re.compile(rf"\s*(?:{tag})(?:\s*(?:{tag}))*\s*\Z"), keep_lines)
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """The text so far. The blocks are lines or paragraphs, each with what goes before it."""

    def __init__(self, lone: re.Pattern[str], keep_lines: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._lone = lone
        self._keep_lines = keep_lines
        self._done = ""
        self._line = ""
        self._gap = ""
        self._glued = ""
        self._bullet = ""
        self._lists: list[int] = []
        self._links: list[tuple[str, int]] = []
        self._quotes = 0
        self._preformatted = 0
        # Whether the line ends in a picture's description or an address: no word joins it.
        self._apart = False

    def text(self) -> str:
        self._flush("")
        return (self._done + self._glued).strip("\n") + "\n"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag in _PARAGRAPHS:
            nested = tag in ("ul", "ol") and self._lists
            self._flush("\n" if nested else "\n\n")
        elif tag in _LINES:
            self._flush("\n")
        if tag in ("ul", "ol"):
            start = named.get("start", "1")
            first = int(start) if start.isdecimal() else 1
            self._lists.append(first if tag == "ol" else -1)
        elif tag == "li":
            number = self._lists[-1] if self._lists else -1
            self._bullet = "- " if number < 0 else f"{number}. "
            if number >= 0:
                self._lists[-1] += 1
        elif tag == "blockquote":
            self._quotes += 1
        elif tag == "pre":
            self._preformatted += 1
        elif tag == "a":
            self._links.append((named.get("href", ""), len(self._line)))
        elif tag == "img":
            self._picture(named.get("alt", ""))
        elif tag == "br":
            self._line = f"{self._line.rstrip(' ')}\n"
        elif tag == "hr":
            self._flush("\n\n")
            self._line = "---"
            self._flush("\n\n")
        elif tag in ("td", "th") and self._line.strip():
            self._line += " | "

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._links:
            href, start = self._links.pop()
            said = self._line[start:].strip()
            if not said:
                self._line += href
            elif href and href not in (said, f"mailto:{said}", f"tel:{said}"):
                self._line = f"{self._line.rstrip()} ({href})"
                self._apart = True
        elif tag in _PARAGRAPHS:
            inner = tag in ("ul", "ol") and len(self._lists) > 1
            self._flush("\n" if inner else "\n\n")
        elif tag in _LINES:
            self._flush("\n")
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag == "blockquote":
            self._quotes -= 1
        elif tag == "pre":
            self._preformatted -= 1

    def _picture(self, described: str) -> None:
        """Say what a picture shows as words of their own."""
        if described:
            self._line += f"{' ' if _joins(self._line[-1:], _CLOSING) else ''}{described}"
            self._apart = True

    def handle_data(self, data: str) -> None:
        if self._preformatted:
            self._line += data
            return
        if not self._keep_lines:
            data = data.replace("\n", " ")
        data = re.sub(r"[ \t\r\f]+", " ", data)
        if not self._line or self._line.endswith("\n"):
            data = data.lstrip(" \n")
        elif self._line.endswith(" "):
            data = data.lstrip(" ")
        elif self._apart and _joins(data[:1], _OPENING):
            data = f" {data}"
        self._apart = self._apart and not data
        self._line += data

    def _flush(self, gap: str) -> None:
        """End the block, and note what must stand between it and the next one."""
        block = self._line.strip("\n") if self._preformatted else self._line.strip()
        self._line = ""
        if block and self._lone.match(block):
            self._glued += re.sub(r"\s", "", block)
        elif block:
            indent = "  " * (len(self._lists) - 1)
            hang = indent + " " * len(self._bullet)
            lines = block.split("\n")
            block = "\n".join(
                [indent + self._bullet + lines[0], *(hang + one for one in lines[1:])]
            )
            if self._quotes:
                mark = "> " * self._quotes
                block = "\n".join(mark + one for one in block.split("\n"))
            self._done += (self._gap if self._done else "") + self._glued + block
            self._gap = self._glued = self._bullet = ""
        self._gap = max(self._gap, gap, key=len)


def _joins(char: str, punctuation: str) -> bool:
    """Return whether a character at the edge of a text would read as part of its neighbour."""
    return bool(char) and (char.isalnum() or char in punctuation)
