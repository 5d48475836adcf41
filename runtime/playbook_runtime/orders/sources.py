"""Platforms whose exports can be read: one declarative mapping each, in `platforms`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Any

from playbook_compiler.values import dataclass, field
from playbook_runtime.orders import platforms
from playbook_runtime.orders.header import key_of

NO_ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Source:
    """One platform. A source module has a constant SOURCE.

    A file is recognised by its header: all columns of `fingerprint` and, where there are some, one
    of `fingerprint_any`. `aliases` name by field the accepted columns, best first; `required`
    fields must have a column. `prepare` makes the relation `line` from the table `raw` (see
    `prepare.py`). `guests`: an order without customer counts as revenue (else it is set aside).
    `lines_add_up`: rows of one order id may be its items, whose amounts add up. `refusal` says why
    such a file can never work.
    """

    name: str
    fingerprint: tuple[str, ...] = ()
    fingerprint_any: tuple[str, ...] = ()
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NO_ALIASES)
    required: tuple[str, ...] = ()
    prepare: Callable[[Any, Mapping[str, int], int], None] | None = None
    guests: bool = False
    lines_add_up: bool = False
    refusal: str = ""
    advice: str = ""


def all_sources() -> tuple[Source, ...]:
    """Return every source of the folder by name."""
    found = [
        import_module(f"{platforms.__name__}.{module.name}").SOURCE
        for module in iter_modules(platforms.__path__)
    ]
    return tuple(sorted(found, key=lambda source: source.name))


def detect(names: tuple[str, ...]) -> Source:
    """Return the source whose fingerprint a header has, the longest one; else `generic`."""
    keys = {key_of(name) for name in names}

    def fits(source: Source) -> bool:
        some = {key_of(name) for name in source.fingerprint_any}
        return {key_of(name) for name in source.fingerprint} <= keys and bool(
            not some or some & keys
        )

    return max(filter(fits, all_sources()), key=lambda source: len(source.fingerprint))
