"""Texts of an engine as the Markdown that our messages are written in.

Tags of the engine's templates stand as words in the text meanwhile (`pbtag3z`), so that no reader
of HTML sees them. The result is rendered again: what does not come out as it went in is said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from playbook_compiler.export.markup import html_of
from playbook_compiler.export.plain_text import readable
from playbook_compiler.values import dataclass

SIZE_LIMIT: Final = 1_000_000
_BODY: Final = re.compile(r"<body[^>]*>(.*)</body\s*>", re.DOTALL | re.IGNORECASE)
_UNREAD: Final = ("head", "style", "script", "title", "noscript", "template", "iframe", "object")
_TABLES: Final = ("table", "tbody", "thead", "tfoot", "tr")
_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>#&~|])")
_LIST: Final = re.compile(r"^(\s*)(?:([-+=])|(\d{1,9})([.)]))", re.MULTILINE)
_BLOCK_END: Final = re.compile(
    r"(</(?:p|h[1-6]|ul|ol|li|pre|blockquote)>|<(?:ul|ol|li|blockquote)>|<hr />)"
)
_LINES: Final = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with words for tags: `said` is what each stands for. `stem` begins the words."""

    text: str
    stem: str
    said: Mapping[str, str]

    @property
    def word(self) -> str:
        """The pattern of a word."""
        return rf"{self.stem}\d+z"

    def filled(self, text: str) -> str:
        """Return a text with what the words stand for; other braces come to nothing."""
        return re.sub(self.word, lambda one: self.said.get(one[0], ""), _inert(text))


def _inert(markdown: str) -> str:
    """Return Markdown whose literal braces begin no tag: the second one as an entity."""
    return re.sub(r"\{([{%#])", lambda one: f"{{&#{ord(one[1])};", markdown)


def inert_line(text: str) -> str:
    """Return a one-line text whose literal braces begin no tag."""
    return re.sub(r"\{(?=[{%#])", "{ ", text)


def inner(html: str) -> str:
    """Return what stands between the tags of a page's body."""
    found = _BODY.search(html)
    return found[1] if found is not None else html


def markdown_of(html: Marked) -> tuple[str, bool]:
    """Return HTML as Markdown with the words in it, and whether it renders as the same again."""
    wanted = _comparable(html.text, html.word)
    best = ""
    for careful in range(3):
        found = _converted(html.text, careful)
        if found is None:
            return _text_alone(html.text), False
        found = _LINES.sub("\n\n", found).strip()
        best = best or found
        if _comparable(html_of(found), html.word) == wanted:
            return found, True
    return best, False


def markdown_of_text(text: Marked) -> tuple[str, bool]:
    """Return a plain text as Markdown that reads the same, and whether it does."""
    careful = _LIST.sub(_escaped_list, _SPECIAL.sub(r"\\\1", text.text))
    for found in (text.text, careful):
        again = readable(html_of(found), text.word, keep_lines=True)
        if again.strip() == text.text.strip():
            return found.strip(), True
    return careful.strip(), False


def _escaped_list(found: re.Match[str]) -> str:
    return f"{found[1]}\\{found[2]}" if found[2] else f"{found[1]}{found[3]}\\{found[4]}"


def _comparable(html: str, word: str) -> str:
    lone = re.sub(rf"<p>\s*({word})\s*</p>", r"\1", html)
    broken = re.sub(r"<br\s*/?>\s*", "<br />\n", lone)
    ruled = re.sub(r"<hr\s*/?>", "<hr />", broken)
    apart = _BLOCK_END.sub(r"\1\n", ruled.replace("&#123;", "{"))
    return re.sub(r"\s*\n\s*", "\n", apart).strip()


def _converted(html: str, careful: int) -> str | None:
    """Return HTML as Markdown; None where it is nested deeper than can be read.

    `careful`: signs that can mean something are escaped: 0 none, 1 stars and lines, 2 all.
    """
    from bs4 import BeautifulSoup
    from markdownify import MarkdownConverter

    options: dict[str, Any] = {
        "heading_style": "ATX",
        "bullets": "-",
        "newline_style": "backslash",
        "escape_asterisks": careful > 0,
        "escape_underscores": careful > 0,
        "escape_misc": careful > 1,
    }
    try:
        soup = BeautifulSoup(html, "html.parser")
        for unread in soup(_UNREAD):
            unread.decompose()
        for layout in soup(_TABLES):  # of pages for mail: columns, not data
            layout.unwrap()
        for cell in soup(("td", "th")):
            cell.name = "div"
        return str(MarkdownConverter(**options).convert_soup(soup))
    except RecursionError:
        return None


def _text_alone(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).strip()
