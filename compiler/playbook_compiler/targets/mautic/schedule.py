"""When an event of a campaign happens: so long after the one before it, then at which hours."""

from __future__ import annotations

from typing import Any

from playbook_compiler.units import Duration, TimeOfDay, TimeWindow
from playbook_compiler.values import dataclass, replace

_DAY = 24 * 60
LAST_MINUTE = TimeOfDay(_DAY - 1)
# Months, days, hours and minutes. Mautic has no weeks, and its `m` are months.
MONTHS, DAYS, HOURS, MINUTES = "m", "d", "h", "i"


@dataclass(frozen=True, slots=True)
class Window:
    """The hours of the contact's day, from `start` to before `stop`, in which an event happens."""

    start: TimeOfDay
    stop: TimeOfDay

    def holds(self, other: Window) -> bool:
        """Return whether the other lies within this one."""
        return self.start.minutes <= other.start.minutes and other.stop.minutes <= self.stop.minutes


@dataclass(frozen=True, slots=True)
class Schedule:
    """A wait, then the hours and weekdays; nothing of it: at once."""

    wait: Duration = Duration()
    window: Window | None = None
    weekdays: tuple[int, ...] = ()

    @property
    def is_moment(self) -> bool:
        """Whether it waits for an hour or a weekday."""
        return self.window is not None or bool(self.weekdays)

    @property
    def is_empty(self) -> bool:
        """Whether it waits for nothing."""
        return self.wait.is_zero and not self.is_moment

    def after(self, wait: Duration) -> Schedule:
        """Return the schedule of something so much later; hours must not be set yet."""
        assert not self.is_moment
        mine = self.wait
        months, days = mine.months + wait.months, mine.days + wait.days
        return replace(self, wait=Duration(months, days, mine.seconds + wait.seconds))

    def keys(self) -> dict[str, Any]:
        """Return the keys of an event that say it."""
        value, unit, _ = interval(self.wait)
        window = self.window
        return {
            "trigger_interval": value,
            "trigger_interval_unit": unit,
            "trigger_mode": "immediate" if self.is_empty else "interval",
            "trigger_date": None,
            "trigger_hour": None,
            "triggerRestrictedStartHour": None if window is None else clock(window.start),
            "triggerRestrictedStopHour": None if window is None else clock(window.stop),
            "triggerRestrictedDaysOfWeek": list(self.weekdays),
            "triggerWindow": None,
        }


def clock(time: TimeOfDay) -> str:
    """Return a time of day as Mautic writes it: `08:00:00`."""
    return f"{time}:00"


def interval(wait: Duration) -> tuple[int, str, str]:
    """Return number and unit of a wait, and in words how they differ from it."""
    if wait.is_zero:
        return 0, DAYS, ""
    if not wait.seconds and not wait.days:
        return wait.months, MONTHS, ""
    if not wait.seconds:
        days = round(wait.nominal_days)
        return days, DAYS, f"{days} days, a month being 30.4 of them" if wait.months else ""
    if wait.months or wait.days:
        minutes = round(wait.nominal_days * 24 * 60)
        if minutes % 60:
            return minutes, MINUTES, f"{minutes} minutes, a day being 24 hours"
        return minutes // 60, HOURS, f"{minutes // 60} hours, a day being 24 of them"
    if wait.seconds % 3600 == 0:
        return wait.seconds // 3600, HOURS, ""
    minutes = -(-wait.seconds // 60)
    return minutes, MINUTES, f"{minutes} whole minutes" if wait.seconds % 60 else ""


def window(start: TimeOfDay, stop: TimeOfDay) -> Window:
    """Return the hours from one time to another. Mautic knows none that run over midnight: of such
    the evening is kept."""
    if start.minutes < stop.minutes:
        return Window(start, stop)
    return at(start) if start.minutes >= LAST_MINUTE.minutes else Window(start, LAST_MINUTE)


def hours_of(hours: TimeWindow, quiet: TimeWindow) -> Window | None:
    """Return the first of some hours that lie outside the quiet ones; None: all are quiet."""
    for start, stop in _spans(hours):
        for first, last in sorted(_spans(TimeWindow(quiet.end, quiet.start))):
            low, high = max(start, first), min(stop, last)
            if low < high:
                return window(TimeOfDay(low), TimeOfDay(high % _DAY))
    return None


def _spans(hours: TimeWindow) -> tuple[tuple[int, int], ...]:
    """Return hours in minutes, those that run over midnight in two parts."""
    start, end = hours.start.minutes, hours.end.minutes
    return ((start, end),) if start < end else ((start, _DAY), (0, end))


def at(time: TimeOfDay) -> Window:
    """Return the one minute that a wait for a time of day ends in."""
    if time.minutes >= LAST_MINUTE.minutes:
        return Window(TimeOfDay(time.minutes - 1), LAST_MINUTE)
    return Window(time, TimeOfDay(time.minutes + 1))
