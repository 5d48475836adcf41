"""Klaviyo's delays and times of day as durations and moments of the language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from playbook_compiler.targets.klaviyo.actions import WEEKDAYS

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::[0-5][0-9])?")
_DAYS = {long: short for short, long in WEEKDAYS.items()}


def delay_of(data: Mapping[str, Any]) -> str | None:
    """Return the length of a delay such as `36h`, None where it has none."""
    value, unit = data.get("value"), data.get("unit", "days")
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 100_000:
        return None
    mark = {"days": "d", "hours": "h", "minutes": "min", "weeks": "w"}.get(str(unit))
    return None if mark is None else f"{value}{mark}"


def clock(value: Any) -> str:
    """Return a time of day such as `08:00`, empty for anything else."""
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    return f"{found[1]}:{found[2]}" if found is not None else ""


def hour_after(time: str) -> str:
    """Return the time an hour later, at most the end of the day."""
    hours, _, minutes = time.partition(":")
    return f"{int(hours) + 1:02}:{minutes}" if int(hours) < 23 else "23:59"


def weekday(value: Any) -> str:
    """Return a weekday such as `tue`, empty for anything else."""
    return _DAYS.get(str(value).lower(), "")
