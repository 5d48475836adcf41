"""What a campaign does, whatever numbers, names and ids its objects have: two are compared by it.

Mautic gives every object a number of its own: here events are known by their place in the tree.
Ids of tactics have a slash in the export and a dash where they are authored again: both count as
one, and so do contact fields that are named after them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from playbook_compiler.importing.engines.mautic.reading import Row, listed, mapping
from playbook_compiler.importing.engines.mautic.times import clock, patience_of
from playbook_compiler.values import dataclass

_EVENT: Final = ("type", "event_type", "decisionPath", "channel")
_HOURS: Final = ("triggerRestrictedStartHour", "triggerRestrictedStopHour", "trigger_hour")
_EMAIL: Final = ("subject", "preheader_text", "from_name", "plain_text", "custom_html")
_FILTER: Final = ("glue", "object", "type", "operator")
_LISTS: Final = ("segments", "addToLists", "removeFromLists")
_OURS: Final = "playbook: "
# A step's id in a tag or reason of ours.
_NOTED: Final = re.compile(r"^playbook: \S+")
# The id of what a tactic brings, a contact field in a text, and the end of a long field's alias.
_ID: Final = re.compile(r"[a-z0-9-]+/[a-z0-9-]+(?:\+[a-z0-9-/]+)?")
_TOKEN: Final = re.compile(r"(?<=\{contactfield=)\w+")
_DIGEST: Final = re.compile(r"(?<=_)[0-9a-f]{7}$")


@dataclass(frozen=True, slots=True)
class Contents:
    """What a campaign does: each event by its place in the tree with what it is and its properties,
    and the segments with filters."""

    events: Mapping[str, tuple[Any, Mapping[str, Any]]]
    segments: tuple[str, ...]

    def does(self, made: Contents) -> bool:
        """Return whether this campaign does what was made; it may have more properties, since
        Mautic adds those that its forms have."""
        return (
            self.segments == made.segments
            and self.events.keys() == made.events.keys()
            and all(
                event == self.events[place][0]
                and all(
                    name in self.events[place][1] and self.events[place][1][name] == value
                    for name, value in properties.items()
                )
                for place, (event, properties) in made.events.items()
            )
        )


def contents(data: Row, labels: Mapping[str, str]) -> Contents:
    """Return what a campaign does. `labels` are the names of contact fields by alias."""
    return _Objects(data, labels).whole()


def field_labels(campaigns: Sequence[Row]) -> dict[str, str]:
    """Return what contact fields are called, by alias."""
    return {
        str(one.get("alias")): _dashed(str(one.get("label")))
        for data in campaigns
        for one in listed(data, "lead_field")
    }


def _dashed(text: str) -> str:
    return text.replace("/", "-")


class _Objects:
    """One campaign with its objects by number."""

    __slots__ = ("emails", "events", "labels", "lists", "places")

    def __init__(self, data: Row, labels: Mapping[str, str]) -> None:
        self.labels = labels
        self.events = {str(one.get("id")): one for one in listed(data, "campaign_event")}
        self.places = _places(listed(data, "campaign_event"))
        self.emails = {str(one.get("id")): one for one in listed(data, "email")}
        self.lists = {str(one.get("id")): one for one in listed(data, "lists")}

    def whole(self) -> Contents:
        events = {
            self.places.get(number, ""): self.event(one) for number, one in self.events.items()
        }
        return Contents(events, tuple(sorted(json.dumps(self.segment(one)) for one in self.lists)))

    def event(self, row: Row) -> tuple[Any, Mapping[str, Any]]:
        properties = {
            self.field(name): self.said(name, value)
            for name, value in mapping(row.get("properties")).items()
        }
        return [self.said(name, row.get(name)) for name in _EVENT] + _moment(row), properties

    def field(self, alias: str) -> str:
        """Return the name of a contact field; of one that is not told, the alias without the digest
        of the name, which may be that of a tactic's thing."""
        return self.labels.get(alias) or _DIGEST.sub("", alias)

    def said(self, name: str, value: Any) -> Any:
        """Return a property with objects instead of their numbers."""
        if name == "email" and not isinstance(value, str):
            return self.email(value)
        if name == "jumpToEvent":
            return self.places.get(str(value))
        if name in _LISTS and isinstance(value, list):
            return [self.segment(one) for one in value]
        if name == "field":
            return self.field(str(value))
        if isinstance(value, list):
            return [self.said("", one) for one in value]
        if isinstance(value, dict):
            return {key: self.said(key, one) for key, one in value.items()}
        if not isinstance(value, str):
            return value
        # In other texts a slash is a slash.
        is_id = name == "name" or _ID.fullmatch(value) is not None
        return _dashed(value) if is_id else self.text(value)

    def text(self, text: str) -> str:
        """Return a text with the names of contact fields, without the id of a step of ours."""
        named = _TOKEN.sub(lambda found: self.field(found[0]), text)
        return _NOTED.sub(_OURS, named.replace("\r\n", "\n"))

    def email(self, number: Any) -> Any:
        row = self.emails.get(str(number), {})
        return [self.said(name, row.get(name)) for name in _EMAIL]

    def segment(self, number: Any) -> Any:
        """Return the filters of a segment, or the name of one that is filled from outside."""
        row = self.lists.get(str(number), {})
        filters = [
            [self.field(str(one.get("field"))), *(one.get(name) for name in _FILTER), _value(one)]
            for one in listed(row, "filters")
        ]
        return filters or _dashed(str(row.get("name")))


def _value(row: Row) -> Any:
    inside = mapping(row.get("properties")).get("filter")
    return row.get("filter") if inside is None else inside


def _moment(row: Row) -> list[Any]:
    """Return when an event happens: the wait before it, its hours and its days."""
    days = row.get("triggerRestrictedDaysOfWeek")
    immediate = row.get("trigger_mode") != "interval"
    hours = [] if immediate else [clock(row.get(name)) for name in _HOURS]
    date = row.get("trigger_date") if row.get("trigger_mode") == "date" else None
    return [patience_of(row), hours, [] if immediate else days or [], date]


def _places(rows: Sequence[Row]) -> dict[str, str]:
    """Return where in the tree each event stands that hangs on the root: `/0/yes-0`."""
    below: dict[str, list[Row]] = {}
    for row in rows:
        below.setdefault(str(row.get("parent_id") or ""), []).append(row)
    found: dict[str, str] = {}
    waiting = [("", "")]
    while waiting:
        parent, place = waiting.pop()
        for number, row in enumerate(below.pop(parent, ())):
            id_ = str(row.get("id"))
            found[id_] = f"{place}/{row.get('decisionPath') or ''}-{number}"
            waiting.append((id_, found[id_]))
    return found
