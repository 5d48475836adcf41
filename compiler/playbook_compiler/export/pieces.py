"""A template decided for one engine: which words are the author's, which are data, which are tags.

What the playbook knows is decided here, an `if` about it too; the rest becomes the engine's own
variables and conditions. Every variable is noted in the lowering report, at its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.export.capability import Support
from playbook_compiler.export.constructs import construct_of
from playbook_compiler.export.dialect import (
    Dialect,
    Filled,
    Fixed,
    IfTags,
    Reading,
    Said,
    Tag,
)
from playbook_compiler.source import Span
from playbook_compiler.template import Conditional, Literal, Template, Variable
from playbook_compiler.values import dataclass, replace

_LEFT_OUT = "it is left out of the text"
# What stands where a flow brings no value, by what the author wrote for that.
_DEFAULT = "there, the default always stands"
_OTHERWISE = "there, the text after {% else %} always stands, or nothing"
_WITHIN = "there, the `if` around it leaves it out"


@dataclass(frozen=True, slots=True)
class Authored:
    """Words of the author, markup and all."""

    text: str


@dataclass(frozen=True, slots=True)
class Value:
    """What stands for the variable `name`, with the author's default, "" for none."""

    name: str
    said: Said
    default: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Two texts between which the engine decides for each customer."""

    name: str
    tags: IfTags
    then: Pieces
    otherwise: Pieces


Piece: TypeAlias = Authored | Value | Choice
Pieces: TypeAlias = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    """One text of a message: `key` is subject, preview or body."""

    reading: Reading
    dialect: Dialect
    key: str
    # The variables of the `if`s around, and their families: there they have a value.
    given: frozenset[str] = frozenset()

    def span(self, start: int, end: int) -> Span:
        message = self.reading.message
        if self.key == "body":
            return message.body_span(start, end)
        return message.origin.span_in(start, end, self.key)


def decided(reading: Reading, dialect: Dialect, key: str, template: Template) -> Pieces:
    """Return a template of the message's text `key` as pieces for one engine."""
    return tuple(_decided(_Text(reading, dialect, key), template))


def said_to_all(pieces: Pieces) -> frozenset[str]:
    """Return the variables that everyone gets to read: of an `if`, those on both sides."""
    found: set[str] = set()
    for piece in pieces:
        if isinstance(piece, Value):
            found.add(piece.name)
        elif isinstance(piece, Choice):
            found |= said_to_all(piece.then) & said_to_all(piece.otherwise)
    return frozenset(found)


def values(pieces: Pieces) -> Iterator[Value]:
    """Return every value that the text may show, in its order."""
    for piece in pieces:
        if isinstance(piece, Value):
            yield piece
        elif isinstance(piece, Choice):
            yield from values(piece.then)
            yield from values(piece.otherwise)


def _decided(text: _Text, template: Template) -> Iterator[Piece]:
    for part in template:
        match part:
            case Literal(words):
                yield Authored(words)
            case Variable(name, default, start, end):
                without = _WITHIN if _family(name) in text.given else ""
                without = without if default is None else _DEFAULT
                said = _said(text, name, text.span(start, end), without)
                yield Value(plain_name(name), said, default or "")
            case Conditional():
                yield from _choice(text, part)


def _choice(text: _Text, part: Conditional) -> Iterator[Piece]:
    span = text.span(part.start, part.end)
    said = _said(text, part.name, text.span(part.start, part.start + 1), _OTHERWISE)
    inner = replace(text, given=text.given | {_family(part.name)})
    match said:
        case Fixed(known):
            if known.strip():
                yield from _decided(inner, part.then)
            else:
                yield from _decided(text, part.otherwise)
        case Tag():
            yield from _decided(inner, part.then)
        case Filled(expression):
            tags = _if_tags(text, expression, span)
            if tags is None:
                yield from _decided(text, part.otherwise)
                return
            then = tuple(_decided(inner, part.then))
            otherwise = tuple(_decided(text, part.otherwise))
            yield Choice(plain_name(part.name), tags, then, otherwise)


def _if_tags(text: _Text, expression: str, span: Span) -> IfTags | None:
    condition = text.dialect.condition
    if condition is not None:
        return condition(expression)
    lowering = text.reading.lowering
    lowering.note(
        "message.body" if text.key == "body" else f"message.{text.key}",
        text.reading.message.id,
        span,
        f"{lowering.title} knows no `if` in a text",
        Support.REFUSED,
        "everybody gets the text after {% else %}, or nothing in its place",
        kept=True,
    )
    return None


def plain_name(name: str) -> str:
    """Return a variable by the one name that dialects know: `customer.first_name` is
    `first_name`, facts of the shop's own keep their `customer.`."""
    if name == "sender.address":
        return "sender_address"
    own = name.removeprefix("customer.")
    return own if own in BUILT_IN.variables else name


def _family(name: str) -> str:
    return name.partition(".")[0]


def _said(text: _Text, name: str, span: Span, without: str) -> Said:
    """Return what stands for a variable, nothing where the engine has none.

    `without` is what the author wants without a value, in words: then a flow which brings none by
    the language is no error. "": nothing is said of that.
    """
    reading, name = text.reading, plain_name(name)
    lowering, message = reading.lowering, reading.message
    construct = construct_of("variable", name)
    known = _known(reading, text.dialect, name)
    if known is not None:
        return known if lowering.note(construct, message.id, span) else Fixed("")
    row, gap = lowering.capabilities[construct], reading.unquoted(name)
    harmless = gap is not None and bool(without) and not gap.engine
    how = f"{gap.why}: {without}" if gap is not None else ""
    if gap is not None and harmless and gap.everywhere:
        lowering.note(construct, message.id, span, how, Support.APPROXIMATED)
        return Fixed("")
    said = text.dialect.value(name, reading) if gap is None or harmless else None
    if said is None:
        missing = gap.why if gap is not None else f"{lowering.title} has no such value"
        lowering.note(
            *(construct, message.id, span),
            "" if row.support is Support.REFUSED else missing,
            *(Support.REFUSED, _LEFT_OUT),
            spoken=f"the variable `{name}`",
        )
        return Fixed("")
    if gap is not None and row.support in (Support.EXACT, Support.APPROXIMATED):
        lowering.note(construct, message.id, span, f"{row.how}; {how}", Support.APPROXIMATED)
        return said
    return said if lowering.note(construct, message.id, span) else Fixed("")


def _known(reading: Reading, dialect: Dialect, name: str) -> Said | None:
    """Return what the playbook itself knows of a variable, None where the engine is asked."""
    sender, offer = reading.playbook.sender, reading.offer
    match name:
        case "sender.name" | "sender.email" | "sender.url":
            return Fixed(getattr(sender, name.partition(".")[2]) if sender else "")
        case "sender_address":
            if sender is not None and sender.address:
                return Fixed(sender.address)
            return Tag(dialect.address) if dialect.address else Fixed("")
        case "unsubscribe_url":
            return Tag(dialect.unsubscribe_url) if dialect.unsubscribe_url else None
        case "offer.code":
            if offer is None:
                return Fixed("")
            return None if offer.code == "unique" else Fixed(offer.code)
        case "offer.valid_until":
            return Fixed("") if offer is None or offer.valid is None else None
        case _:
            return None
