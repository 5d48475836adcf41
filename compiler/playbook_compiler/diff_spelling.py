"""Values of the model as an author would write them on one line, in YAML's flow style."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from playbook_compiler.encode import encode
from playbook_compiler.kinds import Custom, ListOf, MapOf
from playbook_compiler.message_choice import MessageChoice
from playbook_compiler.model import Margin
from playbook_compiler.reading import Kind
from playbook_compiler.records import OneOf, Record, RecordOf, keys_of
from playbook_compiler.scalars import read_plain
from playbook_compiler.steps import STEP_LIST
from playbook_compiler.units import plain
from playbook_compiler.values import Field

_NEEDS_QUOTES = re.compile(r"[\[\]{},#&*!|>'\"@`\\\x00-\x1f]|: |:$|^[-?:%] ?$|^[-?%] |^\s|\s$|^$")
_NOTHING: tuple[Any, ...] = (None, "", (), [], {})


def is_nothing(value: Any) -> bool:
    """Return whether a key with this value is the same as one left out."""
    return not isinstance(value, bool | int) and value in _NOTHING


def spelled(value: Any, kind: Kind | None = None, *, without: frozenset[str] = frozenset()) -> str:
    """Return a value of the model in the language's spelling, empty for nothing.

    Keys that have their default are left out, and so are inner steps and the keys in `without`.
    """
    return "" if is_nothing(value) else _spelled(value, kind, without)


def _spelled(value: Any, kind: Kind | None, without: frozenset[str] = frozenset()) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return plain(value)
        case str():
            return _text(value)
        case Record():
            return _record(value, kind, without)
        case Mapping():
            inner = kind.value if isinstance(kind, MapOf) else None
            parts = (f"{_text(str(k))}: {_spelled(value[k], inner)}" for k in sorted(value))
            return f"{{{', '.join(parts)}}}"
        case list() | tuple():
            inner = kind.item if isinstance(kind, ListOf) else None
            return f"[{', '.join(_spelled(item, inner) for item in value)}]"
        case Margin(default=share, by_category={}):
            return str(share)
        case MessageChoice(messages=(one,), order="one"):
            return _text(one)
        case MessageChoice(messages=messages, order=order):
            several = f"[{', '.join(messages)}]"
            return f"{{next_of: {several}}}" if order == "rotation" else several
    data = encode(value)
    if isinstance(data, str):
        return f'"{data}"' if re.search(r"[,\[\]{}]", data) and '"' not in data else data
    return _spelled(data, None)


def _text(text: str) -> str:
    if _NEEDS_QUOTES.search(text) or not isinstance(read_plain(text)[0], str):
        return json.dumps(text, ensure_ascii=False)
    return text


def _record(record: Record, kind: Kind | None, without: frozenset[str]) -> str:
    entries = {
        name: entry
        for name, entry in keys_of(type(record)).items()
        if name not in without
        and entry.metadata["kind"] is not STEP_LIST
        and not _is_default(entry, getattr(record, entry.name))
    }
    # Defaults that depend on other keys are known by not being written.
    written = [name for name in entries if record.origin.has(name)]
    said = {
        name: _spelled(getattr(record, entries[name].name), entries[name].metadata["kind"])
        for name in written or entries
    }
    short = next(_shorthands(kind, record), "")
    if short and list(said) == [short]:
        return said[short]
    return f"{{{', '.join(f'{name}: {text}' for name, text in said.items())}}}"


def _is_default(entry: Field, value: Any) -> bool:
    return is_nothing(value) or bool(not entry.is_required and value == entry.default)


def _shorthands(kind: Kind | None, record: Record) -> Iterator[str]:
    """Yield the keys whose value alone may stand for the whole record."""
    match kind:
        case RecordOf(record=of, shorthand=short) if short and isinstance(record, of):
            yield short
        case OneOf(bare=bare) if bare:
            yield bare
        case Custom(alternatives=alternatives):
            for _, inner in alternatives:
                yield from _shorthands(inner, record)
