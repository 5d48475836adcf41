"""What can be said of a condition without any customer: never true, always true, who falls out.

Sound (`condition_implication`): what it calls impossible or always true is; what it cannot tell it
takes for possible.
"""

from __future__ import annotations

from collections.abc import Sequence

from playbook_compiler.catalogue import NEVER_BOUGHT
from playbook_compiler.condition_implication import (
    NO_AUDIENCES,
    Audiences,
    cannot_be_met,
)
from playbook_compiler.condition_states import Goal, Want, parts
from playbook_compiler.conditions import (
    And,
    Between,
    Compare,
    Condition,
    FactTest,
    InSet,
    IsKnown,
    Not,
    Or,
    facts_read,
    nodes,
)
from playbook_compiler.facts import Fact, ValueType
from playbook_compiler.source import Span
from playbook_compiler.value_sets import HIGHEST, Names, passing
from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class Conflict:
    """Parts of a condition that settle it between them; `second` is None where one does.

    `subject` is the fact, or the text of the part, that they are about. `texts` say the parts in
    order; `more` are the places of those between the first and the last; `parts` are they.
    """

    subject: str
    first: Span
    second: Span | None
    texts: tuple[str, ...] = ()
    more: tuple[Span, ...] = ()
    parts: tuple[Condition, ...] = ()


def contradictions(
    condition: Condition, audiences: Audiences = NO_AUDIENCES
) -> tuple[Conflict, ...]:
    """Return the parts that can never be true together: `orders > 3 and orders < 2`.

    Parts of an `or` are looked at one by one: such a conflict is a dead branch, not a dead
    condition (`is_impossible` tells).
    """
    return tuple(_conflicts((condition, Want.TRUE), audiences))


def tautologies(condition: Condition, audiences: Audiences = NO_AUDIENCES) -> tuple[Conflict, ...]:
    """Return the parts that are true for everyone whose facts are known: `orders >= 0`."""
    return tuple(_conflicts((condition, Want.FALSE), audiences))


def is_impossible(condition: Condition, audiences: Audiences = NO_AUDIENCES) -> bool:
    """Return whether the condition is true for nobody, as far as can be seen."""
    return cannot_be_met([(condition, Want.TRUE)], audiences)


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


def conflict_of(
    conditions: Sequence[Condition], audiences: Audiences = NO_AUDIENCES
) -> Conflict | None:
    """Return the fewest parts of several conditions that exclude each other, if they all do."""
    goals = [(one, Want.TRUE) for one in conditions]
    return _conflict([one for goal in goals for one in _all_wanted(goal)], audiences)


def _all_wanted(goal: Goal) -> list[Goal]:
    """Return the goals that all have to be met for a goal to be; `audience(x)` stays in one."""
    inner = parts(goal)
    if inner is None or not inner[0]:
        return [goal]
    return [one for part in inner[1] for one in _all_wanted(part)]


def _conflicts(goal: Goal, audiences: Audiences) -> list[Conflict]:
    wanted = _all_wanted(goal)
    inner = [
        conflict
        for one in wanted
        for inside in (parts(one) or (True, ()))[1]
        for conflict in _conflicts(inside, audiences)
    ]
    if inner:
        return inner
    if len(wanted) == 1 and parts(wanted[0]) is not None:
        return []  # one of several goals, of which each can be met
    found = _conflict(wanted, audiences)
    return [] if found is None else [found]


def _conflict(wanted: list[Goal], audiences: Audiences) -> Conflict | None:
    """Return the fewest parts up to the first that nobody meets beside those before it."""
    if not cannot_be_met(wanted, audiences):
        return None
    sizes = range(1, len(wanted) + 1)
    core = next(wanted[:n] for n in sizes if cannot_be_met(wanted[:n], audiences))
    for one in core[:-1]:
        without = [other for other in core if other is not one]
        if cannot_be_met(without, audiences):
            core = without
    spans = [part.span for part, _ in core]
    return Conflict(
        _subject([part for part, _ in core]),
        spans[0],
        spans[-1] if len(spans) > 1 else None,
        tuple(_said(part, want) for part, want in core),
        tuple(spans[1:-1]),
        tuple(part for part, _ in core),
    )


def _said(part: Condition, want: Want) -> str:
    return str(part) if want is Want.TRUE else str(Not(part))


def _subject(core: Sequence[Condition]) -> str:
    """Return the one fact that all parts read, else the text of the first part."""
    read = [{str(one.fact) for one in facts_read(part)} for part in core]
    common = sorted(set.intersection(*read))
    return common[0] if common else str(core[0])
