"""One form for conditions that mean the same: some of several groups, all of each group.

Every step is a law of Kleene's logic (De Morgan, distribution, idempotence, absorption), so that
the normal form is true, false and unknown of the same customers as the condition. Tests are turned
the same way (`not orders < 3` becomes `orders >= 3`) and stand in the order of their texts, so that
conditions written in another order have equal normal forms. `a or not a` stays: it is unknown where
`a` is.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import TypeAlias

from playbook_compiler.conditions import (
    And,
    Between,
    Compare,
    Condition,
    InSet,
    IsKnown,
    Not,
    Operator,
    Or,
    OrderHas,
    all_of,
    any_of,
)
from playbook_compiler.facts import ValueType
from playbook_compiler.values import dataclass, replace

# Groups of a normal form; beyond, a condition is left as it is, its tests turned and ordered.
GROUPS_LIMIT = 64
Group: TypeAlias = tuple[Condition, ...]
_CONTRARY: dict[Operator, Operator] = {
    "=": "!=",
    "!=": "=",
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
}


@dataclass(frozen=True, slots=True)
class NormalForm:
    """`groups` of tests, a test being a single one or its `not`.

    As alternatives (`any_of_all`) all of some group have to hold, as requirements (`all_of_any`)
    one of every group. Ordered, without repetition, and no group that a part of another makes idle.
    """

    groups: tuple[Group, ...]


def normal_form(condition: Condition) -> Condition:
    """Return the condition as an `or` of `and`s, or left as it is beyond GROUPS_LIMIT groups.

    Equal for conditions that differ in order, repetition or placing of `not` only. What is left as
    it is has its `not`s at the tests and its parts in order.
    """
    found = any_of_all(condition)
    if found is None:
        return _ordered(_inward(condition, truth=True))
    return any_of([all_of(group) for group in found.groups])


def any_of_all(condition: Condition) -> NormalForm | None:
    """Return the disjunctive normal form; None if it has more than GROUPS_LIMIT groups."""
    groups = _groups(_inward(condition, truth=True), And)
    return None if groups is None else NormalForm(groups)


def all_of_any(condition: Condition) -> NormalForm | None:
    """Return the conjunctive normal form; None if it has more than GROUPS_LIMIT groups."""
    groups = _groups(_inward(condition, truth=True), Or)
    return None if groups is None else NormalForm(groups)


def _groups(condition: Condition, inner: type[And] | type[Or]) -> tuple[Group, ...] | None:
    """Return groups of tests that `inner` joins and its counterpart joins to the whole."""
    if not isinstance(condition, And | Or):
        return ((condition,),)
    found = [_groups(part, inner) for part in condition.parts]
    sizes = [len(groups) for groups in found if groups is not None]
    if len(sizes) < len(found):
        return None
    several = [groups for groups in found if groups is not None]
    if not isinstance(condition, inner):
        return _bounded(group for groups in several for group in groups)
    joined: tuple[Group, ...] | None = several[0]
    for groups in several[1:]:
        if joined is None or len(joined) * len(groups) > GROUPS_LIMIT**2:
            return None
        joined = _bounded((*one, *other) for one, other in product(joined, groups))
    return joined


def _bounded(groups: Iterable[Group]) -> tuple[Group, ...] | None:
    """Return the groups in order without those that others make idle; None if they are too many."""
    by_text = {}
    for group in groups:
        texts = {str(one): one for one in group}
        by_text[frozenset(texts)] = tuple(texts[text] for text in sorted(texts))
    keys = sorted(by_text, key=lambda key: (len(key), sorted(key)))
    kept: list[frozenset[str]] = []
    for key in keys:
        if not any(one < key for one in kept):
            kept.append(key)
            if len(kept) > GROUPS_LIMIT:
                return None
    return tuple(by_text[key] for key in sorted(kept, key=sorted))


def _inward(condition: Condition, *, truth: bool) -> Condition:
    """Return the condition, or its opposite, with `not` only at single tests."""
    match condition:
        case Not(part):
            return _inward(part, truth=not truth)
        case And(parts) | Or(parts):
            inner = [_inward(part, truth=truth) for part in parts]
            together = all_of if isinstance(condition, And) is truth else any_of
            return together(inner, condition.span)
        case _:
            turned = _turned(condition)
            return turned if truth else _opposite(turned)


def _turned(test: Condition) -> Condition:
    """Return a test in the one way of writing it that is compared."""
    match test:
        case InSet(fact, values):
            several = sorted(dict.fromkeys(values), key=str)
            if len(several) == 1:
                return _turned(Compare(fact, "=", several[0], test.span))
            return InSet(fact, tuple(several), test.span)
        case Between(fact, low, high) if low == high:
            return _turned(Compare(fact, "=", low, test.span))
        case Compare(fact, "!=", value) if fact.type is ValueType.BOOLEAN:
            return Compare(fact, "=", not value, test.span)
        case OrderHas(inner):
            turned = _turned(inner)
            assert isinstance(turned, Compare | InSet | Between)
            return replace(test, test=turned)
        case _:
            return test


def _opposite(test: Condition) -> Condition:
    match test:
        case Compare(fact, operator, value):
            return _turned(Compare(fact, _CONTRARY[operator], value, test.span))
        case IsKnown(fact, known):
            return IsKnown(fact, not known, test.span)
        case _:
            return Not(test, test.span)


def _ordered(condition: Condition) -> Condition:
    """Return the condition with the parts of every `and` and `or` in order, each once."""
    if not isinstance(condition, And | Or):
        return condition
    parts = {str(one): one for one in (_ordered(part) for part in condition.parts)}
    several = [parts[text] for text in sorted(parts)]
    together = all_of if isinstance(condition, And) else any_of
    return together(several, condition.span)
