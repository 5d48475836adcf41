"""A reader of Mautic's import files, after the rules by which Mautic 7 reads them.

It opens the archive, goes through the groups, gives every object a number of its own and ties them
together by the dependency rows, as Mautic does. Where Mautic would refuse a file, or would take it
and make something else of it, `Refused` says why.
"""

from __future__ import annotations

import io
import json
import re
import uuid
import zipfile
from dataclasses import dataclass, field
from typing import Any

Json = Any
MOST_FILES, MOST_BYTES, DEEPEST_RATIO = 1000, 100 * 1024 * 1024, 10
_ADDRESS = re.compile(r"[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}")
# Objects that the import makes before the events, in the order of the file.
_OBJECTS = ("lead_field", "lists")


class Refused(Exception):
    """Why a file cannot be imported as it is meant."""


@dataclass
class Imported:
    """One campaign after the import: its objects by their new numbers."""

    campaign: Json
    events: dict[int, Json]
    segments: dict[int, Json]
    emails: dict[int, Json]
    fields: dict[int, Json]
    fed_by: list[int] = field(default_factory=list)


def read(archive: bytes) -> list[Imported]:
    """Return the campaigns that a file makes."""
    groups = _without_addresses(json.loads(_data(archive)))
    if not isinstance(groups, list):
        raise Refused("the root is not a list: Mautic goes through it as groups")
    if not groups:
        raise Refused("there is nothing in it")
    numbers = _Numbers()
    return [_campaign(group, numbers) for group in groups]


def _data(archive: bytes) -> bytes:
    try:
        found = zipfile.ZipFile(io.BytesIO(archive))
    except zipfile.BadZipFile as problem:
        raise Refused("no archive") from problem
    entries = found.infolist()
    if len(entries) > MOST_FILES or sum(one.file_size for one in entries) > MOST_BYTES:
        raise Refused("too much in one archive")
    data = b""
    for one in entries:
        if ".." in one.filename.split("/") or one.filename.startswith("/"):
            raise Refused(f"an unsafe path: {one.filename}")
        if one.compress_size and one.file_size / one.compress_size > DEEPEST_RATIO:
            raise Refused(f"{one.filename} shrinks too well: it looks like a bomb")
        if one.filename.endswith(".json"):
            data = found.read(one)
    if not data:
        raise Refused("no JSON in the archive")
    return data


def _without_addresses(value: Json) -> Json:
    """Return data as Mautic takes it over: without any address of e-mail."""
    if isinstance(value, str):
        return _ADDRESS.sub("", value)
    if isinstance(value, list):
        return [_without_addresses(one) for one in value]
    if isinstance(value, dict):
        return {key: _without_addresses(one) for key, one in value.items()}
    return value


class _Numbers:
    """Numbers that differ from those of the file, one for each uuid."""

    def __init__(self) -> None:
        self.last = 1000
        self.known: dict[str, int] = {}

    def of(self, kind: str, row: Json) -> int:
        identity = row.get("uuid")
        try:
            uuid.UUID(str(identity))
        except ValueError:
            raise Refused(f"{kind} {row.get('id')}: Mautic finds objects by their uuid") from None
        key = f"{kind}/{identity}"
        if key not in self.known:
            self.last += 7
            self.known[key] = self.last
        return self.known[key]

    def all_of(self, kind: str, rows: list[Json]) -> dict[int, int]:
        """Return the new number of each old one."""
        mapped = {row["id"]: self.of(kind, row) for row in rows}
        if len(mapped) < len(rows):
            raise Refused(f"two {kind} with one number")
        return mapped


def _campaign(group: Json, numbers: _Numbers) -> Imported:
    if not isinstance(group, dict) or len(group.get("campaign") or []) != 1:
        raise Refused("a group needs its campaign")
    (campaign,) = group["campaign"]
    if campaign.get("is_published") is not False:
        raise Refused("the campaign is published: nothing is imported live")
    rows = group.get("dependencies")
    if not isinstance(rows, list):
        raise Refused("no dependencies: nothing would hang together")
    maps = {"campaign": numbers.all_of("campaign", [campaign])}
    for kind in (*_OBJECTS, "email"):
        maps[kind] = numbers.all_of(kind, group.get(kind, []))
    tied = _tied(rows, maps)
    events = group.get("campaign_event", [])
    maps["campaign_event"] = numbers.all_of("campaign_event", events)
    made = Imported(
        campaign | {"id": maps["campaign"][campaign["id"]]},
        {},
        _by_number(group, "lists", maps),
        _by_number(group, "email", maps),
        _by_number(group, "lead_field", maps),
    )
    for email in made.emails.values():
        if email.get("is_published") is not False:
            raise Refused("an e-mail is published: nothing is imported live")
    by_event = {row.get("campaign_event"): row for one in tied for row in one["campaign_event"]}
    for event in events:
        number = maps["campaign_event"][event["id"]]
        made.events[number] = _event(event, by_event.get(event["id"]), maps, made)
    for one in tied:
        made.fed_by += [row["lists"] for row in one.get("lists", []) if "campaign" in row]
    _canvas(made, maps)
    return made


def _by_number(group: Json, kind: str, maps: dict[str, dict[int, int]]) -> dict[int, Json]:
    return {maps[kind][row["id"]]: row for row in group.get(kind, [])}


def _tied(rows: Json, maps: dict[str, dict[int, int]]) -> list[Json]:
    """Return the dependency rows with new numbers, of single values, lists and mappings."""

    def renumbered(kind: str, value: Json) -> Json:
        known = maps.get(kind, {})
        if isinstance(value, dict):
            return {int(key): known.get(one, one) for key, one in value.items()}
        if isinstance(value, list):
            return [known.get(one, one) for one in value]
        return known.get(value, value)

    return [
        {
            kind: [{key: renumbered(key, value) for key, value in row.items()} for row in several]
            for kind, several in one.items()
        }
        for one in rows
    ]


def _event(event: Json, row: Json, maps: dict[str, dict[int, int]], made: Imported) -> Json:
    where = f"event {event.get('id')}"
    if row is None or row.get("campaign") != made.campaign["id"]:
        raise Refused(f"{where} has no dependency row: it would belong to another campaign")
    if event.get("trigger_date") is not None:
        raise Refused(f"{where} happens on a date: the import looks for it under another name")
    if event.get("trigger_mode") not in ("immediate", "interval", ""):
        raise Refused(f"{where} has the mode {event.get('trigger_mode')!r}")
    if event.get("trigger_interval_unit") not in ("i", "h", "d", "m", "y", ""):
        raise Refused(f"{where} waits in {event.get('trigger_interval_unit')!r}")
    parent = event.get("parent_id")
    if parent is not None and parent not in maps["campaign_event"]:
        raise Refused(f"{where} hangs on {parent}, which is not there")
    properties = dict(event["properties"])
    channel = event.get("channel")
    if channel and channel in row:
        properties[channel] = row[channel]
    elif event["type"] == "lead.segments":
        properties["segments"] = row.get("lists", properties["segments"])
    elif event["type"] == "lead.changelist":
        known = row.get("lists", {})
        for key in ("addToLists", "removeFromLists"):
            # Mautic looks the old number up among the keys of the row.
            among = known if isinstance(known, dict) else dict(enumerate(known))
            properties[key] = [among.get(one, one) for one in properties[key]]
    elif event["type"] == "campaign.jump_to_event":
        target = properties["jumpToEvent"]
        if target not in maps["campaign_event"]:
            raise Refused(f"{where} jumps to {target}, which is not there")
        properties["jumpToEvent"] = maps["campaign_event"][target]
    if event["type"] == "email.send" and properties["email"] not in made.emails:
        raise Refused(f"{where} sends an e-mail that is not there")
    named = [
        one
        for key in ("segments", "addToLists", "removeFromLists")
        for one in properties.get(key, [])
    ]
    for one in named:
        if one not in made.segments:
            raise Refused(f"{where} names the segment {one}, which the import does not make")
    return event | {
        "campaign_id": row["campaign"],
        "properties": properties,
        "parent_id": None if parent is None else maps["campaign_event"][parent],
    }


def _canvas(made: Imported, maps: dict[str, dict[int, int]]) -> None:
    nodes = {node["id"] for node in made.campaign["canvas_settings"]["nodes"]}
    missing = set(maps["campaign_event"]) - nodes
    if missing:
        raise Refused(f"the builder does not show the events {sorted(missing)}")
