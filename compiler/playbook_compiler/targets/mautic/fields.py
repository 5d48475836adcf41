"""The contact fields that an export makes in Mautic, and that the shop keeps up to date."""

from __future__ import annotations

from typing import Any

from playbook_compiler.export.bundle import stable_uuid
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.facts import Fact, ValueType
from playbook_compiler.targets.mautic import terms
from playbook_compiler.targets.mautic.logic import BOOLEAN, DATE, NUMBER, TEXT
from playbook_compiler.values import dataclass, field

_TYPES = {
    ValueType.INTEGER: NUMBER,
    ValueType.NUMBER: NUMBER,
    ValueType.MONEY: NUMBER,
    ValueType.SHARE: NUMBER,
    ValueType.DAYS: NUMBER,
    ValueType.BOOLEAN: BOOLEAN,
    ValueType.DATE: DATE,
    ValueType.YEARLY_DATE: DATE,
}


@dataclass(frozen=True, slots=True)
class ContactField:
    """A contact field: `type` is Mautic's number, date, text or boolean."""

    alias: str
    label: str
    type: str


@dataclass(frozen=True, slots=True)
class Fields:
    """The contact fields of one export, by alias, as they are asked for."""

    lowering: Lowering
    made: dict[str, ContactField] = field(default_factory=dict)

    def of(self, name: str, type_: str, note: str) -> str:
        """Return the alias of the field that holds something, made on the first asking.

        `note` says in words what the shop writes into it.
        """
        alias = terms.alias(name)
        if alias not in self.made:
            self.made[alias] = ContactField(alias, terms.shown(f"playbook: {name}"), type_)
            self.lowering.need("contact field", alias, note)
        return alias

    def of_fact(self, fact: Fact) -> str:
        """Return the alias of the field that holds a fact."""
        name = f"{fact.name}_{fact.over}" if fact.over is not None else fact.name
        unit = " in percent" if fact.type is ValueType.SHARE else ""
        return self.of(name, type_of(fact), f"`{name}`{unit}, kept up to date by the shop")

    def rows(self) -> list[dict[str, Any]]:
        """Return the fields as Mautic imports them."""
        return [
            {
                "id": number,
                "is_published": True,
                "label": one.label,
                "alias": one.alias,
                "type": one.type,
                "field_group": "core",
                "default_value": None,
                "is_required": False,
                "is_fixed": False,
                "is_visible": True,
                "is_short_visible": False,
                "is_listable": True,
                "is_publicly_updatable": False,
                "is_unique_identifier": False,
                "char_length_limit": 191 if one.type == TEXT else None,
                "field_order": number,
                "object": "lead",
                "properties": {"no": "No", "yes": "Yes"} if one.type == BOOLEAN else [],
                "column_is_not_created": False,
                "original_is_published_value": True,
                "uuid": stable_uuid(terms.TARGET, "lead_field", one.alias),
            }
            for number, one in enumerate((self.made[alias] for alias in sorted(self.made)), start=1)
        ]


def type_of(fact: Fact) -> str:
    """Return Mautic's type of a field that holds a fact."""
    return _TYPES.get(fact.type, TEXT)
