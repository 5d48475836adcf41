"""The scalars of calendars: days that come again, schedules, and moments of a day or week.

As in `units.py`, a parser returns the value or a sentence (a str) that says what was expected, and
`str(value)` is the canonical spelling, which parses to an equal value.
"""

from __future__ import annotations

import re

from playbook_compiler.units import TimeOfDay, parse_date, parse_time
from playbook_compiler.values import dataclass

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MORNING = TimeOfDay(9 * 60)
A_LEAP_YEAR = "2024-"


@dataclass(frozen=True, slots=True)
class YearlyDay:
    """A day of every year: `12-01`. 29 February is the 28th in years that lack it."""

    month: int
    day: int

    def __str__(self) -> str:
        return f"{self.month:02}-{self.day:02}"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day that comes once: `2026-12-01`."""

    date: str

    def __str__(self) -> str:
        return self.date


def parse_day(text: str) -> YearlyDay | CalendarDay | str:
    """Read `12-01` (each year) or `2026-12-01` (once)."""
    expected = "expected a day of every year such as 12-01 (month-day), or one day, 2026-12-01"
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return CalendarDay(text) if parse_date(text) else "there is no such day"
    if re.fullmatch(r"[0-9]{2}-[0-9]{2}", text):
        if not parse_date(A_LEAP_YEAR + text):
            return "there is no such day: a day of every year is month-day, such as 12-01"
        return YearlyDay(int(text[:2]), int(text[3:]))
    return expected


@dataclass(frozen=True, slots=True)
class Weekday:
    """A day of the week, at a time of it where one is given: `tue`, `tue at 09:00`."""

    day: str
    at: TimeOfDay | None = None

    def __str__(self) -> str:
        return self.day if self.at is None else f"{self.day} at {self.at}"

    @property
    def number(self) -> int:
        """The day's place in the week: Monday is 0."""
        return WEEKDAYS.index(self.day)


def parse_moment(text: str) -> TimeOfDay | Weekday | str:
    """Read what a wait can wait for: `09:00`, `tue` or `tue at 09:00`."""
    expected = "expected a time such as 09:00, a weekday such as tue, or tue at 09:00"
    day, at, clock = text.partition(" at ")
    if day not in WEEKDAYS:
        time = parse_time(text)
        return time if isinstance(time, TimeOfDay) else expected
    if not at:
        return Weekday(day)
    time = parse_time(clock.strip())
    return Weekday(day, time) if isinstance(time, TimeOfDay) else expected
