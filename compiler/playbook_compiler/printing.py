"""A playbook as one YAML text: what its author wrote, its files joined and its tactics written out.

The text says the same: read again, it gives an equal playbook with an equal digest. Two things
cannot be authored, and stay out of that promise. The ids that tactics bring (`win-back/come-back`)
are written with dashes in place of the slash, so that steps made from them get other ids; and
`include:` and `use:` are left out, since the text holds what they named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from playbook_compiler.changes import FIELD, Change
from playbook_compiler.kinds import Custom, ListOf, MapOf, Text
from playbook_compiler.message_choice import ONE, ROTATION, MessageChoice
from playbook_compiler.model import Existing, Margin, Playbook, Requirement
from playbook_compiler.printing_yaml import Bare, Written, yaml_text
from playbook_compiler.reading import Kind
from playbook_compiler.records import OneOf, Record, RecordOf, is_required, keys_of
from playbook_compiler.steps import UntilEvent, Wait
from playbook_compiler.units import plain

_JOINED: Final = frozenset({"include", "use"})
_NAMED: Final = ("audiences", "offers", "messages", "flows")
_NOTHING: Final[tuple[Any, ...]] = (None, "", (), {}, False)


def print_playbook(playbook: Playbook, *, full: bool = False) -> str:
    """Return the YAML text of a resolved playbook.

    It has the keys that the author wrote and all that resolving filled in; with `full`, the
    defaults of all keys as well, but for those that mean more when they are written.
    """
    return yaml_text(_Printing(full, _renaming(playbook)).record(playbook, None))


def playbook_data(playbook: Playbook, without: frozenset[str]) -> dict[str, Written]:
    """Return what `print_playbook` writes, as data, without some keys of the language."""
    data = _Printing(False, _renaming(playbook), without).record(playbook, None)
    assert isinstance(data, dict)
    return data


def _renaming(playbook: Playbook) -> Callable[[str], str]:
    """Return what writes the ids of tactics so that they can be authored."""
    taken = {name for section in _NAMED for name in getattr(playbook, section)}
    renamed: dict[str, str] = {}
    for name in sorted(one for one in taken if "/" in one):
        dashes = "-"
        while (found := name.replace("/", dashes)) in {*taken, *renamed.values()}:
            dashes += "-"
        renamed[name] = found
    if not renamed:
        return lambda text: text
    longest_first = sorted(renamed, key=lambda name: (-len(name), name))
    names = re.compile(rf"(?<![\w/-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w/-])")
    return lambda text: names.sub(lambda found: renamed[found[0]], text)


class _Printing:
    """The values of one playbook as data to write: mappings, lists, texts and bare words."""

    __slots__ = ("authored", "full", "without")

    def __init__(
        self, full: bool, authored: Callable[[str], str], without: frozenset[str] = frozenset()
    ) -> None:
        self.full = full
        self.authored = authored
        self.without = without

    def data(self, value: Any, kind: Kind | None) -> Written:
        match value:
            case None | bool() | int():
                return value
            case str():
                return value if isinstance(_settled(kind, Text), Text) else self.authored(value)
            case Record():
                return self.record(value, kind)
            case Mapping():
                inner = _settled(kind, MapOf)
                below = inner.value if isinstance(inner, MapOf) else None
                return {
                    self.authored(str(name)): self.data(one, below) for name, one in value.items()
                }
            case list() | tuple():
                items = _settled(kind, ListOf)
                item = items.item if isinstance(items, ListOf) else None
                return [self.data(one, item) for one in value]
            case Decimal():
                return Bare(plain(value))
            case Margin(default=default, by_category=by_category):
                whole = self.data(default, None)
                return {"default": whole, **self._shares(by_category)} if by_category else whole
            case Change(deed=deed, name=name):
                return {name: self.data(value.value, None)} if deed == FIELD else {deed: name}
            case MessageChoice(messages=messages, order=order):
                names: list[Written] = [self.authored(name) for name in messages]
                return {"next_of": names} if order == ROTATION else _one(names, order)
            case Requirement(text=text):
                return self.authored(text)
            case _:
                return Bare(self.authored(str(value)))

    def record(self, record: Record, kind: Kind | None) -> Written:
        """Return a record as its mapping, or as the lone value that means the same."""
        said = {
            name: self.data(getattr(record, entry.name), entry.metadata["kind"])
            for name, entry in keys_of(type(record)).items()
            if self._is_said(record, name, getattr(record, entry.name), entry)
        }
        if not said and isinstance(_settled(kind, RecordOf), RecordOf):
            said = {
                name: self.data(getattr(record, entry.name), entry.metadata["kind"])
                for name, entry in keys_of(type(record)).items()
                if name not in self.without and getattr(record, entry.name) not in _NOTHING
            }
        one_of = _settled(kind, OneOf)
        if isinstance(one_of, OneOf):
            first = str(getattr(record, "kind", ""))
            if not said:
                return first
            said = {first: said.pop(first), **said} if first in said else said
            short = one_of.bare
        else:
            short = _shorthand(kind, type(record))
        if len(said) == 1 and short in said and not isinstance(said[short], dict):
            return said[short]
        return said

    def _is_said(self, record: Record, name: str, value: Any, entry: Any) -> bool:
        if name in self.without or (isinstance(record, Playbook) and name in _JOINED):
            return False
        if is_required(entry):
            return True
        default = {} if entry.is_required is False and isinstance(value, Mapping) else entry.default
        written = record.origin.has(name) and value not in (None, "")
        if name == "id":
            return written  # else it is made from the content again
        if value != default or written:
            return not (isinstance(record, Existing) and name == "rule" and record.over)
        return self.full and value not in _NOTHING and not _means_more(record, name)

    def _shares(self, by_category: Mapping[str, Any]) -> dict[str, Written]:
        return {name: self.data(share, None) for name, share in by_category.items()}


def _means_more(record: Record, name: str) -> bool:
    """Return whether a default says something else when it is written."""
    match record:
        case Wait(wait=wait):
            return name == "since" and not isinstance(wait, UntilEvent)
        case Existing():
            return record.over is not None
    return False


def _one(names: list[Written], order: str) -> Written:
    return names[0] if order == ONE and len(names) == 1 else names


def _settled(kind: Kind | None, wanted: type[Kind]) -> Kind | None:
    """Return the kind of the wanted type among those that may stand in one place, or the kind."""
    if isinstance(kind, Custom) and not isinstance(kind, wanted):
        inner = (_settled(one, wanted) for _, one in kind.alternatives)
        return next((one for one in inner if isinstance(one, wanted)), None)
    if isinstance(kind, ListOf) and kind.single and wanted not in (ListOf, type(kind)):
        return _settled(kind.item, wanted)
    return kind


def _shorthand(kind: Kind | None, record: type[Record]) -> str:
    """Return the key that a lone value stands for where a record of this type is read."""
    match kind:
        case RecordOf() if kind.record is record:
            return kind.shorthand
        case Custom():
            found = (_shorthand(one, record) for _, one in kind.alternatives)
            return next((one for one in found if one), "")
    return ""
