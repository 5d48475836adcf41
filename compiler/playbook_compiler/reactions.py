"""What can make a customer come to meet a condition without a person doing anything.

Each test of a condition is turned by some deeds of the system and not by others, in one direction:
`tags has warm` comes to hold when the tag is set, `not tags has warm` when it is taken away. The
facts of orders, visits and clicks are left out: people make them.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TypeAlias

from playbook_compiler.conditions import (
    And,
    Compare,
    Condition,
    Entered,
    FactTest,
    Has,
    Holds,
    InAudience,
    InFlow,
    IsKnown,
    Not,
    Or,
    Received,
    Unsubscribed,
)
from playbook_compiler.facts import IdKind
from playbook_compiler.model import Playbook
from playbook_compiler.units import Duration
from playbook_compiler.values import dataclass

# What the system does and to what: ("tag", "warm"), ("offer", "come-back"), ("points", "").
Effect: TypeAlias = tuple[str, str]

POINTS, OFFER, TAG_SET, TAG_TAKEN, FIELD_SET = "points", "offer", "tag", "untag", "field"
MESSAGE, CHANNEL, SUPPRESSED, ENTRY, LEFT = "message", "channel", "suppressed", "entry", "exit"
ANY = "*"
AT_ONCE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Turn:
    """`effect` makes a test come out as wanted, at once or `after` days.

    It can do so again only when the test has come out otherwise between: by the effect `undone_by`,
    or by itself `lapse` days after; None where that never happens. Of a field, `test` says which of
    its values count, as the `truth` of it.
    """

    effect: Effect
    after: Decimal = AT_ONCE
    undone_by: Effect | None = None
    lapse: Decimal | None = None
    test: Condition | None = None
    truth: bool = True


def turns(
    playbook: Playbook,
    condition: Condition,
    truth: bool = True,
    seen: frozenset[tuple[str, bool]] = frozenset(),
) -> Iterator[Turn]:
    """Yield what can make a condition come out as `truth`, the audiences that it names looked
    into."""
    match condition:
        case Not(part):
            yield from turns(playbook, part, not truth, seen)
        case And(parts) | Or(parts):
            for part in parts:
                yield from turns(playbook, part, truth, seen)
        case InAudience(name):
            if (name, truth) not in seen:
                inner = playbook.audiences[name].where
                yield from turns(playbook, inner, truth, seen | {(name, truth)})
        case Received(kind, name, within):
            sent = (CHANNEL if kind is IdKind.CHANNEL else MESSAGE, name)
            yield from _for_a_while(sent, truth, _days(within))
        case Entered(flow, within):
            yield from _for_a_while((ENTRY, flow), truth, _days(within))
        case Holds(offer):
            yield from _for_a_while((OFFER, offer), truth, _days(playbook.offers[offer].valid))
        case InFlow(flow):
            ways = ((ENTRY, flow), (LEFT, flow))
            yield Turn(*_either(ways, truth))
        case Unsubscribed(channel):
            if truth:
                yield Turn((SUPPRESSED, channel))
        case _ if isinstance(condition, FactTest):
            yield from _of_fact(playbook, condition, truth)


def _for_a_while(effect: Effect, truth: bool, days: Decimal | None) -> Iterator[Turn]:
    """Yield what turns a test that holds from an effect on, for some days or for good."""
    if truth:
        yield Turn(effect, lapse=days)
    elif days is not None:
        yield Turn(effect, after=days, lapse=AT_ONCE)


def _either(ways: tuple[Effect, Effect], truth: bool) -> tuple[Effect, Decimal, Effect]:
    makes, undoes = ways if truth else ways[::-1]
    return makes, AT_ONCE, undoes


def _of_fact(playbook: Playbook, test: FactTest, truth: bool) -> Iterator[Turn]:
    fact = test.fact
    if fact.name == "tags":
        if isinstance(test, Has):
            yield Turn(*_either(((TAG_SET, test.value), (TAG_TAKEN, test.value)), truth))
        elif isinstance(test, IsKnown) and test.known is truth:
            yield Turn((TAG_SET, ANY))
    elif fact.name == "consent":
        if isinstance(test, Has) and not truth:
            yield Turn((SUPPRESSED, test.value))
    elif fact.name == "points":
        if _can_rise_to(test, truth):
            yield Turn((POINTS, ""), lapse=points_last(playbook))
    elif fact.name == "tier":
        if tiers_count_points(playbook):
            yield Turn((POINTS, ""), lapse=points_last(playbook))
    else:
        changed = (FIELD_SET, fact.name)
        yield Turn(changed, undone_by=changed, test=test, truth=truth)


def _can_rise_to(test: FactTest, truth: bool) -> bool:
    """Whether a test of points can come out as wanted when points are added."""
    if isinstance(test, Compare):
        return test.operator not in (("<", "<=") if truth else (">", ">="))
    return not isinstance(test, IsKnown) or test.known is truth


def _days(length: Duration | None) -> Decimal | None:
    return None if length is None else length.nominal_days


def points_last(playbook: Playbook) -> Decimal | None:
    """Return the days after which points lapse; None where they never do."""
    points = playbook.programmes.points if playbook.programmes is not None else None
    return _days(points.expire.after) if points is not None and points.expire is not None else None


def tiers_count_points(playbook: Playbook) -> bool:
    """Whether points that are earned decide on the level."""
    tiers = playbook.programmes.tiers if playbook.programmes is not None else None
    return tiers is not None and tiers.basis.figure == "points_earned"
