"""What starts a flow. A new kind of trigger is one dataclass here and one line in TRIGGERS."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from playbook_compiler import calendar_spellings
from playbook_compiler.calendar_units import CalendarDay, YearlyDay, parse_day
from playbook_compiler.condition_values import described
from playbook_compiler.conditions import Condition
from playbook_compiler.diagnostics import shown
from playbook_compiler.facts import ValueType
from playbook_compiler.kinds import Custom, Integer, Scalar, Word
from playbook_compiler.reading import Invalid, Kind, Node, did_you_mean
from playbook_compiler.records import OneOf, Record, key
from playbook_compiler.recurrence import Recurrence, parse_recurrence
from playbook_compiler.units import Duration
from playbook_compiler.values import dataclass
from playbook_compiler.vocabulary import (
    AUDIENCE,
    CONDITION,
    DURATION,
    EVENT,
    TIER,
)

BIRTHDAY, FIRST_ORDER = "birthday", "first_order"
TYPICAL_INTERVAL, BY_PRODUCT = "typical interval", "product"
_DATE_TYPES = (ValueType.DATE, ValueType.YEARLY_DATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger(Record):
    """What starts a flow. `kind` is the key that names it in YAML."""

    kind: ClassVar[str] = ""
    where: Condition | None = key(
        CONDITION, "Only customers and events that meet this condition.", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTrigger(Trigger):
    """An event happens to the customer; with `at_least`, so often within a time."""

    kind: ClassVar[str] = "event"
    event: str = key(EVENT, "The event.")
    at_least: int = key(Integer(1, 100), "Only when it happens this often.", default=1)
    within: Duration | None = key(
        DURATION, "The time within which it must happen so often.", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EntersAudience(Trigger):
    """The customer comes to belong to an audience."""

    kind: ClassVar[str] = "enters"
    enters: str = key(AUDIENCE, "The audience.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inactivity(Trigger):
    """The customer's last order becomes this old."""

    kind: ClassVar[str] = "inactive_for"
    inactive_for: Duration = key(DURATION, "How long ago the last order is by then.")


USED_UP: Final = Custom(
    "`typical interval`, `product`, or a duration such as 30d",
    (
        (
            lambda data: isinstance(data, str) and not data[:1].isdigit(),
            Word((TYPICAL_INTERVAL, BY_PRODUCT), "`typical interval`, `product` or such as 30d"),
        ),
        (lambda data: data is not None, DURATION),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replenishment(Trigger):
    """What the customer bought is about to be used up: after the customer's own typical interval
    between orders, after so long, or after the time that each product lasts."""

    kind: ClassVar[str] = "replenishment"
    replenishment: Duration | str = key(
        USED_UP, "When it is used up: `typical interval`, `product` (its `lasts`), or a duration."
    )


class _Day(Kind):
    """Reads a day: `birthday`, `first_order`, an own fact that is a date, `12-01`, `2026-12-01`."""

    @property
    def expects(self) -> str:
        return "birthday, first_order, a yearly day such as 12-01, a date such as 2026-12-01"

    def read(self, node: Node) -> str | YearlyDay | CalendarDay | Invalid:
        text = node.text
        if text is None or isinstance(node.data, bool):
            return node.refuse_shape(self.expects)
        fact = node.known.fact(text)
        if text == FIRST_ORDER or (fact is not None and fact.type in _DATE_TYPES):
            return text
        day = parse_day(text)
        if not isinstance(day, str):
            return day
        meant = calendar_spellings.day(text)
        dates = [BIRTHDAY, FIRST_ORDER]
        dates += [name for name in sorted(node.known.names("facts")) if _is_date(node, name)]
        if fact is not None:
            return node.refuse(
                "bad-day",
                f"`{shown(text)}` is {described(fact)}, not a date",
                caption="expected a fact that is a date",
                help=f"facts that are dates: {', '.join(dict.fromkeys(dates))}",
            )
        named = not text[:1].isdigit() and meant is None
        return node.refuse(
            "bad-day",
            f"`{shown(text)}`: {'there is no fact of this name' if named else day}",
            caption=f"expected {self.expects}" if named else day,
            help=(f"write `{meant.text}`" if meant is not None else "")
            or did_you_mean(text, dates)
            or ("declare it: `facts: {renewal: date}`" if named else ""),
            fix=node.respelled(text, dates) if meant is None else node.rewritten(meant.text),
        )

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        return {"type": "string", "description": self.expects}


def _is_date(node: Node, name: str) -> bool:
    fact = node.known.fact(name)
    return fact is not None and fact.type in _DATE_TYPES


@dataclass(frozen=True, slots=True, kw_only=True)
class DateTrigger(Trigger):
    """A day of the person or of the calendar comes.

    `birthday`, `first_order` (its anniversaries, the first a year later), a fact of the type
    `yearly date` and `12-01` come every year; a fact of the type `date` and `2026-12-01` once.
    29 February is the 28th in years that lack it. The flow starts at 00:00 of the customer's day,
    or so long before or after it.
    """

    kind: ClassVar[str] = "date"
    date: str | YearlyDay | CalendarDay = key(_Day(), "The day.")
    before: Duration | None = key(DURATION, "So long before it.", default=None)
    after: Duration | None = key(DURATION, "So long after it.", default=None)


RECURRENCE: Final = Scalar(
    "schedule",
    "a schedule such as 2w on tue at 09:00, month on 1 at 09:00 or day at 09:00",
    parse_recurrence,
    "bad-schedule",
    r"^(day|week|month|[1-9][0-9]{0,2}(mo|w|d))",
    instead=calendar_spellings.recurrence,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Trigger):
    """It is time again, for every customer who meets `where` and the flow's audience."""

    kind: ClassVar[str] = "every"
    every: Recurrence = key(RECURRENCE, "The schedule, in the customer's local time.")


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
    to: str = key(TIER, "The tier reached; else any.", default="")


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


class _Triggers(OneOf):
    """Reads a trigger, and refuses keys that contradict each other."""

    def read(self, node: Node) -> Any:
        found = OneOf.read(self, node)
        match found:
            case DateTrigger(before=Duration(), after=Duration()):
                return node.refuse(
                    "before-and-after",
                    "a date trigger fires once: before the day or after it, not both",
                    span=found.origin.key_span("after"),
                    caption="`before` stands there too",
                    help="keep one of them, or make a second flow",
                )
            case EventTrigger(at_least=at_least, within=Duration() as within) if at_least < 2:
                return node.refuse(
                    "at-least-within",
                    f"`within: {within}` counts nothing: it goes with `at_least` of 2 or more",
                    span=found.origin.key_span("within"),
                    caption="how often within this time?",
                    help="write `at_least: 2` beside it, or remove it",
                )
            case EventTrigger(at_least=at_least, within=None) if at_least > 1:
                return node.refuse(
                    "at-least-within",
                    f"`at_least: {at_least}` does not say in which time",
                    span=found.origin.key_span("at_least"),
                    caption="within which time?",
                    help="write `within: 7d` beside it",
                )
        zero = _zero_length(found) if isinstance(found, Trigger) else ""
        if zero:
            return node.refuse(
                "no-time",
                f"`{zero}` is no time",
                span=found.origin.span(zero),
                caption="expected a duration longer than none such as 30d",
            )
        return found


# What a trigger of no length would mean is the event itself, or nothing.
_LENGTHS = ("within", "inactive_for", "replenishment", "points_expiring", "offer_expiring")


def _zero_length(trigger: Trigger) -> str:
    """Return the key of a duration that is none, of those that have to be longer."""
    for name in _LENGTHS:
        length = getattr(trigger, name, None)
        if isinstance(length, Duration) and length.is_zero:
            return name
    return ""


TRIGGER = _Triggers("a trigger", lambda: TRIGGERS, bare="event")
