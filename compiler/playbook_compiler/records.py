"""Records: what an author writes as one mapping, declared as a dataclass.

The fields are declared with `key`, so that reading, schema and reference cannot disagree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from playbook_compiler.calendar_spellings import recurrence
from playbook_compiler.cut import cut_values
from playbook_compiler.diagnostics import Fix, nearest, shown
from playbook_compiler.kinds import Text
from playbook_compiler.lost_keys import no_key
from playbook_compiler.reading import INVALID, Invalid, Kind, Node, Origin, did_you_mean, listed
from playbook_compiler.source import Span
from playbook_compiler.values import Field, dataclass, field, fields

REQUIRED: Final = object()
_SHORT = 60
# Keys that people say otherwise, where the other one may stand.
_SAID_FOR: Final = {"otherwise": "else", "when": "trigger", "do": "steps", "actions": "steps"}


def key(
    kind: Kind, doc: str, *, default: Any = REQUIRED, name: str = "", if_missing: str = ""
) -> Any:
    """Declare a dataclass field that authors write: its kind, its meaning, its default.

    `name` is the key in YAML where Python's keyword or our unit suffix forbids the same word,
    `if_missing` the help line where a required key was left out.
    """
    metadata = {"kind": kind, "doc": doc, "name": name, "if_missing": if_missing}
    if default is REQUIRED:
        return field(metadata=metadata)
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What an author writes as one mapping. `origin` says where; it never compares."""

    origin: Origin = field(compare=False, repr=False)


class _Shape(NamedTuple):
    """What a record type says of its keys, worked out once: records are read by the thousand.

    `required` are the keys that the author must write, each with the name of its field;
    `takes_id` tells whether the key under which a record stands is its id.
    """

    keys: Mapping[str, Field]
    required: tuple[tuple[str, str], ...]
    takes_id: bool


@cache
def _shape(record: Any) -> _Shape:
    keys = {
        entry.metadata["name"] or entry.name: entry
        for entry in fields(record)
        if "kind" in entry.metadata
    }
    required = tuple((name, entry.name) for name, entry in keys.items() if is_required(entry))
    takes_id = any(entry.name == "id" and not entry.metadata for entry in fields(record))
    return _Shape(keys, required, takes_id)


def _shape_of(record: type[Record]) -> _Shape:
    hashed: Any = record  # a class is one, which mypy does not see of those whose values are not
    return _shape(hashed)


def keys_of(record: type[Record]) -> Mapping[str, Field]:
    """Return the authored keys of a record type in their declared order."""
    return _shape_of(record).keys


def is_required(entry: Field) -> bool:
    """Return whether the author must write this field."""
    return entry.is_required


@dataclass(frozen=True, slots=True)
class RecordOf(Kind):
    """A mapping that is read into a Record; `shorthand` names the key a lone scalar or list means.

    A record type with a field `id` takes it from the key under which it stands. `spoken` returns
    the mapping that a text means, for the help line.
    """

    record: type[Record]
    noun: str
    shorthand: str = ""
    spoken: Callable[[str], str] = lambda text: ""

    @property
    def expects(self) -> str:
        return self.noun

    def read(self, node: Node) -> Any:
        entries, required, _ = _shape_of(self.record)
        data = node.data
        if not isinstance(data, dict):
            if not self.shorthand or data is None:
                meant = self.spoken(node.text or "")
                return node.refuse_shape(
                    f"{self.noun} (keys: {', '.join(entries)})",
                    f"write `{meant}`" if meant else "",
                    fix=node.replaced(meant) if meant else None,
                )
            value = entries[self.shorthand].metadata["kind"].read(node)
            return self._make(node, {entries[self.shorthand].name: value})
        values: dict[str, Any] = {}
        cut = cut_values(node, entries, lambda name: _is_text(entries.get(name)))
        for name, value in data.items():
            entry = entries.get(name)
            if name in cut:
                values["?" if entry is None else entry.name] = INVALID
            elif entry is not None:
                values[entry.name] = entry.metadata["kind"].read(node.child(name, value))
            else:
                values["?"] = _unknown_key(node, name, entries, self.noun)
        missing = [name for name, field in required if field not in values]
        if missing and "?" not in values:
            values["?"] = node.refuse(
                "missing-key",
                f"{self.noun} needs {listed(missing)}",
                span=node.document.key_span(node.path),
                caption=f"add {listed(missing)}",
                help="\n".join(_meaning(name, entries[name]) for name in missing),
            )
        return self._make(node, values)

    def _make(self, node: Node, values: dict[str, Any]) -> Any:
        for value in values.values():
            if value is INVALID:
                return INVALID
        if _shape_of(self.record).takes_id:
            values["id"] = str(node.path[-1])
        return self.record(origin=node.origin, **values)

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        name = self.record.__name__
        if name not in definitions:
            definitions[name] = {}
            entries = keys_of(self.record)
            definitions[name] = {
                "type": "object",
                "description": (self.record.__doc__ or "").strip().split("\n")[0],
                "properties": {
                    key: entry.metadata["kind"].schema(definitions)
                    | {"description": entry.metadata["doc"]}
                    for key, entry in entries.items()
                },
                "required": [key for key, entry in entries.items() if is_required(entry)],
                "additionalProperties": False,
            }
        reference = {"$ref": f"#/$defs/{name}"}
        if not self.shorthand:
            return reference
        short = keys_of(self.record)[self.shorthand].metadata["kind"].schema(definitions)
        return {"anyOf": [reference, short]}


@dataclass(frozen=True, slots=True)
class OneOf(Kind):
    """A mapping whose meaning is decided by the one kind key it has, as in steps and triggers.

    `records` maps the kind key to the record; a lone word (`exit`) is read through `bare`.
    """

    noun: str
    records: Callable[[], Mapping[str, type[Record]]]
    bare: str = ""

    @property
    def expects(self) -> str:
        return f"{self.noun} (one of {', '.join(self.records())})"

    def read(self, node: Node) -> Any:
        records: Mapping[str, Any] = self.records()
        if not isinstance(node.data, dict):
            text = node.text
            if text is not None and text in records and not _needs_value(records[text], text):
                return records[text](origin=node.origin)
            schedule = _schedule(text) if self.bare == "event" and "every" in records else ""
            if schedule and text and text not in node.known.names("events"):
                return node.refuse(
                    "unknown-event",
                    f"`{shown(text)}` is a time, not an event",
                    caption="not an event of this playbook",
                    help=f"write `trigger: {schedule}`",
                    fix=node.replaced(schedule, safe=False),
                )
            if text is not None and self.bare:
                return _form(records[self.bare], self.noun, self.bare).read(node)
            if text is not None and _is_glued(text, records):
                span = node.span
                if span.file == node.document.source.path and span.line == span.end_line:
                    node.findings.append(no_key(span.within(0, 0), text))
                    return INVALID
            return node.refuse_shape(self.expects)
        found = [name for name in node.data if name in records]
        if len(found) != 1:
            return self._refuse_kind(node, found, records)
        return _form(records[found[0]], f"{self.noun} `{found[0]}`").read(node)

    def _refuse_kind(
        self, node: Node, found: list[str], records: Mapping[str, type[Record]]
    ) -> Invalid:
        if found:
            return node.refuse(
                "several-kinds",
                f"{self.noun} says {listed(found)}: it can be only one of them",
                span=node.document.key_span((*node.path, found[1])),
                caption="write a second one for this",
            )
        names = list(node.data) if isinstance(node.data, dict) else []
        beside = _beside(names, records)
        if beside:
            return node.refuse(
                "no-kind",
                f"{self.noun} must say what it is: one of {', '.join(records)}",
                span=node.document.key_span((*node.path, names[0])),
                caption="none of these",
                help=f"`{names[0]}` stands beside `{beside}`, in the same item",
            )
        guess = next(((name, near) for name in names if (near := nearest(name, records))), None)
        return node.refuse(
            "no-kind",
            f"{self.noun} must say what it is: one of {', '.join(records)}",
            span=node.document.key_span((*node.path, names[0])) if names else node.span,
            caption="none of these",
            help=f"did you mean `{guess[1]}`?" if guess else "",
            fix=node.respelled(guess[0], records, node.document.key_span((*node.path, guess[0])))
            if guess
            else None,
        )

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        records = self.records()
        if self.noun not in definitions:
            definitions[self.noun] = {}
            forms = [RecordOf(record, name).schema(definitions) for name, record in records.items()]
            words = [name for name, record in records.items() if not _needs_value(record, name)]
            if self.bare:
                forms.append(
                    keys_of(records[self.bare])[self.bare].metadata["kind"].schema(definitions)
                )
            elif words:
                forms.append({"enum": words})
            definitions[self.noun] = {"anyOf": forms}
        return {"$ref": f"#/$defs/{self.noun}"}


@cache
def _form(record: Any, noun: str, shorthand: str = "") -> RecordOf:
    """Return how one of several records is read: made once, since steps are many."""
    return RecordOf(record, noun, shorthand)


def _needs_value(record: type[Record], name: str) -> bool:
    return is_required(keys_of(record)[name])


def _is_text(entry: Field | None) -> bool:
    """Whether the value of a key is free text."""
    return entry is not None and isinstance(entry.metadata["kind"], Text)


def _is_glued(text: str, records: Mapping[str, type[Record]]) -> bool:
    """Whether a text is a key and its value that lack a colon or a space: `wait:10d`."""
    word = re.match(r"[a-z_]+", text)
    return word is not None and word[0] in records and word.end() < len(text)


def _beside(names: list[str], records: Mapping[str, type[Record]]) -> str:
    """Return the kind that the first of some keys goes with, empty if all or none of them take
    it."""
    owners = [kind for kind, record in records.items() if names and names[0] in keys_of(record)]
    return owners[0] if len(owners) < len(records) and owners else ""


def _meaning(name: str, entry: Field) -> str:
    """Return the help line for a key that was left out: what it says, and in short which form."""
    doc: str = entry.metadata["doc"]
    form: str = entry.metadata["kind"].expects
    told = f"{name}: {doc[0].lower()}{doc[1:].rstrip('.')}"
    return f"{told} ({form})" if len(form) <= _SHORT else told


def _unknown_key(node: Node, name: str, entries: Mapping[str, Any], noun: str) -> Invalid:
    span = node.document.key_span((*node.path, name))
    word, _, rest = name.partition(" ")
    if rest and word in entries and isinstance(node.data, dict) and node.data[name] is None:
        return node.refuse(
            "missing-colon",
            "expected `key: value`, found text without a colon",
            span=span,
            caption="a key ends with a colon",
            help=f"write `{word}: {shown(rest)}`",
            fix=Fix(span, f"{word}: {rest.strip()}", safe=False),
        )
    if name in _SAID_FOR and _SAID_FOR[name] in entries:
        return _said_otherwise(node, name, _SAID_FOR[name], noun, span)
    return node.refuse(
        "unknown-key",
        f"unknown key `{shown(name)}` in {noun}",
        span=span,
        caption="not a key of this place",
        help=did_you_mean(name, entries) or f"keys that may stand here: {', '.join(entries)}",
        fix=node.respelled(name, entries, span),
    )


def _schedule(text: str | None) -> str:
    """Return the trigger that a text such as `monday` means, empty where it means none."""
    meant = recurrence(text) if text else None
    return f"{{every: {meant.text}}}" if meant is not None else ""


def _said_otherwise(node: Node, name: str, key: str, noun: str, span: Span) -> Invalid:
    """Note a key that is said for another one; `when: monday` means a schedule."""
    value = node.data[name] if isinstance(node.data, dict) else None
    schedule = _schedule(value) if key == "trigger" and isinstance(value, str) else ""
    is_free = isinstance(node.data, dict) and key not in node.data and not schedule
    return node.refuse(
        "unknown-key",
        f"unknown key `{shown(name)}` in {noun}",
        span=span,
        caption="not a key of this place",
        help=f"write `trigger: {schedule}`" if schedule else f"write `{key}`",
        fix=Fix(span, key) if is_free and span.file == node.document.source.path else None,
    )
