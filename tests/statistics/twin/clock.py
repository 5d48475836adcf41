"""Moments and the customer's local time: zones as lists of offset changes, local days, durations.

A moment is a whole number of seconds since 1970-01-01 UTC; local seconds are a moment plus the
zone's offset.
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from playbook_compiler.calendar_units import WEEKDAYS, Weekday
from playbook_compiler.units import DAY_SECONDS, Duration, TimeOfDay
from playbook_runtime.kernel.tables import Zones

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Clock:
    """One zone: from `moments[i]` on, `offsets[i]` seconds are added to UTC. Before the first of
    them the first holds."""

    moments: tuple[int, ...]
    offsets: tuple[int, ...]

    def offset(self, t: int) -> int:
        """Return what is added to UTC at a moment."""
        return self.offsets[max(0, bisect_right(self.moments, t) - 1)]

    def local(self, t: int) -> int:
        """Return the local seconds at a moment."""
        return t + self.offset(t)

    def utc(self, local: int) -> int:
        """Return the moment of a local time: after a gap by the gap, the first of two."""
        before = self.offset(local - DAY_SECONDS)
        after = self.offset(local + DAY_SECONDS)
        moment = local - before
        if self.offset(moment) == before:
            return moment
        if self.offset(local - after) == after:
            return local - after
        return moment

    def day(self, t: int) -> int:
        """Return the number of the local day."""
        return self.local(t) // DAY_SECONDS

    def time_of_day(self, t: int) -> int:
        """Return the seconds since local midnight, by the clock on the wall."""
        return self.local(t) % DAY_SECONDS

    def add(self, t: int, duration: Duration) -> int:
        """Return the moment a duration later: months (clamped), then days, then elapsed seconds."""
        if not duration.months and not duration.days:
            return t + duration.seconds
        day, time = divmod(self.local(t), DAY_SECONDS)
        moved = _plus_months(day, duration.months) + duration.days
        return self.utc(moved * DAY_SECONDS + time) + duration.seconds

    def is_within(self, t: int, start: TimeOfDay, end: TimeOfDay) -> bool:
        """Return whether the local time is in [start, end), over midnight where start > end."""
        now, first, last = self.time_of_day(t), start.minutes * 60, end.minutes * 60
        if first > last:
            return now >= first or now < last
        return first <= now < last

    def next_time(self, t: int, time: TimeOfDay) -> int:
        """Return the next moment after t at which the clock on the wall shows `time`."""
        now = self.local(t)
        target = now // DAY_SECONDS * DAY_SECONDS + time.minutes * 60
        if target <= now:
            target += DAY_SECONDS
        moment = self.utc(target)
        # In an hour that exists twice, the first reading may be over: then it is the second.
        return moment if moment > t else target - self.offset(t)

    def until(self, t: int, moment: TimeOfDay | Weekday) -> int:
        """Return t where the moment is now, else when it comes next."""
        day = self.day(t)
        at = moment.at if isinstance(moment, Weekday) else moment
        for later in range(15):
            if isinstance(moment, Weekday) and WEEKDAYS[_weekday(day + later)] != moment.day:
                continue
            if at is None:
                return t if later == 0 else self.utc((day + later) * DAY_SECONDS)
            if later == 0 and self.time_of_day(t) > at.minutes * 60:
                continue
            target = (day + later) * DAY_SECONDS + at.minutes * 60
            found = self.utc(target)
            # In an hour that exists twice, the first reading may be over: then it is the second.
            return found if found >= t else target - self.offset(t)
        raise AssertionError("a week has every weekday")

    def day_end(self, t: int) -> int:
        """Return the first moment of the next local day."""
        return self.utc((self.day(t) + 1) * DAY_SECONDS)


def _weekday(day: int) -> int:
    """Return the weekday of a day number, Monday being 0."""
    return (_EPOCH + timedelta(days=day)).weekday()


def _plus_months(day: int, months: int) -> int:
    """Return the day `months` later, clamped to the end of the month."""
    if not months:
        return day
    then = _EPOCH + timedelta(days=day)
    years, month = divmod(then.year * 12 + then.month - 1 + months, 12)
    month += 1
    clamped = date(years, month, min(then.day, monthrange(years, month)[1]))
    return (clamped - _EPOCH).days


def clocks(zones: Zones) -> tuple[Clock, ...]:
    """Return every zone of a launch as a clock."""
    first = [int(value) for value in zones.first]
    moments = [int(value) for value in zones.moment]
    offsets = [int(value) for value in zones.offset]
    return tuple(
        Clock(tuple(moments[begin:end]), tuple(offsets[begin:end]))
        for begin, end in pairwise(first)
    )


def window_seconds(duration: Duration) -> int:
    """Return the elapsed length of a window, a month being 30.4375 days."""
    return round(duration.nominal_days * DAY_SECONDS)
