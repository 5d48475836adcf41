"""Tests that a customer segment is made of: one operator on one field of a customer.

A test holds or does not. `opposites` are the tests of which one holds where it does not, those of
customers without a value included.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeAlias

from playbook_compiler.values import dataclass

Value: TypeAlias = str | int | float | bool
ORDERS: Final = "summary.orders.total_count"
REVENUE: Final = "summary.orders.total_amount"
AVERAGE: Final = "summary.orders.average_amount"
LAST_ORDER: Final = "summary.orders.last_order_date"
CREATED: Final = "created_at"
# Fields that every customer has a value of.
ALWAYS: Final = (ORDERS, REVENUE, CREATED)
# Fields of whole numbers.
WHOLE: Final = (ORDERS, REVENUE)
OPERATORS: Final = (
    *("$is", "$is_not", "$in", "$not_in", "$less_than", "$more_than", "$has_value", "$is_unknown"),
    *("$after", "$before", "$less_than_ago", "$more_than_ago"),
)
GROUPS_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Test:
    """One test of a field. `values` are one, but for `$in` and `$not_in`."""

    field: str
    operator: str
    values: tuple[Value, ...] = (True,)

    def opposites(self) -> tuple[Test, ...]:
        """Return the tests of which one holds where this one does not."""
        match self.operator:
            case "$has_value":
                return (Test(self.field, "$is_unknown"),)
            case "$is_unknown":
                return (Test(self.field, "$has_value"),)
            case "$is" | "$in" | "$is_not" | "$not_in":
                turned = _TURNED[self.operator]
                found: tuple[Test, ...] = (Test(self.field, turned, self.values),)
            case "$less_than_ago" | "$more_than_ago":
                # Time passes: no moment lies a number of days back to the instant.
                found = (Test(self.field, _TURNED[self.operator], self.values),)
            case "$less_than" | "$more_than" if self.field in WHOLE:
                number = self.values[0]
                assert isinstance(number, int)
                step = 1 if self.operator == "$more_than" else -1
                found = (Test(self.field, _TURNED[self.operator], (number + step,)),)
            case _:
                equal = Test(self.field, "$is", self.values)
                found = (Test(self.field, _TURNED[self.operator], self.values), equal)
        return found if self.field in ALWAYS else (*found, Test(self.field, "$is_unknown"))


_TURNED: Final = {
    "$is": "$is_not",
    "$is_not": "$is",
    "$in": "$not_in",
    "$not_in": "$in",
    "$less_than": "$more_than",
    "$more_than": "$less_than",
    "$before": "$after",
    "$after": "$before",
    "$less_than_ago": "$more_than_ago",
    "$more_than_ago": "$less_than_ago",
}
Group: TypeAlias = tuple[Test, ...]
# All tests of some group hold.
Groups: TypeAlias = tuple[Group, ...]
EVERYBODY: Final[Groups] = ((),)
NOBODY: Final[Groups] = ()


class TooManyGroups(Exception):
    """A condition with more alternatives than anybody could read; caught where it is lowered."""


def one(field: str, operator: str, *values: Value) -> Groups:
    """Return the groups of a single test."""
    return ((Test(field, operator, values or (True,)),),)


def either(parts: Iterable[Groups]) -> Groups:
    """Return groups of which one holds where some part does."""
    return _tidy(group for part in parts for group in part)


def both(parts: Iterable[Groups]) -> Groups:
    """Return groups of which one holds where all parts do."""
    found = EVERYBODY
    for part in parts:
        if len(found) * len(part) > GROUPS_MOST**2:
            raise TooManyGroups
        found = _tidy((*one, *other) for one in found for other in part)
    return found


def opposite(groups: Groups) -> Groups:
    """Return groups of which one holds where none of these does."""
    return both(tuple((other,) for test in group for other in test.opposites()) for group in groups)


def _tidy(groups: Iterable[Group]) -> Groups:
    """Return groups without repetition, without those that others make idle or that never hold."""
    unique = {frozenset(group): tuple(dict.fromkeys(group)) for group in groups}
    kept = {
        key: group
        for key, group in unique.items()
        if not any(other < key for other in unique) and not _never(group)
    }
    if len(kept) > GROUPS_MOST:
        raise TooManyGroups
    return tuple(kept.values())


def _never(group: Group) -> bool:
    """Return whether tests of one field contradict each other plainly."""
    unknown = {test.field for test in group if test.operator == "$is_unknown"}
    if any(test.field in unknown and test.operator != "$is_unknown" for test in group):
        return True
    left: dict[str, frozenset[Value]] = {}
    for test in group:
        if test.operator in ("$is", "$in"):
            values = frozenset(test.values)
            left[test.field] = left.get(test.field, values) & values
    return not all(left.values())


def as_filter(groups: Groups) -> dict[str, Any] | None:
    """Return groups as the filter of one segment; None where one segment cannot say them.

    A filter joins all its fields by one word, and holds a field once.
    """
    if len(groups) == 1:
        return _joined("and", groups[0])
    tests = tuple(test for group in groups for test in group)
    if all(len(group) == 1 for group in groups) and len({test.field for test in tests}) == len(
        tests
    ):
        return _joined("or", tests)
    return None


def _joined(junction: str, tests: Group) -> dict[str, Any]:
    found: dict[str, Any] = {"junction": junction}
    for test in tests:
        conditions = found.setdefault(test.field, {"conditions": {}})["conditions"]
        _add(conditions, test)
    return found


def _add(conditions: dict[str, Any], test: Test) -> None:
    """Add a test of a field to the others of it: all of them are to hold."""
    operator, values = test.operator, list(test.values)
    if operator in ("$has_value", "$is_unknown"):
        conditions[operator] = True
    elif operator not in conditions:
        conditions[operator] = values
    elif operator in ("$is_not", "$not_in"):
        together = [*conditions.pop(operator), *values, *conditions.pop("$not_in", [])]
        conditions["$not_in"] = list(dict.fromkeys(together))
    elif operator in ("$more_than", "$after", "$more_than_ago"):
        conditions[operator] = [max(conditions[operator][0], values[0])]
    elif operator in ("$less_than", "$before", "$less_than_ago"):
        conditions[operator] = [min(conditions[operator][0], values[0])]
    else:
        # `$in` twice: what both share, which is not nothing.
        conditions[operator] = [value for value in conditions[operator] if value in values]
