"""What is shared while one archive of Mautic is read: fields, names, messages, notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from playbook_compiler.importing.engines.mautic.vocabulary import Names
from playbook_compiler.importing.imported import Notes
from playbook_compiler.printing_yaml import Written
from playbook_compiler.values import dataclass, field

Row = Mapping[str, Any]


@dataclass(slots=True)
class Reading:
    """One import while it runs. `messages` are those of all campaigns, `types` those of contact
    fields in Mautic's words, `held_out` the places that ask for the holdout."""

    names: Names
    notes: Notes
    types: Mapping[str, str]
    messages: dict[str, dict[str, Written]] = field(default_factory=dict)
    addresses: list[str] = field(default_factory=list)
    senders: list[tuple[str, str]] = field(default_factory=list)
    events: dict[str, Written] = field(default_factory=dict)
    held_out: list[str] = field(default_factory=list)


def reading_of(campaigns: Sequence[Row]) -> Reading:
    """Return the state of an import before its first campaign is read."""
    fields = [one for data in campaigns for one in listed(data, "lead_field")]
    labels = {str(one.get("alias")): str(one.get("label")) for one in fields}
    types = {str(one.get("alias")): str(one.get("type")) for one in fields}
    return Reading(Names(labels), Notes(), types)


def listed(data: Row, key: str) -> list[Row]:
    """Return the objects of a list in an archive; of anything else, none."""
    found = data.get(key)
    return [one for one in (found if isinstance(found, list) else ()) if isinstance(one, dict)]


def mapping(value: Any) -> Row:
    """Return an object of an archive; of anything else, an empty one."""
    return value if isinstance(value, dict) else {}


def head_of(data: Row) -> Row:
    """Return the campaign itself among the objects of its group."""
    found = data.get("campaign")
    return mapping(found[0] if isinstance(found, list) and found else found)
