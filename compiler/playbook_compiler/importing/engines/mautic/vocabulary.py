"""Facts, events and fields of events by the contact fields of Mautic that hold them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.facts import ValueType
from playbook_compiler.importing.names import fact_name, is_fact
from playbook_compiler.targets.mautic.terms import AGE_FIELDS, EVENT_FIELDS, PREFIX
from playbook_compiler.values import dataclass, field

OURS: Final = "playbook: "
# Mautic's types of contact fields; what is not here is text.
_TYPES: Final = {"number": "number", "boolean": "boolean", "date": "date", "datetime": "date"}
_CORE: Final = {"points": "number"}
# Fields of ours that stand for something else than a fact.
_OTHERS = re.compile(r"(?:is|split|code|until|on|existing|no)_|holdout\Z")
_KINDS: Final = {
    ValueType.INTEGER: "number",
    ValueType.NUMBER: "number",
    ValueType.MONEY: "number",
    ValueType.SHARE: "number",
    ValueType.DAYS: "number",
    ValueType.BOOLEAN: "boolean",
    ValueType.DATE: "date",
}
AGES: Final = {f"{PREFIX}{name}": fact for fact, name in AGE_FIELDS.items()}
_DATES: Final = {f"{PREFIX}{name}": event for event, name in EVENT_FIELDS.items()}


@dataclass(slots=True)
class Names:
    """Facts by the alias of a contact field, those of the shop's own with their types. `labels`
    are what Mautic shows of a field, `types` its types in Mautic's words, `texts` conditions by the
    field of ours that stands for them."""

    labels: Mapping[str, str]
    types: Mapping[str, str]
    facts: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    stand_ins: dict[str, str] = field(default_factory=dict)
    events: dict[str, dict[str, str]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def own(self, alias: str) -> str:
        """Return what a field of our own export is named after, empty for any other field."""
        label = self.labels.get(alias, "")
        return label.removeprefix(OURS) if label.startswith(OURS) else ""

    def kind(self, alias: str) -> str:
        """Return the type of a field in the language's words: number, boolean, date or text; `?`
        where the input does not tell it."""
        if alias in _CORE:
            return _CORE[alias]
        found = self.types.get(alias)
        return "?" if found is None else _TYPES.get(found, "text")

    def named(self, alias: str, kind: str = "?") -> str | None:
        """Return the fact of a field, declared with its type; None where it has another one, and
        for a field of ours that stands for something else."""
        name = self.own(alias)
        if (not name and alias.startswith(PREFIX)) or _OTHERS.match(name):
            return None
        name = name or alias
        if name in BUILT_IN.variables and name not in BUILT_IN.facts:
            return None  # what messages alone show
        known = self.kind(alias)
        kind = kind if known == "?" else known
        built_in = BUILT_IN.facts.get(name)
        if built_in is not None:
            own_kind = _KINDS.get(built_in.type, "text")
            return name if kind in ("?", own_kind) else None
        fact = self.fields.get(alias)
        if fact is None:
            fact = fact_name(name, "field", {*BUILT_IN.facts, *BUILT_IN.variables, *self.facts})
            self.fields[alias] = fact
        if self.facts.setdefault(fact, kind) == "?":
            self.facts[fact] = kind
        return fact if kind in ("?", self.facts[fact]) else None

    def settable(self, alias: str) -> str | None:
        """Return the fact that a step may set: one of the shop's own."""
        fact = self.named(alias)
        return fact if fact in self.facts else None

    def event_of(self, alias: str) -> str:
        """Return the event whose latest day a field of ours holds, else nothing."""
        name = self.own(alias)
        found = name.removeprefix("on_") if name.startswith("on_") else _DATES.get(alias, "")
        if not found or not (found in BUILT_IN.events or is_fact(found)):
            return ""
        self.event(found)
        return found

    def event(self, name: str) -> None:
        """Declare an event, unless the language has it."""
        if name not in BUILT_IN.events:
            self.events.setdefault(name, {})

    def field_of(self, alias: str, event: str) -> str | None:
        """Return what a condition reads of the run's own event, of which a field of ours tells."""
        name = self.own(alias)
        if not event or not name.startswith("trigger."):
            return None
        if event in self.events and is_fact(name.removeprefix("trigger.")):
            kind = self.kind(alias)
            self.events[event].setdefault(name.removeprefix("trigger."), kind)
        return name

    def stand_in(self, key: str) -> str:
        """Return the fact that stands for what the language cannot say."""
        if key not in self.stand_ins:
            name = fact_name(f"mautic_filter_{len(self.stand_ins) + 1}", "fact", self.facts)
            self.stand_ins[key] = name
            self.facts[name] = "boolean"
        return self.stand_ins[key]

    def declared(self) -> dict[str, str]:
        """Return the shop's own facts with their types."""
        return {name: "text" if kind == "?" else kind for name, kind in self.facts.items()}
