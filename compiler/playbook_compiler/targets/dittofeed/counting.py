"""Which events a trigger with `at_least` counts: those whose properties `where` asks for."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from playbook_compiler.conditions import (
    And,
    Between,
    Compare,
    Condition,
    InSet,
    IsKnown,
    Value,
    facts_read,
    magnitude,
)
from playbook_compiler.export.logic import Test
from playbook_compiler.facts import NUMERIC_TYPES, Fact, ValueType, Where
from playbook_compiler.targets.dittofeed import segment_tests as tests
from playbook_compiler.targets.dittofeed.fact_readings import step_of
from playbook_compiler.targets.dittofeed.scope import Scope

_NEVER_COMPARED = (ValueType.DATE, ValueType.YEARLY_DATE, ValueType.SET, ValueType.BOOLEAN)
Property = tuple[str, Test]


def counted_by(where: Condition | None, scope: Scope) -> tuple[tuple[Property, ...], bool]:
    """Return the properties that a counted event must have, and whether they say all of `where`.

    Dittofeed wants all of them at once, so an `or`, a `not` or a list of values has none. What
    `where` asks of the customer is asked at the entry alone.
    """
    found: list[Property] = []
    whole = True
    for part in _parts(where):
        if not any(read.fact.where is Where.TRIGGER for read in facts_read(part)):
            continue
        said = _said(part, scope) if scope.key else []
        whole = whole and bool(said)
        found += said
    return tuple(found), whole


def _parts(where: Condition | None) -> Iterator[Condition]:
    """Return conditions that all have to hold."""
    if isinstance(where, And):
        for part in where.parts:
            yield from _parts(part)
    elif where is not None:
        yield where


def _said(part: Condition, scope: Scope) -> list[Property]:
    """Return a test of one field of the event as properties; none where they cannot say it."""
    match part:
        case IsKnown(fact, known):
            return [(_path(fact), tests.exists() if known else {"type": "NotExists"})]
        case Compare(fact, operator, value):
            return _compared(fact, operator, value, scope)
        case InSet(fact, (value,)):
            return _compared(fact, "=", value, scope)
        case Between(fact, low, high):
            return [*_compared(fact, ">=", low, scope), *_compared(fact, "<=", high, scope)]
    return []


def _compared(fact: Fact, operator: str, value: Value, scope: Scope) -> list[Property]:
    path = _path(fact)
    if fact.type in _NEVER_COMPARED:
        return []
    if fact.type not in NUMERIC_TYPES:
        if operator == "=":
            return [(path, tests.equals(str(value)))]
        # Without the field, it is unknown whether it is another one.
        other: Test = {"type": "NotEquals", "value": str(value)}
        return [(path, tests.exists()), (path, other)]
    bound, step = Decimal(magnitude(value)), step_of(fact, scope)
    low, above = tests.smallest(bound, step), tests.above(bound, step)
    match operator:
        case ">=":
            return [(path, tests.at_least(low))]
        case ">":
            return [(path, tests.at_least(above))]
        case "<":
            return [(path, tests.below(low))]
        case "<=":
            return [(path, tests.below(above))]
        case "=":
            return [(path, tests.at_least(low)), (path, tests.below(above))]
    return []


def _path(fact: Fact) -> str:
    return fact.name.removeprefix("trigger.")
