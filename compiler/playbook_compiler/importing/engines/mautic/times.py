"""When an event of a campaign happens, as waits: so long after the one before, at which hours."""

from __future__ import annotations

import re
from typing import Any, Final

from playbook_compiler.importing.engines.mautic.reading import Reading, Row
from playbook_compiler.printing_yaml import Bare, Written
from playbook_compiler.targets.mautic.terms import WEEKDAYS
from playbook_compiler.values import dataclass

_UNITS: Final = {"i": "min", "h": "h", "d": "d", "m": "mo", "y": "y"}
_CLOCK = re.compile(r"(?:.*[ T])?([01][0-9]|2[0-3]):([0-5][0-9])(?::[0-9]{2})?.*")
_DAYS: Final = {number: day for day, number in WEEKDAYS.items()}


@dataclass(frozen=True, slots=True)
class Moment:
    """What is waited for before an event, then the hours (`09:00-18:00`) in which it happens."""

    waits: tuple[Written, ...] = ()
    hours: str = ""


def moment_of(reading: Reading, event: Row, path: str) -> Moment:
    """Return when an event happens; what the language cannot say of it is noted."""
    waits: list[Written] = []
    mode = event.get("trigger_mode")
    if mode == "date":
        reading.notes.left(
            path, f"the day of `{event.get('name')}`: {event.get('trigger_date')}",
            "a flow waits a while, not for one day of the calendar", "start another flow that day",
        )  # fmt: skip
    if mode != "interval":
        return Moment()
    length = length_of(event)
    if length:
        waits.append(Bare(length))
    start, stop = (clock(event.get(f"triggerRestricted{key}Hour")) for key in ("Start", "Stop"))
    hour = clock(event.get("trigger_hour"))
    days = _days(event.get("triggerRestrictedDaysOfWeek"))
    is_minute = start is not None and stop is not None and 0 <= stop - start <= 1
    at = hour if hour is not None else start if is_minute else None
    if len(days) > 1:
        reading.notes.left(
            path, f"the days of `{event.get('name')}`: {', '.join(days)}",
            "a flow waits for one day of the week", "write `wait: {until: mon}`",
        )  # fmt: skip
    day = days[0] if len(days) == 1 else ""
    if day or at is not None:
        time = _time(at) if at is not None else ""
        until = f"{day} at {time}" if day and time else day or time
        waits.append({"until": Bare(until)})
    if at is not None or start is None or stop is None or start == stop:
        return Moment(tuple(waits))
    return Moment(tuple(waits), f"{_time(start)}-{_time(stop)}")


def length_of(event: Row) -> str:
    """Return how long an event waits, empty for not at all."""
    interval, unit = (
        event.get("trigger_interval"),
        _UNITS.get(str(event.get("trigger_interval_unit"))),
    )
    number = str(interval)
    if unit is None or not re.fullmatch(r"[0-9]{1,6}", number) or not int(number):
        return ""
    return f"{int(number)}{unit}"


def patience_of(event: Row) -> str:
    """Return how long is waited before what happens without an answer, empty for not at all.

    An interval counts only where it is asked for, and never before a decision.
    """
    waits = event.get("trigger_mode") == "interval" and event.get("event_type") != "decision"
    return length_of(event) if waits else ""


def clock(value: Any) -> int | None:
    """Return a time of day in minutes."""
    text = value.get("date") if isinstance(value, dict) else value
    found = _CLOCK.fullmatch(str(text)) if text else None
    return int(found[1]) * 60 + int(found[2]) if found is not None else None


def _time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _days(value: Any) -> list[str]:
    listed = value if isinstance(value, list) else []
    numbers = {int(str(one)) % 7 for one in listed if re.fullmatch(r"[0-7]", str(one))}
    return [] if len(numbers) == 7 else [_DAYS[one] for one in sorted(numbers)]
