"""Times of day that are quiet, or that a zone leaves out when summer time begins."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache

from playbook_compiler.units import TimeOfDay, TimeWindow

DAY_MINUTES = 1440
# Rules on summer time as the zone database knows them; the compiler has no clock.
YEARS = (2025, 2030)


def minutes(start: TimeOfDay, end: TimeOfDay) -> frozenset[int]:
    """Return the minutes of the day from `start` to before `end`, over midnight where need be."""
    first, last = start.minutes % DAY_MINUTES, end.minutes % DAY_MINUTES
    if first <= last:
        return frozenset(range(first, last))
    return frozenset((*range(first, DAY_MINUTES), *range(last)))


def of_window(window: TimeWindow) -> frozenset[int]:
    """Return the minutes of a window."""
    return minutes(window.start, window.end)


@cache
def left_out(zone: str) -> tuple[date, frozenset[int]] | None:
    """Return the first day on which the zone skips minutes of the day, and which; None: never."""
    from zoneinfo import ZoneInfo

    tz = ZoneInfo(zone)
    day = date(YEARS[0], 1, 1)
    while day.year < YEARS[1]:
        midnight = datetime(day.year, day.month, day.day, tzinfo=tz)
        before, later = midnight.utcoffset(), (midnight + timedelta(days=1)).utcoffset()
        if before is not None and later is not None and later > before:
            gap = _gap(midnight, (later - before) // timedelta(minutes=1))
            if gap:
                return day, gap
        day += timedelta(days=1)
    return None


def _gap(midnight: datetime, length: int) -> frozenset[int]:
    """Return the minutes that a day lacks when clocks go forward by `length` minutes in it."""
    missing = (n for n in range(0, DAY_MINUTES, length) if not _exists(midnight, n))
    first = next(missing, None)
    if first is None:
        return frozenset()
    while first and not _exists(midnight, first - 1):
        first -= 1
    return frozenset(range(first, first + length))


def _exists(midnight: datetime, minute: int) -> bool:
    local = midnight + timedelta(minutes=minute)
    back = local.astimezone(UTC).astimezone(local.tzinfo)
    return back.replace(tzinfo=None) == local.replace(tzinfo=None)
