"""What an import is: a playbook as data, and the account of what the language could not say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Protocol

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.importing.given import Given
from playbook_compiler.printing_yaml import Written
from playbook_compiler.values import dataclass, field

Data = dict[str, Written]
# Sections whose entries are counted as what came in.
COUNTED = ("flows", "audiences", "offers", "messages")


class Outcome(StrEnum):
    """What became of something that does not stand in the playbook as it was."""

    LEFT = "left out"  # not in the playbook
    CHANGED = "changed"  # in the playbook, and means something else in part
    ASSUMED = "assumed"  # the engine does not tell it: the playbook says the likely thing


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """One thing that a person should know. `path` is the place in the input, `what` the thing
    there, `why` what the language or the input lacks, `advice` what to do by hand."""

    path: str
    outcome: Outcome
    what: str
    why: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Notes:
    """The account while an import runs."""

    found: list[Note] = field(default_factory=list)

    def left(self, path: str, what: str, why: str, advice: str = "") -> None:
        """Note something that is not in the playbook."""
        self.found.append(Note(path, Outcome.LEFT, what, why, advice))

    def changed(self, path: str, what: str, why: str, advice: str = "") -> None:
        """Note something that means something else in part."""
        self.found.append(Note(path, Outcome.CHANGED, what, why, advice))

    def assumed(self, path: str, what: str, why: str, advice: str = "") -> None:
        """Note something that the playbook says and the engine did not."""
        self.found.append(Note(path, Outcome.ASSUMED, what, why, advice))

    def in_order(self) -> tuple[Note, ...]:
        """Return the notes by path, each once."""
        return tuple(sorted(dict.fromkeys(self.found)))


@dataclass(frozen=True, slots=True)
class Imported:
    """A playbook as data in the order in which it is written, and the account of the rest."""

    engine: str
    data: Data
    notes: tuple[Note, ...]

    def counts(self) -> dict[str, int]:
        """Return how many flows, audiences, offers and messages there are."""
        sections = {name: self.data.get(name) for name in COUNTED}
        return {
            name: len(found) if isinstance(found, dict) else 0 for name, found in sections.items()
        }

    def of(self, outcome: Outcome) -> tuple[Note, ...]:
        """Return the notes of one kind."""
        return tuple(note for note in self.notes if note.outcome is outcome)


@dataclass(frozen=True, slots=True)
class Answers:
    """What the user tells besides the input: `lookups` are names of an account's ids
    (`metric.ABC123` is `Placed Order`); currency and time zone are empty where not told."""

    lookups: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""
    timezone: str = ""


def settled(answers: Answers, notes: Notes, path: str, told: Mapping[str, Written]) -> Data:
    """Return currency and time zone: as the user tells them, else the input, else the likely ones,
    which are noted at a place in the input."""
    data: Data = {}
    for what, said, likely in (
        ("currency", answers.currency, "EUR"),
        ("timezone", answers.timezone, "UTC"),
    ):
        answer = said or told.get(what)
        if not answer:
            notes.assumed(
                path,
                f"`{what}: {likely}`",
                "the input does not tell it",
                f"import again with --{what}, or correct it",
            )
        data[what] = answer or likely
    return data


class Importer(Protocol):
    """An engine that can be read. `takes` says in words which files, `suffixes` how they end."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def takes(self) -> str: ...

    @property
    def suffixes(self) -> tuple[str, ...]: ...

    def read(self, given: Given, answers: Answers) -> tuple[Imported | None, list[Diagnostic]]:
        """Return the playbook, or located findings where the input cannot be read."""
        ...


def as_json(imported: Imported) -> dict[str, Any]:
    """Return the account as JSON data."""
    return {
        "version": 1,
        "engine": imported.engine,
        "imported": imported.counts(),
        "summary": {one.value: len(imported.of(one)) for one in Outcome},
        "notes": [
            {
                "path": note.path,
                "outcome": note.outcome.value,
                "what": note.what,
                "why": note.why,
                "advice": note.advice,
            }
            for note in imported.notes
        ],
    }


def without_empty(data: Mapping[str, Written], keep: Iterable[str] = ()) -> Data:
    """Return a mapping without values that say nothing."""
    kept = frozenset(keep)
    return {
        name: value
        for name, value in data.items()
        if name in kept or value not in (None, "", {}, [])
    }
