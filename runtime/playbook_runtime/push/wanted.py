"""What the playbook wants to stand in the engine: the requests of its export, ready to be sent."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from playbook_compiler.export.bundle import ExportBundle, Request, ref
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.values import dataclass
from playbook_runtime.push.places import place_of

# A name may hold anything but a line's end: `${ref:template.task:follow-up/wait.id}`.
_PLACEHOLDER: Final = re.compile(r"\$\{(ref|lookup):([^{}]+)\}")
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One object. `needs` are the placeholders in its path and payload, and those of the objects
    before it whose own ids stand there; `content` is the digest of both with placeholders, `place`
    the file and line of what it is made from."""

    id: str
    kind: str
    name: str
    uuid: str
    operation: str
    method: str
    path: str
    payload: Any
    needs: tuple[str, ...]
    content: str
    place: str = ""


def wanted_objects(bundle: ExportBundle, graph: TriggerGraph | None = None) -> tuple[Wanted, ...]:
    """Return the objects of an export in the order in which they must be made.

    A placeholder is one of the export's own; what an author wrote that looks like one is text.
    """
    known = {one.placeholder for one in bundle.lookups}
    known |= {ref(one.kind, one.name) for one in bundle.requests}
    given: dict[str, str] = {}
    objects = []
    for request in bundle.requests:
        objects.append(_wanted(request, bundle, graph, known, given))
        given[request.uuid] = ref(request.kind, request.name)
    return tuple(objects)


def digest(data: Any) -> str:
    """Return the digest of any JSON, whatever the order of its keys."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def placeholders(data: Any) -> Iterator[str]:
    """Yield the placeholders in any JSON, as written: in a payload each is a text by itself."""
    match data:
        case str():
            if _PLACEHOLDER.fullmatch(data):
                yield data
        case Mapping():
            for value in data.values():
                yield from placeholders(value)
        case list() | tuple():
            for value in data:
                yield from placeholders(value)


def filled_path(path: str, values: Mapping[str, str]) -> str:
    """Return a path with the placeholders in it replaced that have a value."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[0], found[0]), path)


def filled(data: Any, values: Mapping[str, str]) -> Any:
    """Return JSON with the texts replaced that are placeholders with a value."""
    match data:
        case str():
            return values.get(data, data)
        case Mapping():
            return {name: filled(value, values) for name, value in data.items()}
        case list() | tuple():
            return [filled(value, values) for value in data]
        case _:
            return data


def referred(placeholder: str) -> str:
    """Return the id of the object that a `${ref:...}` names; empty for a lookup."""
    found = _PLACEHOLDER.fullmatch(placeholder)
    assert found is not None
    return found[2].removesuffix(".id") if found[1] == "ref" else ""


def looked_up(placeholder: str) -> str:
    """Return the `kind.name` of a `${lookup:...}`; empty for a reference."""
    found = _PLACEHOLDER.fullmatch(placeholder)
    assert found is not None
    return found[2] if found[1] == "lookup" else ""


def lookups_needed(objects: Iterable[Wanted]) -> tuple[str, ...]:
    """Return the `kind.name` of every lookup that stands in a payload, sorted."""
    names = {looked_up(one) for wanted in objects for one in wanted.needs}
    return tuple(sorted(names - {""}))


def _wanted(
    request: Request,
    bundle: ExportBundle,
    graph: TriggerGraph | None,
    known: set[str],
    given: Mapping[str, str],
) -> Wanted:
    whole = [request.method, request.path, request.payload]
    inside = [found[0] for found in _PLACEHOLDER.finditer(request.path)]
    written = [*inside, *placeholders(request.payload)]
    literal = [given[one] for one in _UUID.findall(json.dumps(request.payload)) if one in given]
    span = place_of(request, bundle, graph)
    return Wanted(
        request.id,
        request.kind,
        request.name,
        request.uuid,
        request.operation,
        request.method,
        request.path,
        request.payload,
        tuple(dict.fromkeys([*(one for one in written if one in known), *literal])),
        digest(whole),
        "" if span is None else f"{span.file}:{span.line}",
    )
