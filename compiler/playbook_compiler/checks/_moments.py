"""What is sure of a customer at each step of a flow, as long as no time passes.

A run is started by customers of whom the entry holds; the ways of an `if` tell more of them. After
a wait, a message, or a change of what is known, only `trigger.*` is still as it was.
"""

from __future__ import annotations

from collections.abc import Sequence

from playbook_compiler.condition_implication import Audiences, cannot_be_met
from playbook_compiler.condition_states import Goal, Want
from playbook_compiler.conditions import facts_read, nodes
from playbook_compiler.facts import Where
from playbook_compiler.steps import (
    Branch,
    Call,
    Exit,
    If,
    Membership,
    Split,
    Step,
    Task,
    UntilEvent,
    Wait,
    children,
)
from playbook_compiler.values import dataclass

# Of a long branch, what these first cases left over is known in the later ones.
CASES_KEPT = 10


@dataclass(frozen=True, slots=True)
class Moment:
    """A step, what is `known` of those who come to it, and whether they have just entered."""

    step: Step
    known: tuple[Goal, ...]
    first: bool


@dataclass(frozen=True, slots=True)
class _Now:
    known: tuple[Goal, ...]
    first: bool

    def but(self, *goals: Goal) -> _Now:
        return _Now((*self.known, *goals), self.first)

    def later(self) -> _Now:
        return _Now(tuple(goal for goal in self.known if _is_frozen(goal)), first=False)


def moments(steps: Sequence[Step], entry: Sequence[Goal] = ()) -> list[Moment]:
    """Return the steps of a flow, those within others too, in the order in which they stand."""
    found: list[Moment] = []
    _through(steps, _Now(tuple(entry), first=True), found)
    return found


def _through(steps: Sequence[Step], now: _Now | None, found: list[Moment]) -> _Now | None:
    """Add the moments of a list of steps; return what is known after it, None where nobody is."""
    for step in steps:
        if now is None:
            return None
        found.append(Moment(step, now.known, now.first))
        now = _after(step, now, found)
    return now


def _after(step: Step, now: _Now, found: list[Moment]) -> _Now | None:
    match step:
        case If(condition=condition, then=then, otherwise=otherwise):
            ways = [
                _through(then, now.but((condition, Want.TRUE)), found),
                _through(otherwise, now.but((condition, Want.NOT_TRUE)), found),
            ]
            return _joined(now, ways)
        case Branch(branch=cases, otherwise=otherwise):
            ways, left = [], now
            for number, case in enumerate(cases):
                ways.append(_through(case.then, left.but((case.condition, Want.TRUE)), found))
                if number < CASES_KEPT:
                    left = left.but((case.condition, Want.NOT_TRUE))
            return _joined(now, [*ways, _through(otherwise, left, found)])
        case Split(variants=variants):
            return _joined(now, [_through(arm.steps, now, found) for arm in variants.values()])
        case Wait(wait=UntilEvent(), happened=happened, timed_out=timed_out):
            later = now.later()
            ways = [_through(inner, later, found) for inner in (happened, timed_out)]
            return _joined(later, ways)
        case Exit():
            return None
        case Task() | Call() | Membership():
            return now
        case _:
            return now.later()


def _joined(before: _Now, ways: Sequence[_Now | None]) -> _Now | None:
    """Return what is known after several ways: where one is left, all that is known on it."""
    going_on = [way for way in ways if way is not None]
    if len(going_on) == 1:
        return going_on[0]
    if not going_on:
        return None
    quick = all(
        way.first is before.first and set(before.known) <= set(way.known) for way in going_on
    )
    return before if quick else before.later()


def _is_frozen(goal: Goal) -> bool:
    """Whether all that is said of a customer is about the trigger: that stays as it was."""
    read = facts_read(goal[0])
    tests = [
        node for node in nodes(goal[0]) if not hasattr(node, "part") and not hasattr(node, "parts")
    ]
    return len(read) == len(tests) and all(one.fact.where is Where.TRIGGER for one in read)


def acts_at_once(steps: Sequence[Step]) -> bool:
    """Whether everyone who enters comes to an action, if to any, before time passes."""
    if not steps:
        return True
    first = steps[0]
    if isinstance(first, Wait):
        return False
    if isinstance(first, If | Branch | Split):
        ways = [inner for _, inner in children(first)]
        after = acts_at_once(steps[1:]) if () in ways else True
        return after and all(acts_at_once(inner) for inner in ways if inner)
    return True


def nobody(known: Sequence[Goal], goal: Goal, audiences: Audiences) -> bool:
    """Whether nobody of whom all this is known meets a goal, though somebody could by itself."""
    return (
        cannot_be_met([*known, goal], audiences)
        and not cannot_be_met([goal], audiences)
        and not cannot_be_met(known, audiences)
    )


def excluding(known: Sequence[Goal], goal: Goal, audiences: Audiences) -> Goal | None:
    """Return the one thing known that excludes a goal; None where several do together."""
    return next((one for one in known if cannot_be_met([one, goal], audiences)), None)
