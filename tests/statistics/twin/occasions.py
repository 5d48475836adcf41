"""When the clock starts a flow: days that come each year or once, schedules, refills."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count

from tests.statistics.twin.clock import Clock

from playbook_compiler.calendar_units import CalendarDay, YearlyDay
from playbook_compiler.recurrence import Recurrence
from playbook_compiler.triggers import DateTrigger, Replenishment, Schedule, Trigger
from playbook_compiler.units import DAY_SECONDS, Duration

EPOCH = date(1970, 1, 1)
FIRST_MONDAY = date(1970, 1, 5)
SHRINK = 2


def occasions(
    trigger: Trigger, clock: Clock, birthday: int, first_order: int | None, since: int
) -> Iterator[int]:
    """Yield the moments at or after `since` at which a date or schedule trigger fires."""
    match trigger:
        case Schedule(every=every):
            days = _scheduled(every, EPOCH + timedelta(days=clock.day(since) - 40))
            moments = (clock.utc(_seconds(day) + every.at.minutes * 60) for day in days)
        case DateTrigger():
            own = None
            if first_order is not None:
                own = EPOCH + timedelta(days=clock.day(first_order))
            # The day may lie years before the moment.
            year = (EPOCH + timedelta(days=clock.day(since))).year - 12
            moments = (
                _shifted(clock, clock.utc(_seconds(day)), trigger)
                for day in _days(trigger, birthday, own, year)
            )
        case _:
            return
    yield from (moment for moment in moments if moment >= since)


def _seconds(day: date) -> int:
    return (day - EPOCH).days * DAY_SECONDS


def _scheduled(every: Recurrence, since: date) -> Iterator[date]:
    if every.unit == "month":
        for index in count():
            year, month = 1970 + index // 12, index % 12 + 1
            if index % every.count == 0 and year >= since.year - 1:
                yield date(year, month, min(every.on, monthrange(year, month)[1]))
        return
    for number in count((since - FIRST_MONDAY).days):
        day = FIRST_MONDAY + timedelta(days=number)
        if every.unit == "day" and number % every.count == 0:
            yield day
        if every.unit == "week" and number // 7 % every.count == 0 and number % 7 == every.on:
            yield day


def _days(trigger: DateTrigger, birthday: int, first: date | None, year: int) -> Iterator[date]:
    """Yield the days that a trigger is about, from a year on."""
    match trigger.date:
        case CalendarDay(date=text):
            yield date.fromisoformat(text)
            return
        case YearlyDay(month=month, day=day):
            least = year
        case "birthday":
            month, day = divmod(birthday, 100)
            least = year
        case _:
            assert trigger.date == "first_order" and first is not None
            month, day, least = first.month, first.day, max(year, first.year + 1)
    if month == 0:
        return
    for one in count(least):
        yield date(one, month, min(day, monthrange(one, month)[1]))


def _shifted(clock: Clock, midnight: int, trigger: DateTrigger) -> int:
    if trigger.before is not None:
        back = trigger.before
        return clock.add(midnight, Duration(-back.months, -back.days, -back.seconds))
    return clock.add(midnight, trigger.after or Duration())


def refill_due(
    trigger: Trigger, clock: Clock, first: int, last: int, gaps: int, typical: int
) -> int | None:
    """Return when what was bought last is used up; None for a trigger that is no refill."""
    if not isinstance(trigger, Replenishment) or trigger.replenishment == "product":
        return None
    if isinstance(trigger.replenishment, Duration):
        return clock.add(last, trigger.replenishment)
    number = gaps + SHRINK
    total = SHRINK * typical + (last - first)
    # The mean in days, rounded half up, at least one.
    days = max(1, (2 * total + number * DAY_SECONDS) // (2 * number * DAY_SECONDS))
    return clock.add(last, Duration(days=days))
