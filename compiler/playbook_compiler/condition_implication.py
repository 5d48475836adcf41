"""Whether a condition can hold at all, beside another, and wherever another does.

A search over the ways in which the goals on a condition can be met (`condition_states`), each
narrowing what its customers can be. Sound on both sides: False and True are certain, None stands
for what the search cannot tell: too many ways, or facts that hang together in ways it does not
follow. Audiences have to be told out by the caller; the name of one says nothing by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from playbook_compiler.condition_states import (
    Goal,
    States,
    Want,
    narrowed,
    parts,
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
    facts_read,
    nodes,
)
from playbook_compiler.facts import ValueType, Where
from playbook_compiler.value_sets import Names, Values

# How many ways are tried before the answer is "cannot tell".
WAYS_LIMIT = 2_000


def can_hold(condition: Condition) -> bool | None:
    """Return whether the condition is true of some customer; None where that cannot be told."""
    return can_be_met([(condition, Want.TRUE)])


def can_both_hold(one: Condition, other: Condition) -> bool | None:
    """Return whether some customer meets both conditions at one moment; None: cannot be told."""
    return can_be_met([(one, Want.TRUE), (other, Want.TRUE)])


def implies(one: Condition, other: Condition) -> bool | None:
    """Return whether every customer who meets the one meets the other; None: cannot be told.

    Unknown is not met: `orders != 1` implies no `country != DE`, whoever has no known country.
    Whoever nobody meets implies everything.
    """
    found = can_be_met([(one, Want.TRUE), (other, Want.NOT_TRUE)])
    return None if found is None else not found


def always_holds(condition: Condition) -> bool | None:
    """Return whether the condition is true of every customer; None where that cannot be told."""
    found = can_be_met([(condition, Want.NOT_TRUE)])
    return None if found is None else not found


def can_be_met(goals: Sequence[Goal]) -> bool | None:
    """Return whether some customer meets all goals at once; None where that cannot be told."""
    conditions = [condition for condition, _ in goals]
    free, listed = _is_free(conditions), _listed(conditions)
    sure = True
    open_: list[tuple[States, list[Goal], list[tuple[Goal, ...]]]] = [({}, list(goals), [])]
    for _ in range(WAYS_LIMIT):
        if not open_:
            return False if sure else None
        states, now, later = open_.pop()
        if not _narrowed_by_all(states, now, later):
            continue
        if later:
            rest = later[1:]
            open_.extend((dict(states), [one], list(rest)) for one in reversed(later[0]))
        elif not free:
            return None
        elif all(_is_certain(state, name in listed) for name, state in states.items()):
            return True
        else:
            sure = False
    return None


def _narrowed_by_all(states: States, goals: list[Goal], later: list[tuple[Goal, ...]]) -> bool:
    """Narrow the states by goals that all have to be met; put off those of which one does."""
    goals.reverse()
    while goals:
        goal = goals.pop()
        inner = parts(goal)
        if inner is None:
            if not narrowed(states, goal):
                return False
        elif inner[0]:
            goals.extend(reversed(inner[1]))
        else:
            later.append(inner[1])
    return True


def _is_free(conditions: Iterable[Condition]) -> bool:
    """Return whether customers can be as they like in all that the conditions read.

    Facts that hang together are of one family (`rfm` and `aov`, say); of a family one may be read,
    and of orders also the number with the days since the last, whose tie is followed.
    """
    read: dict[str, set[str]] = {}
    for condition in conditions:
        for node in nodes(condition):
            for family, name in _families(node):
                read.setdefault(family, set()).add(name)
    read.get("orders", set()).difference_update(
        (ORDERS.name,) if read.get("orders") == {ORDERS.name, SINCE_LAST.name} else ()
    )
    return "audience" not in read and all(len(names) == 1 for names in read.values())


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


def _listed(conditions: Iterable[Condition]) -> set[str]:
    """Return the facts whose values only the playbook lists, such as tiers."""
    return {
        str(read.fact)
        for condition in conditions
        for read in facts_read(condition)
        if read.fact.ids is not None
    }


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
