"""Whether a condition can hold at all, beside another, and wherever another does.

A search over the ways in which the goals on a condition can be met (`condition_states`), each
narrowing what its customers can be. Sound on both sides: False and True are certain, None stands
for what the search cannot tell: too many ways, or facts that hang together in ways it does not
follow. Who belongs to an audience is looked up in `audiences`; of one that is not there only the
name is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from playbook_compiler.condition_states import (
    Goal,
    States,
    Want,
    narrowed,
    parts,
    tied,
)
from playbook_compiler.condition_ties import ORDERS, SINCE_LAST, TIED, Range
from playbook_compiler.conditions import (
    Bought,
    Condition,
    Engaged,
    Entered,
    FactTest,
    Happened,
    Holds,
    InAudience,
    InFlow,
    InTop,
    OrderHas,
    Received,
    Unsubscribed,
    nodes,
)
from playbook_compiler.facts import ValueType, Where
from playbook_compiler.value_sets import Names, Values

# How many ways are tried, and single goals looked at, before the answer is "cannot tell".
WAYS_LIMIT = 2_000
GOALS_LIMIT = 20_000
# Who belongs to each audience that is told out.
Audiences: TypeAlias = Mapping[str, Condition]
NO_AUDIENCES: Audiences = MappingProxyType({})


def can_hold(condition: Condition, audiences: Audiences = NO_AUDIENCES) -> bool | None:
    """Return whether the condition is true of some customer; None where that cannot be told."""
    return can_be_met([(condition, Want.TRUE)], audiences)


def can_both_hold(
    one: Condition, other: Condition, audiences: Audiences = NO_AUDIENCES
) -> bool | None:
    """Return whether some customer meets both conditions at one moment; None: cannot be told."""
    return can_be_met([(one, Want.TRUE), (other, Want.TRUE)], audiences)


def implies(one: Condition, other: Condition, audiences: Audiences = NO_AUDIENCES) -> bool | None:
    """Return whether every customer who meets the one meets the other; None: cannot be told.

    Unknown is not met: `orders >= 1` does not imply `country = DE or country != DE`. What nobody
    meets implies everything.
    """
    return _opposite(can_be_met([(one, Want.TRUE), (other, Want.NOT_TRUE)], audiences))


def surely_implies(one: Condition, other: Condition, audiences: Audiences = NO_AUDIENCES) -> bool:
    """Return whether `implies` is True; quicker, since it looks for nobody who refutes it."""
    return cannot_be_met([(one, Want.TRUE), (other, Want.NOT_TRUE)], audiences)


def always_holds(condition: Condition, audiences: Audiences = NO_AUDIENCES) -> bool | None:
    """Return whether the condition is true of every customer; None where that cannot be told."""
    return _opposite(can_be_met([(condition, Want.NOT_TRUE)], audiences))


def _opposite(found: bool | None) -> bool | None:
    return None if found is None else not found


def cannot_be_met(goals: Sequence[Goal], audiences: Audiences = NO_AUDIENCES) -> bool:
    """Return whether surely nobody meets all goals at once: all that most checks ask."""
    return can_be_met(goals, audiences, witness=False) is False


def can_be_met(
    goals: Sequence[Goal], audiences: Audiences = NO_AUDIENCES, *, witness: bool = True
) -> bool | None:
    """Return whether some customer meets all goals at once; None where that cannot be told.

    Without `witness` it is never True: that nothing excludes the goals ends the search.
    """
    looked_at = 0
    sure = True
    open_: list[tuple[States, list[Goal], list[tuple[Goal, ...]]]] = [({}, list(goals), [])]
    for _ in range(WAYS_LIMIT):
        if not open_:
            return False if sure else None
        states, now, later = open_.pop()
        possible = True
        while now and possible:
            looked_at += 1
            if looked_at > GOALS_LIMIT:
                return None
            goal = now.pop()
            inner = parts(goal)
            if inner is None:
                possible = narrowed(states, goal)
                now.extend(_told(goal, audiences))
            elif inner[0]:
                now.extend(reversed(inner[1]))
            else:
                later.append(inner[1])
        if not (possible and tied(states)):
            continue
        if later:
            rest = later[1:]
            open_.extend((dict(states), [one], list(rest)) for one in reversed(later[0]))
        elif not witness:
            return None
        elif _is_found(goals, states, audiences):
            return True
        else:
            sure = False
    return None


def _told(goal: Goal, audiences: Audiences) -> Iterator[Goal]:
    """Yield what a goal on an audience that is told out asks of those who belong to it."""
    condition, want = goal
    if isinstance(condition, InAudience) and condition.audience in audiences:
        yield audiences[condition.audience], Want.TRUE if True in want.outcomes else Want.NOT_TRUE


def _is_found(goals: Sequence[Goal], states: States, audiences: Audiences) -> bool:
    """Return whether somebody surely is in one of the states."""
    read = list(_told_nodes([condition for condition, _ in goals], audiences))
    listed = {str(node.fact) for node in read if isinstance(node, FactTest) and node.fact.ids}
    return _is_free(read) and all(
        _is_certain(state, name in listed) for name, state in states.items()
    )


def _told_nodes(conditions: Iterable[Condition], audiences: Audiences) -> Iterator[Condition]:
    """Yield every node, of audiences that are told out once what they say instead."""
    told: set[str] = set()
    left = list(conditions)
    while left:
        for node in nodes(left.pop()):
            name = node.audience if isinstance(node, InAudience) else ""
            if name not in audiences:
                yield node
            elif name not in told:
                told.add(name)
                left.append(audiences[name])


def _is_free(read: Iterable[Condition]) -> bool:
    """Return whether customers can be as they like in all that the tests read.

    Facts that hang together are of one family (`rfm` and `aov`, say); of a family one may be read,
    and of orders also the number with the days since the last, whose tie is followed.
    """
    found: dict[str, set[str]] = {}
    for node in read:
        for family, name in _families(node):
            found.setdefault(family, set()).add(name)
    if found.get("orders") == {ORDERS.name, SINCE_LAST.name}:
        del found["orders"]
    return "audience" not in found and all(len(names) == 1 for names in found.values())


def _families(node: Condition) -> Iterator[tuple[str, str]]:
    match node:
        case InAudience(name):
            yield "audience", name
        case InTop(fact):
            # Two shares of one fact are followed; a share beside the fact itself is not.
            yield ("orders" if fact.name in TIED else fact.name), f"{fact} in top"
        case _ if isinstance(node, FactTest):
            fact = node.fact
            if fact.name.partition("(")[0] in TIED or fact.takes_duration:
                yield "orders", str(fact)
            elif fact.where is Where.TRIGGER:
                yield "trigger", fact.name
            elif fact.ids is not None or fact.name == "points":
                yield "programme", fact.name
            elif fact.type is not ValueType.SET:
                yield fact.name, fact.name
            elif fact.name == "consent":
                yield "consent", fact.name
        case Unsubscribed():
            yield "consent", str(node)
        case Bought() | OrderHas():
            yield "orders", str(node)
        case Happened(event) if event.startswith("order_"):
            yield "orders", str(node)
        case Engaged() | Received() | Happened():
            yield "messages", str(node)
        case InFlow() | Entered():
            yield "messages", str(node)
        case Holds():
            yield "offers", str(node)


def _is_certain(state: object, listed: bool) -> bool:
    """Return whether one of the values that are left surely belongs to somebody."""
    if not isinstance(state, Range) or state.missing:
        return True
    return _has_a_value(state.values) and not (
        listed and isinstance(state.values, Names) and state.values.excluded
    )


def _has_a_value(values: Values) -> bool:
    """Return whether a value is left that can be written: an end that is in it, or much room.

    Between `> 20` and `< 20.01` there is no amount of money.
    """
    if isinstance(values, Names):
        return bool(values.names) if not values.excluded else True
    return any(
        low[1] == 0 or high[1] == 1 or high[0] - low[0] >= 1 for low, high in values.intervals
    )
