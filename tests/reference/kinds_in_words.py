"""Kinds of value in words: what may be written, and which records lie inside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from playbook_compiler import products, rights
from playbook_compiler.kinds import (
    Anything,
    Custom,
    Flag,
    Identifier,
    ListOf,
    MapOf,
    Scalar,
    Text,
    Word,
)
from playbook_compiler.model import ASSUMPTIONS, CONSENT_SHARES, EVENT_ASSUMPTION
from playbook_compiler.products import PRODUCTS
from playbook_compiler.reading import Kind
from playbook_compiler.records import OneOf, Record, RecordOf, is_required, keys_of
from playbook_compiler.references import Reference
from playbook_compiler.strategies import STRATEGIES
from playbook_compiler.tactic import TYPES
from playbook_compiler.units import Duration
from playbook_compiler.values import Field
from playbook_compiler.vocabulary import STAGES

# Kinds that read several shapes by themselves, with the kinds that they read them by.
INSIDE: Mapping[type[Kind], tuple[Kind, ...]] = {
    type(ASSUMPTIONS): (CONSENT_SHARES, EVENT_ASSUMPTION),
    type(PRODUCTS): (products._LISTED,),
    rights.RightKind: (rights._PAIR,),
}
HOME = {"a step": "steps", "a trigger": "triggers"}
# Lists of words that are told once.
LONG_LIST = 12
LISTS = {
    tuple(STRATEGIES): "strategies",
    tuple(rights.RIGHTS): "programmes",
    TYPES: "tactic-files",
}
SECTION_OF = {
    "tiers": "programmestiers",
    "channels": "channels",
}
_CODE = re.compile(r"`[^`]*`")
_LITERAL = re.compile(r"\{[^{}]*\}|\[[^\[\]]*\]")


def inside(kind: Kind) -> tuple[Kind, ...]:
    """Return the kinds that a kind reads its parts by."""
    match kind:
        case ListOf():
            return (kind.item,)
        case MapOf():
            return (kind.value,)
        case Custom():
            return tuple(alternative for _, alternative in kind.alternatives)
        case _:
            return INSIDE.get(type(kind), ())


def every_kind(kind: Kind, seen: set[int] | None = None) -> Iterator[Kind]:
    """Yield a kind and all that lie inside of it, those of its records and steps too."""
    seen = set() if seen is None else seen
    if id(kind) in seen:
        return
    seen.add(id(kind))
    yield kind
    parts = [*inside(kind)]
    if isinstance(kind, RecordOf):
        parts += [entry.metadata["kind"] for entry in keys_of(kind.record).values()]
    if isinstance(kind, OneOf):
        for record in kind.records().values():
            parts += [entry.metadata["kind"] for entry in keys_of(record).values()]
    for part in parts:
        yield from every_kind(part, seen)


def records_in(kind: Kind, path: str) -> Iterator[tuple[str, RecordOf]]:
    """Yield the records that a value at `path` is read into, with their paths; steps stay out."""
    if isinstance(kind, RecordOf):
        if keys_of(kind.record).get(kind.shorthand) is None or len(keys_of(kind.record)) > 1:
            yield path, kind
        return
    for part in inside(kind):
        name = f".{kind.noun.upper()}" if isinstance(kind, MapOf) else ""
        yield from records_in(part, path + name)


def anchor(heading: str) -> str:
    """Return the anchor of a heading, the same one for GitHub and for Python-Markdown."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def expectation(kind: Kind, homes: Mapping[type[Record], str]) -> str:
    """Return in Markdown what a kind expects; `homes` has the headings of records."""
    match kind:
        case OneOf():
            return f"[{kind.noun}](#{HOME[kind.noun]})"
        case RecordOf():
            return _linked(kind.noun, homes.get(kind.record, ""))
        case Word() if len(kind.words) > LONG_LIST:
            return f"{kind.noun}, see [the list](#{LISTS[kind.words]})"
        case Word():
            return " · ".join(f"`{word}`" for word in kind.words)
        case Flag():
            return "`true` or `false`"
        case Reference():
            return _reference(kind)
        case ListOf():
            one = expectation(kind.item, homes)
            return f"{one}, or a list of them" if kind.single else f"a list, each: {one}"
        case MapOf():
            return f"by {kind.noun}: {expectation(kind.value, homes)}"
        case Text() | Scalar() | Identifier() | Anything():
            return literal(kind.expects)
        case _:
            found = [homes[one.record] for _, one in records_in(kind, "") if one.record in homes]
            more = [f"[keys](#{anchor(name)})" for name in dict.fromkeys(found)]
            return literal(kind.expects) + (f" ({', '.join(more)})" if more else "")


def _linked(text: str, heading: str) -> str:
    return f"[{text}](#{anchor(heading)})" if heading else text


def _reference(kind: Reference) -> str:
    if kind.section == "events":
        return "an [event](events.md)"
    return (
        f"the id of {_linked(_with_article(kind.noun), SECTION_OF.get(kind.section, kind.section))}"
    )


def _with_article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def literal(text: str) -> str:
    """Return a sentence with what is to be written literally, such as {delay: 3d}, as code."""
    parts = _CODE.split(text)
    codes = _CODE.findall(text)
    marked = [_LITERAL.sub(lambda found: f"`{found[0]}`", part) for part in parts]
    return "".join(a + b for a, b in zip(marked, [*codes, ""], strict=True)).replace("|", "\\|")


def default(entry: Field) -> str:
    """Return in Markdown what holds where an author leaves a key out; empty for nothing."""
    if is_required(entry):
        return "**required**"
    value: Any = entry.default
    if value is STAGES or value == STAGES:
        return "all"
    match value:
        case bool():
            return "`true`" if value else "`false`"
        case None | "" | () | {}:
            return ""
        case tuple():
            return ", ".join(f"`{one}`" for one in value)
        case Duration() if value.is_zero:
            return "none"
        case _:
            return f"`{value}`" if str(value) not in ("MISSING",) else ""


def table(record: type[Record], homes: Mapping[type[Record], str]) -> list[str]:
    """Return the lines of the table of a record's keys, the one that names its kind first."""
    lines = ["| key | what it expects | left out | meaning |", "|---|---|---|---|"]
    kind = getattr(record, "kind", "")
    entries = sorted(keys_of(record).items(), key=lambda one: (one[0] != kind, one[0] == "id"))
    for name, entry in entries if isinstance(kind, str) else keys_of(record).items():
        expects = expectation(entry.metadata["kind"], homes)
        meaning = literal(entry.metadata["doc"])
        lines.append(f"| `{name}` | {expects} | {default(entry)} | {meaning} |")
    return lines
