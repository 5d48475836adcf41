"""Values for a preview: from a file of JSON or YAML, or from `name=value` on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from playbook_compiler.decode import decode
from playbook_compiler.diagnostics import nearest, shown
from playbook_compiler.export.pieces import plain_name
from playbook_compiler.model import Playbook
from playbook_compiler.parse import parse

SIZE_LIMIT: Final = 1_000_000


class BadValuesError(ValueError):
    """The values cannot be read: a sentence for the user."""


def values_in(path: Path) -> dict[str, str]:
    """Return the values of a file by their plain names.

    `{customer: {first_name: Ada}}` and `customer.first_name: Ada` are the same. Raises
    BadValuesError with a sentence.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(SIZE_LIMIT + 1)
    except OSError as problem:
        raise BadValuesError(f"{problem.strerror or problem}") from problem
    if len(raw) > SIZE_LIMIT:
        raise BadValuesError("the file is larger than 1 MB: it holds one customer's values only")
    data = _json(raw) if path.suffix == ".json" else _yaml(path.name, raw)
    if not isinstance(data, dict):
        raise BadValuesError("expected values by name, such as {customer: {first_name: Ada}}")
    return dict(_flat("", data))


def values_set(pairs: Iterable[str], playbook: Playbook) -> dict[str, str]:
    """Return the values of `name=value` by their plain names. Raises BadValuesError."""
    known = _known(playbook)
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        name = name.strip()
        if not equals:
            raise BadValuesError(f"`{shown(pair)}` is not NAME=VALUE, such as order.total=59.00")
        if name not in known:
            guess = nearest(name, known)
            meant = f" Did you mean `{guess}`?" if guess else ""
            raise BadValuesError(f"There is no variable `{shown(name)}`.{meant}")
        found[plain_name(name)] = value
    return found


def unread_names(values: Mapping[str, str], playbook: Playbook) -> Iterator[str]:
    """Return a sentence for every name of a file that no message of the playbook can say."""
    known = _known(playbook)
    for name in sorted(values.keys() - {plain_name(one) for one in known}):
        guess = nearest(name, known)
        meant = f" Did you mean `{guess}`?" if guess else ""
        yield f"`{shown(name)}` is not read: there is no such variable.{meant}"


def _known(playbook: Playbook) -> set[str]:
    """Return the names of all variables that messages may say."""
    known = set(playbook.catalogue.message_variables())
    for event in (*playbook.catalogue.events, *playbook.catalogue.triggers):
        known |= set(playbook.catalogue.trigger_facts(event))
    return known


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode("utf-8-sig"), parse_float=str, parse_int=str)
    except UnicodeDecodeError as problem:
        raise BadValuesError("the file is not UTF-8") from problem
    except json.JSONDecodeError as problem:
        raise BadValuesError(f"no JSON in line {problem.lineno}: {problem.msg}") from problem
    except RecursionError as problem:
        raise BadValuesError("nested too deeply") from problem


def _yaml(name: str, raw: bytes) -> Any:
    source, found = decode(name, raw)
    document = None
    if source is not None:
        document, found = parse(source)
    errors = [one for one in found if one.is_error]
    if errors or document is None:
        where = f"line {errors[0].span.line}: {errors[0].message}" if errors else "it is empty"
        raise BadValuesError(where)
    return document.data


def _flat(prefix: str, data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in data.items():
        name = f"{prefix}.{key}" if prefix else str(key)
        if isinstance(value, dict):
            yield from _flat(name, value)
        elif isinstance(value, list):
            yield plain_name(name), ", ".join(str(one) for one in value)
        elif isinstance(value, bool):
            yield plain_name(name), "true" if value else "false"
        elif value is not None:
            yield plain_name(name), str(value)
