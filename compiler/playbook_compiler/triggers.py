"""What starts a flow. A new kind of trigger is one dataclass here and one line in TRIGGERS."""

from __future__ import annotations

from typing import ClassVar

from playbook_compiler.conditions import Condition
from playbook_compiler.kinds import Integer, Text, Word
from playbook_compiler.records import OneOf, Record, key
from playbook_compiler.units import Duration
from playbook_compiler.values import dataclass
from playbook_compiler.vocabulary import (
    AUDIENCE,
    CONDITION,
    DURATION,
    EVENT,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger(Record):
    """What starts a flow. `kind` is the key that names it in YAML."""

    kind: ClassVar[str] = ""
    where: Condition | None = key(
        CONDITION, "Only customers and events that meet this, at entry.", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTrigger(Trigger):
    """An event happens to the customer."""

    kind: ClassVar[str] = "event"
    event: str = key(EVENT, "The event.")
    at_least: int = key(Integer(1, 100), "Only when it happens this often.", default=1)
    within: Duration | None = key(DURATION, "The time in which it must.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntersAudience(Trigger):
    """The customer comes to belong to an audience."""

    kind: ClassVar[str] = "enters"
    enters: str = key(AUDIENCE, "The audience.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inactivity(Trigger):
    """The customer's last order becomes this old."""

    kind: ClassVar[str] = "inactive_for"
    inactive_for: Duration = key(DURATION, "Age of the last order.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replenishment(Trigger):
    """What the customer bought is about to be used up."""

    kind: ClassVar[str] = "replenishment"
    replenishment: str = key(
        Text("`typical interval`, `product`, or a duration such as 30d"), "When it is used up."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DateTrigger(Trigger):
    """A day of the person or of the calendar comes."""

    kind: ClassVar[str] = "date"
    date: str = key(Text("birthday, first_order, a yearly 12-01 or a date 2026-12-01"), "The day.")
    before: Duration | None = key(DURATION, "So long before it.", default=None)
    after: Duration | None = key(DURATION, "So long after it.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Trigger):
    """It is time again."""

    kind: ClassVar[str] = "every"
    every: str = key(Text("a schedule such as `2w on tue at 09:00`"), "The schedule.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsReach(Trigger):
    """The customer's points reach a number."""

    kind: ClassVar[str] = "points_reach"
    points_reach: int = key(Integer(1, 100_000_000), "The number of points.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsExpiring(Trigger):
    """Points of the customer expire soon."""

    kind: ClassVar[str] = "points_expiring"
    points_expiring: Duration = key(DURATION, "How long before.")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferExpiring(Trigger):
    """An unused offer of the customer expires soon."""

    kind: ClassVar[str] = "offer_expiring"
    offer_expiring: Duration = key(DURATION, "How long before.")


@dataclass(frozen=True, slots=True, kw_only=True)
class TierChanged(Trigger):
    """The customer's tier changes."""

    kind: ClassVar[str] = "tier_changed"
    tier_changed: str = key(Word(("up", "down"), "a direction"), "The direction.")
    to: str = key(Text("a tier"), "The tier reached.", default="")


TRIGGERS: dict[str, type[Trigger]] = {
    record.kind: record
    for record in (
        EventTrigger,
        EntersAudience,
        Inactivity,
        Replenishment,
        DateTrigger,
        Schedule,
        PointsReach,
        PointsExpiring,
        OfferExpiring,
        TierChanged,
    )
}
TRIGGER = OneOf("a trigger", lambda: TRIGGERS, bare="event")
