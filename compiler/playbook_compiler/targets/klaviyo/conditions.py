"""Our conditions as Klaviyo's: each node, each fact, in the three values of the language.

What Klaviyo cannot know is read from a profile property that the shop fills, when the caller allows
losses: unset, it is neither true nor false there, as an unknown fact is here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from playbook_compiler.conditions import (
    And,
    Between,
    Bought,
    Compare,
    Condition,
    Engaged,
    Happened,
    Has,
    InAudience,
    InSet,
    IsKnown,
    Not,
    Or,
    Received,
    Unsubscribed,
    Value,
    magnitude,
)
from playbook_compiler.export.bundle import ref
from playbook_compiler.export.capability import Support
from playbook_compiler.export.constructs import condition_name
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.facts import Fact, IdKind, ValueType, Where
from playbook_compiler.model import Playbook
from playbook_compiler.targets.klaviyo import profile_tests as tests
from playbook_compiler.targets.klaviyo import terms
from playbook_compiler.targets.klaviyo.formula import (
    FALSE,
    TRUE,
    Formula,
    Lowered,
    TooManyGroups,
    both,
    either,
    single,
)

# Facts that stand in Klaviyo as profile properties of the same name.
PROPERTY_FACTS = ("channel", "marketplace", "country", "zone", "tags")


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a condition stands: `name` for the report, the metric that `trigger.*` belongs to, and
    whether it is part of a segment (which holds other audiences' conditions, not their segments).
    """

    playbook: Playbook
    lowering: Lowering
    name: str
    metric: str = ""
    in_segment: bool = False
    audiences: tuple[str, ...] = ()
    segments: set[str] | None = None


def lower_condition(condition: Condition, scope: Scope) -> Lowered:
    """Return the condition for Klaviyo; what it cannot say is noted in the scope's lowering."""
    try:
        return _lower(condition, scope)
    except TooManyGroups:
        scope.lowering.note(
            condition_name(condition),
            scope.name,
            condition.span,
            "the condition has more alternatives than a Klaviyo filter holds",
            Support.REFUSED,
            _lossy(condition),
        )
        return _stand_in(condition, scope)


def _lower(condition: Condition, scope: Scope) -> Lowered:
    match condition:
        case And(parts):
            lowered = [_lower(part, scope) for part in parts]
            return Lowered(
                both(*(part.true for part in lowered)), either(*(part.false for part in lowered))
            )
        case Or(parts):
            lowered = [_lower(part, scope) for part in parts]
            return Lowered(
                either(*(part.true for part in lowered)), both(*(part.false for part in lowered))
            )
        case Not(part):
            inner = _lower(part, scope)
            return Lowered(inner.false, inner.true)
        case Compare() | InSet() | Between() | IsKnown() | Has():
            return _fact(condition, scope)
        case _:
            return _deed(condition, scope)


def _deed(condition: Condition, scope: Scope) -> Lowered:
    lowering = scope.lowering
    name, how, support = condition_name(condition), "", None
    found: Formula | None = None
    match condition:
        case Happened(event, within):
            metric = terms.event_metric(event)
            how, support = _metric_note(event, scope)
            frame = tests.ALL_TIME if within is None else tests.relative(within)
            found = tests.happened(lowering, metric.name, frame)
        case Engaged(channel, within) if channel in terms.ENGAGED:
            frame = tests.relative(within)
            found = either(
                *(tests.happened(lowering, one, frame) for one in terms.ENGAGED[channel])
            )
        case Received(IdKind.CHANNEL, channel, within) if channel in terms.RECEIVED:
            frame = tests.ALL_TIME if within is None else tests.relative(within)
            found = tests.happened(lowering, terms.RECEIVED[channel], frame)
        case Bought(kind, product, within):
            frame = tests.ALL_TIME if within is None else tests.relative(within)
            field = "SKU" if kind is IdKind.PRODUCT else "Categories"
            filter_ = (
                {"type": "string", "operator": "equals", "value": product}
                if kind is IdKind.PRODUCT
                else {"type": "list", "operator": "contains-any", "value": [product]}
            )
            filters = ({"property": field, "filter": filter_},)
            found = tests.happened(lowering, terms.ORDERED_PRODUCT, frame, filters)
        case Unsubscribed(channel) if channel in ("email", "sms"):
            found = tests.unsubscribed(channel)
        case InAudience(audience):
            lowering.note(name, scope.name, condition.span)
            return _audience(audience, condition, scope)
    if found is None:
        lowering.note(name, scope.name, condition.span, "", Support.REFUSED, _lossy(condition))
        return _stand_in(condition, scope)
    lowering.note(name, scope.name, condition.span, how, support)
    return Lowered.known(found)


def _audience(audience: str, condition: Condition, scope: Scope) -> Lowered:
    """Return membership: true or false, never unknown."""
    if not scope.in_segment:
        if scope.segments is not None:
            scope.segments.add(audience)
        return Lowered.known(tests.in_group(ref("segment", audience)))
    if audience in scope.audiences:
        return _stand_in(condition, scope)
    inner = replace(scope, audiences=(*scope.audiences, audience))
    return Lowered.known(_lower(scope.playbook.audiences[audience].where, inner).true)


def _fact(condition: Compare | InSet | Between | IsKnown | Has, scope: Scope) -> Lowered:
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
        lossy = _lossy(condition)
        scope.lowering.note(construct, scope.name, condition.span, how, Support.REFUSED, lossy)
        return _stand_in(condition, scope)
    if construct == "fact.own" or fact.name in PROPERTY_FACTS:
        scope.lowering.need("property", fact.name, "custom profile property that the shop fills")
    scope.lowering.note(construct, scope.name, condition.span, how, support)
    return found


def _known_fact(
    condition: Compare | InSet | Between | IsKnown | Has, scope: Scope
) -> Lowered | None:
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


def _property(
    condition: Compare | InSet | Between | IsKnown | Has, property_: str, fact: Fact
) -> Lowered | None:
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


def _trigger_fact(
    condition: Compare | InSet | Between | IsKnown | Has, scope: Scope
) -> tuple[Lowered | None, str, Support | None]:
    """Return a test of a field of the event that started the flow."""
    name = condition.fact.name.removeprefix("trigger.")
    if not scope.metric:
        return None, "only a flow that an event starts has fields of the event", None
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


def _metric_note(event: str, scope: Scope) -> tuple[str, Support | None]:
    if event in terms.METRICS and not terms.METRICS[event].note:
        return "", None
    metric = terms.event_metric(event)
    return f"the metric `{metric.name}`: {metric.note}", Support.APPROXIMATED


def _lossy(condition: Condition) -> str:
    return (
        f"it is read from the profile property `{stand_in_name(condition)}`, which the shop fills"
    )


def stand_in_name(condition: Condition) -> str:
    """Return the profile property that stands for a condition which Klaviyo cannot know."""
    return f"playbook: {condition}"


def _stand_in(condition: Condition, scope: Scope) -> Lowered:
    name = stand_in_name(condition)
    scope.lowering.need("property", name, "true or false, kept up to date by the shop")
    property_ = tests.custom(name)
    return Lowered.where(
        tests.is_set(property_), tests.compare(property_, "boolean", "equals", True)
    )
