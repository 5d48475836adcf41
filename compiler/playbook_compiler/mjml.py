"""MJML bodies of messages as a tree, read strictly: well-formed XML without entities of its own.

As in HTML, `<br>`, `<hr>` and `<img>` need no end.

The text may hold tags of the message language. They are told to the reader beforehand as words
(export/markup.py) or as one character each of `TAG_BEGIN` ... `TAG_END` (mjml_rules.py), because
quotes in them would end an attribute.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, TypeAlias

from playbook_compiler.diagnostics import nearest, shown
from playbook_compiler.values import dataclass, field

if TYPE_CHECKING:
    from pyexpat import XMLParserType

# Declarations and comments may stand before the first element; the reader refuses what it must.
_FIRST_ELEMENT = re.compile(
    # Atomic: else a row of comments can be cut into comments in very many ways.
    r"\s*+(?>(?><\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)\s*+)*+<mjml[\s/>]",
    re.DOTALL | re.IGNORECASE,
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
DEPTH_LIMIT = 64
# Elements of HTML that have no end.
VOID = frozenset({"br", "hr", "img"})
# One that is not closed. No value holds `<`, so that every search ends at the next tag.
_UNCLOSED = re.compile(
    r"""<(br|hr|img)(?:\s(?:[^"'<>]|"[^"<]*"|'[^'<]*')*+)?+(?<!/)(?=>(?!\s*</\1\s*>))"""
)


@dataclass(frozen=True, slots=True)
class Element:
    """An element with its attributes and what stands in it; `at` is the index of its `<`."""

    tag: str
    attributes: tuple[tuple[str, str], ...]
    at: int
    content: list[Content] = field(default_factory=list)

    def written(self) -> str:
        """Return the element as XML that says the same, without comments."""
        names = "".join(f' {name}="{escape(value)}"' for name, value in self.attributes)
        if self.tag in VOID:
            return f"<{self.tag}{names} />"
        return f"<{self.tag}{names}>{self.inside()}</{self.tag}>"

    def inside(self) -> str:
        """Return what stands in the element as XML."""
        return "".join(one.written() for one in self.content)

    def elements(self) -> Iterator[Element]:
        """Return the elements that stand directly in this one."""
        return (one for one in self.content if isinstance(one, Element))


@dataclass(frozen=True, slots=True)
class Words:
    """Text between elements; `at` is the index of its first character."""

    text: str
    at: int

    def written(self) -> str:
        """Return the words as XML."""
        return escape(self.text, quote=False)


Content: TypeAlias = Element | Words


@dataclass(frozen=True, slots=True)
class MjmlProblem:
    """Why a body cannot be taken, with the characters [start, end) that say so, and advice.

    `instead` is what these characters should be, empty where that is not known.
    """

    message: str
    advice: str
    start: int
    end: int
    instead: str = ""


class _Refused(Exception):
    def __init__(self, problem: MjmlProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def is_mjml(body: str) -> bool:
    """Return whether a body's first element is `<mjml>`; else it is Markdown."""
    return _FIRST_ELEMENT.match(body) is not None


def without_comments(body: str) -> str:
    """Return MJML whose comments are blank, every other character where it was."""
    return _COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), body)


def read_mjml(text: str) -> Element | MjmlProblem:
    """Return the tree of a body, or why it cannot be read."""
    from xml.parsers import expat

    closed = _UNCLOSED.sub(r"\g<0>/", text)
    # The slash that is put in behind each stands there in `closed`, moved by those before it.
    slashes = tuple(found.end() + number for number, found in enumerate(_UNCLOSED.finditer(text)))
    reader = _Reader(closed.encode(), slashes, [])
    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = lambda *_: reader.refuse(
        parser,
        "a document type declaration is not allowed",
        "delete the line; write a character such as &nbsp; as itself",
    )
    parser.ProcessingInstructionHandler = lambda *_: reader.refuse(
        parser, "a processing instruction `<? ... ?>` is not allowed", "delete it"
    )
    parser.StartCdataSectionHandler = lambda: reader.refuse(
        parser, "a section `<![CDATA[ ... ]]>` is not allowed", "write &lt; for < and &amp; for &"
    )
    parser.StartElementHandler = lambda tag, names: reader.start(parser, tag, names)
    parser.EndElementHandler = lambda _: reader.end()
    parser.CharacterDataHandler = lambda words: reader.words(parser, words)
    parser.ordered_attributes = True
    try:
        parser.Parse(reader.source, True)
    except _Refused as refusal:
        return refusal.problem
    except expat.ExpatError as problem:
        at = reader.index(parser.ErrorByteIndex)
        if (ended := reader.wrong_end(text, at, expat.ErrorString(problem.code))) is not None:
            return ended
        what, advice = _in_words(expat.ErrorString(problem.code))
        return MjmlProblem(what, advice, at, min(at + 1, len(text)))
    return reader.open_[0]


_ADVICE = {
    "undefined entity": (
        "an entity that XML does not know",
        "write the character itself, or by number: &#160; for &nbsp;",
    ),
    "not well-formed (invalid token)": (
        "not well-formed",
        "write &amp; for &, &lt; for <, and quotes around every attribute's value",
    ),
    "unclosed token": ("a tag that is never closed", "close it with `>`"),
    "duplicate attribute": ("an attribute that stands there twice", "keep one of them"),
    "junk after document element": (
        "text after `</mjml>`",
        "keep everything within one <mjml> ... </mjml>",
    ),
    "unbound prefix": ("a name with a colon", "write names without a colon"),
    "XML or text declaration not at start of entity": (
        "a processing instruction `<? ... ?>` is not allowed",
        "delete it",
    ),
}


def _in_words(error: str) -> tuple[str, str]:
    return _ADVICE.get(error, (error, "compare with the examples of mjml.io"))


def _unclosed(element: Element, where: str) -> MjmlProblem:
    tag = shown(element.tag)
    advice = f"write `</{tag}>` before {where}"
    end = element.at + 1 + len(element.tag)
    return MjmlProblem(f"`<{tag}>` is still open at {where}", advice, element.at, end)


@dataclass(frozen=True, slots=True)
class _Reader:
    """What has been read: the elements that are open, the root first and kept at the end."""

    source: bytes
    # Where `source` has a slash that the text has not.
    slashes: tuple[int, ...]
    open_: list[Element]
    depth: list[Element] = field(default_factory=list)

    def index(self, byte: int) -> int:
        """Return the character of the text at a byte of the source."""
        at = len(self.source[:byte].decode(errors="ignore"))
        return at - bisect_left(self.slashes, at)

    def refuse(self, parser: XMLParserType, message: str, advice: str) -> None:
        at = self.index(parser.CurrentByteIndex)
        raise _Refused(MjmlProblem(message, advice, at, at + 1))

    def start(self, parser: XMLParserType, tag: str, names: list[str]) -> None:
        if len(self.depth) >= DEPTH_LIMIT:
            self.refuse(parser, f"elements nested deeper than {DEPTH_LIMIT}", "nest fewer")
        pairs = tuple(zip(names[::2], names[1::2], strict=True))
        element = Element(tag, pairs, self.index(parser.CurrentByteIndex))
        if self.depth:
            self.depth[-1].content.append(element)
        else:
            self.open_.append(element)
        self.depth.append(element)

    def end(self) -> None:
        self.depth.pop()

    def wrong_end(self, text: str, at: int, error: str) -> MjmlProblem | None:
        """Return an end tag that is missing or too many, at the tag that is to be mended."""
        if error == "no element found" and self.depth:
            last = self.depth[-1]
            return _unclosed(last, "the end of the text")
        if error != "mismatched tag":
            return None
        # The reader stands behind `</`.
        name = re.compile(r"[^\s>]*").match(text, at)
        tag = name[0] if name else ""
        last = self.depth[-1]
        if any(one.tag == tag for one in self.depth):
            return _unclosed(last, f"`</{shown(tag)}>`")
        close = nearest(tag, [last.tag])
        advice, instead = f"delete it, or begin with `<{shown(tag)}>`", ""
        if tag in VOID:
            advice = f"delete it: `<{tag}>` has no end tag"
        elif close:
            instead = f"</{close}>"
            advice = f"did you mean `{instead}`?"
        message = f"`</{shown(tag)}>` ends what never began"
        return MjmlProblem(message, advice, at - 2, at + len(tag) + 1, instead)

    def words(self, parser: XMLParserType, words: str) -> None:
        at = self.index(parser.CurrentByteIndex)
        content = self.depth[-1].content
        last = content[-1] if content else None
        if isinstance(last, Words):
            content[-1] = Words(last.text + words, last.at)
        else:
            content.append(Words(words, at))
