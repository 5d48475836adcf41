"""What no schema says, for Mautic publishes none: our own checks of every group before it leaves.

The import reads what it finds and says little. So every object is checked against the keys that the
exporter writes, every number against the objects that there are, and every tree for its shape.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

ACTION, CONDITION, DECISION = "action", "condition", "decision"
# The properties of each kind of event that is written here, and what kind of event it is.
EVENTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "email.send": (ACTION, ("email", "email_type", "priority", "attempts")),
    "sms.send_text_sms": (ACTION, ("sms",)),
    "notification.send_notification": (ACTION, ("notification",)),
    "campaign.sendwebhook": (
        ACTION,
        ("url", "method", "timeout", "headers", "additional_data"),
    ),
    "campaign.jump_to_event": (ACTION, ("jumpToEvent",)),
    "lead.changetags": (ACTION, ("add_tags", "remove_tags")),
    "lead.changepoints": (ACTION, ("points", "group")),
    "lead.changelist": (ACTION, ("addToLists", "removeFromLists")),
    "lead.updatelead": (ACTION, ()),
    "lead.adddnc": (ACTION, ("channels", "reason")),
    "lead.segments": (CONDITION, ("segments",)),
    "lead.field_value": (CONDITION, ("field", "operator", "value")),
    "lead.tags": (CONDITION, ("tags",)),
    "lead.dnc": (CONDITION, ("channels", "reason")),
    "email.open": (DECISION, ()),
    "email.click": (DECISION, ()),
}
GROUP = ("campaign", "lead_field", "lists", "email", "campaign_event", "dependencies")
EVENT = (
    *("id", "campaign_id", "name", "description", "type", "event_type", "event_order"),
    *("properties", "trigger_interval", "trigger_interval_unit", "trigger_mode"),
    *("trigger_date", "trigger_hour", "triggerRestrictedStartHour"),
    *("triggerRestrictedStopHour", "triggerRestrictedDaysOfWeek", "triggerWindow"),
    *("decisionPath", "channel", "channel_id", "parent_id", "uuid"),
)
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]:00\Z")
_ALIAS = re.compile(r"[a-z][a-z0-9_]{0,24}\Z")
_OPERATORS = ("=", "!=", "gt", "gte", "lt", "lte", "empty", "!empty")
_OWN_FIELDS = ("points", "lead_email_read_date", "lead_email_sent_date")


def check_groups(groups: Any) -> list[str]:
    """Return everything that is wrong with the root of `entity_data.json`, in words."""
    if not isinstance(groups, list):
        return ["the root is not a list"]
    aliases = {field.get("alias") for group in groups for field in _rows(group, "lead_field")}
    found: list[str] = []
    for group in groups:
        campaign = next(iter(_rows(group, "campaign")), {})
        name = campaign.get("name", "a group without a campaign")
        found += [f"{name}: {problem}" for problem in _group(group, aliases)]
    return list(dict.fromkeys(found))


def _rows(group: Any, kind: str) -> list[dict[str, Any]]:
    rows = group.get(kind, []) if isinstance(group, dict) else []
    return [row for row in rows if isinstance(row, dict)]


def _group(group: Any, aliases: set[Any]) -> Iterator[str]:
    if not isinstance(group, dict):
        yield "a group is not an object"
        return
    for key in group:
        if key not in GROUP:
            yield f"the group has the key {key!r}, which is not one that is written here"
    campaigns = _rows(group, "campaign")
    if len(campaigns) != 1:
        yield f"{len(campaigns)} campaigns in one group"
        return
    campaign = campaigns[0]
    events, lists, emails = (_rows(group, kind) for kind in ("campaign_event", "lists", "email"))
    for kind in ("campaign", "lead_field", "lists", "email", "campaign_event"):
        yield from _identities(kind, _rows(group, kind))
    if campaign.get("is_published") is not False:
        yield "the campaign is published: exports are not"
    for email in emails:
        yield from _email(email)
    for segment in lists:
        yield from _filters(segment, aliases)
    by_id = {event.get("id"): event for event in events}
    for event in events:
        yield from _event(event, campaign, by_id, lists, emails, aliases)
    yield from _cycles(by_id)
    yield from _dependencies(group, campaign, by_id, lists, emails)
    yield from _canvas(campaign, by_id)


def _identities(kind: str, rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    for key in ("id", "uuid"):
        values = [row.get(key) for row in rows]
        for value in values:
            if values.count(value) > 1:
                yield f"{kind}: the {key} {value!r} twice"
    for row in rows:
        number = row.get("id")
        if not isinstance(number, int) or isinstance(number, bool) or number < 1:
            yield f"{kind}: the id {number!r} is not a number"
        try:
            uuid.UUID(str(row.get("uuid")))
        except ValueError:
            yield f"{kind} {number}: no uuid"


def _email(email: dict[str, Any]) -> Iterator[str]:
    name = email.get("name")
    if email.get("is_published") is not False:
        yield f"the e-mail {name} is published: exports are not"
    if not str(email.get("subject") or "").strip() and not email.get("custom_html"):
        yield f"the e-mail {name} is empty"
    html = str(email.get("custom_html") or "")
    if re.search(r"<script|(?:href|src)=.\s*(?:javascript|data|vbscript):", html, re.IGNORECASE):
        yield f"a script in the e-mail {name}"


def _filters(segment: dict[str, Any], aliases: set[Any]) -> Iterator[str]:
    for number, one in enumerate(segment.get("filters", [])):
        if one.get("glue") not in ("and", "or") or (number == 0 and one.get("glue") != "and"):
            yield f"{segment.get('name')}: filter {number} begins with {one.get('glue')!r}"
        if one.get("operator") not in _OPERATORS:
            yield f"{segment.get('name')}: the operator {one.get('operator')!r}"
        if one.get("field") not in aliases and one.get("field") not in _OWN_FIELDS:
            yield f"{segment.get('name')}: no contact field {one.get('field')!r}"
        if not _ALIAS.match(str(one.get("field"))):
            yield f"{segment.get('name')}: {one.get('field')!r} is no alias"


def _event(
    event: dict[str, Any],
    campaign: dict[str, Any],
    by_id: dict[Any, dict[str, Any]],
    lists: Sequence[dict[str, Any]],
    emails: Sequence[dict[str, Any]],
    aliases: set[Any],
) -> Iterator[str]:
    number, kind = event.get("id"), event.get("type")
    where = f"event {number}"
    for key in event:
        if key not in EVENT:
            yield f"{where} has the key {key!r}, which is not one that is written here"
    if event.get("campaign_id") != campaign.get("id"):
        yield f"{where} belongs to another campaign"
    if kind not in EVENTS:
        yield f"{where} is of type {kind!r}, which is not written here"
        return
    expected, keys = EVENTS[kind]
    if event.get("event_type") != expected:
        yield f"{where}: {kind} is no {event.get('event_type')}"
    properties = event.get("properties")
    if not isinstance(properties, dict) or (keys and set(properties) != set(keys)):
        yield f"{where} has other properties than {sorted(keys)}"
        return
    yield from _place(event, where, by_id)
    yield from _schedule(event, where)
    numbers = {row.get("id") for row in lists}
    for key in ("segments", "addToLists", "removeFromLists"):
        for one in properties.get(key, []):
            if one not in numbers:
                yield f"{where} names the segment {one!r}, which is not there"
    if kind == "email.send":
        known = {row.get("id") for row in emails}
        if properties["email"] not in known or event.get("channel_id") != properties["email"]:
            yield f"{where} sends the e-mail {properties['email']!r}, which is not there"
        if event.get("channel") != "email":
            yield f"{where} has the channel {event.get('channel')!r}"
    if kind == "lead.field_value" and properties["field"] not in aliases | {"points"}:
        yield f"{where} asks the contact field {properties['field']!r}, which is not there"
    if kind == "campaign.jump_to_event":
        target = by_id.get(properties["jumpToEvent"])
        if target is None or target.get("event_type") == DECISION:
            yield f"{where} jumps to {properties['jumpToEvent']!r}, which cannot be jumped to"


def _place(event: dict[str, Any], where: str, by_id: dict[Any, dict[str, Any]]) -> Iterator[str]:
    parent, path = event.get("parent_id"), event.get("decisionPath")
    above = by_id.get(parent)
    if parent is None:
        if path:
            yield f"{where} stands on the path {path!r} of nothing"
        if event.get("event_type") == DECISION:
            yield f"{where} is a decision below no e-mail"
        return
    if above is None:
        yield f"{where} hangs on {parent!r}, which is no event"
        return
    if (above.get("event_type") == ACTION) is bool(path) or path not in ("", "yes", "no"):
        yield f"{where} stands on the path {path!r} of a {above.get('event_type')}"
    if event.get("event_type") == DECISION and above.get("type") != "email.send":
        yield f"{where} is a decision below a {above.get('type')}"
    if above.get("type") == "campaign.jump_to_event":
        yield f"{where} hangs on a jump"


def _schedule(event: dict[str, Any], where: str) -> Iterator[str]:
    if event.get("trigger_date") is not None or event.get("trigger_mode") == "date":
        yield f"{where} happens on a date, which breaks Mautic's import"
    if event.get("event_type") == DECISION:
        return
    value, mode = event.get("trigger_interval"), event.get("trigger_mode")
    if event.get("trigger_interval_unit") not in ("i", "h", "d", "m", "y"):
        yield f"{where} waits in {event.get('trigger_interval_unit')!r}: no such unit"
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        yield f"{where} waits {value!r}: a delay is a whole number"
    if mode not in ("immediate", "interval"):
        yield f"{where} has the mode {mode!r}"
    hours = [event.get(f"triggerRestricted{end}Hour") for end in ("Start", "Stop")]
    if (hours[0] is None) is not (hours[1] is None):
        yield f"{where} has half of its hours"
    for hour in hours:
        if hour is not None and not _TIME.match(str(hour)):
            yield f"{where} has the time {hour!r}: expected one such as 08:00:00"
    if None not in hours and str(hours[0]) >= str(hours[1]):
        yield f"{where}: its hours run over midnight, and Mautic turns them round"
    days = event.get("triggerRestrictedDaysOfWeek")
    if not isinstance(days, list) or not set(days) <= set(range(7)):
        yield f"{where} has the weekdays {days!r}: 0 is Sunday, 6 Saturday"
    if mode == "immediate" and (value or days or hours[0] is not None):
        yield f"{where} is immediate and waits"


def _cycles(by_id: dict[Any, dict[str, Any]]) -> Iterator[str]:
    """Check that every event hangs on the source, and that no jump leads back above itself."""
    for number, event in by_id.items():
        seen: set[Any] = set()
        one: dict[str, Any] | None = event
        while one is not None and one.get("id") not in seen:
            seen.add(one.get("id"))
            one = by_id.get(one.get("parent_id"))
        if one is not None:
            yield f"event {number} hangs on itself"
        target = (event.get("properties") or {}).get("jumpToEvent")
        if target is not None and target in seen:
            yield f"event {number} jumps back to {target!r}"


def _dependencies(
    group: dict[str, Any],
    campaign: dict[str, Any],
    by_id: dict[Any, dict[str, Any]],
    lists: Sequence[dict[str, Any]],
    emails: Sequence[dict[str, Any]],
) -> Iterator[str]:
    several = group.get("dependencies")
    if not isinstance(several, list) or len(several) != 1:
        yield "the dependencies are not a list of one"
        return
    rows = several[0].get("campaign_event", [])
    by_event: dict[Any, dict[str, Any]] = {row.get("campaign_event"): row for row in rows}
    if len(by_event) != len(rows):
        yield "two dependency rows for one event"
    for number, event in by_id.items():
        row = by_event.get(number)
        if row is None or row.get("campaign") != campaign.get("id"):
            yield f"event {number} has no dependency row"
            continue
        properties = event.get("properties") or {}
        if event.get("type") == "email.send" and row.get("email") != properties.get("email"):
            yield f"the dependency row of event {number} names no e-mail"
        if event.get("type") == "lead.segments" and row.get("lists") != properties.get("segments"):
            yield f"the dependency row of event {number} names other segments, or no list of them"
        if event.get("type") == "lead.changelist":
            named = [*properties.get("addToLists", []), *properties.get("removeFromLists", [])]
            if row.get("lists") != {str(one): one for one in named}:
                yield f"the dependency row of event {number} is no mapping of its segments"
    for number in by_event:
        if number not in by_id:
            yield f"a dependency row for the event {number!r}, which is not there"
    fed = [row.get("lists") for row in several[0].get("lists", [])]
    if len(fed) != 1 or fed[0] not in {row.get("id") for row in lists}:
        yield "the campaign is fed by no segment, or by several"
    used = {row.get("email") for row in rows}
    for email in emails:
        if email.get("id") not in used:
            yield f"no event sends the e-mail {email.get('id')}"


def _canvas(campaign: dict[str, Any], by_id: dict[Any, dict[str, Any]]) -> Iterator[str]:
    """Check that the builder shows every event, and ties those that hang together."""
    settings = campaign.get("canvas_settings") or {}
    nodes = [node.get("id") for node in settings.get("nodes", [])]
    if sorted(map(str, nodes)) != sorted(map(str, ["lists", *by_id])):
        yield "the builder shows other events than there are"
    ties = {(one.get("sourceId"), one.get("targetId")) for one in settings.get("connections", [])}
    expected = {(event.get("parent_id") or "lists", number) for number, event in by_id.items()}
    if ties != expected:
        yield "the builder ties events that do not hang together"
