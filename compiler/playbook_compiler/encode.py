"""Values of the model as plain JSON data, in one canonical form.

Scalars are their canonical text, conditions too; what is empty is left out, so that a key that a
later version adds changes no digest. Places are never written.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, TypeAlias

from playbook_compiler.changes import FIELD, Change
from playbook_compiler.message_choice import MessageChoice
from playbook_compiler.model import Existing, Margin, Requirement
from playbook_compiler.records import Record
from playbook_compiler.steps import STEP_LIST
from playbook_compiler.units import plain
from playbook_compiler.values import fields

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"


def encode(value: Any, *, without: frozenset[str] = frozenset()) -> Json:
    """Return a value of the model as JSON data; `without` names keys to leave out of a record."""
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return plain(value)
        case Record():
            return _record(value, without)
        case Mapping():
            return {str(name): encode(value[name]) for name in sorted(value)}
        case list() | tuple():
            return [encode(item) for item in value]
        case Margin(default=default, by_category=by_category):
            return encode({"default": default, **by_category})
        case Change(deed=deed, name=name):
            return {name: encode(value.value)} if deed == FIELD else {deed: name}
        case MessageChoice(messages=messages, order=order):
            return {"messages": list(messages), "order": order}
        case Requirement(text=text):
            return text
        case _:
            return str(value)


@cache
def _written(kind: Any) -> tuple[tuple[str, str], ...]:
    """Return what is written of a record, as attribute and key. Steps in a step are not: the
    graph's edges say which steps follow."""
    return tuple(
        (one.name, one.metadata.get("name") or one.name)
        for one in fields(kind)
        if "kind" in one.metadata and one.metadata["kind"] is not STEP_LIST
    )


def _record(record: Record, without: frozenset[str]) -> Json:
    read: dict[str, Json] = {}
    kind: Any = type(record)
    for attribute, name in _written(kind):
        if name in without:
            continue
        value = getattr(record, attribute)
        if isinstance(record, Existing) and record.over is not None and name == "rule":
            continue
        data = encode(value)
        if data not in (None, "", [], {}):
            read[name] = data
    return read
