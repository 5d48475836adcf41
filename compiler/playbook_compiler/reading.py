"""Reading one node of a document: where it stands, what is known around it, what was found.

A kind (`kinds.py`, `records.py`) does three things with one definition: it reads a node into a
value with located findings, it gives the JSON Schema of what it reads, and it says in words what
it expects (docs/decisions/0001-model-reads-itself.md).
"""

from __future__ import annotations

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from playbook_compiler.diagnostics import Diagnostic, Fix, error, nearest, shown
from playbook_compiler.document import Data, Document, Path
from playbook_compiler.facts import Fact
from playbook_compiler.fixes import is_clear, respelled, rewritten
from playbook_compiler.source import Span

ID_PATTERN: Final = r"[a-z][a-z0-9-]{0,62}"
_GERMAN: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_LONG: Final = 80
NAME_PATTERN: Final = r"[a-z][a-z0-9_.]{0,62}"


class Invalid:
    """The value of a node that could not be read; its finding has been told."""

    def __repr__(self) -> str:
        return "INVALID"


INVALID: Final = Invalid()


class Origin(NamedTuple):
    """Where a record was written: its document and the path to it."""

    document: Document
    path: Path

    @property
    def tactic(self) -> str:
        """The tactic whose file the value is written in; empty in the shop's own, arguments too."""
        document = self.document
        if document.tactic and document.span(self.path).file == document.source.path:
            return document.tactic
        return ""

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

    def fact(self, name: str) -> Fact | None:
        """Return a customer's fact, built in or the shop's own, or None."""
        return None

    def text_alone(self, name: str) -> str:
        """Return the file of the folder that holds a text of this name, and no settings that would
        make it a message; empty where there is none."""
        return ""

    def variables(self, origin: Origin) -> Iterable[str]:
        """Return the facts and message variables that are known to the step written at `origin`."""
        return ()

    @property
    def decimals(self) -> int:
        """How many decimals amounts in the playbook's currency have."""
        return 2


class Node(NamedTuple):
    """One node of a document while it is read, with the list that findings go to."""

    document: Document
    path: Path
    data: Data
    known: Known
    findings: list[Diagnostic]

    @property
    def origin(self) -> Origin:
        """The node's place, to keep."""
        return tuple.__new__(Origin, self[:2])

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
        document, path, _, known, findings = self
        return tuple.__new__(Node, (document, (*path, key), data, known, findings))

    def refuse(self, rule: str, message: str, **more: Any) -> Invalid:
        """Note an error at this node and return INVALID."""
        self.findings.append(error(rule, message, more.pop("span", self.span), **more))
        return INVALID

    def respelled(self, word: str, known: Iterable[str], span: Span | None = None) -> Fix | None:
        """Return the edit that writes the known word nearest to `word`, here or at `span`."""
        span = span or self.span
        if span.file != self.document.source.path:  # the argument of a tactic
            return None
        return respelled(self.document.source, span, word, known)

    def meant(self, word: str, guess: str | None, known: Iterable[str], span: Span) -> Fix | None:
        """Return the edit that writes `guess` for `word` at `span`, safe where it is clear."""
        if guess is None or span.file != self.document.source.path:
            return None
        safe = is_clear(word, guess, known)
        return rewritten(self.document.source, span, word, guess, safe=safe)

    def rewritten_whole(self, text: str) -> Fix | None:
        """Return the edit, not a safe one, that puts `text` in the place of a list or mapping."""
        span = self.span
        return Fix(span, text, False) if span.file == self.document.source.path else None

    def rewritten(self, text: str, *, safe: bool = True) -> Fix | None:
        """Return the edit that makes this scalar say `text`."""
        if self.span.file != self.document.source.path:  # the argument of a tactic
            return None
        return rewritten(self.document.source, self.span, self.text or "", text, safe=safe)

    def replaced(self, text: str, *, safe: bool = True) -> Fix | None:
        """Return the edit that puts `text` here without quotes: a number, true, a mapping."""
        found = self.rewritten(text)
        return None if found is None else Fix(found.span, text, safe)

    def refuse_shape(self, expected: str, help: str = "", fix: Fix | None = None) -> Invalid:
        """Note that this node has the wrong shape."""
        key = f"`{self.path[-1]}`: " if self.path and isinstance(self.path[-1], str) else ""
        short = expected if len(expected) < _LONG else expected.partition(" (")[0]
        return self.refuse(
            "wrong-shape",
            f"{key}expected {expected}, found {_found(self.data)}",
            caption=f"expected {short}",
            help=help,
            fix=fix,
        )


def _found(data: Data) -> str:
    match data:
        case None:
            return "nothing"
        case dict():
            return "keys and values"
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


def listed(names: Sequence[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def with_article(noun: str) -> str:
    """Return `an id`, `a stage`."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def several(expected: str) -> str:
    """Return what is expected of one item as what is expected of many.

    >>> several("a step (one of send, wait)"), several("the id of a message"), several("text")
    ('steps (one of send, wait)', 'ids of messages', 'text')
    """
    match = re.fullmatch(r"the id of an? (.+)|an? (.+?)((?: \(| of | such as ).*)?", expected)
    if match is None:
        return expected
    return f"ids of {match[1]}s" if match[1] else f"{match[2]}s{match[3] or ''}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the help line that names the nearest known word, or nothing."""
    guess = nearest(word, known)
    return f"did you mean `{guess}`?" if guess else ""


def suggested_id(name: str) -> str:
    """Return the help line that spells `name` as an id."""
    spelled = unicodedata.normalize("NFKD", name.lower().translate(_GERMAN))
    bare = "".join(char for char in spelled if not unicodedata.combining(char))
    slug = re.sub(r"[^a-z0-9]+", "-", bare).strip("-")
    return f"write `{slug}`" if re.fullmatch(ID_PATTERN, slug) else ""
