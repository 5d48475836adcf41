"""Stretches of time in the units that Voucherify counts in, each up to a most."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

from playbook_compiler.units import Duration

# The vendor's limits by unit. Longer ones of one unit are said in a longer unit, or not at all.
ROLLING: Final = {"DAY": 90, "MONTH": 12, "YEAR": 5}
SLIDING: Final = {"DAY": 90, "MONTH": 12, "YEAR": 1}
PENDING: Final = SLIDING
TRACKING: Final = {"DAY": 90, "WEEK": 52, "MONTH": 12, "YEAR": 5}
COOLDOWN: Final = {"HOUR": 24, "DAY": 90, "WEEK": 52, "MONTH": 12, "YEAR": 1}
# Of these the vendor names no most; a thousand is ours.
KEEPING: Final = {"DAY": 1000, "MONTH": 1000, "YEAR": 1000}
LIMITS: Final[Mapping[str, Mapping[str, int]]] = {
    "rolling_expiration": ROLLING,
    "sliding_expiration": SLIDING,
    "period_based": PENDING,
    "point_earned": TRACKING,
    "fixed_cooldown": COOLDOWN,
    "fixed_duration": KEEPING,
}
_HOUR = 3600
_MONTH_DAYS = Decimal("30.4375")


def period(duration: Duration, most: Mapping[str, int]) -> dict[str, Any] | None:
    """Return a duration as a unit and a value, or None where no unit holds it exactly."""
    if sum(1 for part in (duration.months, duration.days, duration.seconds) if part) != 1:
        return None
    parts = [("MONTH", duration.months), ("DAY", duration.days)]
    if duration.months % 12 == 0:
        parts.append(("YEAR", duration.months // 12))
    if duration.days % 7 == 0:
        parts.append(("WEEK", duration.days // 7))
    if duration.seconds % _HOUR == 0:
        parts.append(("HOUR", duration.seconds // _HOUR))
    for unit, value in parts:
        if 1 <= value <= most.get(unit, 0):
            return {"unit": unit, "value": value}
    return None


def longer(duration: Duration, most: Mapping[str, int]) -> dict[str, Any]:
    """Return the nearest stretch that is as long or longer; the longest, where none is."""
    days = duration.nominal_days
    for unit, length in (("DAY", Decimal(1)), ("MONTH", _MONTH_DAYS), ("YEAR", _MONTH_DAYS * 12)):
        value = max(1, int((days / length).to_integral_value(ROUND_CEILING)))
        if value <= most.get(unit, 0):
            return {"unit": unit, "value": value}
    return {"unit": "YEAR", "value": most["YEAR"]}


def spoken(found: Mapping[str, Any]) -> str:
    """Return a stretch in words: `14 days`."""
    plural = "" if found["value"] == 1 else "s"
    return f"{found['value']} {str(found['unit']).lower()}{plural}"


def in_words(most: Mapping[str, int]) -> str:
    """Return limits in words: `90 days, 12 months or 1 year`."""
    *first, last = (spoken({"unit": unit, "value": value}) for unit, value in most.items())
    return f"{', '.join(first)} or {last}"


def calendar_unit(duration: Duration) -> str:
    """Return the calendar period that is as long as a duration, or nothing."""
    if duration.seconds == 0 and duration.months == 0:
        return {1: "DAY", 7: "WEEK"}.get(duration.days, "")
    if duration.seconds == 0 and duration.days == 0:
        return {1: "MONTH", 3: "QUARTER", 12: "YEAR"}.get(duration.months, "")
    return ""


def iso(duration: Duration) -> str:
    """Return a duration in ISO 8601: `P1M14DT36H`."""
    date = "".join(
        f"{count}{unit}" for count, unit in ((duration.months, "M"), (duration.days, "D")) if count
    )
    hours, rest = divmod(duration.seconds, _HOUR)
    minutes, seconds = divmod(rest, 60)
    time = "".join(
        f"{count}{unit}" for count, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if count
    )
    return f"P{date}{'T' if time else ''}{time}"
