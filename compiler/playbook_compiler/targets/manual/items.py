"""One thing that a person does, and the sections in which such things stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

from playbook_compiler.source import Span
from playbook_compiler.values import dataclass, field


@dataclass(frozen=True, slots=True)
class Item:
    """What to do, in plain text, and the line of the playbook behind it.

    `depth` nests an item under the one before it; `is_way` names a way of a flow: nothing to do.
    `file` is the file of the export that it needs.
    """

    text: str
    span: Span
    depth: int = 0
    is_way: bool = False
    file: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Items under a heading; parts are sections in it, such as the flows."""

    heading: str
    items: tuple[Item, ...] = ()
    parts: tuple[Section, ...] = field(default=())
    intro: str = ""


@dataclass(frozen=True, slots=True)
class Numbered:
    """An item with the number and the headings under which it stands; ways have no number."""

    number: str
    headings: tuple[str, ...]
    item: Item


def numbered(sections: Sequence[Section]) -> Iterator[tuple[Section, str, tuple[Numbered, ...]]]:
    """Return every section that says something, with its number and its numbered items."""
    kept = [one for one in sections if one.items or any(part.items for part in one.parts)]
    for order, section in enumerate(kept, 1):
        yield from _numbered(section, str(order), ())


def _numbered(
    section: Section, number: str, above: tuple[str, ...]
) -> Iterator[tuple[Section, str, tuple[Numbered, ...]]]:
    headings = (*above, section.heading)
    order = count(1)
    items = tuple(
        Numbered("" if item.is_way else f"{number}.{next(order)}", headings, item)
        for item in section.items
    )
    yield section, number, items
    for place, part in enumerate((one for one in section.parts if one.items), 1):
        yield from _numbered(part, f"{number}.{place}", headings)
