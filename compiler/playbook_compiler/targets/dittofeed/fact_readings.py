"""Readings of facts as Dittofeed's tests: orders by event, the rest by trait, `trigger.*` by the
properties of the event that started the run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, TypeAlias

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
from playbook_compiler.export.constructs import construct_of
from playbook_compiler.export.logic import (
    FALSE,
    TRUE,
    Formula,
    Lowered,
    both,
    either,
)
from playbook_compiler.facts import NUMERIC_TYPES, Fact, ValueType, Where
from playbook_compiler.targets.dittofeed import segment_tests as tests
from playbook_compiler.targets.dittofeed import terms
from playbook_compiler.targets.dittofeed.scope import Scope, loss, stand_in

Counted: TypeAlias = Compare | InSet | Between | IsKnown
Reading: TypeAlias = Counted | Has
One: TypeAlias = Callable[[str, Value], Formula]
# Values of an enum up to which the opposite of one is said by naming the others.
FEW_MEMBERS: Final = 12
_KEPT = "a trait of the customer that the shop keeps"


def lower_fact(condition: Reading, scope: Scope) -> Lowered:
    """Return a reading of a fact for Dittofeed, and note how it is said."""
    fact = condition.fact
    construct, how = construct_of("fact", fact.name), ""
    if fact.where is Where.TRIGGER:
        construct = "fact.trigger"
        found, how = _of_trigger(condition, scope)
    else:
        found = _of_customer(condition, scope)
        how = "Dittofeed cannot compare it so" if found is None else ""
    if found is None:
        lossy = loss(condition)
        scope.lowering.note(construct, scope.name, condition.span, how, Support.REFUSED, lossy)
        return stand_in(condition, scope)
    # Where the row refuses and losses are allowed, the trait says it all the same.
    scope.lowering.note(construct, scope.name, condition.span, how)
    return found


def _of_customer(condition: Reading, scope: Scope) -> Lowered | None:
    fact, name = condition.fact, condition.fact.name
    if name == "consent":
        if not isinstance(condition, Has):
            return None
        return Lowered.known(tests.may_receive(scope.group(condition.value)))
    if name == "tags":
        if isinstance(condition, IsKnown):
            return Lowered.known(TRUE if condition.known else FALSE)
        assert isinstance(condition, Has)
        path = scope.trait(terms.tag_trait(condition.value), f"true for the tag {condition.value}")
        return Lowered.known(tests.one_of(path, "true", ("true", "false")))
    if isinstance(condition, Has):
        return None
    ordered = tests.performed("order_placed")
    if name == "orders":
        if isinstance(condition, IsKnown):
            return Lowered.known(TRUE if condition.known else FALSE)
        return Lowered.known(_compared(condition, _numbers(_orders, Decimal(1))))
    if name == "days_since_last_order":
        if isinstance(condition, IsKnown):
            return Lowered.known(ordered if condition.known else ordered.opposite())
        return Lowered.where(ordered, _compared(condition, _ages))
    if name == "revenue":
        return _revenue(condition, scope, ordered)
    return _by_trait(condition, scope, terms.identifier(str(fact)))


def _orders(times: int | float) -> Formula:
    return tests.performed("order_placed", int(times))


def _ages(operator: str, value: Value) -> Formula:
    """Return a comparison of the days since the latest order, given that there is one."""

    def least(days: int | float) -> Formula:
        if days <= 0:
            return TRUE
        return tests.performed("order_placed", within=int(days) * tests.DAY).opposite()

    return tests.numeric(least, operator, Decimal(magnitude(value)), Decimal(1))


def _numbers(least: Callable[[int | float], Formula], step: Decimal | None) -> One:
    return lambda operator, value: tests.numeric(least, operator, Decimal(magnitude(value)), step)


def _revenue(condition: Counted, scope: Scope, ordered: Formula) -> Lowered:
    """Return a test of the revenue: none for those who never ordered, else the trait."""
    path = scope.trait("revenue", f"sum of all orders, {_KEPT}")
    known = either(ordered.opposite(), tests.known(path))
    if isinstance(condition, IsKnown):
        return Lowered.known(known if condition.known else known.opposite())
    step = Decimal(1).scaleb(-scope.playbook.decimals)

    def one(operator: str, value: Value) -> Formula:
        at_nothing = tests.numeric(
            lambda bound: TRUE if bound <= 0 else FALSE, operator, Decimal(magnitude(value)), step
        )
        of_buyers = tests.compared(path, operator, Decimal(magnitude(value)), step)
        return either(both(ordered.opposite(), at_nothing), both(ordered, of_buyers))

    return Lowered.where(known, _compared(condition, one))


def _by_trait(condition: Counted, scope: Scope, name: str) -> Lowered | None:
    fact = condition.fact
    if fact.type in (ValueType.YEARLY_DATE, ValueType.SET) and not isinstance(condition, IsKnown):
        return None
    path = scope.trait(name, _KEPT)
    known = tests.known(path)
    match condition:
        case IsKnown(_, is_known):
            return Lowered.known(known if is_known else known.opposite())
        case _:
            return Lowered.where(known, _compared(condition, _by_type(fact, path, scope)))


def _by_type(fact: Fact, path: str, scope: Scope) -> One:
    """Return how one value is compared with a trait of the fact's type, given that there is one."""
    if fact.type in NUMERIC_TYPES:
        step = step_of(fact, scope)

        def numeric(operator: str, value: Value) -> Formula:
            return tests.compared(path, operator, Decimal(magnitude(value)), step)

        return numeric
    if fact.type is ValueType.DATE:
        return lambda operator, value: _dates(path, operator, str(value))
    members = ("true", "false") if fact.type is ValueType.BOOLEAN else fact.members

    def plain(operator: str, value: Value) -> Formula:
        told = str(value).lower() if isinstance(value, bool) else str(value)
        few = 0 < len(members) <= FEW_MEMBERS
        same = tests.one_of(path, told, members) if few else tests.text(path, told)
        return same if operator == "=" else same.opposite()

    return plain


def step_of(fact: Fact, scope: Scope) -> Decimal | None:
    """Return what values of a numeric fact come in; None for any number."""
    if fact.type is ValueType.MONEY:
        return Decimal(1).scaleb(-scope.playbook.decimals)
    return Decimal(1) if fact.type in (ValueType.INTEGER, ValueType.DAYS) else None


def _dates(path: str, operator: str, value: str) -> Formula:
    here = tests.since(path, value)
    next_day = tests.since(path, str(date.fromisoformat(value) + timedelta(days=1)))
    match operator:
        case ">=":
            return here
        case ">":
            return next_day
        case "<":
            return here.opposite()
        case "<=":
            return next_day.opposite()
    same = both(here, next_day.opposite())
    return same if operator == "=" else same.opposite()


def _of_trigger(condition: Reading, scope: Scope) -> tuple[Lowered | None, str]:
    """Return a test of a property of the event that started the run."""
    if not scope.key:
        return None, "only a run that an event started has properties of the event"
    fact = condition.fact
    path = fact.name.removeprefix("trigger.")
    known = tests.keyed(scope.event, scope.key, [(path, tests.exists())])
    if isinstance(condition, IsKnown):
        return Lowered.known(known if condition.known else known.opposite()), ""
    if isinstance(condition, Has) or fact.type in (ValueType.DATE, ValueType.YEARLY_DATE):
        return None, "Dittofeed compares texts and numbers of an event, not dates or lists"
    if fact.type is ValueType.BOOLEAN:
        return None, "Dittofeed compares texts and numbers of an event, not true and false"
    if fact.type not in NUMERIC_TYPES:

        def same(operator: str, value: Value) -> Formula:
            found = tests.keyed(scope.event, scope.key, [(path, tests.equals(str(value)))])
            return found if operator == "=" else found.opposite()

        return Lowered.where(known, _compared(condition, same)), ""

    def least(bound: int | float) -> Formula:
        return tests.keyed(scope.event, scope.key, [(path, tests.at_least(bound))])

    return Lowered.where(known, _compared(condition, _numbers(least, step_of(fact, scope)))), ""


def _compared(condition: Compare | InSet | Between, one: One) -> Formula:
    match condition:
        case Compare(_, operator, value):
            return one(operator, value)
        case InSet(_, values):
            return either(*(one("=", value) for value in values))
        case Between(_, low, high):
            return both(one(">=", low), one("<=", high))
