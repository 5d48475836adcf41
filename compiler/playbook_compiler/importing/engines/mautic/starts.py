"""What brings contacts into a campaign: the segments that feed it, as trigger and exits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.importing.engines.mautic.belonging import (
    FILTERED,
    belonging,
    without_exits,
)
from playbook_compiler.importing.engines.mautic.conditions import Asking
from playbook_compiler.importing.engines.mautic.filters import UNKNOWN, of_segment
from playbook_compiler.importing.engines.mautic.reading import (
    Reading,
    Row,
    by_number,
    listed,
)
from playbook_compiler.importing.engines.mautic.vocabulary import OURS
from playbook_compiler.importing.imported import Data
from playbook_compiler.importing.names import fact_name, id_of
from playbook_compiler.printing_yaml import Bare
from playbook_compiler.targets.mautic.logic import (
    Filter,
    Formula,
    any_of,
)
from playbook_compiler.values import dataclass

_SAYS = re.compile(
    r"playbook: (?P<outside>put the contact in when )?(?:`(?P<event>[a-z_.]+)` happens"
    r"(?: (?P<times>\d+) times within (?P<within>\w+))?"
    r"|the trigger `(?P<kind>\w+): (?P<value>[^`]+)` fires"
    r"(?:, (?P<shift>before|after|to) (?P<by>[\w-]+))?)"
    r"(?P<rest>.*?)(?:; take him out at (?P<exits>[a-z_.]+(?:, [a-z_.]+)*))?",
    re.DOTALL,
)
_FIELDS = re.compile(
    r"trigger\.([a-z][a-z0-9_.]*) (?:[<>!=]=?|in|between|has) \(?([^\s(),]+)"
)  # what a condition reads of the event that starts the flow, and a value beside it
_KINDS: Final = ("inactive_for", "date", "replenishment", "every", "points_reach", "enters")
_LAST_ORDER: Final = "order_placed"


@dataclass(frozen=True, slots=True)
class Start:
    """What starts a flow, the event of that (or nothing), what it asks, what ends a run, and who
    enters besides."""

    trigger: Data
    event: str = ""
    where: str = ""
    exits: tuple[str, ...] = ()
    audience: str = ""


def sources_of(data: Row) -> list[Row]:
    """Return the segments that feed a campaign."""
    rows = [
        by_number(data, "lists", one.get("lists"))
        for each in listed(data, "dependencies")
        for one in listed(each, "lists")
    ]
    found = [one for one in rows if one is not None]
    return found or listed(data, "lists")[:1]


def start_of(reading: Reading, data: Row, flow: str, path: str) -> Start:
    """Return what starts a flow: a segment of our own says it, another one's filters tell it."""
    sources = sources_of(data)
    if listed(data, "forms"):
        reading.notes.left(
            f"{path}/forms", "the forms of a campaign", "a flow starts for one reason",
            "write a flow that starts when a form is sent",
        )  # fmt: skip
    for row in sources:
        said = _SAYS.fullmatch(str(row.get("description") or "").partition("\n")[0])
        if said is not None and (said["event"] or said["kind"] in _KINDS):
            others = [other for other in sources if other is not row]
            _beside(reading, others, "a flow starts for one reason", path)
            return _ours(reading, data, row, flow, path, said)
    filtered = [row for row in sources if listed(row, "filters")]
    if filtered:
        others = [row for row in sources if row not in filtered]
        why = "it has no filters: people are put into it, and a flow starts for one reason"
        _beside(reading, others, why, path)
        parts = [of_segment(reading, data, row, f"{path}/lists") for row in filtered]
        return Start({"enters": _audience(reading, filtered, any_of(*parts), flow, path)})
    event = fact_name(f"entered {flow}", "event", reading.names.events)
    reading.names.event(event)
    reading.notes.changed(
        f"{path}/lists", "the segments of a campaign", "an event stands for them",
        f"send `{event}`, or write another trigger",
    )  # fmt: skip
    return Start({"event": event}, event)


def _beside(reading: Reading, rows: Sequence[Row], why: str, path: str) -> None:
    """Note segments that feed a campaign beside what starts the flow."""
    for row in rows:
        reading.notes.left(
            f"{path}/lists", f"the segment `{row.get('name')}`", why,
            "write another flow with the same steps that starts for those in it",
        )  # fmt: skip


def _audience(
    reading: Reading, rows: Sequence[Row], formula: Formula, flow: str, path: str, name: str = ""
) -> str:
    """Return the audience of segments, defined on the first asking."""
    title = name or str(rows[0].get("name") or "audience")
    text = (
        Asking(reading, flow, "", inside=True).condition(formula, f"{path}/lists") or "orders >= 0"
    )
    found, number = id_of(title, "audience"), 2
    base = found
    while reading.audiences.get(found, text) != text:
        found = f"{base[:58]}-{number}"
        number += 1
    reading.audiences[found] = text
    return found


def _ours(
    reading: Reading, data: Row, row: Row, flow: str, path: str, said: re.Match[str]
) -> Start:
    event, kind, value = said["event"] or "", said["kind"] or "", said["value"] or ""
    trigger: Data = {"event": event} if event else {kind: Bare(value)}
    if event:
        reading.names.event(event)
    if said["times"]:
        trigger |= {"at_least": int(said["times"]), "within": Bare(said["within"])}
    if said["shift"]:
        trigger[said["shift"]] = Bare(said["by"])
    exits = tuple(said["exits"].split(", ")) if said["exits"] else ()
    audience = ""
    if kind not in ("enters", *FILTERED) or (said["outside"] and kind != "enters"):
        if listed(row, "filters"):
            reading.notes.left(
                f"{path}/lists", f"the filters of the segment `{row.get('name')}`",
                "they were added in Mautic: the shop alone fills the segment of our export",
                "write them under `audience` or `where`",
            )  # fmt: skip
    elif listed(row, "filters"):
        formula = of_segment(reading, data, row, f"{path}/lists")
        if kind == "enters":
            formula, exits = without_exits(reading, formula)
            trigger = {kind: _audience(reading, [row], formula, flow, path, value)}
        else:
            name = str(row.get("name"))
            found = belonging(reading, formula, trigger, name, flow, f"{path}/lists")
            trigger, exits, audience = found.trigger, found.exits, found.audience
        if kind == "inactive_for":
            # Whoever orders leaves the segment, and with it the campaign.
            exits = tuple(dict.fromkeys((*exits, _LAST_ORDER)))
    elif kind == "enters":
        trigger = {kind: _audience(reading, [row], Filter("segment", UNKNOWN, "=", value), flow,
                                   path, value)}  # fmt: skip
    if kind == "date":
        _dated(reading, value)
    if kind == "points_reach" or event.startswith("points_"):
        reading.points.append(path)
    for one in exits:
        reading.names.event(one)
    if kind != "enters":
        _note_rest(reading, row, path)
    where = _where(reading, said["rest"], flow, event, path)
    if where:
        trigger["where"] = where
    return Start(trigger, event, where, exits, audience)


def _note_rest(reading: Reading, row: Row, path: str) -> None:
    """Note tests of our own segment that its description does not tell."""
    for one in listed(row, "filters"):
        name = reading.names.own(str(one.get("field")))
        if name.startswith("is_"):
            reading.notes.left(
                f"{path}/lists", f"the filter `{one['field']} {one.get('operator')}`",
                "it stands for what segments cannot ask, such as an opened mail that ends a run",
                "write it under `exit_on` or `audience`",
            )  # fmt: skip


def _dated(reading: Reading, name: str) -> None:
    """Declare a day of the shop's own that starts a flow."""
    for alias in reading.names.labels:
        if reading.names.own(alias) == name and name not in BUILT_IN.facts:
            reading.names.named(alias)


def _where(reading: Reading, rest: str, flow: str, event: str, path: str) -> str:
    """Return what else our own trigger asked, if the language can read it here."""
    text = rest.strip().removeprefix("and ").strip()
    if not text:
        return ""
    for alias in reading.names.labels:
        name = reading.names.own(alias)
        if name and name in text:
            known = reading.names.field_of(alias, event)
            known = known or reading.names.named(alias)
    for name, value in _FIELDS.findall(text) if event in reading.names.events else ():
        is_number = re.fullmatch(r"-?[0-9.]+", value) is not None
        kind = "number" if is_number else "boolean" if value in ("true", "false") else "text"
        reading.names.events[event].setdefault(name, kind)
    condition = Asking(reading, flow, event).parsed(text)
    if condition is not None:
        return str(condition)
    reading.notes.left(
        f"{path}/lists", f"the rest of the trigger: `{text[:150]}`",
        "it stands in the segment's description alone", "write it under `where:`",
    )  # fmt: skip
    return ""


def own_id(head: Row) -> str:
    """Return the id of the flow that a campaign of our own export was, else nothing."""
    said = str(head.get("description") or "").partition("\n")[0]
    if not said.startswith(OURS):
        return ""
    return said.removeprefix(OURS).partition(" - ")[0]
