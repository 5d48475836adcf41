"""When a condition can next change by the clock alone."""

from __future__ import annotations

import math
from collections.abc import Iterator

from tests.statistics.twin.conditions import printed
from tests.statistics.twin.state import State

from playbook_compiler.conditions import (
    And,
    Between,
    Bought,
    Compare,
    Condition,
    Engaged,
    Entered,
    Happened,
    Holds,
    InAudience,
    InSet,
    InTop,
    Not,
    Or,
    Received,
    magnitude,
    nodes,
)
from playbook_compiler.units import DAY_SECONDS

DAYS_OF = {
    "days_since_last_order": "last_order",
    "days_since_first_order": "first_order",
    "days_as_customer": "first_order",
}


def next_change(state: State, condition: Condition) -> int | None:
    """Return the next moment at which what a condition says can change if nothing happens."""
    return min((t for t in _changes(state, condition) if t > state.now), default=None)


def _changes(state: State, condition: Condition) -> Iterator[int]:
    for leaf, text in _leaves(condition):
        if text in state.person.static:
            continue
        match leaf:
            case InAudience(name):
                yield from _changes(state, state.rules.playbook.audiences[name].where)
            case Compare(fact) | InSet(fact) if fact.name == "lifecycle":
                silence = state.launch.silence
                for days in (silence.dormant_after, silence.lost_after):
                    yield from _midnights(state, "days_since_last_order", float(days))
            case Compare(fact, _, value):
                yield from _midnights(state, fact.name, float(_number(value)))
            case InSet(fact, values):
                for value in values:
                    yield from _midnights(state, fact.name, float(_number(value)))
            case Between(fact, low, high):
                for value in (low, high):
                    yield from _midnights(state, fact.name, float(_number(value)))
            case InTop(fact):
                yield from _midnights(state, fact.name, state.cut(leaf))
            case Holds(offer):
                if offer in state.offers and state.offers[offer].end != math.inf:
                    yield int(max(state.offers[offer].end, 0))
            case Entered(flow, within):
                yield from _over(state, state.last_entry.get(flow), within)
            case Received(kind, name, within):
                yield from _over(state, state.received.get((kind, name)), within)
            case Bought(_, category, within):
                for number, moment in state.last_by_mark.items():
                    if state.launch.orders.marks[number].category == category:
                        yield from _over(state, moment, within)
            case Engaged(channel, within):
                yield from _over(state, state.engaged.get(channel), within)
            case Happened(event, within):
                yield from _over(state, state.last_event.get(event), within)


def _leaves(condition: Condition) -> tuple[tuple[Condition, str], ...]:
    """Return the tests of a condition, each with its text, found once for each condition."""
    known = _LEAVES.get(id(condition))
    if known is None:
        inner = tuple(one for one in nodes(condition) if not isinstance(one, And | Or | Not))
        known = condition, tuple((leaf, printed(leaf)) for leaf in inner)
        _LEAVES[id(condition)] = known
    return known[1]


# By identity, with the condition itself, so that no other one can take its place.
_LEAVES: dict[int, tuple[Condition, tuple[tuple[Condition, str], ...]]] = {}


def _number(value):  # type: ignore[no-untyped-def]
    return 0 if isinstance(value, str | bool) else magnitude(value)


def _over(state, last, within):  # type: ignore[no-untyped-def]
    """Yield the first moment at which something is longer ago."""
    if last is not None and within is not None:
        yield state.clock.add(last, within) + 1


def _midnights(state: State, fact: str, number: float) -> Iterator[int]:
    """Yield the days on which a number of days reaches a value and passes it."""
    since = getattr(state, DAYS_OF[fact]) if fact in DAYS_OF else None
    if since is not None:
        for days in sorted({math.ceil(number), math.floor(number) + 1}):
            yield state.clock.utc((state.clock.day(since) + days) * DAY_SECONDS)
