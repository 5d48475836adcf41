"""Actions of campaigns as steps: points, fields, segments, tags, calls, messages."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.importing.engines.mautic.filters import CHANNELS, tag_of, told
from playbook_compiler.importing.engines.mautic.literals import is_day
from playbook_compiler.importing.engines.mautic.mails import (
    email_of,
    in_own_words,
    kept,
    text_message,
    variable_of,
)
from playbook_compiler.importing.engines.mautic.reading import (
    Reading,
    Row,
    Said,
    by_number,
    key_of,
    mapping,
)
from playbook_compiler.importing.engines.mautic.vocabulary import OURS
from playbook_compiler.importing.imported import Data
from playbook_compiler.importing.names import id_of
from playbook_compiler.printing_yaml import Bare, Written
from playbook_compiler.units import parse_duration
from playbook_compiler.values import dataclass, field
from playbook_compiler.webhook import VARIABLE, parse_address

# Keys of Mautic's form of an event, which older versions keep among the properties.
_FORM = re.compile(
    r"canvasSettings|name|description|trigger[A-Z]\w*|anchor|anchorEventType|properties|type|eventType"
    r"|campaignId|_token|buttons"
)
_TASK = re.compile(r"task: (.*?)(?: \(within (\w+)\))?(?: - (.+))?", re.DOTALL)
_LIST, _LOOKUP = f"{OURS}list ", re.compile(r"\$\{lookup:webhook\.(.+)\}")
_TOKEN = re.compile(r"\{(?:contact|lead)field=(\w+)\}")
_METHODS: Final = ("POST", "PUT", "PATCH", "GET")
_YES: Final = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
_POINTS_LIMIT: Final = 100_000_000


@dataclass(frozen=True, slots=True)
class Deed:
    """What an action does: steps one after the other, and whether the run ends with it."""

    steps: tuple[Data, ...]
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Acting:
    """Reads the actions of one campaign; `sources` are the keys of the segments that feed it,
    `sent` the numbers of the e-mails that it sends."""

    reading: Reading
    data: Row
    flow: str
    sources: frozenset[str]
    sent: set[str] = field(default_factory=set)

    def deed(self, event: Row, path: str) -> Deed:
        """Return what an action does; what the language cannot say is noted."""
        properties = told(event)
        match str(event.get("type")):
            case "email.send":
                self.sent.add(str(properties.get("email")))
                return self.send(email_of(self.reading, self.data, properties, path))
            case "sms.send_text_sms":
                return self.send(text_message(self.reading, self.data, event, "sms", path))
            case "notification.send_notification" | "notification.send_mobile_notification":
                return self.send(text_message(self.reading, self.data, event, "push", path))
            case "lead.changetags":
                return self.tags(properties, path)
            case "lead.changepoints":
                return self.points(properties, event, path)
            case "lead.updatelead":
                return self.update(event, path)
            case "lead.changelist":
                return self.lists(properties, path)
            case "lead.adddnc":
                return self.suppress(properties, path)
            case "campaign.sendwebhook":
                return self.call(properties, event, path)
            case "campaign.addremovelead" if "this" in _all(properties, "removeFrom"):
                for other in _all(properties, "addTo"):
                    self.left(path, f"starting the campaign {other}", "it is told by a number")
                return Deed((), ends=True)
        kind, name = event.get("type"), event.get("name")
        self.left(
            path, f"an event of the type `{kind}` (`{name}`)", "the language has no such step"
        )
        return Deed(())

    def left(self, path: str, what: str, why: str, advice: str = "") -> None:
        advice = advice or "the flow goes on without it"
        self.reading.notes.left(path, what, why, advice)

    def send(self, sent: tuple[str, str]) -> Deed:
        message, offer = sent
        return Deed(({"send": message, **({"offer": offer} if offer else {})},))

    def tags(self, properties: Row, path: str) -> Deed:
        steps: list[Data] = []
        for key, deed in (("add_tags", "tag"), ("remove_tags", "untag")):
            for one in _all(properties, key):
                tag = str(one)
                if tag.startswith("task: ") and deed == "tag":
                    steps.append(_task(tag))
                elif tag.strip() and tag.isprintable():
                    steps.append({"update": {deed: tag_of(tag)}})
                    if tag_of(tag) != tag and not tag.startswith(OURS):
                        self.reading.notes.changed(
                            path, f"the tag `{tag[:100]}`", "its name is too long",
                            f"it is called `{tag_of(tag)}` here",
                        )  # fmt: skip
                else:
                    self.left(path, f"the tag `{tag[:100]}`", "its name is unreadable")
        return Deed(tuple(steps))

    def points(self, properties: Row, event: Row, path: str) -> Deed:
        points = str(properties.get("points"))
        if not re.fullmatch(r"[0-9]{1,9}", points) or not 0 < int(points) <= _POINTS_LIMIT:
            why = "flows give points and take none away"
            self.left(path, f"changing the points by {points} (`{event.get('name')}`)", why)
            return Deed(())
        if properties.get("group"):
            self.reading.notes.changed(
                path, f"points of the group {properties['group']}",
                "a playbook has one kind of points", "see whether they belong to it",
            )  # fmt: skip
        self.reading.points.append(path)
        return Deed(({"grant": {"points": int(points)}},))

    def update(self, event: Row, path: str) -> Deed:
        properties = mapping(event.get("properties"))
        inner = mapping(properties.get("properties"))
        values = inner or {key: one for key, one in properties.items() if not _FORM.fullmatch(key)}
        steps: list[Data] = []
        for alias, value in values.items():
            if value in (None, "", [], {}):
                continue
            fact = self.reading.names.settable(alias)
            said = None if fact is None else _said(value, self.reading.names.facts[fact])
            if fact is None:
                why = "it is no field of the shop's own: it follows from what the customer does"
                self.left(path, f"setting the field `{alias}`", why)
            elif said is None:
                why = f"this is no value of the type {self.reading.names.facts[fact]}"
                self.left(path, f"setting `{alias}` to `{str(value)[:100]}`", why)
            else:
                steps.append({"update": {fact: said}})
        return Deed(tuple(steps))

    def lists(self, properties: Row, path: str) -> Deed:
        steps: list[Data] = []
        ends = False
        for key, word in (("addToLists", "add"), ("removeFromLists", "remove")):
            for number in _all(properties, key):
                row = by_number(self.data, "lists", number)
                found = key_of(row) if row is not None else ""
                if row is None:
                    self.left(path, f"the segment {number}", "it is not in the archive")
                elif word == "remove" and found in self.sources:
                    ends = True  # who leaves the segment leaves the campaign
                elif word == "add" and found in self.reading.flows:
                    steps.append({"start": self.reading.flows[found]})
                elif word == "remove" and found in self.reading.flows:
                    what = f"taking customers out of the flow `{self.reading.flows[found]}`"
                    self.left(path, what, "a flow ends its own runs alone", "see its exit_on")
                else:
                    steps.append({"audience": {word: self.list_name(row)}})
        return Deed(tuple(steps), ends)

    def list_name(self, row: Row) -> str:
        """Return the name of a list: that of our own, else the segment's."""
        said = str(row.get("description") or "").partition("\n")[0]
        name = said.removeprefix(_LIST) if said.startswith(_LIST) else str(row.get("name"))
        return id_of(name, "list", self.reading.audiences)

    def suppress(self, properties: Row, path: str) -> Deed:
        steps: list[Data] = []
        for channel in _all(properties, "channels"):
            if channel in CHANNELS:
                steps.append({"update": {"suppress": CHANNELS[str(channel)]}})
            else:
                self.left(path, f"suppressing the channel `{channel}`", "the playbook has no such")
        return Deed(tuple(steps))

    def call(self, properties: Row, event: Row, path: str) -> Deed:
        sent = {
            str(one.get("label")): str(one.get("value"))
            for one in _all(mapping(properties.get("additional_data")), "list")
            if isinstance(one, dict)
        }
        is_ours = str(event.get("description") or "").startswith(OURS)
        if is_ours and str(event.get("name")).startswith("grant "):
            return self.grant(sent, path)
        channel = BUILT_IN.channels.get(sent.get("channel", ""))
        if is_ours and channel is not None and channel.message and sent.get("message"):
            noted = in_own_words(self.reading, sent["message"])
            if noted is not None:
                return self.send(noted)
            said = Said(sent["channel"], "marketing", "", "", "", path)
            name = id_of(sent["message"], "message")
            self.left(path, f"the text of `{name}`", "a call carries its name alone", "write it")
            return self.send(kept(self.reading, name, "", said))
        url = self.address(str(properties.get("url") or ""), path, is_ours=is_ours)
        method = str(properties.get("method") or "post").upper()
        if not url or method not in _METHODS:
            why = "its address or method is none that a call can have"
            self.left(path, f"the webhook `{event.get('name')}`", why)
            return Deed(())
        fields = [
            field
            for label, value in sent.items()
            if not (is_ours and label in ("contact", "email"))
            for field in self.field(label, value, path)
        ]
        for one in _all(mapping(properties.get("headers")), "list"):
            label = str(mapping(one).get("label"))
            if label.lower() != "content-type":
                self.left(path, f"the header `{label}` of a webhook", "a call has none of its own")
        call: Data = {"url": url}
        if method != "POST":
            call["method"] = method
        if fields:
            call["fields"] = [*dict.fromkeys(fields)]
        return Deed(({"call": call if len(call) > 1 else url},))

    def address(self, raw: str, path: str, *, is_ours: bool) -> str:
        """Return an address as a call writes it; a secret one becomes a variable."""
        lookup = _LOOKUP.fullmatch(raw)
        if lookup is not None:
            return lookup[1] if VARIABLE.fullmatch(lookup[1]) else ""
        # Our own addresses are written so that Mautic reads no token in them.
        url = raw.replace("%257B", "{").replace("%25", "%") if is_ours else raw
        if not is_ours and "{" in raw:
            return ""
        found = parse_address(url)
        if isinstance(found, str):
            return found
        if not url.startswith("https://"):
            return ""
        variable = self.reading.hook(url)
        self.reading.notes.changed(
            path, "the address of a webhook", found[0],
            f"put the address into the variable {variable} of the environment",
        )  # fmt: skip
        return variable

    def field(self, label: str, value: str, path: str) -> list[Written]:
        token = _TOKEN.fullmatch(value.strip())
        if token is not None and token[1] == "id":
            return []  # the customer's id is always sent
        name = variable_of(self.reading, f"contactfield.{token[1]}") if token is not None else None
        if name is None:
            self.left(path, f"`{label}` of a webhook", "a call sends facts along, no fixed words")
            return []
        name = name.removeprefix("customer.")
        if name != label:
            self.reading.notes.changed(
                path, f"`{label}` of a webhook", f"a call names it `{name}`",
                "see that what is called knows it by this name",
            )  # fmt: skip
        return [name]

    def grant(self, sent: Mapping[str, str], path: str) -> Deed:
        if sent.get("offer"):
            offer = id_of(sent["offer"], "offer")
            self.reading.offers.setdefault(offer, False)
            return Deed(({"grant": offer},))
        credit = re.fullmatch(r"([0-9.]{1,12})(?: [A-Z]{3})?", sent.get("credit", ""))
        if credit is None:
            self.left(path, "a grant", "what it gives is not told")
            return Deed(())
        return Deed(({"grant": {"credit": Bare(credit[1])}},))


def _all(properties: Row, key: str) -> list[Any]:
    found = properties.get(key)
    if isinstance(found, dict):
        return [*found.values()]
    return found if isinstance(found, list) else []


def _task(tag: str) -> Data:
    """Return the task that a tag of ours stands for, with who does it by when."""
    found = _TASK.fullmatch(tag)
    if found is None or (found[2] and isinstance(parse_duration(found[2]), str)):
        return {"task": tag.removeprefix("task: ")[:1_000]}
    step: Data = {"task": found[1]}
    if found[3]:
        step["owner"] = found[3]
    if found[2]:
        step["due"] = Bare(found[2])
    return step


def _said(value: Any, kind: str) -> Written | None:
    """Return a value as an update says it, None where it is none of the fact's type."""
    text = value if isinstance(value, str) else json.dumps(value)
    if "{" in text and _TOKEN.search(text):
        return None
    match kind:
        case "boolean":
            return _YES.get(text.lower())
        case "number":
            return Bare(text) if re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,4})?", text) else None
        case "date":
            return Bare(text) if is_day(text) else None
        case _:
            return text if text.strip() and text.isprintable() and len(text) <= 200 else None
