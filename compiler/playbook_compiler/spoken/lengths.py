"""A duration in words: `1 month and 2 days`."""

from __future__ import annotations

from playbook_compiler.units import Duration


def length(duration: Duration) -> str:
    """Return a duration in words; weeks are days, since that is what they mean."""
    years, months = divmod(duration.months, 12)
    hours, rest = divmod(duration.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = (
        (years, "year"),
        (months, "month"),
        (duration.days, "day"),
        (hours, "hour"),
        (minutes, "minute"),
        (seconds, "second"),
    )
    words = [f"{count} {unit}{'s'[: count != 1]}" for count, unit in parts if count]
    return " and ".join(words) or "no time"
