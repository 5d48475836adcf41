"""Conditions in the form that Klaviyo takes: groups of which all hold, of tests of which one does.

Klaviyo knows no negation, so a formula carries its opposite along. Ours are three-valued (unknown
facts), so a lowered condition says separately when it is true and when it is false.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from playbook_compiler.values import dataclass

Test: TypeAlias = dict[str, Any]
Groups: TypeAlias = tuple[tuple[Test, ...], ...]
# Beyond this no person could read the filter in Klaviyo, and distribution could run away.
GROUPS_LIMIT = 100
ALWAYS: Groups = ()
NEVER: Groups = ((),)


class TooManyGroups(Exception):
    """A condition whose groups would be too many; caught where the condition is lowered."""


@dataclass(frozen=True, slots=True)
class Formula:
    """Groups that hold when it is so (`yes`), and groups that hold when it is not (`no`)."""

    yes: Groups
    no: Groups

    def opposite(self) -> Formula:
        """Return the formula that holds when this one does not."""
        return Formula(self.no, self.yes)


TRUE = Formula(ALWAYS, NEVER)
FALSE = Formula(NEVER, ALWAYS)


@dataclass(frozen=True, slots=True)
class Lowered:
    """A three-valued condition: when it is true, and when it is false; else it is unknown."""

    true: Formula
    false: Formula

    @staticmethod
    def known(test: Formula) -> Lowered:
        """Return a condition that is always true or false."""
        return Lowered(test, test.opposite())

    @staticmethod
    def where(known: Formula, test: Formula) -> Lowered:
        """Return a condition that is unknown unless `known`."""
        return Lowered(both(known, test), both(known, test.opposite()))


def single(yes: Test, no: Sequence[Test]) -> Formula:
    """Return a formula of one test and the tests of which one holds when it does not."""
    return Formula(((yes,),), (tuple(no),))


def both(*parts: Formula) -> Formula:
    """Return a formula that holds when all parts do."""
    return Formula(_joined(part.yes for part in parts), _crossed([part.no for part in parts]))


def either(*parts: Formula) -> Formula:
    """Return a formula that holds when some part does."""
    return Formula(_crossed([part.yes for part in parts]), _joined(part.no for part in parts))


def _joined(parts: Iterable[Groups]) -> Groups:
    return _tidy(group for part in parts for group in part)


def _crossed(parts: Sequence[Groups]) -> Groups:
    """Return the disjunction of groups: each pick of one group from every part, joined."""
    picks: Groups = NEVER
    for part in parts:
        if len(picks) * max(len(part), 1) > GROUPS_LIMIT * 4:
            raise TooManyGroups
        picks = _tidy(one + other for one in picks for other in part)
    return picks


def _tidy(groups: Iterable[tuple[Test, ...]]) -> Groups:
    """Return groups without repeated tests, repeated groups, and groups that others imply."""
    unique: dict[frozenset[str], tuple[Test, ...]] = {}
    for group in groups:
        tests = {json.dumps(one, sort_keys=True): one for one in group}
        unique.setdefault(frozenset(tests), tuple(tests.values()))
    kept = {key: group for key, group in unique.items() if not any(other < key for other in unique)}
    if len(kept) > GROUPS_LIMIT:
        raise TooManyGroups
    return tuple(kept.values())


def is_never(groups: Groups) -> bool:
    """Return whether no profile can pass."""
    return () in groups


def as_filter(groups: Groups) -> dict[str, Any] | None:
    """Return groups as `profile_filter`, `branch_filter` and the like take them."""
    if not groups:
        return None
    return {"condition_groups": [{"conditions": list(group)} for group in groups]}
