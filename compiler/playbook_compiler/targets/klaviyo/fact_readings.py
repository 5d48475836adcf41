"""Readings of facts as Klaviyo's tests: orders by metric, own facts by profile property, the
trigger's fields by event property."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, TypeAlias

from playbook_compiler.conditions import (
    Between,
    Compare,
    Has,
    InSet,
    IsKnown,
    Value,
    magnitude,
)
from playbook_compiler.export.capability import Support
from playbook_compiler.facts import Fact, ValueType, Where
from playbook_compiler.targets.klaviyo import profile_tests as tests
from playbook_compiler.targets.klaviyo import terms
from playbook_compiler.targets.klaviyo.formula import (
    FALSE,
    TRUE,
    Formula,
    Lowered,
    both,
    either,
    single,
)
from playbook_compiler.targets.klaviyo.scope import Scope, loss, stand_in

Reading: TypeAlias = Compare | InSet | Between | IsKnown | Has
# Facts that stand in Klaviyo as profile properties of the same name.
PROPERTY_FACTS = ("channel", "marketplace", "country", "zone", "tags")


def lower_fact(condition: Reading, scope: Scope) -> Lowered:
    """Return a reading of a fact for Klaviyo, and note how it is said."""
    fact = condition.fact
    construct, support, how = f"fact.{fact.name}", None, ""
    found: Lowered | None
    if fact.where is Where.TRIGGER:
        construct = "fact.trigger"
        found, how, support = _trigger_fact(condition, scope)
    elif construct not in scope.lowering.capabilities:
        construct = "fact.own"
        found = _property(condition, tests.custom(fact.name), fact)
    elif fact.name in PROPERTY_FACTS:
        found = _property(condition, tests.custom(fact.name), fact)
    else:
        found = _known_fact(condition, scope)
    if found is None:
        lossy = loss(condition)
        scope.lowering.note(
            construct, scope.name, condition.span, how, Support.REFUSED, lossy, kept=True
        )
        return stand_in(condition, scope)
    if construct == "fact.own" or fact.name in PROPERTY_FACTS:
        scope.lowering.need("property", fact.name, "custom profile property that the shop fills")
    scope.lowering.note(construct, scope.name, condition.span, how, support)
    return found


def _known_fact(condition: Reading, scope: Scope) -> Lowered | None:
    lowering, name = scope.lowering, condition.fact.name
    bought = tests.happened(lowering, terms.PLACED_ORDER, tests.ALL_TIME)
    if isinstance(condition, IsKnown):
        known = {
            "orders": TRUE,
            "revenue": TRUE,
            "aov": bought,
            "days_since_first_order": bought,
            "days_since_last_order": bought,
        }.get(name)
        if known is None:
            return None
        return Lowered.known(known if condition.known else known.opposite())
    if isinstance(condition, Has):
        if name == "consent" and condition.value in ("email", "sms", "push"):
            return Lowered.known(tests.may_receive(condition.value))
        return None

    def counted(measurement: str) -> Lowered:
        return Lowered.known(
            _numeric(
                condition,
                lambda operator, value: tests.metric(
                    lowering,
                    terms.PLACED_ORDER,
                    tests.OPERATORS[operator],
                    value,
                    tests.ALL_TIME,
                    measurement,
                ),
            )
        )

    def aov(operator: str, value: Decimal) -> Formula:
        def one(operator: str) -> dict[str, Any]:
            filter_ = {"type": "numeric", "operator": operator, "value": tests.number(value)}
            return {
                "type": "profile-predictive-analytics",
                "dimension": "average_order_value",
                "filter": filter_,
            }

        opposite = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}[operator]
        return single(one(tests.OPERATORS[operator]), [one(tests.OPERATORS[opposite])])

    def last(days: int) -> Formula:
        """Return a test that the last order is at least so many days old, given that one is."""
        if days <= 0:
            return TRUE
        return tests.happened(lowering, terms.PLACED_ORDER, tests.in_the_last_days(days)).opposite()

    def first(days: int) -> Formula:
        if days <= 0:
            return TRUE
        frame = tests.in_the_last_days(days, "at-least")
        return tests.happened(lowering, terms.PLACED_ORDER, frame)

    match name:
        case "orders":
            return counted("count")
        case "revenue":
            return counted("sum")
        case "aov":
            return Lowered.where(bought, _numeric(condition, aov))
        case "days_since_last_order":
            return Lowered.where(bought, _numeric(condition, _by_age(last)))
        case "days_since_first_order":
            return Lowered.where(bought, _numeric(condition, _by_age(first)))
    return None


def _by_age(at_least: Any) -> Any:
    """Return a comparison made of one test, `at least k whole days`."""

    def compare(operator: str, value: Decimal) -> Formula:
        up = int(value.to_integral_value(ROUND_CEILING))
        above = int(value.to_integral_value(ROUND_FLOOR)) + 1
        match operator:
            case ">=":
                found: Formula = at_least(up)
            case ">":
                found = at_least(above)
            case "<":
                found = at_least(up).opposite()
            case "<=":
                found = at_least(above).opposite()
            case _:
                equal = both(at_least(up), at_least(above).opposite()) if up < above else FALSE
                found = equal if operator == "=" else equal.opposite()
        return found

    return compare


def _numeric(condition: Compare | InSet | Between, test: Any) -> Formula:
    """Return a comparison, set or interval of numbers, made of single comparisons."""
    found: Formula
    match condition:
        case Compare(_, operator, value):
            found = test(operator, Decimal(magnitude(value)))
        case InSet(_, values):
            found = either(*(test("=", Decimal(magnitude(value))) for value in values))
        case Between(_, low, high):
            found = both(test(">=", Decimal(magnitude(low))), test("<=", Decimal(magnitude(high))))
    return found


_PROPERTY_TYPES = {
    ValueType.BOOLEAN: "boolean",
    ValueType.TEXT: "string",
    ValueType.ENUM: "string",
    ValueType.INTEGER: "numeric",
    ValueType.NUMBER: "numeric",
    ValueType.MONEY: "numeric",
    ValueType.DAYS: "numeric",
    ValueType.SHARE: "numeric",
}


def _property(condition: Reading, property_: str, fact: Fact) -> Lowered | None:
    known = tests.is_set(property_)
    if isinstance(condition, IsKnown):
        return Lowered.known(known if condition.known else known.opposite())
    if isinstance(condition, Has):
        return Lowered.known(tests.compare(property_, "list", "contains", condition.value))
    kind = _PROPERTY_TYPES.get(fact.type)
    if kind is None:
        return None

    def one(operator: str, value: Value) -> Formula:
        return tests.compare(property_, kind, tests.OPERATORS[operator], _plain(value))

    return Lowered.where(known, _compared(condition, one))


def _trigger_fact(condition: Reading, scope: Scope) -> tuple[Lowered | None, str, Support | None]:
    """Return a test of a field of the event that started the flow."""
    name = condition.fact.name.removeprefix("trigger.")
    if not scope.metric:
        return None, "only a flow that an event starts has fields of the event", None
    if not scope.reads_event and name != "order.nth":
        return None, "Klaviyo reads the event at the trigger and in branches only", None
    if name == "order.nth":
        if not isinstance(condition, Compare | InSet | Between):
            return None, "", None
        nth = _numeric(
            condition,
            lambda operator, value: tests.metric(
                scope.lowering,
                terms.PLACED_ORDER,
                tests.OPERATORS[operator],
                value,
                tests.ALL_TIME,
            ),
        )
        how = "counted as the orders placed so far: a later order changes it"
        return Lowered.known(nth), how, Support.APPROXIMATED
    built_in = terms.TRIGGER_FIELDS.get(name)
    own = any(
        field.name == name
        for event in scope.playbook.catalogue.events.values()
        if event.custom
        for field in event.fields
    )
    field = built_in or (name if own else "")
    if not field:
        return None, f"Klaviyo's events have no field for `{name}` that all shops share", None
    metric_id = tests.metric_id(scope.lowering, scope.metric)
    existence = tests.event_field(metric_id, field, {"type": "existence", "operator": "is-set"})
    missing = tests.event_field(metric_id, field, {"type": "existence", "operator": "not-set"})
    known = single(existence, [missing])
    how = f"the event's field `{field}`, as the shop's integration sends it"
    support = Support.APPROXIMATED if built_in else Support.EXACT
    if isinstance(condition, IsKnown):
        return Lowered.known(known if condition.known else known.opposite()), how, support
    kind = _PROPERTY_TYPES.get(condition.fact.type)
    if kind is None or isinstance(condition, Has):
        return None, "", None

    def one(operator: str, value: Value) -> Formula:
        word = tests.OPERATORS[operator]
        return tests.compare_field(metric_id, field, kind, word, _plain(value))

    return Lowered.where(known, _compared(condition, one)), how, support


def _compared(condition: Compare | InSet | Between, one: Any) -> Formula:
    found: Formula
    match condition:
        case Compare(_, operator, value):
            found = one(operator, value)
        case InSet(_, values):
            found = either(*(one("=", value) for value in values))
        case Between(_, low, high):
            found = both(one(">=", low), one("<=", high))
    return found


def _plain(value: Value) -> bool | str | int | float:
    if isinstance(value, bool | str):
        return value
    return tests.number(magnitude(value))
