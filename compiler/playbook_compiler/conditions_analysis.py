"""What can be said of a condition without any customer: never true, always true, who falls out.

A sound approximation: for every fact, the values with which the condition can come true (or
false). Where that set is empty, it never does. What it cannot see it takes for possible.
"""

from __future__ import annotations

from functools import reduce

from playbook_compiler.catalogue import NEVER_BOUGHT
from playbook_compiler.conditions import (
    And,
    Between,
    Compare,
    Condition,
    FactTest,
    InSet,
    InTop,
    IsKnown,
    Not,
    Or,
    facts_read,
    nodes,
)
from playbook_compiler.facts import Fact, ValueType
from playbook_compiler.source import Span
from playbook_compiler.value_sets import HIGHEST, Names, Numbers, Values, passing, universe
from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two parts of a condition that settle it between them; `second` is None where one does.

    `subject` is the fact, or the text of the part, that they are about.
    """

    subject: str
    first: Span
    second: Span | None


def contradictions(condition: Condition) -> tuple[Conflict, ...]:
    """Return the parts that can never be true together: `orders > 3 and orders < 2`.

    Parts of an `or` are looked at one by one: such a conflict is a dead branch, not a dead
    condition (`is_impossible` tells).
    """
    return tuple(_conflicts(condition, truth=True))


def tautologies(condition: Condition) -> tuple[Conflict, ...]:
    """Return the parts that are true for everyone whose facts are known: `orders >= 0`."""
    return tuple(_conflicts(condition, truth=False))


def is_impossible(condition: Condition) -> bool:
    """Return whether the condition is true for nobody, as far as can be seen."""
    if isinstance(condition, Or):
        return all(is_impossible(part) for part in condition.parts)
    if isinstance(condition, And) and any(is_impossible(part) for part in condition.parts):
        return True
    return _conflict(_conjuncts(condition, truth=True)) is not None


def omits_missing(condition: Condition) -> tuple[tuple[Fact, Span], ...]:
    """Return the tests that silently leave out customers without a value, contrary to their look.

    `days_since_last_order > 120` omits those who never bought, `country != DE` those of unknown
    country. Not returned where the condition itself says what becomes of them: by `is known` or
    `is unknown`, or, for those who never bought, by a test of `orders`.
    """
    settled = {node.fact.name for node in nodes(condition) if isinstance(node, IsKnown)}
    counted = any(read.fact.name == "orders" for read in facts_read(condition))
    return tuple(
        (test.fact, test.span)
        for test, truth in _tests(condition, truth=True)
        if test.fact.may_be_missing
        and test.fact.name not in settled
        and not (counted and test.fact.missing_for == NEVER_BOUGHT)
        and _reaches_far(test, truth=truth)
    )


def _reaches_far(test: FactTest, *, truth: bool) -> bool:
    """Whether one would think customers without a value are in: `!= DE`, `> 120` days."""
    if not isinstance(test, Compare | InSet | Between):
        return False
    values = passing(test) if truth else passing(test).complement()
    if isinstance(values, Names):
        return values.excluded
    far = not values.is_empty and values.intervals[-1][1] == HIGHEST
    return far and test.fact.type is ValueType.DAYS


def _tests(condition: Condition, *, truth: bool) -> list[tuple[FactTest, bool]]:
    """Return the tests of facts, each with the outcome by which it helps the condition."""
    if isinstance(condition, Not):
        return _tests(condition.part, truth=not truth)
    if isinstance(condition, And | Or):
        return [found for part in condition.parts for found in _tests(part, truth=truth)]
    return [(condition, truth)] if isinstance(condition, FactTest) else []


_Wanted = tuple[Condition, bool]


def _conjuncts(condition: Condition, *, truth: bool) -> list[_Wanted]:
    """Return what has to hold at once, each with its outcome, for the condition to be `truth`."""
    if isinstance(condition, Not):
        return _conjuncts(condition.part, truth=not truth)
    if isinstance(condition, And if truth else Or):
        return [wanted for part in condition.parts for wanted in _conjuncts(part, truth=truth)]
    return [(condition, truth)]


def _conflicts(condition: Condition, *, truth: bool) -> list[Conflict]:
    wanted = _conjuncts(condition, truth=truth)
    inner = [
        conflict
        for part, outcome in wanted
        if isinstance(part, And | Or)
        for inside in part.parts
        for conflict in _conflicts(inside, truth=outcome)
    ]
    if inner:
        return inner
    found = _conflict(wanted)
    return [] if found is None else [found]


def _conflict(wanted: list[_Wanted]) -> Conflict | None:
    """Return the first part that no state of affairs allows beside those before it."""
    left: dict[Fact, _Possible] = {}
    outcomes: dict[Condition, tuple[bool, Span]] = {}
    for last, (part, truth) in enumerate(wanted):
        outcome, span = outcomes.setdefault(part, (truth, part.span))
        if outcome is not truth:
            return Conflict(str(part), span, part.span)
        for fact in dict.fromkeys(read.fact for read in facts_read(part)):
            before = left[fact] if fact in left else _anything(fact)
            left[fact] = before.both(_states(part, fact, truth=truth))
            if left[fact].is_empty:
                return Conflict(str(fact), *_settled_by(wanted[: last + 1], fact))
    return None


def _settled_by(wanted: list[_Wanted], fact: Fact) -> tuple[Span, Span | None]:
    """Return the places of the last part and of the one before it that excludes it, if any."""
    part, truth = wanted[-1]
    if _possible([(part, truth)], fact).is_empty:
        return part.span, None
    readers = [one for one in wanted[:-1] if _mentions(one[0], fact)]
    excluding = [one for one in readers if _possible([one, wanted[-1]], fact).is_empty]
    return (excluding or readers)[0][0].span, part.span


def _mentions(condition: Condition, fact: Fact) -> bool:
    return any(read.fact == fact for read in facts_read(condition))


@dataclass(frozen=True, slots=True)
class _Possible:
    """States that a fact can be in: one of some values, or without a value."""

    values: Values
    missing: bool

    @property
    def is_empty(self) -> bool:
        return self.values.is_empty and not self.missing

    def both(self, other: _Possible) -> _Possible:
        return _Possible(_met(self.values, other.values), self.missing and other.missing)

    def either(self, other: _Possible) -> _Possible:
        return _Possible(_joined(self.values, other.values), self.missing or other.missing)


def _met(one: Values, other: Values) -> Values:
    if isinstance(one, Numbers) and isinstance(other, Numbers):
        return one & other
    assert isinstance(one, Names) and isinstance(other, Names)
    return one & other


def _joined(one: Values, other: Values) -> Values:
    if isinstance(one, Numbers) and isinstance(other, Numbers):
        return one | other
    assert isinstance(one, Names) and isinstance(other, Names)
    return one | other


def _anything(fact: Fact) -> _Possible:
    return _Possible(universe(fact), fact.may_be_missing)


def _possible(wanted: list[_Wanted], fact: Fact) -> _Possible:
    states = (_states(part, fact, truth=truth) for part, truth in wanted)
    return reduce(_Possible.both, states, _anything(fact))


def _states(condition: Condition, fact: Fact, *, truth: bool) -> _Possible:
    """Return the states of `fact` in which the condition can be `truth`."""
    whole = universe(fact)
    match condition:
        case Not(part):
            return _states(part, fact, truth=not truth)
        case And(parts) | Or(parts):
            states = [_states(part, fact, truth=truth) for part in parts]
            at_once = isinstance(condition, And) is truth
            return reduce(_Possible.both if at_once else _Possible.either, states)
        case IsKnown(read, known) if read == fact:
            nothing = _met(whole, whole.complement())
            return _Possible(whole, False) if known is truth else _Possible(nothing, True)
        case InTop(read) if read == fact:
            return _Possible(whole, False)
        case Compare(read) | InSet(read) | Between(read) if read == fact:
            if isinstance(condition, Between) and fact.type is ValueType.YEARLY_DATE:
                return _Possible(whole, False)
            values = passing(condition)
            return _Possible(_met(whole, values if truth else values.complement()), False)
        case _:
            return _Possible(whole, True)
