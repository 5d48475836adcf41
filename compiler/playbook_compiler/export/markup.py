"""Markup of messages: Markdown to HTML, and words that stand for tags and data on the way.

A renderer of Markdown or MJML sees neither a tag of a template engine nor data: in their place
stand plain words, which are filled in afterwards, each as its place in the page needs it.
"""

from __future__ import annotations

import re
from html import escape
from itertools import zip_longest
from typing import TYPE_CHECKING

from playbook_compiler.export.dialect import Dialect, Filled, Fixed, Place, Tag
from playbook_compiler.export.pieces import Authored, Choice, Pieces, Value
from playbook_compiler.values import dataclass, field

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

# A tag of HTML, its attributes' values taken whole.
_TAG = r"""<[a-zA-Z/](?:[^"'>]|"[^"]*"|'[^']*')*>"""
_LINK = re.compile(r'(\s(?:href|src|background)=")([^"]*)"', re.IGNORECASE)
_SCHEME = re.compile(r"[\x00-\x20]*([a-z][a-z0-9+.\-\x00-\x20]*):", re.IGNORECASE)
_SCRIPT = re.compile(r"[\x00-\x20]*(?:javascript|vbscript|data|file)[\x00-\x20]*:", re.IGNORECASE)
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
    numbers: dict[Value | str, int] = field(default_factory=dict)

    def keep(self, what: Value | str) -> str:
        """Return the word that stands for a value, or for a tag of an `if`."""
        number = self.numbers.setdefault(what, len(self.held))
        if number == len(self.held):
            self.held.append(what)
        return f"{self.stem}{number}z"

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


def page(title: str, body: str) -> str:
    """Return a whole HTML page; `title` and `body` are HTML."""
    return _PAGE.format(title=title, body=body)


def at_top(page: str, html: str) -> str:
    """Return a page with HTML in a line of its own right behind its `<body>`."""
    begins = page.find(">", page.find("<body")) + 1
    return f"{page[:begins]}\n{html}\n{page[begins:].lstrip(chr(10))}"


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

    def fill(found: re.Match[str]) -> str:
        if found[1]:
            return _filled(marks, int(found[1]), dialect, Place.HTML)
        tag = _LINK.sub(lambda link: _safe(link, marks), found[0])
        return re.sub(
            marks.word,
            lambda one: _filled(marks, int(one[1]), dialect, Place.ATTRIBUTE),
            tag,
        )

    html = dialect.inert_html(lone.sub(bare, marked))
    return re.sub(rf"{marks.word}|{_TAG}", fill, html)


def _safe(link: re.Match[str], marks: Marks) -> str:
    """Return an attribute that is a link, without an address that mail must not link to."""
    said = re.split(marks.word, link[2])
    written, numbers = said[::2], [int(one) for one in said[1::2]]
    known = [marks.held[one] for one in numbers if one < len(marks.held)]
    values = [one for one in known if isinstance(one, Value)]
    texts = [_known(one) for one in values]
    whole = "".join(
        text + (_known(held) if isinstance(held, Value) else "")
        for text, held in zip_longest(written, known, fillvalue="")
    )
    safe = not any(_SCRIPT.match(one) for one in (*written, *texts)) and is_safe_link(whole)
    return link[0] if safe else f'{link[1]}#"'


def _known(value: Value) -> str:
    """Return what is known of a value now: its text, else its default."""
    return (value.said.text if isinstance(value.said, Fixed) else "") or value.default


def filled_text(marked: str, marks: Marks, dialect: Dialect) -> str:
    """Return plain text with its words filled in for an engine, everything else inert."""
    return re.sub(
        marks.word,
        lambda found: _filled(marks, int(found[1]), dialect, Place.TEXT),
        dialect.inert(marked),
    )


def _filled(marks: Marks, index: int, dialect: Dialect, place: Place) -> str:
    """Return what a word stands for, as its place needs it."""
    if index >= len(marks.held):
        return f"{marks.stem}{index}z"
    held = marks.held[index]
    if isinstance(held, str):
        return held
    match held.said:
        case Fixed():
            shown = _known(held)
            if place is Place.TEXT:
                return dialect.inert(shown)
            return dialect.inert_html(escape(shown))
        case Filled(expression):
            return dialect.variable(expression, held.default, place)
        case Tag(text):
            return text


def is_safe_link(address: str) -> bool:
    """Return whether an address is one that a mail may link to: no script, no data."""
    found = _SCHEME.match(address)
    return found is None or found[1].lower() in SCHEMES
