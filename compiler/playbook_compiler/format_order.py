"""The order of keys: that in which the model declares them, in steps and triggers the kind first.

What authors name themselves (flows, audiences, arms) stays in the order that they tell it in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from playbook_compiler.document import Data
from playbook_compiler.format_tree import Collection, Entry
from playbook_compiler.kinds import Custom, ListOf, MapOf
from playbook_compiler.model import (
    ASSUMPTIONS,
    CONSENT_SHARES,
    EVENT_ASSUMPTION,
    Message,
    Playbook,
)
from playbook_compiler.reading import Kind
from playbook_compiler.records import OneOf, Record, RecordOf, keys_of
from playbook_compiler.tactic import TacticHead
from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class FileOf:
    """What a whole file holds: `first`, then the keys of its records, one after the other."""

    records: tuple[type[Record], ...]
    first: tuple[str, ...] = ()


PLAYBOOK = FileOf((Playbook,))
TACTIC = FileOf((TacticHead, Playbook))
MESSAGE = FileOf((Message,), first=("id",))
Place: TypeAlias = "Kind | FileOf | None"
_IGNORE = re.compile(r"#\s*playbook:", re.IGNORECASE)


def put_in_order(entry: Entry, kind: Place, data: Data) -> None:
    """Sort the keys of a value, and of all inside it, as `kind` declares them.

    `data` is what the value says. A mapping with a key that its kind does not know keeps its order,
    and so does one with an anchor or alias inside, or with a comment that silences a line.
    """
    node = entry.value
    if not isinstance(node, Collection) or node.rigid:
        return
    kind = _settled(kind, data)
    if isinstance(data, list):
        item = kind.item if isinstance(kind, ListOf) else None
        for inner, value in zip(node.entries, data, strict=True):
            if inner.key is None:
                put_in_order(inner, item, value)
            elif isinstance(value, dict):  # the pair in `[send: hello]`
                below = inner_kinds(_settled(item, value), value)
                put_in_order(inner, below.get(inner.key.name), value[inner.key.name])
    elif isinstance(data, dict):
        below = inner_kinds(kind, data)
        for inner in node.entries:
            if inner.key is not None and inner.key.name in data:
                put_in_order(inner, below.get(inner.key.name), data[inner.key.name])
        _sort(node, kind, data)


def _sort(node: Collection, kind: Place, data: dict[str, Data]) -> None:
    names = key_order(kind, data)
    places = {name: place for place, name in reversed([*enumerate(names)])}
    written = [entry.key.name for entry in node.entries if entry.key is not None]
    if node.names or not all(name in places for name in written):
        return
    if any(is_silencing(entry) for entry in node.entries):
        return
    node.entries.sort(key=lambda entry: places[entry.key.name] if entry.key else 0)


def is_silencing(entry: Entry) -> bool:
    """Return whether a comment of an entry speaks to the compiler about its line."""
    return any(_IGNORE.match(comment.text) for comment in entry.comments)


def key_order(kind: Place, data: Data) -> list[str]:
    """Return the keys that a mapping may have, in their canonical order; none where it is free."""
    match _settled(kind, data):
        case FileOf(records=records, first=first):
            return [*first, *(name for record in records for name in keys_of(record))]
        case RecordOf(record=record):
            return list(keys_of(record))
        case OneOf() as one:
            found = _kind_key(one, data)
            if found is None:
                return []
            keys = keys_of(one.records()[found])
            return [found, *(name for name in keys if name != found)]
    return []


def inner_kinds(kind: Place, data: Data) -> dict[str, Place]:
    """Return what the values of a mapping are, by key."""
    assert isinstance(data, dict)
    match kind:
        case FileOf(records=records):
            return {name: one for record in reversed(records) for name, one in _kinds(record)}
        case RecordOf(record=record):
            return dict(_kinds(record))
        case OneOf():
            found = _kind_key(kind, data)
            return {} if found is None else dict(_kinds(kind.records()[found]))
        case MapOf(value=value):
            return dict.fromkeys(data, value)
    if kind is ASSUMPTIONS:
        return {name: CONSENT_SHARES if name == "consent" else EVENT_ASSUMPTION for name in data}
    return {}


def _settled(kind: Place, data: Data) -> Place:
    """Return the kind that reads these data among those that may stand in this place."""
    while True:
        if isinstance(kind, Custom):
            kind = next((one for fits, one in kind.alternatives if fits(data)), None)
        elif isinstance(kind, ListOf) and kind.single and not isinstance(data, list):
            kind = kind.item
        elif isinstance(kind, RecordOf) and kind.shorthand and not isinstance(data, dict):
            kind = keys_of(kind.record)[kind.shorthand].metadata["kind"]
        else:
            return kind


def _kind_key(kind: OneOf, data: Data) -> str | None:
    records = kind.records()
    found = [name for name in data if name in records] if isinstance(data, dict) else []
    return found[0] if len(found) == 1 else None


def _kinds(record: type[Record]) -> Iterator[tuple[str, Place]]:
    for name, entry in keys_of(record).items():
        yield name, entry.metadata["kind"]
