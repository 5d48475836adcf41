"""What is shared while one archive of Mautic is read: fields, names, messages, notes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from playbook_compiler.condition_tokens import written
from playbook_compiler.importing.engines.mautic.vocabulary import OURS, Names
from playbook_compiler.importing.imported import Data, Notes
from playbook_compiler.model import Playbook
from playbook_compiler.targets.mautic.terms import CHANNELS, PREFIX, UNSUBSCRIBED
from playbook_compiler.values import dataclass, field

Row = Mapping[str, Any]
# What conditions of several tests are taken apart at.
_PARTS = re.compile(r" and | or |[()]")


@dataclass(slots=True)
class Said:
    """One text of a message: with an offer or without. `path` is its place in the input."""

    channel: str
    kind: str
    subject: str
    preview: str
    body: str
    path: str = field(compare=False, default="")


@dataclass(slots=True)
class Reading:
    """One import while it runs.

    `known` are messages that an archive holds in their own words, `same` the e-mails that say just
    this, by title. `messages` are texts by message and offer; `flows` the campaigns by the key of
    the segment that feeds them; `audiences` conditions; `offers` whether texts show their last day;
    `windows` the sends of some hours alone with these and their places, `at_once` the messages that
    go out at any hour; `points` and `held_out` the places that give points and ask for the holdout;
    `shells` playbooks of names alone; `hooks` the variables that stand for secret addresses.
    """

    names: Names
    notes: Notes
    known: Mapping[str, Data] = field(default_factory=dict)
    same: Mapping[str, Row] = field(default_factory=dict)
    flows: dict[str, str] = field(default_factory=dict)
    messages: dict[str, dict[str, Said]] = field(default_factory=dict)
    addresses: list[str] = field(default_factory=list)
    senders: list[tuple[str, str]] = field(default_factory=list)
    audiences: dict[str, str] = field(default_factory=dict)
    offers: dict[str, bool] = field(default_factory=dict)
    windows: list[tuple[Data, str, str]] = field(default_factory=list)
    at_once: set[str] = field(default_factory=set)
    points: list[str] = field(default_factory=list)
    held_out: list[str] = field(default_factory=list)
    shells: dict[str, Playbook] = field(default_factory=dict)
    hooks: dict[str, str] = field(default_factory=dict)

    def hook(self, address: str) -> str:
        """Return the variable of the environment that a secret address becomes."""
        number = f"_{len(self.hooks) + 1}" if self.hooks else ""
        return self.hooks.setdefault(address, f"MAUTIC_HOOK{number}")


def reading_of(campaigns: Sequence[Row]) -> Reading:
    """Return the state of an import before its first campaign is read."""
    rows = [one for data in campaigns for one in listed(data, "lead_field")]
    labels = {str(one.get("alias")): str(one.get("label")) for one in rows}
    types = {str(one.get("alias")): str(one.get("type")) for one in rows}
    texts: dict[str, str] = {}
    for key, text in _stood_for(campaigns):
        texts.setdefault(f"{PREFIX}is_{_digest(key)}", text)
    names = Names(labels, types, texts=texts)
    for alias in labels:  # conditions of ours may name what is asked of the customer only later
        if names.own(alias):
            names.event_of(alias)
            names.named(alias)
    return Reading(names, Notes())


def _stood_for(campaigns: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """Return the texts that our export may have made a field for, each with the condition."""
    for channel in CHANNELS:
        for reason in (None, UNSUBSCRIBED):
            said = "not consent has {}" if reason is None else "unsubscribed({})"
            yield f"Do Not Contact: {channel}, {reason or 'any'}", said.format(channel)
    for data in campaigns:
        for event in listed(data, "campaign_event"):
            name, properties = str(event.get("name")), mapping(event.get("properties"))
            for key in ("tags", "add_tags", "remove_tags"):
                found = properties.get(key)
                for tag in map(str, found if isinstance(found, list) else ()):
                    if tag.isprintable() and tag:
                        yield f"tag {tag}", f"tags has {written(tag)}"
            yield from ((one, one) for one in (name, *_PARTS.split(name)))
        for row in listed(data, "lists"):
            said = str(row.get("description") or "").removeprefix(OURS)
            yield from ((one, one) for one in (said, *_PARTS.split(said)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def listed(data: Row, key: str) -> list[Row]:
    """Return the objects of a list in an archive; of anything else, none."""
    found = data.get(key)
    return [one for one in (found if isinstance(found, list) else ()) if isinstance(one, dict)]


def mapping(value: Any) -> Row:
    """Return an object of an archive; of anything else, an empty one."""
    return value if isinstance(value, dict) else {}


def by_number(data: Row, key: str, number: Any) -> Row | None:
    """Return the object of a list that has a number."""
    wanted = str(number)
    return next((one for one in listed(data, key) if str(one.get("id")) == wanted), None)


def key_of(segment: Row) -> str:
    """Return what tells a segment in every campaign of an archive: numbers hold for one alone."""
    return str(segment.get("uuid") or segment.get("alias") or segment.get("name"))


def head_of(data: Row) -> Row:
    """Return the campaign itself among the objects of its group."""
    found = data.get("campaign")
    return mapping(found[0] if isinstance(found, list) and found else found)
