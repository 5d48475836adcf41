"""Facts by the contact fields of Mautic that hold them."""

from __future__ import annotations

from collections.abc import Mapping

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.facts import ValueType
from playbook_compiler.importing.names import fact_name
from playbook_compiler.values import dataclass, field


@dataclass(slots=True)
class Names:
    """Facts by the alias of a contact field, those of the shop's own with their types. `labels`
    are what Mautic shows of a field."""

    labels: Mapping[str, str]
    facts: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    stand_ins: dict[str, str] = field(default_factory=dict)

    def fact(self, alias: str, label: str, kind: str) -> str | None:
        """Return the fact of a field, declared with its type; None where it has another."""
        name = label.removeprefix("playbook: ") if label.startswith("playbook: ") else alias
        built_in = BUILT_IN.facts.get(name)
        if built_in is not None:
            number = built_in.type in (
                ValueType.INTEGER,
                ValueType.NUMBER,
                ValueType.MONEY,
                ValueType.DAYS,
            )
            return name if kind == "?" or number == (kind == "number") else None
        own = self.fields.setdefault(
            alias, fact_name(name, "field", {*BUILT_IN.facts, *self.facts})
        )
        if self.facts.setdefault(own, kind) == "?":
            self.facts[own] = kind
        return own if kind in ("?", self.facts[own]) else None

    def named(self, alias: str, kind: str) -> str | None:
        """Return the fact of a field; None for one of ours that stands for something else."""
        label = self.labels.get(alias, "")
        ours = label.startswith("playbook: ") and not alias.startswith(("pb_is_", "pb_split_"))
        return self.fact(alias, label, kind) if ours or not alias.startswith("pb_") else None

    def stand_in(self, key: str) -> str:
        """Return the fact that stands for what the language cannot say."""
        if key not in self.stand_ins:
            name = fact_name(f"mautic_filter_{len(self.stand_ins) + 1}", "fact", self.facts)
            self.stand_ins[key] = name
            self.facts[name] = "boolean"
        return self.stand_ins[key]
