"""What starts a flow, in words."""

from __future__ import annotations

from playbook_compiler.spoken.lengths import length
from playbook_compiler.spoken.values import recurrence_words
from playbook_compiler.triggers import (
    BIRTHDAY,
    BY_PRODUCT,
    FIRST_ORDER,
    TYPICAL_INTERVAL,
    DateTrigger,
    EntersAudience,
    EventTrigger,
    Inactivity,
    OfferExpiring,
    PointsExpiring,
    PointsReach,
    Replenishment,
    Schedule,
    TierChanged,
    Trigger,
)
from playbook_compiler.units import Duration

_USED_UP = {
    TYPICAL_INTERVAL: "after the customer's own typical interval between orders",
    BY_PRODUCT: "after the time that the product lasts",
}


def trigger_words(trigger: Trigger) -> str:
    """Return when a run begins, without the trigger's `where`."""
    match trigger:
        case EventTrigger(event=event, at_least=count, within=Duration() as within):
            return f'the event "{event}" has happened {count} times within {length(within)}'
        case EventTrigger(event=event):
            return f'the event "{event}" happens'
        case EntersAudience(enters=audience):
            return f'the customer comes to belong to the audience "{audience}"'
        case Inactivity(inactive_for=age):
            return f"the latest order becomes {length(age)} old"
        case Replenishment(replenishment=Duration() as after):
            return f"{length(after)} after an order, when its goods are used up"
        case Replenishment(replenishment=str() as rule):
            return f"the goods of an order are used up: {_USED_UP[rule]}"
        case DateTrigger():
            return _date(trigger)
        case Schedule(every=schedule):
            return recurrence_words(schedule)
        case PointsReach(points_reach=number):
            return f"the points balance reaches {number}"
        case PointsExpiring(points_expiring=before):
            return f"{length(before)} before points expire"
        case OfferExpiring(offer_expiring=before):
            return f"{length(before)} before an unused offer of the customer expires"
        case TierChanged(tier_changed=direction, to=tier):
            return f"the customer's tier goes {direction}" + (f' to "{tier}"' if tier else "")
        case _:
            raise AssertionError(trigger.kind)


def _date(trigger: DateTrigger) -> str:
    day = str(trigger.date)
    named = {
        BIRTHDAY: "the birthday",
        FIRST_ORDER: "the anniversary of the first order (first a year after it)",
    }
    what = named.get(day, day if day[:1].isdigit() else f'the date in "{day}"')
    if len(day) == 5 and day[:1].isdigit():
        what = f"{day} (month-day) of every year"
    at = "at 00:00 of the customer's day"
    if trigger.before is not None:
        return f"{length(trigger.before)} before {what}, {at}"
    if trigger.after is not None:
        return f"{length(trigger.after)} after {what}, {at}"
    return f"on {what}, {at}"
