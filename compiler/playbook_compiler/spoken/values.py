"""One value of the model in words: `36 hours`, `20 EUR`, `yes`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from playbook_compiler.calendar_units import WEEKDAYS, Weekday
from playbook_compiler.conditions import Condition
from playbook_compiler.model import Margin, Requirement
from playbook_compiler.programme_units import Basis, Expiry, Fee
from playbook_compiler.recurrence import DAY, Recurrence
from playbook_compiler.spoken.conditions import condition_words
from playbook_compiler.spoken.lengths import length
from playbook_compiler.units import Duration, Money, Rate, TimeWindow, plain

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def said(value: Any, currency: str) -> str:
    """Return a value that is no record in words; amounts with their currency."""
    match value:
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return plain(value)
        case Money():
            return f"{value} {currency}"
        case Duration():
            return length(value)
        case Rate(count=count, per=per):
            return f"{plain(count)} per {per if isinstance(per, str) else length(per)}"
        case Fee(amount=amount, per=per):
            return f"{amount} {currency} per {length(per)}"
        case TimeWindow(start=start, end=end):
            return f"{start} to {end}"
        case Requirement(text=text):
            return text
        case Margin(default=default, by_category=by_category):
            return said({"default": default, **by_category}, currency)
        case Basis(figure=figure, over=over):
            return figure if over is None else f"{figure} over {length(over)}"
        case Expiry(after=Duration() as after, since=since):
            return f"{length(after)} after {since}"
        case Recurrence():
            return recurrence_words(value)
        case tuple() | list():
            return ", ".join(said(one, currency) for one in value)
        case Mapping():
            return ", ".join(f"{name}: {said(value[name], currency)}" for name in value)
        case _ if isinstance(value, Condition):
            return condition_words(value, currency)
        case _:
            return str(value)


def weekday(day: str) -> str:
    """Return `Tuesday` for `tue`."""
    return _DAYS[WEEKDAYS.index(day)]


def moment(until: object) -> str:
    """Return what a wait for a moment waits for: `Tuesday, 09:00`."""
    if isinstance(until, Weekday):
        day = weekday(until.day)
        return day if until.at is None else f"{day}, {until.at}"
    return str(until)


def recurrence_words(schedule: Recurrence) -> str:
    """Return `every 2 weeks on Tuesday at 09:00`."""
    often = schedule.unit if schedule.count == 1 else f"{schedule.count} {schedule.unit}s"
    day = ""
    if schedule.unit == "week":
        day = f" on {_DAYS[schedule.on % 7]}"
    elif schedule.unit != DAY:
        day = f" on day {schedule.on} (a month that lacks it: its last day)"
    anchor = ""
    if schedule.count > 1:
        anchor = (
            ", counted from January"
            if schedule.unit == "month"
            else ", counted from Monday 1970-01-05"
        )
    return f"every {often}{day} at {schedule.at} of the customer's time{anchor}"
