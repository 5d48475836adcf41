"""What a campaign says, whatever numbers and ids its objects have: two are compared by it.

Mautic gives every object a number of its own: here events are known by their place in the tree.
Ids of tactics have a slash in the export and a dash where they are authored again: in names both
count as one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from playbook_compiler.importing.engines.mautic.reading import Row, listed, mapping

_EVENT: Final = (
    *("name", "type", "event_type", "decisionPath", "channel"),
    *("trigger_interval", "trigger_interval_unit", "trigger_mode", "trigger_hour", "trigger_date"),
    *("triggerRestrictedStartHour", "triggerRestrictedStopHour"),
    *("triggerRestrictedDaysOfWeek", "triggerWindow"),
)
_EMAIL: Final = ("subject", "preheader_text", "from_name", "plain_text", "custom_html")
_FILTER: Final = ("glue", "object", "type", "operator", "properties", "filter")
_LISTS: Final = ("segments", "addToLists", "removeFromLists")
_OURS: Final = "playbook: "
# A step's id in a tag or reason of ours.
_NOTED: Final = re.compile(r"^playbook: \S+")
# The id of what a tactic brings, and a contact field in a text.
_ID: Final = re.compile(r"[a-z0-9-]+/[a-z0-9-]+(?:\+[a-z0-9-/]+)?")
_TOKEN: Final = re.compile(r"(?<=\{contactfield=)\w+")


def contents(data: Row, labels: Mapping[str, str]) -> str:
    """Return what a campaign's events, e-mails and segments say, as one text. `labels` are the
    names of contact fields by alias."""
    return json.dumps(_Contents(data, labels).whole(), sort_keys=True, ensure_ascii=False)


def field_labels(campaigns: Sequence[Row]) -> dict[str, str]:
    """Return what contact fields are called, by alias."""
    return {
        str(one.get("alias")): _dashed(str(one.get("label")))
        for data in campaigns
        for one in listed(data, "lead_field")
    }


def _dashed(text: str) -> str:
    return text.replace("/", "-")


class _Contents:
    """One campaign with its objects by number."""

    __slots__ = ("emails", "events", "labels", "lists", "places")

    def __init__(self, data: Row, labels: Mapping[str, str]) -> None:
        self.labels = labels
        self.events = {str(one.get("id")): one for one in listed(data, "campaign_event")}
        self.places = _places(listed(data, "campaign_event"))
        self.emails = {str(one.get("id")): one for one in listed(data, "email")}
        self.lists = {str(one.get("id")): one for one in listed(data, "lists")}

    def whole(self) -> Any:
        return {
            "events": sorted(json.dumps(self.event(*one)) for one in self.events.items()),
            "lists": sorted(json.dumps(self.segment(one)) for one in self.lists),
        }

    def event(self, number: str, row: Row) -> Any:
        return {
            **{name: self.said(name, row.get(name)) for name in _EVENT},
            "place": self.places.get(number),
            "properties": {
                self.labels.get(name, name): self.said(name, value)
                for name, value in mapping(row.get("properties")).items()
            },
        }

    def said(self, name: str, value: Any) -> Any:
        """Return a property with objects instead of their numbers."""
        if name == "email" and not isinstance(value, str):
            return self.email(value)
        if name == "jumpToEvent":
            return self.places.get(str(value))
        if name in _LISTS and isinstance(value, list):
            return [self.segment(one) for one in value]
        if name == "field":
            return self.labels.get(str(value), value)
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
        named = _TOKEN.sub(lambda found: self.labels.get(found[0], found[0]), text)
        return _NOTED.sub(_OURS, named)

    def email(self, number: Any) -> Any:
        row = self.emails.get(str(number), {})
        return [_dashed(str(row.get("name"))), *(self.said(name, row.get(name)) for name in _EMAIL)]

    def segment(self, number: Any) -> Any:
        row = self.lists.get(str(number), {})
        filters = [
            {"field": self.labels.get(str(one.get("field")), one.get("field"))}
            | {name: one.get(name) for name in _FILTER}
            for one in listed(row, "filters")
        ]
        return [_dashed(str(row.get("name"))), filters]


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
