"""Readings of facts as tests of a customer's fields: orders by Voucherify's own count, the shop's
facts by metadata."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final, TypeAlias

from playbook_compiler.conditions import (
    Between,
    Compare,
    Has,
    InSet,
    IsKnown,
    Operator,
    magnitude,
)
from playbook_compiler.conditions import Value as Written
from playbook_compiler.facts import Fact, ValueType
from playbook_compiler.targets.voucherify import fields, naming
from playbook_compiler.targets.voucherify.fields import EVERYBODY, NOBODY, Groups, Value
from playbook_compiler.values import dataclass

Reading: TypeAlias = Compare | InSet | Between | IsKnown | Has
# What would have to be computed anew every day, and what Voucherify keeps elsewhere.
COMPUTED: Final = (
    *("days_since_first_order", "probability_alive", "expected_orders", "rfm", "rfm.r", "rfm.f"),
    *("rfm.m", "lifecycle", "points", "birthday", "orders_per_month", "customers"),
)
_FIELDS: Final = {
    "orders": fields.ORDERS,
    "revenue": fields.REVENUE,
    "aov": fields.AVERAGE,
    "days_since_last_order": fields.LAST_ORDER,
    "days_as_customer": fields.CREATED,
    "country": "address.country",
}
_WHOLE: Final = (ValueType.INTEGER, ValueType.MONEY, ValueType.DAYS)
_NUMERIC: Final = (*_WHOLE, ValueType.NUMBER, ValueType.SHARE)


@dataclass(frozen=True, slots=True)
class Said:
    """A reading as groups. `property` is the metadata property that the shop fills, if any."""

    groups: Groups
    property: str = ""
    note: str = ""


def lower_fact(reading: Reading, positive: bool, decimals: int) -> Said | None:
    """Return where a reading, or with `positive` false its opposite, is true; None: unsayable."""
    fact = reading.fact
    if fact.type is ValueType.YEARLY_DATE or _is_placeholder(reading):
        return None
    if isinstance(reading, Has):
        return _has(fact, reading.value, positive)
    if fact.type is ValueType.SET:
        return None
    field, property_ = _FIELDS.get(fact.name, ""), ""
    if not field:
        property_ = naming.slug(fact.name)
        field = f"metadata.{property_}"
    tests = _Tests(fact, field, decimals)
    match reading:
        case IsKnown(_, known):
            groups = tests.known() if known is positive else fields.opposite(tests.known())
        case Compare(_, operator, value):
            groups = tests.compare(operator if positive else _CONTRARY[operator], value)
        case InSet(_, values) if positive:
            groups = fields.either(tests.compare("=", value) for value in values)
        case InSet(_, values):
            groups = fields.both(tests.compare("!=", value) for value in values)
        case Between(_, low, high) if positive:
            groups = fields.both((tests.compare(">=", low), tests.compare("<=", high)))
        case Between(_, low, high):
            groups = fields.either((tests.compare("<", low), tests.compare(">", high)))
    return Said(_in_sets(groups), property_, _NOTES.get(fact.type, "kept up to date by the shop"))


_CONTRARY: Final[dict[Operator, Operator]] = {
    "=": "!=",
    "!=": "=",
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
}
_NOTES: Final = {
    ValueType.MONEY: "in minor units (cents), kept up to date by the shop",
    ValueType.DAYS: "whole days, kept up to date by the shop",
    ValueType.SHARE: "a fraction such as 0.25, kept up to date by the shop",
    ValueType.DATE: "a date such as 2026-12-01, kept up to date by the shop",
}


@dataclass(frozen=True, slots=True)
class _Tests:
    """The comparisons of one field."""

    fact: Fact
    field: str
    decimals: int

    def known(self) -> Groups:
        """Return who has a value at all."""
        if self.fact.name == "aov":
            return fields.one(fields.ORDERS, "$more_than", 0)  # the average of nothing is 0 there
        return EVERYBODY if self.field in fields.ALWAYS else fields.one(self.field, "$has_value")

    def compare(self, operator: Operator, value: Written) -> Groups:
        """Return for whom the comparison is true; never for those without a value."""
        if self.field in (fields.LAST_ORDER, fields.CREATED):
            return self._ago(operator, Decimal(magnitude(value)))
        if self.fact.type is ValueType.DATE:
            return self._ordered(operator, str(value), "$after", "$before")
        if self.fact.type not in _NUMERIC:
            said = bool(value) if self.fact.type is ValueType.BOOLEAN else str(value)
            return self._equal(operator, said)
        number = Decimal(magnitude(value))
        if self.fact.type is ValueType.MONEY:
            number = number.scaleb(self.decimals)
        if self.fact.name == "aov":
            found = self._ordered(operator, _number(number), "$more_than", "$less_than")
            return fields.both((self.known(), found))
        if self.fact.type in _WHOLE:
            return self._whole(operator, number)
        return self._ordered(operator, _number(number), "$more_than", "$less_than")

    def _whole(self, operator: Operator, number: Decimal) -> Groups:
        """Compare whole numbers: strictly, with the whole number beside it."""
        floor, ceiling = _floor(number), _ceiling(number)
        match operator:
            case ">":
                return fields.one(self.field, "$more_than", floor)
            case ">=":
                return fields.one(self.field, "$more_than", ceiling - 1)
            case "<":
                return fields.one(self.field, "$less_than", ceiling)
            case "<=":
                return fields.one(self.field, "$less_than", floor + 1)
            case _ if floor == ceiling:
                return self._equal(operator, floor)
            case _:
                return self.known() if operator == "!=" else NOBODY

    def _ago(self, operator: Operator, days: Decimal) -> Groups:
        """Compare the whole days since a moment. A moment lies at least 0 days back.

        The vendor says "more than the value ago, in number of days", and not whether it counts
        whole days or the time that has passed. It is taken for the latter: should it be the former,
        a comparison holds a day later, but never together with its opposite.
        """
        floor, ceiling = _floor(days), _ceiling(days)

        def more(than: int) -> Groups:
            return fields.one(self.field, "$more_than_ago", than) if than > 0 else self.known()

        def less(than: int) -> Groups:
            return fields.one(self.field, "$less_than_ago", than) if than > 0 else NOBODY

        match operator:
            case ">":
                return more(floor + 1)
            case ">=":
                return more(ceiling)
            case "<":
                return less(ceiling)
            case "<=":
                return less(floor + 1)
            case "=":
                return fields.both((more(ceiling), less(floor + 1)))
            case _:
                return fields.either((more(floor + 1), less(ceiling)))

    def _ordered(self, operator: Operator, value: Value, after: str, before: str) -> Groups:
        beyond = {">": after, ">=": after, "<": before, "<=": before}.get(operator)
        if beyond is None:
            return self._equal(operator, value)
        strict = fields.one(self.field, beyond, value)
        if operator in (">", "<"):
            return strict
        return fields.either((strict, fields.one(self.field, "$is", value)))

    def _equal(self, operator: Operator, value: Value) -> Groups:
        if operator == "=":
            return fields.one(self.field, "$is", value)
        # Whether `$is_not` holds of customers without a value, the vendor does not say.
        return fields.both((self.known(), fields.one(self.field, "$is_not", value)))


def _in_sets(groups: Groups) -> Groups:
    """Return alternatives that name single values of one field as one test of a set."""
    tests = [group[0] for group in groups if len(group) == 1]
    same = len(tests) == len(groups) > 1 and len({test.field for test in tests}) == 1
    if same and all(test.operator == "$is" for test in tests):
        values = tuple(value for test in tests for value in test.values)
        return fields.one(tests[0].field, "$in", *values)
    return groups


def _has(fact: Fact, value: str, positive: bool) -> Said:
    """Return who has a tag: a property of its own, since a list's test could match a part of it."""
    name = naming.slug(f"{fact.name}_{value}")
    field = f"metadata.{name}"
    if positive:
        groups = fields.one(field, "$is", True)
    elif fact.missing_for:
        groups = fields.one(field, "$is", False)
    else:
        groups = fields.opposite(fields.one(field, "$is", True))
    note = f"true or false: whether {fact.name} has {naming.inert(value)}"
    return Said(groups, name, note)


def _is_placeholder(reading: Reading) -> bool:
    """Return whether a value would be filled in on the way instead of being compared."""
    match reading:
        case Compare(_, _, value):
            values: tuple[Written, ...] = (value,)
        case InSet(_, values):
            pass
        case _:
            return False
    return any(isinstance(value, str) and "${" in value for value in values)


def _number(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def _floor(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_FLOOR))


def _ceiling(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_CEILING))
