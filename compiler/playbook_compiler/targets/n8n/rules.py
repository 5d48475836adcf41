"""Our conditions and durations as data that the Code nodes read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from playbook_compiler.conditions import (
    And,
    Between,
    Compare,
    Condition,
    Happened,
    Has,
    InAudience,
    InSet,
    IsKnown,
    Not,
    Or,
    Unsubscribed,
    Value,
    magnitude,
)
from playbook_compiler.export.constructs import condition_name, construct_of
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.facts import NUMERIC_TYPES, Fact, ValueType, Where
from playbook_compiler.model import Playbook
from playbook_compiler.units import Duration


def test_data(
    condition: Condition,
    playbook: Playbook,
    lowering: Lowering,
    name: str,
    audiences: tuple[str, ...] = (),
) -> list[Any]:
    """Return a condition as data; what a test reads is noted, and needed, at its place."""

    def inner(part: Condition) -> list[Any]:
        return test_data(part, playbook, lowering, name, audiences)

    match condition:
        case And(parts):
            return ["and", [inner(part) for part in parts]]
        case Or(parts):
            return ["or", [inner(part) for part in parts]]
        case Not(part):
            return ["not", inner(part)]
        case Compare() | InSet() | Between() | IsKnown() | Has():
            fact = condition.fact
            from_event = fact.where is Where.TRIGGER
            construct = "trigger" if from_event else fact.name
            lowering.note(construct_of("fact", construct), name, condition.span)
            if not from_event:
                lowering.need("fact", fact_name(fact), "in the customer's record, when known")
            return _reading(condition)
    lowering.note(condition_name(condition), name, condition.span)
    match condition:
        case InAudience(audience) if audience not in audiences:
            found = playbook.audiences[audience]
            written = found.origin
            span = written.key_span("where") if written.has("where") else written.key_span()
            lowering.note("audience.where", audience, span)
            deeper = (*audiences, audience)
            return ["audience", test_data(found.where, playbook, lowering, audience, deeper)]
        case Happened(event, within):
            lowering.need("event", event, "when it happened last, in the customer's `events`")
            return ["event", event, None if within is None else duration_data(within)]
        case Unsubscribed(channel):
            return ["left", channel]
        case _:
            text = str(condition)
            lowering.need("answer", text, "true or false, in the customer's `is`")
            return ["ask", text]


def fact_name(fact: Fact) -> str:
    """Return the name under which a fact stands in the customer's record."""
    name = fact.name.removeprefix("trigger.")
    return f"{name}({fact.over})" if fact.over is not None else name


def _reading(condition: Compare | InSet | Between | IsKnown | Has) -> list[Any]:
    fact = condition.fact
    where = "trigger" if fact.where is Where.TRIGGER else "customer"
    what, kind = [where, fact_name(fact)], _kind(fact)
    match condition:
        case IsKnown(known=known):
            return ["known", what, known]
        case Has(value=value):
            # Nobody is without tags: none are an empty set.
            return ["has", what, value, not fact.missing_for]
        case Compare(operator=operator, value=value):
            return ["compare", what, operator, _plain(value), kind]
        case InSet(values=values):
            return ["in", what, [_plain(value) for value in values], kind]
        case Between(low=low, high=high):
            return ["between", what, _plain(low), _plain(high), kind]


def _kind(fact: Fact) -> str:
    if fact.type in NUMERIC_TYPES:
        return "number"
    return {
        ValueType.BOOLEAN: "boolean",
        ValueType.DATE: "date",
        ValueType.YEARLY_DATE: "day",
    }.get(fact.type, "text")


def _plain(value: Value) -> bool | int | float | str:
    if isinstance(value, bool | str):
        return value
    number = Decimal(magnitude(value))
    return int(number) if number == number.to_integral_value() else float(number)


def duration_data(duration: Duration) -> dict[str, int]:
    """Return a duration as luxon takes it: calendar months and days, elapsed seconds."""
    return {
        "months": duration.months,
        "days": duration.days,
        "seconds": duration.seconds,
    }
