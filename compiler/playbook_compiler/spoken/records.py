"""A section of a playbook in words: one line for each key that says something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from playbook_compiler.records import Record, keys_of
from playbook_compiler.source import Span
from playbook_compiler.spoken.values import said
from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """One key in words: `earn 1, points` and `1 per EUR`, and where it is written."""

    label: str
    text: str
    span: Span


_NOTHING: Final[tuple[Any, ...]] = (None, "", (), {}, False)


def keys_told(record: Record, currency: str, above: str = "") -> Iterator[Said]:
    """Return the keys that the author wrote or that a default fills, in the model's order.

    Records in them are told key by key.
    """
    for key, entry in keys_of(type(record)).items():
        value = getattr(record, entry.name)
        has = record.origin.has(key)
        if has or value not in _NOTHING:
            span = record.origin.key_span(key) if has else record.origin.key_span()
            yield from told(_under(above, key), value, span, currency)


def told(label: str, value: Any, span: Span, currency: str) -> Iterator[Said]:
    """Return a value in words: of records and what holds them, a line for each key."""
    match value:
        case Record():
            yield from keys_told(value, currency, above=label)
        case tuple() if any(isinstance(one, Record) for one in value):
            for number, one in enumerate(value, 1):
                yield from told(f"{label} {number}".lstrip(), one, _place(one, span), currency)
        case tuple() if not label:
            for number, one in enumerate(value, 1):
                yield Said(str(number), said(one, currency), _place(one, span))
        case Mapping() if not label or any(map(_is_several, value.values())):
            for name, one in value.items():
                yield from told(_under(label, str(name)), one, _place(one, span), currency)
        case _:
            yield Said(label, said(value, currency), span)


def _is_several(value: Any) -> bool:
    return isinstance(value, Record | tuple | Mapping)


def _place(value: Any, otherwise: Span) -> Span:
    """Return where a value stands, of those that know it."""
    origin = getattr(value, "origin", None)
    return otherwise if origin is None else origin.span()


def _under(above: str, key: str) -> str:
    words = key.replace("_", " ")
    return f"{above}, {words}" if above else words
