"""What an export is: ordered requests, the files that hold them, and what was lost on the way."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import PurePosixPath
from typing import Any, TypeAlias

from playbook_compiler.export.capability import Support
from playbook_compiler.source import Span
from playbook_compiler.values import dataclass

REQUESTS_FILE = "requests.json"
LOWERING_FILE = "lowering.json"
VERSION = 1
NAME_LIMIT = 120
_REF = re.compile(r"\$\{ref:([^{}]+)\.id\}")
# Braces in a name would end its placeholder early.
_ROUND = str.maketrans("{}", "()")
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "playbook-compiler")

Payload: TypeAlias = dict[str, Any]


def ref(kind: str, name: str) -> str:
    """Return the placeholder for the id that the target gives to what an earlier request makes."""
    return f"${{ref:{kind}.{name}.id}}"


def lookup(kind: str, name: str) -> str:
    """Return the placeholder for an id that differs from account to account."""
    return f"${{lookup:{kind}.{name.translate(_ROUND)}}}"


def references(data: Any) -> Iterator[str]:
    """Yield the `kind.name` of every reference in a payload: a text that is nothing but one."""
    match data:
        case str():
            found = _REF.fullmatch(data)
            if found is not None:
                yield found[1]
        case dict():
            for value in data.values():
                yield from references(value)
        case list() | tuple():
            for value in data:
                yield from references(value)


def stable_uuid(target: str, kind: str, name: str) -> str:
    """Return the object's UUIDv5: of its kind and id alone, so that a new title is a rename."""
    return str(uuid.uuid5(_NAMESPACE, f"{target}/{kind}/{name}"))


def file_name(name: str) -> str:
    """Return an id as a file name: without slash and colon, long ones cut and told apart."""
    plain = name.replace("/", "--").replace(":", "-")
    if len(plain.encode()) <= NAME_LIMIT:
        return plain
    return f"{plain[: NAME_LIMIT // 4]}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def digest(content: bytes) -> str:
    """Return the digest of a file, by which a later export tells whether a person changed it."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def with_digest(listed: Mapping[str, Any]) -> bytes:
    """Return a list of requests with the digest of all that stands before it, as its last key."""
    return to_bytes({**listed, "digest": digest(to_bytes(listed))})


def is_as_written(listed: Mapping[str, Any]) -> bool:
    """Return whether a list of requests is as it was written, by its digest."""
    rest = {name: value for name, value in listed.items() if name != "digest"}
    return listed.get("digest") == digest(to_bytes(rest))


def to_bytes(data: object) -> bytes:
    """Return JSON as it is written to files: two spaces, keys as given, a line feed at the end."""
    return (json.dumps(data, indent=2, ensure_ascii=False) + "\n").encode()


@dataclass(frozen=True, slots=True)
class Request:
    """One call to the target, to be made after those before it.

    `id` is `kind.name`. `payload` may hold `${ref:...}` of earlier requests and `${lookup:...}`,
    each a text by itself, and so may `path`, where an object is made inside another.
    """

    kind: str
    name: str
    operation: str
    method: str
    path: str
    payload: Payload
    uuid: str
    file: str

    @property
    def id(self) -> str:
        """The name by which later requests refer to what this one makes."""
        return f"{self.kind}.{self.name}"


@dataclass(frozen=True, slots=True, order=True)
class Lookup:
    """Something of the account that a person or `push` must fill in: a metric, a property."""

    kind: str
    name: str
    note: str = ""

    @property
    def placeholder(self) -> str:
        """What stands in the payloads for it."""
        return lookup(self.kind, self.name)


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one construct at one place. `id` is the flow, `flow/step` or object."""

    construct: str
    id: str
    support: Support
    how: str
    span: Span


@dataclass(frozen=True, slots=True)
class LoweringReport:
    """Every construct of the playbook with what became of it, in the order of the text."""

    entries: tuple[Entry, ...]

    def of(self, support: Support) -> tuple[Entry, ...]:
        """Return the entries of one kind."""
        return tuple(entry for entry in self.entries if entry.support is support)

    def counts(self) -> dict[str, int]:
        """Return how many entries there are of each kind."""
        return {support.value: len(self.of(support)) for support in Support}


@dataclass(frozen=True, slots=True)
class ExportBundle:
    """An export, complete: `files` are what is written, by path relative to the output folder."""

    target: str
    requests: tuple[Request, ...]
    lookups: tuple[Lookup, ...]
    lowering: LoweringReport
    files: Mapping[str, bytes]


def make_bundle(
    target: str,
    playbook: str,
    root: str,
    requests: Iterable[Request],
    lookups: Iterable[Lookup],
    lowering: LoweringReport,
    extra: Mapping[str, bytes],
) -> ExportBundle:
    """Return the bundle with its files made from its parts.

    `root` is the playbook's main file: places are written relative to its folder, so that the
    bytes do not depend on where the command was called. `extra` are further files, to read or to
    load by hand.
    """
    requests, lookups = tuple(requests), tuple(sorted(set(lookups)))
    payloads = {request.file: to_bytes(request.payload) for request in requests}
    report = {
        "version": VERSION,
        "target": target,
        "playbook": playbook,
        "summary": lowering.counts(),
        "entries": [
            {
                "construct": one.construct,
                "id": one.id,
                "status": one.support.value,
                "how": one.how,
                "file": relative_to_folder(one.span.file, root),
                "line": one.span.line,
                "column": one.span.column,
            }
            for one in lowering.entries
        ],
    }
    further = {**extra, LOWERING_FILE: to_bytes(report)}
    listed = {
        "version": VERSION,
        "target": target,
        "playbook": playbook,
        "requests": [
            {
                "id": one.id,
                "uuid": one.uuid,
                "operation": one.operation,
                "method": one.method,
                "path": one.path,
                "payload": one.file,
                "digest": digest(payloads[one.file]),
            }
            for one in requests
        ],
        "lookups": [
            {
                "kind": one.kind,
                "name": one.name,
                "placeholder": one.placeholder,
                "note": one.note,
            }
            for one in lookups
        ],
        "files": {name: digest(further[name]) for name in sorted(further)},
    }
    files = {REQUESTS_FILE: with_digest(listed), **payloads, **further}
    ordered = {name: files[name] for name in sorted(files)}
    return ExportBundle(target, requests, lookups, lowering, ordered)


@cache
def relative_to_folder(file: str, root: str) -> str:
    """Return a file of a playbook relative to the folder of its main file `root`."""
    path, folder = PurePosixPath(file), PurePosixPath(root).parent
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else file
