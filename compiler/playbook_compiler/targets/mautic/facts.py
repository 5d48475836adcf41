"""Readings of facts as Mautic's filters: contact fields that the shop fills, and Mautic's own.

Each function returns the formula of a test being true (`truth`) or being false; neither holds of a
contact whose field is empty.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TypeAlias

from playbook_compiler.conditions import (
    Between,
    Compare,
    Has,
    InSet,
    IsKnown,
    Value,
    magnitude,
)
from playbook_compiler.facts import Fact, ValueType
from playbook_compiler.targets.mautic import terms
from playbook_compiler.targets.mautic.fields import Fields, type_of
from playbook_compiler.targets.mautic.logic import (
    ALWAYS,
    BOOLEAN,
    DATE,
    NEVER,
    NUMBER,
    Filter,
    Formula,
    Question,
    all_of,
    any_of,
    known,
    opposite,
    unknown,
)
from playbook_compiler.units import plain

Reading: TypeAlias = Compare | InSet | Between | IsKnown | Has
_COUNTS = ("orders", "revenue")
_OPERATORS = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "=": "="}
_CONTRARY = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def read_fact(condition: Reading, fields: Fields, *, truth: bool) -> Formula | None:
    """Return a reading of a fact, None where no filter says it."""
    fact = condition.fact
    if isinstance(condition, IsKnown):
        return _is_known(fact, fields, known_=condition.known is truth)
    if isinstance(condition, Has):
        return _has(condition, truth=truth)
    if fact.name in terms.AGE_FIELDS:
        name = terms.AGE_FIELDS[fact.name]
        alias = fields.of(name, DATE, f"the day of the customer's {name.replace('_', ' ')}")
        return _compared(condition, _by_age(alias), truth=truth)
    if fact.type is ValueType.YEARLY_DATE:
        return None
    if type_of(fact) in (NUMBER, DATE):
        return _compared(condition, _by_value(fact, fields), truth=truth)
    return _texts(condition, fields, truth=truth)


def _field(fact: Fact, fields: Fields) -> str:
    return "points" if fact.name == "points" else fields.of_fact(fact)


def _is_known(fact: Fact, fields: Fields, *, known_: bool) -> Formula | None:
    if fact.name in _COUNTS or fact.type is ValueType.SET:
        return ALWAYS if known_ else NEVER
    if fact.name in terms.AGE_FIELDS:
        alias = fields.of(terms.AGE_FIELDS[fact.name], DATE, "kept up to date by the shop")
        return known(alias, DATE) if known_ else unknown(alias, DATE)
    alias, type_ = _field(fact, fields), type_of(fact)
    return known(alias, type_) if known_ else unknown(alias, type_)


def _has(condition: Has, *, truth: bool) -> Formula | None:
    if condition.fact.name == "tags":
        return has_tag(condition.value, wanted=truth)
    if condition.fact.name == "consent" and condition.value in terms.CHANNELS:
        return on_do_not_contact(condition.value, wanted=not truth)
    return None


def has_tag(tag: str, *, wanted: bool) -> Question:
    """Return the question whether a contact has a tag."""
    return Question("lead.tags", f"tag {tag}", {"tags": [terms.tag(tag)]}, wanted)


def on_do_not_contact(channel: str, *, wanted: bool, reason: int | None = None) -> Question:
    """Return the question whether a contact must not be written to in a channel."""
    properties = {"channels": [terms.CHANNELS[channel]], "reason": reason}
    return Question("lead.dnc", f"Do Not Contact: {channel}, {reason or 'any'}", properties, wanted)


def _text(fact: Fact, value: Value) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, str):
        return value
    number = Decimal(magnitude(value))
    return plain(number * 100 if fact.type is ValueType.SHARE else number)


def _texts(condition: Reading, fields: Fields, *, truth: bool) -> Formula | None:
    """Return a test of a text, a word of a list, or yes and no."""
    fact, type_ = condition.fact, type_of(condition.fact)
    alias = _field(fact, fields)
    match condition:
        case Compare(operator="=" | "!=" as operator, value=value):
            values, equal = [value], (operator == "=") is truth
        case InSet(values=several):
            values, equal = list(several), truth
        case _:
            return None
    if type_ == BOOLEAN and not equal:
        values, equal = [not one for one in values], True
    tests = [Filter(alias, type_, "=", _text(fact, one)) for one in values]
    if equal:
        return any_of(*tests)
    return all_of(known(alias, type_), *(opposite(one) for one in tests))


Comparison: TypeAlias = Callable[[str, Value], Formula]


def _by_value(fact: Fact, fields: Fields) -> Comparison:
    alias, type_ = _field(fact, fields), type_of(fact)

    def compare(operator: str, value: Value) -> Formula:
        text = _text(fact, value)
        if operator == "!=":
            return any_of(*(Filter(alias, type_, one, text) for one in ("lt", "gt")))
        return Filter(alias, type_, _OPERATORS[operator], text)

    return compare


def _by_age(alias: str) -> Comparison:
    """Return comparisons of a date's age in whole days, made of `at least so many days`."""

    def at_least(days: int) -> Formula:
        return known(alias, DATE) if days <= 0 else Filter(alias, DATE, "lte", f"-{days} days")

    def less(days: int) -> Formula:
        return NEVER if days <= 0 else Filter(alias, DATE, "gt", f"-{days} days")

    def compare(operator: str, value: Value) -> Formula:
        number = Decimal(magnitude(value))
        up = int(number.to_integral_value(ROUND_CEILING))
        above = int(number.to_integral_value(ROUND_FLOOR)) + 1
        match operator:
            case ">=":
                return at_least(up)
            case ">":
                return at_least(above)
            case "<":
                return less(up)
            case "<=":
                return less(above)
            case "=":
                return all_of(at_least(up), less(above))
            case _:
                return any_of(less(up), at_least(above))

    return compare


def _compared(condition: Reading, compare: Comparison, *, truth: bool) -> Formula | None:
    match condition:
        case Compare(operator=operator, value=value):
            return compare(operator if truth else _CONTRARY[operator], value)
        case InSet(values=values):
            together, operator = (any_of, "=") if truth else (all_of, "!=")
            return together(*(compare(operator, value) for value in values))
        case Between(low=low, high=high) if truth:
            return all_of(compare(">=", low), compare("<=", high))
        case Between(low=low, high=high):
            return any_of(compare("<", low), compare(">", high))
        case _:
            return None
