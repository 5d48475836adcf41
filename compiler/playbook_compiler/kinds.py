"""What an author may write for a value: the small grammar from which the model is made.

A kind does three things with one definition: it reads a node of a Document into a value with
located findings, it gives the JSON Schema of what it reads, and it says in words what it expects.
The model declares a kind for every field with `key`, so that reading, schema and reference cannot
disagree (docs/decisions/0001-model-reads-itself.md).
"""

from __future__ import annotations

import dataclasses
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from playbook_compiler.diagnostics import Diagnostic, error, nearest, shown
from playbook_compiler.document import Data, Document, Path
from playbook_compiler.source import Span

ID_PATTERN: Final = r"[a-z][a-z0-9-]{0,62}"
NAME_PATTERN: Final = r"[a-z][a-z0-9_.]{0,62}"


class Invalid:
    """The value of a node that could not be read; its finding has been told."""

    def __repr__(self) -> str:
        return "INVALID"


INVALID: Final = Invalid()
REQUIRED: Final = object()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record was written: its document and the path to it."""

    document: Document
    path: Path

    def span(self, *keys: str | int) -> Span:
        """Return where the record, or the value under `keys` in it, stands."""
        return self.document.span((*self.path, *keys))

    def key_span(self, *keys: str | int) -> Span:
        """Return where the key of the record, or of the value under `keys` in it, stands."""
        return self.document.key_span((*self.path, *keys))

    def has(self, *keys: str | int) -> bool:
        """Return whether the author wrote the value under `keys`."""
        return (*self.path, *keys) in self.document.places

    def span_in(self, start: int, end: int, *keys: str | int) -> Span:
        """Return where characters [start, end) of the scalar under `keys` stand."""
        return self.document.span_in((*self.path, *keys), start, end)


class Known(ABC):
    """What the reader knows of the whole playbook while it reads one node of it."""

    @abstractmethod
    def names(self, section: str) -> Iterable[str]:
        """Return the ids that the playbook defines in a section such as `messages` or `flows`."""

    @abstractmethod
    def condition(
        self, text: str, where: str, origin: Origin
    ) -> tuple[Any | None, Sequence[Diagnostic]]:
        """Return the typed condition that `text` is, read `where` (customer, shop), or None."""


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a document while it is read, with the list that findings go to."""

    document: Document
    path: Path
    data: Data
    known: Known
    findings: list[Diagnostic]

    @property
    def origin(self) -> Origin:
        """The node's place, to keep."""
        return Origin(self.document, self.path)

    @property
    def span(self) -> Span:
        """Where the node stands."""
        return self.document.span(self.path)

    @property
    def text(self) -> str | None:
        """What a scalar says, unquoted; None for mappings, lists and nothing."""
        if self.data is None or isinstance(self.data, dict | list):
            return None
        place = self.document.places.get(self.path)
        return place.text if place is not None else str(self.data)

    def child(self, key: str | int, data: Data) -> Node:
        """Return the node under `key`."""
        return Node(self.document, (*self.path, key), data, self.known, self.findings)

    def refuse(self, rule: str, message: str, **more: Any) -> Invalid:
        """Note an error at this node and return INVALID."""
        self.findings.append(error(rule, message, more.pop("span", self.span), **more))
        return INVALID

    def refuse_shape(self, expected: str) -> Invalid:
        """Note that this node has the wrong shape."""
        key = f"`{self.path[-1]}`: " if self.path and isinstance(self.path[-1], str) else ""
        return self.refuse(
            "wrong-shape",
            f"{key}expected {expected}, found {_found(self.data)}",
            caption=f"expected {expected}",
        )


def _found(data: Data) -> str:
    match data:
        case None:
            return "nothing"
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case bool():
            return "true" if data else "false"
        case _:
            return f"`{shown(data)}`"


class Kind(ABC):
    """What may be written for a value."""

    @property
    @abstractmethod
    def expects(self) -> str:
        """Return in words what is expected, as it stands after "expected"."""

    @abstractmethod
    def read(self, node: Node) -> Any:
        """Return the value, or INVALID after noting why not."""

    @abstractmethod
    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        """Return the JSON Schema, adding what is shared to `definitions`."""


@dataclass(frozen=True, slots=True)
class Scalar(Kind):
    """A scalar with a parser: text in, value or a sentence (str) out.

    `rule` names the finding, `pattern` is a loose ECMA pattern for editors; numbers without quotes
    are allowed where `numeric`.
    """

    name: str
    says: str
    parse: Callable[[str], Any]
    rule: str
    pattern: str = ""
    numeric: bool = False

    @property
    def expects(self) -> str:
        return self.says

    def read(self, node: Node) -> Any:
        text = node.text
        if text is None or isinstance(node.data, bool):
            return node.refuse_shape(self.expects)
        value = self.parse(text)
        if isinstance(value, str):
            return node.refuse(self.rule, f"`{shown(text)}`: {value}", caption=value)
        return value

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        types: Any = ["string", "number"] if self.numeric else "string"
        definitions[self.name] = {"type": types, "description": self.says}
        if self.pattern:
            definitions[self.name]["pattern"] = self.pattern
        return {"$ref": f"#/$defs/{self.name}"}


@dataclass(frozen=True, slots=True)
class Text(Kind):
    """Free text; numbers and words without quotes are taken as they are written."""

    says: str = "text"
    limit: int = 20_000

    @property
    def expects(self) -> str:
        return self.says

    def read(self, node: Node) -> str | Invalid:
        text = node.text
        if text is None or not text.strip():
            return node.refuse_shape(self.expects)
        if len(text) > self.limit:
            return node.refuse("too-long", f"text longer than {self.limit:,} characters")
        return text

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        return {"type": ["string", "number", "boolean"], "description": self.says}


@dataclass(frozen=True, slots=True)
class Identifier(Kind):
    """An id that is given here: small letters, digits and dashes, a letter first."""

    @property
    def expects(self) -> str:
        return "an id such as coupon-test"

    def read(self, node: Node) -> str | Invalid:
        text = node.text
        if text is None or isinstance(node.data, bool):
            return node.refuse_shape(self.expects)
        if not re.fullmatch(ID_PATTERN, text):
            return node.refuse(
                "bad-id",
                f"`{shown(text)}` cannot be an id",
                caption="expected small letters, digits and dashes, a letter first",
                help=suggested_id(text),
            )
        return text

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{ID_PATTERN}$"}


@dataclass(frozen=True, slots=True)
class Flag(Kind):
    """true or false."""

    @property
    def expects(self) -> str:
        return "true or false"

    def read(self, node: Node) -> bool | Invalid:
        return node.data if isinstance(node.data, bool) else node.refuse_shape(self.expects)

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Integer(Kind):
    """A whole number between two bounds, both allowed."""

    least: int
    most: int

    @property
    def expects(self) -> str:
        return f"a whole number from {self.least:,} to {self.most:,}"

    def read(self, node: Node) -> int | Invalid:
        if not isinstance(node.data, int) or isinstance(node.data, bool):
            return node.refuse_shape(self.expects)
        if not self.least <= node.data <= self.most:
            return node.refuse(
                "out-of-range", f"{shown(node.data)} is not {self.expects}", caption=self.expects
            )
        return node.data

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Word(Kind):
    """One word of a closed list."""

    words: tuple[str, ...]
    noun: str = "one of these words"

    @property
    def expects(self) -> str:
        return f"{self.noun}: {', '.join(self.words)}"

    def read(self, node: Node) -> str | Invalid:
        text = node.text
        if text in self.words:
            return text
        if text is None:
            return node.refuse_shape(self.expects)
        return node.refuse(
            "unknown-word",
            f"`{shown(text)}` is not {self.noun}",
            caption=f"expected {', '.join(self.words)}",
            help=did_you_mean(text, self.words),
        )

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Code(Kind):
    """A code of a public list too long to be told in a message: currencies, time zones.

    `has` decides without the list, which is made only for did-you-mean.
    """

    name: str
    says: str
    has: Callable[[str], bool]
    listed: Callable[[], Iterable[str]]

    @property
    def expects(self) -> str:
        return self.says

    def read(self, node: Node) -> str | Invalid:
        text = node.text
        if text is None or isinstance(node.data, bool):
            return node.refuse_shape(self.expects)
        if self.has(text):
            return text
        folded = {code.casefold(): code for code in self.listed()}
        guess = folded.get(text.casefold()) or nearest(text, folded.values())
        return node.refuse(
            f"unknown-{self.name}",
            f"`{shown(text)}` is not {self.says}",
            caption=f"expected {self.says}",
            help=f"did you mean `{guess}`?" if guess else "",
        )

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        definitions[self.name] = {"type": "string", "description": self.says}
        return {"$ref": f"#/$defs/{self.name}"}


@dataclass(frozen=True, slots=True)
class Reference(Kind):
    """The id of something that the playbook defines, or that the catalogue knows."""

    section: str
    noun: str
    advice: str = ""

    @property
    def expects(self) -> str:
        return f"the id of {'an' if self.noun[0] in 'aeiou' else 'a'} {self.noun}"

    def read(self, node: Node) -> str | Invalid:
        text = node.text
        if text is None or isinstance(node.data, bool):
            return node.refuse_shape(self.expects)
        return self.look_up(node, text, node.span)

    def look_up(self, node: Node, text: str, span: Span) -> str | Invalid:
        """Return the id that `text` is, or INVALID after noting that the playbook has none such."""
        known = frozenset(node.known.names(self.section))
        if text in known:
            return text
        return node.refuse(
            f"unknown-{self.noun}",
            f"unknown {self.noun} `{shown(text)}`",
            span=span,
            caption=f"not {'an' if self.noun[0] in 'aeiou' else 'a'} {self.noun} of this playbook",
            help=did_you_mean(text, known) or self.advice or f"define it under `{self.section}:`",
        )

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        return {"type": "string", "description": self.expects}


@dataclass(frozen=True, slots=True)
class ConditionText(Kind):
    """A condition on a customer, or on the shop (in `enter`)."""

    where: str = "customer"

    @property
    def expects(self) -> str:
        return "a condition such as `orders >= 2 and days_since_last_order > 60`"

    def read(self, node: Node) -> Any:
        text = node.text
        if text is None or isinstance(node.data, bool):
            return node.refuse_shape(self.expects)
        condition, found = node.known.condition(text, self.where, node.origin)
        node.findings.extend(found)
        return INVALID if condition is None else condition

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        definitions["condition"] = {"type": "string", "description": self.expects}
        return {"$ref": "#/$defs/condition"}


@dataclass(frozen=True, slots=True)
class ListOf(Kind):
    """A list; with `single`, one item may stand without the brackets. Read as a tuple."""

    item: Kind
    single: bool = False
    least: int = 0

    @property
    def expects(self) -> str:
        return f"a list of {self.item.expects}"

    def read(self, node: Node) -> tuple[Any, ...] | Invalid:
        if not isinstance(node.data, list):
            if self.single and node.data is not None:
                value = self.item.read(node)
                return INVALID if value is INVALID else (value,)
            return node.refuse_shape(self.expects)
        if len(node.data) < self.least:
            return node.refuse_shape(f"at least {self.least} of {self.item.expects}")
        values = [self.item.read(node.child(i, data)) for i, data in enumerate(node.data)]
        return INVALID if INVALID in values else tuple(values)

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        item = self.item.schema(definitions)
        array: dict[str, Any] = {"type": "array", "items": item}
        if self.least:
            array["minItems"] = self.least
        return {"anyOf": [array, item]} if self.single else array


@dataclass(frozen=True, slots=True)
class MapOf(Kind):
    """A mapping with keys of the author's choice, read as a dict in the order of its keys.

    With `names`, the keys have to be known ids, as the channels in `message_costs`.
    """

    value: Kind
    pattern: str = ID_PATTERN
    noun: str = "id"
    least: int = 0
    names: Reference | None = None

    @property
    def expects(self) -> str:
        return f"a mapping from {self.noun} to {self.value.expects}"

    def read(self, node: Node) -> dict[str, Any] | Invalid:
        if not isinstance(node.data, dict):
            return node.refuse_shape(self.expects)
        if len(node.data) < self.least:
            return node.refuse_shape(f"at least {self.least} {self.noun}s by name")
        values: dict[str, Any] = {}
        for name in sorted(node.data):
            child = node.child(name, node.data[name])
            if not re.fullmatch(self.pattern, name):
                values[name] = child.refuse(
                    "bad-id",
                    f"`{shown(name)}` cannot be the name of a {self.noun}",
                    span=node.document.key_span(child.path),
                    caption="expected small letters, digits and dashes, a letter first",
                    help=suggested_id(name),
                )
                continue
            values[name] = self.value.read(child)
            if self.names is not None:
                key_span = node.document.key_span(child.path)
                if self.names.look_up(node, name, key_span) is INVALID:
                    values[name] = INVALID
        return INVALID if INVALID in values.values() else values

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        schema: dict[str, Any] = {
            "type": "object",
            "propertyNames": {"pattern": f"^{self.pattern}$"},
            "additionalProperties": self.value.schema(definitions),
        }
        if self.least:
            schema["minProperties"] = self.least
        return schema


@dataclass(frozen=True, slots=True)
class Custom(Kind):
    """Several shapes in one place: the first alternative whose `fits` holds reads the node."""

    says: str
    alternatives: tuple[tuple[Callable[[Data], bool], Kind], ...]

    @property
    def expects(self) -> str:
        return self.says

    def read(self, node: Node) -> Any:
        for fits, kind in self.alternatives:
            if fits(node.data):
                return kind.read(node)
        return node.refuse_shape(self.says)

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        return {"anyOf": [kind.schema(definitions) for _, kind in self.alternatives]}


@dataclass(frozen=True, slots=True)
class Anything(Kind):
    """A node that is kept as it is: read by a later phase, or not simulated yet."""

    says: str = "anything"

    @property
    def expects(self) -> str:
        return self.says

    def read(self, node: Node) -> Data:
        return node.data

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        return {"description": self.says}


def key(kind: Kind, doc: str, *, default: Any = REQUIRED, name: str = "") -> Any:
    """Declare a dataclass field that authors write: its kind, its meaning, its default.

    `name` is the key in YAML where Python's keyword or our unit suffix forbids the same word.
    """
    metadata = {"kind": kind, "doc": doc, "name": name}
    if default is REQUIRED:
        return field(metadata=metadata)
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What an author writes as one mapping. `origin` says where; it never compares."""

    origin: Origin = field(compare=False, repr=False)


def keys_of(record: type[Record]) -> dict[str, dataclasses.Field[Any]]:
    """Return the authored keys of a record type in their declared order."""
    return {
        entry.metadata["name"] or entry.name: entry
        for entry in dataclasses.fields(record)
        if "kind" in entry.metadata
    }


def is_required(entry: dataclasses.Field[Any]) -> bool:
    """Return whether the author must write this field."""
    return entry.default is entry.default_factory is dataclasses.MISSING


@dataclass(frozen=True, slots=True)
class RecordOf(Kind):
    """A mapping that is read into a Record; `shorthand` names the key a lone scalar or list means.

    A record type with a field `id` takes it from the key under which it stands.
    """

    record: type[Record]
    noun: str
    shorthand: str = ""

    @property
    def expects(self) -> str:
        return self.noun

    def read(self, node: Node) -> Any:
        entries = keys_of(self.record)
        data = node.data
        if not isinstance(data, dict):
            if not self.shorthand or data is None:
                return node.refuse_shape(f"{self.noun} (keys: {', '.join(entries)})")
            value = entries[self.shorthand].metadata["kind"].read(node)
            return self._make(node, {entries[self.shorthand].name: value})
        values: dict[str, Any] = {}
        for name, value in data.items():
            if name in entries:
                read = entries[name].metadata["kind"].read(node.child(name, value))
                values[entries[name].name] = read
            else:
                values["?"] = _unknown_key(node, name, entries, self.noun)
        missing = [
            name
            for name, entry in entries.items()
            if is_required(entry) and entry.name not in values
        ]
        if missing and "?" not in values:
            values["?"] = node.refuse(
                "missing-key",
                f"{self.noun} needs {_listed(missing)}",
                span=node.document.key_span(node.path),
                caption=f"add {_listed(missing)}",
            )
        return self._make(node, values)

    def _make(self, node: Node, values: dict[str, Any]) -> Any:
        if INVALID in values.values():
            return INVALID
        if any(entry.name == "id" and not entry.metadata for entry in _fields(self.record)):
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
    ids: Callable[[], Iterable[str]] | None = None

    @property
    def expects(self) -> str:
        return f"{self.noun} (one of {', '.join(self.records())})"

    def read(self, node: Node) -> Any:
        records = self.records()
        if not isinstance(node.data, dict):
            text = node.text
            if text is not None and text in records and not _needs_value(records[text], text):
                return records[text](origin=node.origin)
            if text is not None and self.bare:
                return RecordOf(records[self.bare], self.noun, shorthand=self.bare).read(node)
            return node.refuse_shape(self.expects)
        found = [name for name in node.data if name in records]
        if len(found) != 1:
            return self._refuse_kind(node, found, records)
        return RecordOf(records[found[0]], f"{self.noun} `{found[0]}`").read(node)

    def _refuse_kind(
        self, node: Node, found: list[str], records: Mapping[str, type[Record]]
    ) -> Invalid:
        if found:
            return node.refuse(
                "several-kinds",
                f"{self.noun} says {_listed(found)}: it can be only one of them",
                span=node.document.key_span((*node.path, found[1])),
                caption="write a second one for this",
            )
        names = list(node.data) if isinstance(node.data, dict) else []
        guess = next((near for name in names if (near := nearest(name, records))), None)
        return node.refuse(
            "no-kind",
            f"{self.noun} must say what it is: one of {', '.join(records)}",
            span=node.document.key_span((*node.path, names[0])) if names else node.span,
            help=f"did you mean `{guess}`?" if guess else "",
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


def _needs_value(record: type[Record], name: str) -> bool:
    return is_required(keys_of(record)[name])


def _fields(record: type[Record]) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(record)


def _listed(names: Sequence[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the help line that names the nearest known word, or nothing."""
    guess = nearest(word, known)
    return f"did you mean `{guess}`?" if guess else ""


def suggested_id(name: str) -> str:
    """Return the help line that spells `name` as an id."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return f"write `{slug}`" if re.fullmatch(ID_PATTERN, slug) else ""


def _unknown_key(node: Node, name: str, entries: Mapping[str, Any], noun: str) -> Invalid:
    from playbook_compiler.conditions import looks_cut

    assert isinstance(node.data, dict)
    names = list(node.data)
    before = names[: names.index(name)]
    if node.data[name] is None and before:
        cut_path = (*node.path, before[-1])
        text = Node(node.document, cut_path, node.data[before[-1]], node.known, []).text
        mended = looks_cut(text, names[len(before) :]) if text else None
        if mended is not None:
            return node.refuse(
                "unquoted-comma",
                f"the condition `{shown(text)}` was cut at a comma",
                span=node.document.span(cut_path),
                caption="YAML reads the rest as another key",
                help=f'inside braces and brackets, quote it: {before[-1]}: "{mended}"',
            )
    return node.refuse(
        "unknown-key",
        f"unknown key `{shown(name)}` in {noun}",
        span=node.document.key_span((*node.path, name)),
        caption="not a key of this place",
        help=did_you_mean(name, entries) or f"keys that may stand here: {', '.join(entries)}",
    )
