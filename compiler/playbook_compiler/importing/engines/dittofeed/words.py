"""What the playbook calls Dittofeed's traits, events, groups and segments."""

from __future__ import annotations

from typing import Any

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.facts import ValueType
from playbook_compiler.importing.engines.dittofeed.workspace import Workspace
from playbook_compiler.importing.names import fact_name
from playbook_compiler.values import dataclass, field

_NUMERIC = (ValueType.INTEGER, ValueType.NUMBER, ValueType.MONEY, ValueType.DAYS)


@dataclass(slots=True)
class Words:
    """What the playbook calls traits, events and segments; facts and events of its own."""

    workspace: Workspace
    facts: dict[str, str] = field(default_factory=dict)
    events: dict[str, dict[str, str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    audiences: dict[str, str] = field(default_factory=dict)
    journeys: dict[str, str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    stand_ins: dict[str, str] = field(default_factory=dict)

    def event(self, name: str) -> str:
        """Return what the playbook calls an event."""
        if name in BUILT_IN.events:
            return name
        if name not in self.names:
            self.names[name] = fact_name(name, "event", {*BUILT_IN.events, *self.events})
            self.events[self.names[name]] = {}
        return self.names[name]

    def field(self, event: str, path: str, kind: str) -> str | None:
        """Return the name of an event's field, declared where the event is the shop's own."""
        built_in = BUILT_IN.events.get(event)
        if built_in is not None:
            return path if built_in.field(path) is not None else None
        fields = self.events.get(event)
        if fields is None:
            return None
        name = path if path.replace(".", "_").isidentifier() else fact_name(path, "field")
        if fields.setdefault(name, kind) == "?":
            fields[name] = kind
        return name

    def fact(self, path: str, kind: str) -> str | None:
        """Return the fact of a trait, None where it has another type."""
        name = path.replace("__", ".")
        built_in = BUILT_IN.facts.get(name)
        if built_in is not None:
            numeric = built_in.type in _NUMERIC
            return name if numeric == (kind == "number") or kind == "?" else None
        own = self.names.setdefault(
            f"trait {path}", fact_name(name, "trait", {*BUILT_IN.facts, *self.facts})
        )
        if self.facts.setdefault(own, kind) == "?":
            self.facts[own] = kind
        return own if kind in ("?", self.facts[own]) else None

    def channel(self, group: Any) -> str:
        """Return the channel of a subscription group of marketing, empty for other groups."""
        found = self.workspace.of("group").get(str(group))
        channel = found.name.removeprefix("marketing-") if found is not None else ""
        return channel if channel in BUILT_IN.channels else ""

    def stand_in(self, key: str) -> str:
        """Return the fact of the shop's own that stands for what the language cannot say."""
        if key not in self.stand_ins:
            name = fact_name(f"dittofeed_segment_{len(self.stand_ins) + 1}", "fact", self.facts)
            self.stand_ins[key] = name
            self.facts[name] = "boolean"
        return self.stand_ins[key]
