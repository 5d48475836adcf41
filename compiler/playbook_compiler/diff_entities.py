"""What a playbook consists of for a comparison: everything that has an id, and the settings.

Sections are read off the model, so that a new section or key needs nothing here; NOUNS only gives
the sections whose entries have ids the word for one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from playbook_compiler.diff_spelling import is_nothing
from playbook_compiler.diff_values import At
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.kinds import ListOf, MapOf
from playbook_compiler.model import FrequencyCap, Guardrails, Playbook
from playbook_compiler.reading import Kind, Origin
from playbook_compiler.records import Record, keys_of
from playbook_compiler.source import Span
from playbook_compiler.values import dataclass

Key: TypeAlias = tuple[str, str]

FLOW: Final = "flow"
GUARDRAIL: Final = "guardrail"
MARKETPLACE: Final = "marketplace"
SETTING: Final = "setting"
REQUIREMENT: Final = "requirement"
# Section -> the word for one entry. The order is the one in which a comparison is told.
NOUNS: Final = {
    "flows": FLOW,
    "audiences": "audience",
    "offers": "offer",
    "messages": "message",
    "guardrails": GUARDRAIL,
    "programmes": "programme",
    "checklists": "checklist",
    "stages": "stage",
    "products": "product",
    "events": "event",
    "facts": "fact",
    "marketplaces": MARKETPLACE,
    "require": REQUIREMENT,
    "evidence": "experiment",
}
KINDS: Final = (*NOUNS.values(), SETTING)
# What is no meaning of its own: which files are joined, how findings are rated, the language's
# version, and tactics, which are compared as the flows and messages that they are written out to.
_NOT_COMPARED = ("include", "checks", "playbook", "use")
# Guardrails that hold for one channel each: `frequency.sms` touches no flow without SMS.
_BY_CHANNEL = ("frequency", "consent")


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing with an id: its value, the kind that read it, and where it stands."""

    kind: str
    id: str
    value: Any
    value_kind: Kind | None
    at: At

    @property
    def key(self) -> Key:
        """What it is looked up by."""
        return self.kind, self.id

    @property
    def is_filled_in(self) -> bool:
        """Whether nobody wrote it: the default of a key beside one that was written."""
        return not isinstance(self.value, Record) and not self.at.is_written

    @property
    def span(self) -> Span:
        """Where it is defined."""
        return self.value.origin.key_span() if isinstance(self.value, Record) else self.at.span


def entities(graph: TriggerGraph | None) -> dict[Key, Entity]:
    """Return everything that a playbook defines, by kind and id; nothing for no playbook."""
    if graph is None:
        return {}
    return {entity.key: entity for entity in _entities(graph.playbook)}


def _entities(playbook: Playbook) -> Iterator[Entity]:
    for name, entry in keys_of(Playbook).items():
        value, kind = getattr(playbook, entry.name), entry.metadata["kind"]
        at = At(playbook.origin, (name,))
        noun = NOUNS.get(name, SETTING)
        if name in _NOT_COMPARED or is_nothing(value):
            continue
        if isinstance(value, Guardrails):
            yield from _guardrails(value)
        elif noun == REQUIREMENT:
            for line in value:
                yield Entity(noun, line.text, line.text, None, At(line.origin))
        elif noun == SETTING:
            yield Entity(noun, name, value, kind, at)
        else:
            yield from _entries(noun, name, value, kind, at)


def _entries(noun: str, section: str, value: Any, kind: Kind, at: At) -> Iterator[Entity]:
    """Yield the entries of a section: of a mapping by id, or of a record by its keys."""
    match value:
        case Mapping():
            inner = kind.value if isinstance(kind, MapOf) else None
            for name in value:
                yield Entity(noun, str(name), value[name], inner, _place(value[name], at, name))
        case Record():
            for name, entry in keys_of(type(value)).items():
                item = getattr(value, entry.name)
                if not is_nothing(item):
                    place = At(value.origin, (name,))
                    yield Entity(noun, name, item, entry.metadata["kind"], place)
        case _:
            yield Entity(SETTING, section, value, kind, at)


def _place(value: Any, section: At, name: str) -> At:
    """Return where an entry of a section stands; a list in the file that has its items."""
    if isinstance(value, tuple) and value and isinstance(value[0], Record):
        document = value[0].origin.document
        return At(Origin(document, ()), (*section.keys, name))
    return section.under(name)


def _guardrails(rules: Guardrails) -> Iterator[Entity]:
    for name, entry in keys_of(Guardrails).items():
        value, kind = getattr(rules, entry.name), entry.metadata["kind"]
        at = At(rules.origin, (name,))
        if is_nothing(value):
            continue
        if name not in _BY_CHANNEL:
            yield Entity(GUARDRAIL, name, value, kind, at)
        elif isinstance(value, Mapping):
            for channel in value:
                yield Entity(
                    GUARDRAIL, f"{name}.{channel}", value[channel], None, at.under(channel)
                )
        else:
            yield from _caps(name, value, kind, at)


def _caps(name: str, caps: tuple[FrequencyCap, ...], kind: Kind, at: At) -> Iterator[Entity]:
    """Yield the caps of each channel as one entity; those of all channels first, by the bare name.

    A lone cap is compared as itself, several as a list.
    """
    inner = kind.item if isinstance(kind, ListOf) else None
    for channel in dict.fromkeys(cap.channel for cap in caps):
        here = tuple(cap for cap in caps if cap.channel == channel)
        key = f"{name}.{channel}" if channel else name
        place = At(here[0].origin)
        if len(here) == 1:
            yield Entity(GUARDRAIL, key, here[0], inner, place)
        else:
            yield Entity(GUARDRAIL, key, here, kind, at)
