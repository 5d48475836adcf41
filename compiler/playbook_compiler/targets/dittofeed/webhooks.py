"""Webhooks as Dittofeed takes them: a template that renders to the request, secrets apart.

Addresses and keys of the shop's own systems are secrets of the workspace's webhook channel, so that
none stands in an exported file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from playbook_compiler.targets.dittofeed import terms
from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class Value:
    """An expression of Liquid that becomes a JSON value: `user.email`."""

    expression: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text of Liquid that becomes a JSON text when it is rendered."""

    liquid: str


Json: TypeAlias = Any


def secret(name: str) -> str:
    """Return the tag of a secret."""
    return f"{{{{ secrets['{name}'] }}}}"


def template(
    url: str | Text,
    data: Mapping[str, Json],
    method: str = "POST",
    headers: Mapping[str, Text] | None = None,
    traits: Sequence[str] = (),
) -> dict[str, Any]:
    """Return a webhook template. A `url` that is Text, and headers, are secret.

    `traits` are sent along under `data.traits`, each where the customer has it.
    """
    config: dict[str, Json] = {"method": method, "data": data}
    hidden: dict[str, Json] = {}
    if isinstance(url, Text):
        hidden["url"] = url
    else:
        config["url"] = url
    if headers:
        hidden["headers"] = dict(headers)
    captures: list[str] = []
    written = _written({"config": config, "secret": hidden}, captures, 0)
    if traits:
        along = "".join(
            f"{{% if user.{one} and user.{one} != '' %}}"
            f"{json.dumps(one)}: {{{{ user.{one} | json }}}}, {{% endif %}}"
            for one in sorted(traits)
        )
        # A space: two braces together would begin a tag.
        written = written.replace('"traits": {', '"traits": { ' + along, 1)
    return {"type": "Webhook", "identifierKey": "id", "body": "".join([*captures, written])}


def traits_of(trait: str, value: Json) -> dict[str, Json]:
    """Return the identify call that sets one trait."""
    stamp = "{{ user.id | default: '' }}-{{ 'now' | date: '%s' }}-" + trait
    return {
        "messageId": Text(stamp),
        "userId": Value("user.id"),
        "traits": {trait: value},
    }


def api(path: str) -> Text:
    """Return the address of a call of Dittofeed's own interface."""
    return Text(f"{secret(terms.API_SECRET)}{path}")


def _written(data: Json, captures: list[str], depth: int) -> str:
    """Return data as JSON with tags in it; texts with tags are captured first."""
    pad, end = "  " * (depth + 1), "  " * depth
    match data:
        case Value(expression):
            return f"{{{{ {expression} | default: '' | json }}}}"
        case Text(liquid):
            name = f"text{len(captures) + 1}"
            captures.append(f"{{% capture {name} %}}{liquid}{{% endcapture %}}\n")
            return f"{{{{ {name} | json }}}}"
        case dict():
            inner = [
                f"{pad}{inert(str(key))}: {_written(value, captures, depth + 1)}"
                for key, value in data.items()
            ]
            return "{\n" + ",\n".join(inner) + f"\n{end}}}" if inner else "{}"
        case list() | tuple():
            return "[" + ", ".join(_written(one, captures, depth) for one in data) + "]"
        case _:
            return inert(data)


def inert(data: Json) -> str:
    """Return plain data as JSON in which no tag of Liquid can begin."""
    return json.dumps(data, ensure_ascii=False).replace("{", "\\u007b").replace("}", "\\u007d")
