"""Times as timer expressions: elapsed time as an ISO 8601 duration, all else by the customer's
own clock, which the application reads (`after`, `until`)."""

from __future__ import annotations

from playbook_compiler.targets.bpmn.elements import TimerEvent
from playbook_compiler.units import Duration, TimeOfDay, TimeWindow


def iso(duration: Duration) -> str:
    """Return a duration as ISO 8601 writes it: `P1M14DT36H`."""
    hours, rest = divmod(duration.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    dates = ((duration.months, "M"), (duration.days, "D"))
    times = ((hours, "H"), (minutes, "M"), (seconds, "S"))
    day = "".join(f"{count}{unit}" for count, unit in dates if count)
    time = "".join(f"{count}{unit}" for count, unit in times if count)
    if not day and not time:
        return "PT0S"
    return f"P{day}" + (f"T{time}" if time else "")


def timer(duration: Duration, since: str = "") -> TimerEvent:
    """Return the timer of a duration; `since` is a variable that holds a time, now by default.

    Days and months are those of the customer's calendar: in the night when clocks change a day has
    23 or 25 hours. An ISO duration means 24, and so only hours are written as one.
    """
    if not since and not duration.months and not duration.days:
        return TimerEvent("timeDuration", f'"{iso(duration)}"')
    return TimerEvent("timeDate", after(duration, since))


def after(duration: Duration, since: str = "") -> str:
    """Return the expression of the time so long after another, or after now."""
    return f'after("{iso(duration)}"{f", {since}" if since else ""})'


def until(moment: object) -> TimerEvent:
    """Return the timer of a time of day or weekday, which is over at once where it is now."""
    return TimerEvent("timeDate", f'until("{moment}")')


def within(window: TimeWindow) -> str:
    """Return the expression that the customer's time of day lies in a window."""
    return _between(window.start, window.end)


def _between(start: TimeOfDay, end: TimeOfDay) -> str:
    if start.minutes > end.minutes:
        return f'(local_time >= "{start}" or local_time < "{end}")'
    return f'("{start}" <= local_time < "{end}")'
