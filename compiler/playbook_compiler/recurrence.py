"""A schedule: `every: 2w on tue at 09:00`.

The grammar is closed: how often, on which day, at which time.

    day [at TIME]                     2d, 10d     every so many days
    week [on WEEKDAY] [at TIME]       2w, 4w      default: on mon
    month [on DAY] [at TIME]          3mo, 6mo    default: on 1; DAY is 1 to 31

TIME is the customer's local time, 09:00 where it is left out. A day that a month lacks is the
month's last one, so that `month on 31` is the end of every month. A count above one runs from a
fixed start, so that a schedule does not depend on the day of its launch: days and weeks from Monday
1970-01-05, months from January (`3mo` is January, April, July, October).
"""

from __future__ import annotations

import re

from playbook_compiler.calendar_units import MORNING, WEEKDAYS
from playbook_compiler.units import TimeOfDay, parse_time
from playbook_compiler.values import dataclass

DAY, WEEK, MONTH = "day", "week", "month"
SHORT_UNITS = {"d": DAY, "w": WEEK, "mo": MONTH}
_LONGEST = {DAY: 366, WEEK: 52, MONTH: 12}
_EVERY = re.compile(
    r"(?:(?P<word>day|week|month)|(?P<count>[1-9][0-9]{0,2})(?P<unit>mo|w|d))"
    r"(?: on (?P<on>[a-z0-9]+))?(?: at (?P<at>[0-9:]+))?"
)
_EXPECTED = "expected a schedule such as 2w on tue at 09:00, month on 1 at 09:00 or day at 09:00"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """`count` of `unit` (day, week, month), on a weekday (0 is Monday) or day of the month.

    `on` is 0 for days.
    """

    count: int
    unit: str
    on: int
    at: TimeOfDay

    def __str__(self) -> str:
        short = next(short for short, unit in SHORT_UNITS.items() if unit == self.unit)
        often = self.unit if self.count == 1 else f"{self.count}{short}"
        day = {DAY: "", WEEK: f" on {WEEKDAYS[self.on % 7]}", MONTH: f" on {self.on}"}
        return f"{often}{day[self.unit]} at {self.at}"


def parse_recurrence(text: str) -> Recurrence | str:
    """Read a schedule; see the grammar above."""
    found = _EVERY.fullmatch(" ".join(text.split()))
    if found is None:
        return _refused(text.lower())
    unit = found["word"] or SHORT_UNITS[found["unit"]]
    count = int(found["count"] or 1)
    if count > _LONGEST[unit]:
        return f"a schedule comes at least once a year: at most {_LONGEST[unit]} {unit}s"
    day = _day(unit, found["on"])
    if isinstance(day, str):
        return day
    time = MORNING if found["at"] is None else parse_time(found["at"])
    return time if isinstance(time, str) else Recurrence(count, unit, day, time)


def _day(unit: str, on: str | None) -> int | str:
    if unit == DAY:
        return 0 if on is None else "`on` goes with weeks and months: expected day at 09:00"
    if unit == WEEK:
        if on is None:
            return 0
        return WEEKDAYS.index(on) if on in WEEKDAYS else f"expected on {', '.join(WEEKDAYS)}"
    if on is None:
        return 1
    if not on.isdecimal() or not 1 <= int(on) <= 31:
        return "expected on a day of the month from 1 to 31"
    return int(on)


def _refused(lower: str) -> str:
    """Return what was expected in place of a text that is no schedule."""
    if re.search(r"\b(year|yearly|annual|annually|[0-9]+y)\b", lower):
        return "what comes once a year is a date: write `trigger: {date: 12-01}`"
    if re.search(r"\b(hour|hours|hourly|minutes?|[0-9]+h|[0-9]+min)\b", lower):
        return "a schedule comes at most once a day: expected day at 09:00"
    if len([day for day in WEEKDAYS if re.search(rf"\b{day}", lower)]) > 1:
        return "a schedule has one weekday: expected week on tue at 09:00, and a flow for each"
    return _EXPECTED
