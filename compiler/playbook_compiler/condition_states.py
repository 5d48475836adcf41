"""The states that a customer can be in, as far as parts of a condition decide it.

A goal is a part of a condition and what is wanted of it: true, false, not true, not false. In
Kleene's logic each of the four comes down to goals on single tests, exactly. Goals on tests narrow
`States`: the values that each fact can still have, the age that each event can still have, the
outcomes that each other test can still have. What is known to hold between facts (who never bought
has no last order) narrows them further. Where nothing is left, nobody meets the goals.
"""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import TypeAlias

from playbook_compiler.condition_ties import (
    ORDERS,
    SINCE_LAST,
    TIED,
    Range,
    hold_ties,
    narrow,
    nothing,
    range_of,
)
from playbook_compiler.conditions import (
    And,
    Between,
    Bought,
    Compare,
    Condition,
    Engaged,
    Entered,
    Happened,
    Has,
    InAudience,
    InFlow,
    InSet,
    InTop,
    IsKnown,
    Not,
    Or,
    OrderHas,
    Received,
)
from playbook_compiler.facts import Fact, ValueType
from playbook_compiler.units import Duration
from playbook_compiler.value_sets import (
    HIGHEST,
    LOWEST,
    Cut,
    Numbers,
    Values,
    deciding,
    met,
    passing,
    universe,
    within,
)
from playbook_compiler.values import dataclass


class Want(Enum):
    """What is wanted of a condition."""

    TRUE = "true"
    FALSE = "false"
    NOT_TRUE = "not true"
    NOT_FALSE = "not false"

    @property
    def of_opposite(self) -> Want:
        """What is then wanted of the opposite."""
        return _OPPOSITE[self]

    @property
    def outcomes(self) -> frozenset[bool | None]:
        """The outcomes that meet it; None is unknown."""
        return _OUTCOMES[self]


_OPPOSITE = {
    Want.TRUE: Want.FALSE,
    Want.FALSE: Want.TRUE,
    Want.NOT_TRUE: Want.NOT_FALSE,
    Want.NOT_FALSE: Want.NOT_TRUE,
}
_OUTCOMES: dict[Want, frozenset[bool | None]] = {
    Want.TRUE: frozenset({True}),
    Want.FALSE: frozenset({False}),
    Want.NOT_TRUE: frozenset({False, None}),
    Want.NOT_FALSE: frozenset({True, None}),
}
Goal: TypeAlias = tuple[Condition, Want]


def parts(goal: Goal) -> tuple[bool, tuple[Goal, ...]] | None:
    """Return whether all or one of some smaller goals has to be met; None of a single test."""
    condition, want = goal
    match condition:
        case Not(part):
            return True, ((part, want.of_opposite),)
        case And(several) | Or(several):
            upward = want in (Want.TRUE, Want.NOT_FALSE)
            return upward is isinstance(condition, And), tuple((one, want) for one in several)
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Lines:
    """What the lines of an order can be: in one field, the values that no line has, and the sets
    of which some line has one."""

    none: Values
    some: tuple[Values, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether a line is asked for that no line is."""
        others = self.none.complement()
        return any(met(wanted, others).is_empty for wanted in self.some)


Outcomes: TypeAlias = "frozenset[bool | None]"
State: TypeAlias = "Range | Lines | Outcomes"
States: TypeAlias = dict[str, State]
# Ages of events are in days; no shop is a million years old.
NEVER = Decimal(10) ** 9
_AGES = Numbers((((0, 0), (NEVER, 1)),))
_ANY_OUTCOME: Outcomes = frozenset({True, False, None})


def narrowed(states: States, goal: Goal) -> bool:
    """Narrow `states` to those that meet a goal on a single test; False where none is left.

    Facts that hang together are left to `tied`.
    """
    condition, want = goal
    match condition:
        case Compare(fact) | InSet(fact) | Between(fact):
            return narrow(states, fact, _asked(condition, want))
        case IsKnown(fact, known):
            is_known = (True in want.outcomes) is known
            values = universe(fact) if is_known else nothing(fact)
            return narrow(states, fact, Range(values, not is_known)) and _members(states, fact)
        case Has(fact):
            return _outcome(states, condition, want, fact.may_be_missing) and _members(states, fact)
        case InTop(fact, share):
            below = within((0, 1), (share.fraction, 1))
            ranks = within((0, 1), (1, 1))
            return (
                _ages(states, f"{fact} in top", want, below, ranks & below.complement(), ranks)
                and _outcome(states, condition, want, True)
                and (None in want.outcomes or _known(states, fact))
            )
        case OrderHas():
            return _outcome(states, condition, want, True) and _lines(states, condition, want)
        case Bought() | Engaged() | Happened() | Received() | Entered():
            return _outcome(states, condition, want, True) and _deed(states, condition, want)
        case InFlow(flow):
            entered = Entered(flow)
            return _outcome(states, condition, want, True) and (
                want is not Want.TRUE or _deed(states, entered, Want.NOT_FALSE)
            )
        case InAudience():
            return _outcome(states, condition, want, False)
        case _:
            return _outcome(states, condition, want, True)


def _asked(test: Compare | InSet | Between, want: Want) -> Range:
    outcomes = _OUTCOMES[want]
    return Range(deciding(test, truth=True in outcomes), None in outcomes)


def tied(states: States) -> bool:
    """Narrow facts that hang together by each other; False where none is left. Once for many goals:
    it comes to the same as after each of them."""
    # One fact by itself is tied to nothing.
    return sum([name.partition("(")[0] in TIED for name in states]) < 2 or hold_ties(states)


def _known(states: States, fact: Fact) -> bool:
    return narrow(states, fact, Range(universe(fact), missing=False))


def _outcome(states: States, test: Condition, want: Want, unknown: bool) -> bool:
    """Narrow the outcomes of a test that is looked at as a whole."""
    before = states.get(f"({test})", _ANY_OUTCOME if unknown else _ANY_OUTCOME - {None})
    assert isinstance(before, frozenset)
    states[f"({test})"] = after = before & want.outcomes
    return bool(after)


def _members(states: States, fact: Fact) -> bool:
    """Hold a set against what is wanted of its members: of a known set none is unknown."""
    if fact.type is not ValueType.SET:
        return True
    found = {
        name: one
        for name, one in states.items()
        if isinstance(one, frozenset) and name.startswith(f"({fact} has ")
    }
    known = any(None not in one for one in found.values())
    missing = any(one == {None} for one in found.values())
    values = nothing(fact) if missing else universe(fact)
    if not narrow(states, fact, Range(values, not known)):
        return False
    now = range_of(states, fact)
    possible = _ANY_OUTCOME
    if not now.missing:
        possible = possible - {None}
    elif now.values.is_empty:
        possible = frozenset({None})
    states.update({name: one & possible for name, one in found.items()})
    return all(one & possible for one in found.values())


def _lines(states: States, test: OrderHas, want: Want) -> bool:
    field = test.test.fact
    values = met(universe(field), passing(test.test))
    before = states.get(f"order has {field}", Lines(nothing(field)))
    assert isinstance(before, Lines)
    after = before
    if want is Want.TRUE:
        after = Lines(before.none, (*before.some, values))
    elif True not in want.outcomes:
        after = Lines(_joined(before.none, values), before.some)
    states[f"order has {field}"] = after
    return not after.is_empty


def _joined(one: Values, other: Values) -> Values:
    return met(one.complement(), other.complement()).complement()


def _deed(
    states: States, deed: Bought | Engaged | Happened | Received | Entered, want: Want
) -> bool:
    """Narrow how long ago something happened: within 14 days is also within 30."""
    name = str(deed).partition(" within ")[0] if deed.within is not None else str(deed)
    least, most = _days(deed.within)
    recent, older = within((0, 0), most), within(least, (NEVER, 1))
    if not _ages(states, name, want, recent, older, _AGES):
        return False
    return _of_order(states, deed, want, most)


def _of_order(states: States, deed: Condition, want: Want, most: Cut) -> bool:
    """Narrow the days since the last order by a deed that takes an order."""
    placed = isinstance(deed, Happened) and deed.event == "order_placed"
    if want is Want.TRUE and (placed or isinstance(deed, Bought)):
        # A full day is counted from midnight or from the hour: one day more does no harm.
        latest = within(LOWEST, HIGHEST if most[0] == NEVER else (most[0] + 1, 1))
        return narrow(states, SINCE_LAST, Range(met(universe(SINCE_LAST), latest), missing=False))
    if want is Want.FALSE and placed and most[0] == NEVER:
        return narrow(states, ORDERS, Range(within((0, 0), (1, 0)), missing=False))
    return True


def _ages(
    states: States, name: str, want: Want, met_by: Numbers, failed_by: Numbers, whole: Numbers
) -> bool:
    before = states.get(name, Range(whole, missing=True))
    assert isinstance(before, Range)
    values = met_by if True in want.outcomes else failed_by
    after = Range(met(before.values, values), before.missing and None in want.outcomes)
    states[name] = after
    return not after.is_empty


def _days(length: Duration | None) -> tuple[Cut, Cut]:
    """Return where "longer ago" begins and "within" ends: the same for whole days, else apart."""
    if length is None:
        return (NEVER, 0), (NEVER, 0)
    day = 1 if length.seconds else 0
    least = length.months * 28 + length.days + length.seconds // 86_400 - day
    most = length.months * 31 + length.days + length.seconds // 86_400 + day
    return (max(least, 0), 1), (most, 1)
