"""Who belongs into a flow of ours, as the segment that starts it says in Mautic.

Our exporter makes the segment of the trigger, of the events that end a run, and of a field that
keeps out those who are there on the first day. What else stands in it was added by a person.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from playbook_compiler.importing.engines.mautic.conditions import Asking, gathered
from playbook_compiler.importing.engines.mautic.literals import NOT_SINCE
from playbook_compiler.importing.engines.mautic.reading import Reading
from playbook_compiler.importing.imported import Data
from playbook_compiler.printing_yaml import Bare
from playbook_compiler.targets.mautic.logic import (
    Every,
    Filter,
    Formula,
    Some,
    TooManyGroups,
    all_of,
    any_of,
    groups,
)
from playbook_compiler.targets.mautic.source import anniversary, relative
from playbook_compiler.targets.mautic.terms import LAST_ORDER, alias
from playbook_compiler.units import parse_duration
from playbook_compiler.values import dataclass

_DAYS_AGO = re.compile(r"-([0-9]{1,5}) days")
_EXISTING, _STANDS_IN = "existing_", "is_"
# Triggers whose segments our exporter fills by filters; `enters` is read as an audience.
FILTERED: Final = ("inactive_for", "points_reach", "date")


@dataclass(frozen=True, slots=True)
class Belonging:
    """What the filters of a start segment of ours say: the trigger, the events that end runs, and
    what people added."""

    trigger: Data
    exits: tuple[str, ...] = ()
    audience: str = ""


@dataclass(frozen=True, slots=True)
class _Way:
    """One group of filters: those of the trigger and all others."""

    own: tuple[Filter, ...]
    others: tuple[Filter, ...]


def belonging(
    reading: Reading, formula: Formula, trigger: Data, name: str, flow: str, path: str
) -> Belonging:
    """Return what the filters of a segment say; what the language cannot say is noted. `trigger`
    is what the segment's description tells, `name` the segment's."""
    kind = next(iter(trigger))
    try:
        several = groups(formula)
    except TooManyGroups:
        reading.notes.left(
            path, f"the filters of the segment `{name}`", "they are too many",
            "write what was added to them under `audience`",
        )  # fmt: skip
        return Belonging(trigger)
    ways = [_way(reading, group, kind, trigger) for group in several]
    for way in ways:
        if not way.own:
            said = " and ".join(map(_said, way.others))
            reading.notes.left(
                path, f"those with `{said}`",
                f"they enter by another way than the trigger `{kind}`",
                "write a flow of its own for them",
            )  # fmt: skip
    main = [way for way in ways if way.own]
    if not main:
        return Belonging(trigger)
    exits = _exits(reading, main)
    rests = [[one for one in way.others if not _is_exit(reading, one, exits)] for way in main]
    common = [one for one in rests[0] if all(one in rest for rest in rests)]
    for one in dict.fromkeys(one for rest in rests for one in rest if one not in common):
        reading.notes.left(
            path, f"the filter `{_said(one)}`",
            "it is asked on one of several ways into the segment alone",
            "put it beside `and` on all of them in Mautic, or write it under `audience`",
        )  # fmt: skip
    audience = ""
    if common:
        asking = Asking(reading, flow, "", inside=True)
        audience = asking.condition(all_of(*common), path)
    return Belonging(_followed(reading, main, kind, trigger, path), exits, audience)


def _way(reading: Reading, group: Sequence[Filter], kind: str, trigger: Data) -> _Way:
    own = tuple(one for one in group if _is_own(reading, one, kind, trigger))
    others = tuple(
        one
        for one in group
        if one not in own and not reading.names.own(one.field).startswith((_EXISTING, _STANDS_IN))
    )
    return _Way(own, others)


def _is_own(reading: Reading, one: Filter, kind: str, trigger: Data) -> bool:
    """Return whether a filter is of the form that our exporter gives a trigger."""
    match kind:
        case "points_reach":
            return one.field == "points" and one.operator == "gte" and _whole(one.value) > 0
        case "inactive_for":
            is_last = _is_field(reading, one, LAST_ORDER)
            return (
                is_last
                and one.operator in ("lte", "gte")
                and _DAYS_AGO.fullmatch(one.value) is not None
            )
        case _:
            return _is_field(reading, one, _text(trigger[kind])) and one.operator in (
                *("lte", "gte", "="),
            )


def _is_field(reading: Reading, one: Filter, name: str) -> bool:
    return reading.names.own(one.field) == name or one.field == alias(name)


def _exits(reading: Reading, ways: Sequence[_Way]) -> tuple[str, ...]:
    """Return the events of which every way says that they did not happen lately."""
    late = [
        name
        for way in ways
        for one in way.others
        if one.operator == "lt"
        and _DAYS_AGO.fullmatch(one.value)
        and (name := reading.names.event_of(one.field))
    ]
    return tuple(
        event
        for event in dict.fromkeys(late)
        if all(any(_is_exit(reading, one, (event,)) for one in way.others) for way in ways)
    )


def _is_exit(reading: Reading, one: Filter, exits: Sequence[str]) -> bool:
    return one.operator in ("lt", "empty") and reading.names.event_of(one.field) in exits


def _followed(reading: Reading, ways: Sequence[_Way], kind: str, trigger: Data, path: str) -> Data:
    """Return the trigger as its filters have it; where somebody changed them, it is noted."""
    said = _text(trigger[kind])
    if kind == "date":
        shift = _days(_text(trigger.get("before", ""))) - _days(_text(trigger.get("after", "")))
        values = {one.value for way in ways for one in way.own}
        if not {relative(shift), anniversary(shift)} & values:
            reading.notes.left(
                path, "the days of the segment", f"they are not those of the trigger `{said}`",
                "write `before` or `after` as Mautic has it",
            )  # fmt: skip
        return trigger
    found = {
        number for way in ways for one in way.own if (number := _number(kind, one)) is not None
    }
    wanted = max(1, _days(said)) if kind == "inactive_for" else _whole(said)
    if len(found) != 1 or wanted in found:
        if found != {wanted}:
            reading.notes.left(
                path, "the filters of the segment",
                f"they do not say what its trigger says, `{kind}: {said}`",
                "write the trigger as Mautic has it",
            )  # fmt: skip
        return trigger
    (number,) = found
    value: Any = Bare(f"{number}d") if kind == "inactive_for" else number
    reading.notes.changed(
        path, f"the segment of the trigger `{kind}: {said}`",
        f"its filter says {number}, and so does the flow here", "see which of them is meant",
    )  # fmt: skip
    return {**trigger, kind: value}


def _number(kind: str, one: Filter) -> int | None:
    if kind == "points_reach":
        return _whole(one.value)
    days = _DAYS_AGO.fullmatch(one.value)
    return int(days[1]) if days is not None and one.operator == "lte" else None


def _whole(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,12}", text) else 0


def _days(text: str) -> int:
    found = parse_duration(text)
    return 0 if isinstance(found, str) else round(found.nominal_days)


def _text(value: Any) -> str:
    return value.text if isinstance(value, Bare) else str(value)


def _said(one: Filter) -> str:
    return f"{one.field} {one.operator} {one.value}".strip()


def without_exits(reading: Reading, formula: Formula) -> tuple[Formula, tuple[str, ...]]:
    """Return who belongs into one of our flows, without those who are there on the first day, and
    the events that every group says did not happen: they end its runs."""
    try:
        several = groups(formula)
    except TooManyGroups:
        return formula, ()
    names = reading.names
    kept = [
        [one for one in group if not names.own(one.field).startswith("existing_")]
        for group in gathered(several, names)
    ]
    ends: dict[str, Any] = {}
    for one in kept[0] if kept else ():
        if one.operator == NOT_SINCE and one.value and all(one in group for group in kept):
            ends[names.event_of(one.field)] = one
    gone = set(ends.values())
    parts = [_again([one for one in group if one not in gone]) for group in kept]
    return any_of(*parts), tuple(ends)


def _again(group: Sequence[Filter]) -> Formula:
    """Return filters as the formula that they were."""
    parts: list[Formula] = []
    for one in group:
        empty = Filter(one.field, one.type, "empty")
        if one.operator == NOT_SINCE and one.value:
            parts.append(Some((Filter(one.field, one.type, "lt", one.value), empty)))
        elif one.operator == NOT_SINCE:
            parts.append(empty)
        elif one.operator == "!empty" and one.type == "boolean":
            parts.append(Some(tuple(Filter(one.field, one.type, "=", each) for each in "10")))
        else:
            parts.append(one)
    return all_of(*parts) if parts else Every()
