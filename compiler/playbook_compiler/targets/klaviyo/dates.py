"""Triggers of a day: a date of the profile, and goods that are used up after a time."""

from __future__ import annotations

from typing import Any, Final

from playbook_compiler.export.capability import Support
from playbook_compiler.facts import ValueType
from playbook_compiler.model import Flow
from playbook_compiler.targets.klaviyo.state import Export
from playbook_compiler.triggers import FIRST_ORDER, DateTrigger, Replenishment, Trigger
from playbook_compiler.units import Duration

NO_FLOW: Final = "the whole flow is left out"
FIRST_ORDER_PROPERTY: Final = "first_order_date"
_MIDNIGHT: Final = "00:00:00"


def without_word(trigger: Trigger) -> tuple[str, Support | None, str]:
    """Return why Klaviyo has no word for this form of a trigger; empty where it has one."""
    match trigger:
        case DateTrigger(date=day) if not isinstance(day, str):
            how = "Klaviyo starts no flow on a day of the calendar: send a campaign then"
        case Replenishment(replenishment=length) if not isinstance(length, Duration):
            how = "Klaviyo's own prediction of the next order starts no flow: name a duration"
        case _:
            return "", None, ""
    return how, Support.REFUSED, NO_FLOW


def date_trigger(export: Export, flow: Flow, trigger: DateTrigger) -> dict[str, Any] | None:
    """Return the trigger that a date of the profile makes, in whole days before it."""
    lowering, node = export.lowering, f"{flow.id}/trigger"
    day = trigger.date
    assert isinstance(day, str)
    property_ = FIRST_ORDER_PROPERTY if day == FIRST_ORDER else day
    fact = export.playbook.catalogue.facts.get(day)
    yearly = fact is None or fact.type is ValueType.YEARLY_DATE
    lowering.need("property", property_, "a date of the profile, which the shop fills")
    before = trigger.before
    days = 0 if before is None else max(1, round(before.nominal_days))
    if before is not None:
        how, support = _rounded(before, f"{days} days before", days)
        span = trigger.origin.key_span("before")
        lowering.note("trigger.date.before", node, span, how, support)
    return {
        "type": "date",
        "date_field_type": "profile-property",
        "date_profile_property": property_,
        "timedelta_unit_before_date": "days",
        "timedelta_value_before_date": days,
        "recurrence_frequency": "annually" if yearly else "never",
        "timezone": "profile",
        "trigger_time": _MIDNIGHT,
    }


def _rounded(length: Duration, said: str, days: int) -> tuple[str, Support | None]:
    if length.months or length.seconds:
        return f"{said}: Klaviyo counts whole days", Support.APPROXIMATED
    return said, Support.EXACT


def first_wait(trigger: Trigger) -> Duration | None:
    """Return the wait that stands in front of the first step, None where there is none."""
    match trigger:
        case DateTrigger(after=Duration() as after):
            return after
        case Replenishment(replenishment=Duration() as length):
            return length
        case _:
            return None
