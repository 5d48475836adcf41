"""Sets of values that a fact can have: intervals of numbers and dates, or lists of names.

An interval runs from one cut to another. A cut lies just below a number, (x, 0), or just above it,
(x, 1): so `>= 3` begins at (3, 0) and `> 3` at (3, 1), and open and closed ends need no cases.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple, TypeAlias

from playbook_compiler.conditions import Between, Compare, InSet, Value, magnitude
from playbook_compiler.facts import ORDERED_TYPES, Fact, ValueType

Cut: TypeAlias = tuple[int | Decimal, int]
LOWEST: Cut = (Decimal("-Infinity"), 0)
HIGHEST: Cut = (Decimal("Infinity"), 1)
_WHOLE = (ValueType.INTEGER, ValueType.DAYS, ValueType.DATE, ValueType.YEARLY_DATE)
_NUMBERED = (*ORDERED_TYPES, ValueType.YEARLY_DATE)
# Days of the year are counted in a leap year, so that 02-29 has its place.
_YEAR = "2024-"
_YEAR_START, _YEAR_END = date(2024, 1, 1).toordinal(), date(2024, 12, 31).toordinal()


class Numbers(NamedTuple):
    """A union of disjoint intervals in rising order."""

    intervals: tuple[tuple[Cut, Cut], ...]

    @property
    def is_empty(self) -> bool:
        """Whether no number is in it."""
        return not self.intervals

    def __and__(self, other: Numbers) -> Numbers:
        if len(self.intervals) == 1 == len(other.intervals):
            (one,), (two,) = self.intervals, other.intervals
            low, high = max(one[0], two[0]), min(one[1], two[1])
            return Numbers(((low, high),)) if low < high else Numbers(())
        pairs = ((a, b) for a in self.intervals for b in other.intervals)
        return _numbers((max(a[0], b[0]), min(a[1], b[1])) for a, b in pairs)

    def __or__(self, other: Numbers) -> Numbers:
        return _numbers((*self.intervals, *other.intervals))

    def complement(self) -> Numbers:
        """Return all other numbers."""
        cuts = [LOWEST, *(cut for interval in self.intervals for cut in interval), HIGHEST]
        return _numbers(zip(cuts[::2], cuts[1::2], strict=True))


def _numbers(intervals: Iterable[tuple[Cut, Cut]]) -> Numbers:
    joined: list[tuple[Cut, Cut]] = []
    for low, high in sorted(one for one in intervals if one[0] < one[1]):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return Numbers(tuple(joined))


class Names(NamedTuple):
    """Some names, or with `excluded` all names but these."""

    names: frozenset[str | bool]
    excluded: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether no name is in it."""
        return not self.names and not self.excluded

    def __and__(self, other: Names) -> Names:
        if self.excluded and other.excluded:
            return Names(self.names | other.names, excluded=True)
        if self.excluded:
            return Names(other.names - self.names)
        return Names(self.names - other.names if other.excluded else self.names & other.names)

    def __or__(self, other: Names) -> Names:
        return (self.complement() & other.complement()).complement()

    def complement(self) -> Names:
        """Return all other names."""
        return Names(self.names, not self.excluded)


Values: TypeAlias = Numbers | Names


def universe(fact: Fact) -> Values:
    """Return all values that a fact can have at all."""
    return _universe(fact.type, fact.least, fact.most, fact.members)


@cache
def _universe(
    kind: ValueType, least: int | None, most: int | None, members: tuple[str, ...]
) -> Values:
    if kind is ValueType.YEARLY_DATE:
        return Numbers((((_YEAR_START, 0), (_YEAR_END + 1, 0)),))
    if kind in ORDERED_TYPES:
        low = LOWEST if least is None else (least, 0)
        high = HIGHEST if most is None else _cut_above(kind, most)
        return _numbers([(low, high)])
    if kind is ValueType.BOOLEAN:
        return Names(frozenset({True, False}))
    if kind is ValueType.ENUM and members:
        return Names(frozenset(members))
    return Names(frozenset(), excluded=True)


def passing(test: Compare | InSet | Between) -> Values:
    """Return the values that pass a test."""
    fact = test.fact
    if fact.type not in _NUMBERED:
        return _names(test)
    if isinstance(test, InSet):
        return _numbers(_point(fact, value) for value in test.values)
    if isinstance(test, Between):
        low, high = _point(fact, test.low)[0], _point(fact, test.high)[1]
        if fact.type is ValueType.YEARLY_DATE and high <= low:
            return _numbers([(LOWEST, high), (low, HIGHEST)])  # over the end of the year
        return _numbers([(low, high)])
    return _compared(*_point(fact, test.value), test.operator)


def _compared(below: Cut, above: Cut, operator: str) -> Numbers:
    """Return the numbers that pass a comparison with the one between two cuts."""
    interval = {
        "=": (below, above),
        "!=": (below, above),
        "<": (LOWEST, below),
        "<=": (LOWEST, above),
        ">": (above, HIGHEST),
        ">=": (below, HIGHEST),
    }[operator]
    numbers = within(*interval)
    return numbers.complement() if operator == "!=" else numbers


def deciding(test: Compare | InSet | Between, *, truth: bool) -> Values:
    """Return the values of a fact with which a test of it is true, or false."""
    fact = test.fact
    if isinstance(test, Compare) and fact.type in _NUMBERED and not isinstance(test.value, str):
        number = magnitude(test.value)
        return _deciding(fact.type, fact.least, fact.most, test.operator, number, truth)
    values = passing(test)
    return met(universe(fact), values if truth else values.complement())


# Every check asks the same of the same test; as many as a large playbook has at once are kept.
@lru_cache(maxsize=4_096)
def _deciding(
    kind: ValueType,
    least: int | None,
    most: int | None,
    operator: str,
    number: int | Decimal,
    truth: bool,
) -> Values:
    numbers = _compared((number, 0), _cut_above(kind, number), operator)
    whole = _universe(kind, least, most, ())
    return met(whole, numbers if truth else numbers.complement())


def met(one: Values, other: Values) -> Values:
    """Return the values in both of two sets of the same fact."""
    if isinstance(one, Numbers) and isinstance(other, Numbers):
        return one & other
    assert isinstance(one, Names) and isinstance(other, Names)
    return one & other


def within(low: Cut, high: Cut) -> Numbers:
    """Return the numbers between two cuts."""
    return Numbers(((low, high),)) if low < high else Numbers(())


def _names(test: Compare | InSet | Between) -> Values:
    assert not isinstance(test, Between), "names have no order"
    values = test.values if isinstance(test, InSet) else (test.value,)
    names = Names(frozenset(value for value in values if isinstance(value, str | bool)))
    return names.complement() if isinstance(test, Compare) and test.operator == "!=" else names


def _point(fact: Fact, value: Value) -> tuple[Cut, Cut]:
    """Return the cuts just below and above a value; whole numbers have no others between them."""
    if isinstance(value, str):
        day = _YEAR + value if fact.type is ValueType.YEARLY_DATE else value
        number: int | Decimal = date.fromisoformat(day).toordinal()
    else:
        number = magnitude(value)
    return (number, 0), _cut_above(fact.type, number)


def _cut_above(kind: ValueType, number: int | Decimal) -> Cut:
    return (number + 1, 0) if kind in _WHOLE else (number, 1)
