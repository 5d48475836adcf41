"""What holds between facts of one customer: who never bought has no last order, and the like."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any, NamedTuple, TypeAlias

from playbook_compiler.catalogue import BUILT_IN, NEVER_BOUGHT
from playbook_compiler.facts import Fact
from playbook_compiler.value_sets import (
    HIGHEST,
    LOWEST,
    Names,
    Numbers,
    Values,
    met,
    universe,
    within,
)

# The range of each fact that is told, by its name; other states of a customer are left alone.
Ranges: TypeAlias = MutableMapping[str, Any]

ORDERS, REVENUE = BUILT_IN.facts["orders"], BUILT_IN.facts["revenue"]
SINCE_LAST = BUILT_IN.facts["days_since_last_order"]
SINCE_FIRST = BUILT_IN.facts["days_since_first_order"]
AS_CUSTOMER = BUILT_IN.facts["days_as_customer"]
NTH = "trigger.order.nth"
_OF_BUYERS = {
    name: fact for name, fact in BUILT_IN.facts.items() if fact.missing_for == NEVER_BOUGHT
}
_OF_EVERY_BUYER = (SINCE_LAST, SINCE_FIRST, BUILT_IN.facts["aov"])
TIED = frozenset({ORDERS.name, REVENUE.name, AS_CUSTOMER.name, NTH, *_OF_BUYERS})
_NONE = within((0, 0), (0, 1))


class Range(NamedTuple):
    """What a number, date, name or age can be, and whether it can be missing."""

    values: Values
    missing: bool

    @property
    def is_empty(self) -> bool:
        """Whether it can be nothing at all."""
        return self.values.is_empty and not self.missing

    @property
    def is_known(self) -> bool:
        """Whether it has a value for sure."""
        return not self.missing


def nothing(fact: Fact) -> Values:
    """Return no value, as a set of values of the fact."""
    return Names(frozenset()) if isinstance(universe(fact), Names) else Numbers(())


def range_of(states: Ranges, fact: Fact) -> Range:
    """Return what a fact can be."""
    found = states.get(str(fact))
    if found is None:
        return Range(universe(fact), fact.may_be_missing)
    assert isinstance(found, Range)
    return found


def narrow(states: Ranges, fact: Fact, asked: Range) -> bool:
    """Narrow a fact to what is asked; False where nothing is left of it."""
    before = range_of(states, fact)
    after = Range(met(before.values, asked.values), before.missing and asked.missing)
    states[str(fact)] = after
    return not after.is_empty


def hold_ties(states: Ranges) -> bool:
    """Narrow the facts about orders by each other; False where nothing is left of one."""
    while True:
        before = dict(states)
        if not (_buyers(states) and _amounts(states) and _ages(states) and _nth(states)):
            return False
        if states == before:
            return True


def _buyers(states: Ranges) -> bool:
    """Who has a fact about orders has ordered, and who has ordered has those that all have."""
    known = any(
        not found.missing
        for name, found in states.items()
        if isinstance(found, Range) and name.partition("(")[0] in _OF_BUYERS
    )
    if known and not narrow(states, ORDERS, Range(within((1, 0), HIGHEST), missing=False)):
        return False
    orders = range_of(states, ORDERS).values
    for fact in _OF_EVERY_BUYER:
        if fact.name not in states:
            continue
        if states[fact.name].values.is_empty:
            none = Range(within((0, 0), (1, 0)), missing=False)
            if not narrow(states, ORDERS, none):
                return False
        elif met(orders, within(LOWEST, (1, 0))).is_empty and not narrow(
            states, fact, Range(universe(fact), missing=False)
        ):
            return False
    return True


def _amounts(states: Ranges) -> bool:
    """Who never ordered has spent nothing."""
    if REVENUE.name not in states:
        return True
    if met(range_of(states, REVENUE).values, _NONE).is_empty:
        return narrow(states, ORDERS, Range(within((1, 0), HIGHEST), missing=False))
    if met(range_of(states, ORDERS).values, within((1, 0), HIGHEST)).is_empty:
        return narrow(states, REVENUE, Range(_NONE, missing=False))
    return True


def _ages(states: Ranges) -> bool:
    """The last order is no older than the first, and the first no older than the customer."""
    for late, early in ((SINCE_LAST, SINCE_FIRST), (SINCE_FIRST, AS_CUSTOMER)):
        if late.name not in states or early.name not in states:
            continue
        young, old = range_of(states, late), range_of(states, early)
        if young.missing or old.missing:
            continue
        assert isinstance(young.values, Numbers)
        assert isinstance(old.values, Numbers)
        low, high = young.values.intervals[0][0], old.values.intervals[-1][1]
        if not narrow(states, late, Range(within(LOWEST, high), missing=False)):
            return False
        if not narrow(states, early, Range(within(low, HIGHEST), missing=False)):
            return False
    return True


def _nth(states: Ranges) -> bool:
    """The trigger's order is one of the customer's."""
    found = states.get(NTH)
    if found is None:
        return True
    least = found.values.intervals[0][0]
    return narrow(states, ORDERS, Range(within(least, HIGHEST), missing=False))
