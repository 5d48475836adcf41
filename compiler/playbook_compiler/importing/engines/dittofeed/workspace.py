"""What a Dittofeed workspace holds: journeys, segments, templates and groups, by id.

Resources may stand anywhere in one or several JSON files: each is a mapping with a `definition`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.importing.given import Given
from playbook_compiler.importing.json_text import read_json
from playbook_compiler.source import Span
from playbook_compiler.values import dataclass

_ENTRIES = ("EventEntryNode", "EntryNode")
_CHANNELS = ("Email", "Sms", "MobilePush", "Webhook")


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource: `kind` is journey, segment, template, group or property."""

    kind: str
    id: str
    name: str
    definition: Mapping[str, Any]
    data: Mapping[str, Any]
    path: str


@dataclass(frozen=True, slots=True)
class Workspace:
    """All resources of one input, by kind and id."""

    resources: Mapping[str, dict[str, Resource]]

    def of(self, kind: str) -> Mapping[str, Resource]:
        """Return the resources of a kind by id, in the order of the input."""
        return self.resources.get(kind, {})


def read_workspace(given: Given) -> tuple[Workspace | None, list[Diagnostic]]:
    """Return the resources of an input, or what is wrong with it."""
    found: dict[str, dict[str, Resource]] = {}
    findings: list[Diagnostic] = []
    for name, raw in given.files.items():
        data, wrong = read_json(given.shown(name), raw)
        findings += wrong
        for path, one in _resources(data):
            place = path if given.shown(name) == name else f"{name}#{path}"
            resource = _resource(one, place)
            if resource is not None:
                found.setdefault(resource.kind, {}).setdefault(resource.id, resource)
    if findings:
        return None, findings
    if not found.get("journey") and not found.get("segment") and not found.get("template"):
        return None, [
            error(
                "nothing-to-import",
                "there is no journey, segment or template of Dittofeed in this input",
                Span.of_file(given.path),
                help="save what the admin API answers: /api/admin/journeys, segments, content",
            )
        ]
    return Workspace(found), []


def _resources(data: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    waiting: list[tuple[str, Any]] = [("", data)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(value.get("definition"), dict) or _is_group(value):
                yield path, value
            else:
                waiting += [(f"{path}/{name}", one) for name, one in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [(f"{path}/{n}", one) for n, one in reversed([*enumerate(value)])]


def _is_group(value: Mapping[str, Any]) -> bool:
    return value.get("type") in ("OptIn", "OptOut") and value.get("channel") in _CHANNELS


def _resource(one: dict[str, Any], path: str) -> Resource | None:
    definition = one.get("definition")
    definition = definition if isinstance(definition, dict) else {}
    entry = definition.get("entryNode")
    if _is_group(one):
        kind = "group"
    elif isinstance(entry, dict):
        kind = "journey" if entry.get("type") in _ENTRIES else "segment"
    elif definition.get("type") in _CHANNELS:
        kind = "template"
    else:
        kind = "property"
    id_, name = one.get("id"), one.get("name")
    name = name if isinstance(name, str) else ""
    key = id_ if isinstance(id_, str) and id_ else path
    return Resource(kind, key, name, definition, one, path)
