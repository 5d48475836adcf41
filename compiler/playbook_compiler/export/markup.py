"""Markup of messages: Markdown to HTML, and words that stand for tags and data on the way.

A renderer of Markdown or MJML sees neither a tag of a template engine nor data: in their place
stand plain words, which are filled in afterwards, each as its place in the page needs it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

from playbook_compiler.export.dialect import Dialect, Filled, Fixed, Place, Tag
from playbook_compiler.export.pieces import Authored, Choice, Pieces, Value
from playbook_compiler.values import dataclass, field

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_LINK = re.compile(r"\s(?:href|src|background)=\"\s*\Z", re.IGNORECASE)
_SCHEME = re.compile(r"[\s\x00-\x20]*([a-z][a-z0-9+.\-]*)[\s\x00-\x20]*:", re.IGNORECASE)
SCHEMES = ("http", "https", "mailto", "tel", "sms")
_PAGE = """<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
</head>
<body style="margin:0 auto;max-width:600px;padding:24px;font:16px/1.5 sans-serif">
{body}</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Marks:
    """The words that stand for values and tags in one text, and what each stands for."""

    stem: str
    held: list[Value | str] = field(default_factory=list)

    def keep(self, what: Value | str) -> str:
        """Return the word that stands for a value, or for a tag of an `if`."""
        self.held.append(what)
        return f"{self.stem}{len(self.held) - 1}z"

    def written(self, pieces: Pieces) -> str:
        """Return pieces as the author's markup with words in it."""
        said = []
        for piece in pieces:
            match piece:
                case Authored(text):
                    said.append(text)
                case Value():
                    said.append(self.keep(piece))
                case Choice(_, tags, then, otherwise):
                    said += [self.keep(tags.begin), self.written(then)]
                    if otherwise:
                        said += [self.keep(tags.otherwise), self.written(otherwise)]
                    said.append(self.keep(tags.end))
        return "".join(said)

    def is_tag(self, index: int) -> bool:
        """Return whether the word of this number stands for a tag of an `if`."""
        return index < len(self.held) and isinstance(self.held[index], str)

    @property
    def word(self) -> str:
        """The pattern of a word; its group 1 is the number."""
        return rf"{self.stem}(\d+)z"


def marks_for(text: str) -> Marks:
    """Return marks whose words do not occur in a text."""
    stem = "pbtag"
    while stem in text:
        stem += "x"
    return Marks(stem)


def page(title: str, body: str, inert_html: Callable[[str], str]) -> str:
    """Return a whole HTML page; `title` is text, `body` is HTML."""
    return _PAGE.format(title=inert_html(escape(title)), body=body)


def html_of(markdown: str) -> str:
    """Return Markdown as HTML: CommonMark without raw HTML, links without `javascript:`."""
    html: str = _markdown().render(markdown)
    return html


def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False})


def filled_html(marked: str, marks: Marks, dialect: Dialect) -> str:
    """Return rendered HTML with its words filled in for an engine, everything else inert."""
    lone = re.compile(rf"<p>({marks.word})</p>\n?")

    def bare(found: re.Match[str]) -> str:
        return f"{found[1]}\n" if marks.is_tag(int(found[2])) else found[0]

    html = dialect.inert_html(lone.sub(bare, marked))

    def fill(found: re.Match[str]) -> str:
        if found[0].startswith("<"):
            return re.sub(
                marks.word,
                lambda one: _filled(
                    marks, int(one[1]), dialect, Place.ATTRIBUTE, _opens_link(found[0], one.start())
                ),
                found[0],
            )
        return _filled(marks, int(found[1]), dialect, Place.HTML)

    return re.sub(rf"<[^>]*>|{marks.word}", fill, html)


def filled_text(marked: str, marks: Marks, dialect: Dialect) -> str:
    """Return plain text with its words filled in for an engine, everything else inert."""
    return re.sub(
        marks.word,
        lambda found: _filled(marks, int(found[1]), dialect, Place.TEXT),
        dialect.inert(marked),
    )


def _opens_link(tag: str, at: int) -> bool:
    """Return whether what stands at an index of a tag begins the address of a link or picture."""
    return _LINK.search(tag, 0, at) is not None


def _filled(
    marks: Marks, index: int, dialect: Dialect, place: Place, opens_link: bool = False
) -> str:
    """Return what a word stands for, as its place needs it."""
    if index >= len(marks.held):
        return f"{marks.stem}{index}z"
    held = marks.held[index]
    if isinstance(held, str):
        return held
    match held.said:
        case Fixed(text):
            shown = text or held.default
            if opens_link and not is_safe_link(shown):
                shown = "#"
            return (
                dialect.inert(shown) if place is Place.TEXT else dialect.inert_html(escape(shown))
            )
        case Filled(expression):
            default = held.default
            if opens_link and not is_safe_link(default):
                default = "#"
            return dialect.variable(expression, default, place)
        case Tag(text):
            return text


def is_safe_link(address: str) -> bool:
    """Return whether an address is one that a mail may link to: no script, no data."""
    found = _SCHEME.match(address)
    return found is None or found[1].lower() in SCHEMES
