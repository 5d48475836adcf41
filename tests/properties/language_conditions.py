"""Conditions by chance: whatever can be said in a scope, as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from playbook_compiler.condition_scope import ConditionScope
from playbook_compiler.conditions import (
    Between,
    Bought,
    Compare,
    Condition,
    Engaged,
    Entered,
    Happened,
    Has,
    Holds,
    InAudience,
    InFlow,
    InSet,
    InTop,
    IsKnown,
    Not,
    OrderHas,
    Received,
    Unsubscribed,
    Value,
    all_of,
    any_of,
    precedes,
)
from playbook_compiler.facts import NUMERIC_TYPES, ORDERED_TYPES, Fact, IdKind, ValueType, Where
from playbook_compiler.units import Duration, Money, Share
from playbook_compiler.values import replace

NAMES = ("vip", "and", "Earl Grey", "4711", "grün", "it's", 'a "b"', "a,b)", "warm")
DEPTH = 2


def length(chance: Random) -> Duration:
    """Return a stretch of time that is not none."""
    return chance.choice(
        (
            Duration(days=chance.randint(1, 400)),
            Duration(months=chance.randint(1, 30)),
            Duration(seconds=60 * chance.randint(1, 6_000)),
            Duration(chance.randint(0, 3), chance.randint(0, 3), chance.randint(1, 90_000)),
        )
    )


def condition(
    chance: Random, scope: ConditionScope, audiences: Sequence[str], depth: int = DEPTH
) -> Condition:
    """Return a condition that can be read in a scope and names only these audiences."""
    kind = chance.randrange(8)
    if depth and kind == 0:
        return Not(condition(chance, scope, audiences, depth - 1))
    if depth and kind in (1, 2):
        count = chance.randint(2, 3)
        parts = [condition(chance, scope, audiences, depth - 1) for _ in range(count)]
        return (all_of if kind == 1 else any_of)(parts)
    if scope.where is Where.CUSTOMER and kind >= 6:
        made = _deed(chance, scope, audiences)
        if made is not None:
            return made
    return _test(chance, scope, chance.choice(sorted(scope.readable.items()))[1])


def _test(chance: Random, scope: ConditionScope, fact: Fact) -> Condition:
    """Return a test of one fact."""
    if fact.takes_duration:
        fact = replace(fact, over=length(chance))
    one: Callable[[], Value] = lambda: value(chance, scope, fact)  # noqa: E731
    if fact.type is ValueType.SET:
        return chance.choice((Has(fact, str(one())), IsKnown(fact, chance.random() < 0.5)))
    ordered = fact.type in ORDERED_TYPES
    forms: list[Callable[[], Condition]] = [
        lambda: Compare(fact, chance.choice(("=", "!=")), one()),
        lambda: InSet(fact, tuple(dict.fromkeys(one() for _ in range(3)))),
        lambda: IsKnown(fact, chance.random() < 0.5),
    ]
    if ordered:
        forms.append(lambda: Compare(fact, chance.choice(("<", "<=", ">", ">=")), one()))
        forms.append(lambda: Between(fact, *_in_order(one(), one())))
    if fact.type is ValueType.YEARLY_DATE:
        forms.append(lambda: Between(fact, one(), one()))
    if fact.type in NUMERIC_TYPES and scope.where is Where.CUSTOMER:
        share = Share(Decimal(chance.randint(1, 100)) / 100)
        forms.append(lambda: InTop(fact, share))
    return chance.choice(forms)()


def _in_order(low: Value, high: Value) -> tuple[Value, Value]:
    return (high, low) if precedes(high, low) else (low, high)


def value(chance: Random, scope: ConditionScope, fact: Fact) -> Value:
    """Return a value that a fact may be compared with."""
    named = scope.names(fact.ids) if fact.ids else None
    if fact.members or named:
        return chance.choice(sorted(fact.members or named or ()))
    whole = chance.randint(0, 900)
    day = (date(2024, 1, 1) + timedelta(days=chance.randrange(900))).isoformat()
    match fact.type:
        case ValueType.INTEGER | ValueType.DAYS:
            return whole
        case ValueType.NUMBER:
            return Decimal(whole) / 4
        case ValueType.MONEY:
            return Money(Decimal(whole).scaleb(-scope.currency_decimals))
        case ValueType.SHARE:
            return Share(Decimal(whole) / 1000)
        case ValueType.BOOLEAN:
            return chance.random() < 0.5
        case ValueType.DATE:
            return day
        case ValueType.YEARLY_DATE:
            return day[5:]
    return chance.choice(NAMES)


def _deed(chance: Random, scope: ConditionScope, audiences: Sequence[str]) -> Condition | None:
    """Return a test of what a customer did, or where he belongs; None where it names nothing."""
    maybe = length(chance) if chance.random() < 0.5 else None

    def of(kind: IdKind) -> str | None:
        names = sorted(scope.names(kind) or ())
        return chance.choice(names) if names else None

    audience = chance.choice(audiences) if audiences else None
    flow, offer, message = of(IdKind.FLOW), of(IdKind.OFFER), of(IdKind.MESSAGE)
    event, channel = of(IdKind.EVENT), of(IdKind.CHANNEL)
    line = sorted(scope.catalogue.lines.items())
    goods = chance.choice((IdKind.CATEGORY, IdKind.PRODUCT))
    name = chance.choice(NAMES) if scope.names(goods) is None else of(goods)
    made: list[Condition | None] = [
        Engaged(channel, length(chance)) if channel else None,
        Happened(event, maybe) if event else None,
        Received(IdKind.CHANNEL, channel, maybe) if channel else None,
        Unsubscribed(channel) if channel else None,
        Received(IdKind.MESSAGE, message, maybe) if message else None,
        InFlow(flow) if flow else None,
        Entered(flow, maybe) if flow else None,
        Holds(offer) if offer else None,
        InAudience(audience) if audience else None,
        Bought(goods, name, maybe) if name else None,
        _line(chance, scope, chance.choice(line)[1]),
    ]
    return chance.choice(made)


def _line(chance: Random, scope: ConditionScope, fact: Fact) -> Condition:
    line = replace(scope, where=Where.LINE)
    test = _test(chance, line, fact)
    if isinstance(test, Compare | InSet | Between):
        return OrderHas(test)
    return OrderHas(Compare(fact, "=", value(chance, line, fact)))
