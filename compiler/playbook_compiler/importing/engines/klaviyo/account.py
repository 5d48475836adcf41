"""What Klaviyo's API said: its objects by kind, whether from one answer, many, or our own export.

An answer is `{data: {type, id, attributes}}` or `{data: [...]}`, with `included` beside it; several
may stand in a list or below any keys. In our own exports the objects' names and their references
(`${ref:segment.core.id}`, `${lookup:metric.Placed Order}`) are read from `requests.json`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.export.bundle import ref
from playbook_compiler.importing.given import REQUESTS, Given
from playbook_compiler.importing.json_text import read_json
from playbook_compiler.source import Span
from playbook_compiler.values import dataclass, field

KINDS: Final = ("flow", "segment", "template", "coupon", "metric", "list")
_LOOKUP = re.compile(r"\$\{lookup:([a-z]+)\.(.*)\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Thing:
    """One object: `key` is what others refer to it by, `own` our name of it in our own export."""

    kind: str
    key: str
    own: str
    attributes: Mapping[str, Any]
    path: str

    @property
    def title(self) -> str:
        """The name that people see."""
        return text_of(self.attributes.get("name"))


@dataclass(frozen=True, slots=True)
class Account:
    """All objects of one input, by kind and key. `lookups` are the user's names of ids."""

    things: Mapping[str, dict[str, Thing]]
    lookups: Mapping[str, str]
    playbook: str = ""
    ours: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)

    def of(self, kind: str) -> Mapping[str, Thing]:
        """Return the objects of a kind by key."""
        return self.things[kind]

    def name_of(self, kind: str, id_: str) -> str:
        """Return the name of a metric, list or mailbox; empty where nothing tells it."""
        said = _LOOKUP.fullmatch(id_)
        if said is not None and said[1] == kind:
            return said[2]
        named = self.lookups.get(f"{kind}.{id_}", "")
        thing = self.things.get(kind, {}).get(id_)
        return named or (thing.title if thing is not None else "")


def text_of(value: Any) -> str:
    """Return a text, or an empty one for anything else."""
    return value if isinstance(value, str) else ""


def looked_up(kind: str, text: str) -> str:
    """Return the name in a placeholder of our own export; empty where the text is none."""
    said = _LOOKUP.fullmatch(text)
    return said[2] if said is not None and said[1] == kind else ""


def read_account(
    given: Given, lookups: Mapping[str, str]
) -> tuple[Account | None, list[Diagnostic]]:
    """Return the objects of an input, or what is wrong with it."""
    things: dict[str, dict[str, Thing]] = {kind: {} for kind in KINDS}
    findings: list[Diagnostic] = []
    answers: dict[str, Any] = {}
    for name, raw in given.files.items():
        data, found = read_json(given.shown(name), raw)
        findings += found
        answers[name] = data
    if findings:
        return None, findings
    requests = answers.pop(REQUESTS, None) if given.is_folder else None
    named = _requests(requests)
    for name, data in answers.items():
        kind, own = named.get(name, ("", ""))
        if requests is not None and not kind:
            continue  # the report of the export and the like
        for path, found_kind, one in _objects(data, ""):
            own_name = own if found_kind == kind else ""
            _keep(things, found_kind, one, own_name, f"{name}#{path}" if given.is_folder else path)
    if not any(things[kind] for kind in ("flow", "segment", "template")):
        return None, [
            error(
                "nothing-to-import",
                "there is no flow, segment or template of Klaviyo in this input",
                Span.of_file(given.path),
                help="save the API's answer with `definition`: GET /api/flows/ID"
                "?additional-fields[flow]=definition",
            )
        ]
    title = text_of(requests.get("playbook")) if isinstance(requests, dict) else ""
    return Account(things, lookups, title, requests is not None, _settings(requests)), []


def _requests(data: Any) -> dict[str, tuple[str, str]]:
    """Return (kind, name) of each payload file that a list of requests names."""
    listed = data.get("requests") if isinstance(data, dict) else None
    found: dict[str, tuple[str, str]] = {}
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict):
            kind, _, name = text_of(one.get("id")).partition(".")
            found[text_of(one.get("payload"))] = (kind, name)
    return found


def _settings(data: Any) -> dict[str, str]:
    listed = data.get("lookups") if isinstance(data, dict) else None
    return {
        text_of(one.get("name")): text_of(one.get("note"))
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict) and one.get("kind") == "setting"
    }


def _objects(data: Any, path: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Return every object of Klaviyo in an answer: its path in it, its kind and itself."""
    waiting = [(path, data)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, dict):
            kind = value.get("type")
            if kind in KINDS and isinstance(value.get("attributes"), dict):
                yield place, str(kind), value
            else:
                waiting += [(f"{place}/{name}", one) for name, one in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [(f"{place}/{n}", one) for n, one in reversed([*enumerate(value)])]


def _keep(
    things: dict[str, dict[str, Thing]], kind: str, one: dict[str, Any], own: str, path: str
) -> None:
    attributes = one["attributes"]
    key = ref(kind, own) if own else text_of(one.get("id"))
    if kind == "coupon":
        key = text_of(attributes.get("external_id")) or key
    things[kind].setdefault(key or path, Thing(kind, key or path, own, attributes, path))
