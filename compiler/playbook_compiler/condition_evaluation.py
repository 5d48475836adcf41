"""What a condition says about one customer: true, false, or unknown (None).

Kleene's strong three-valued logic; satisfied means true. Plain and slow on purpose: the reference
that the kernel is compared with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol, TypeAlias

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
    Holds,
    InAudience,
    InFlow,
    InSet,
    InTop,
    IsKnown,
    Not,
    Or,
    OrderHas,
    Received,
    Unsubscribed,
    Value,
    precedes,
)
from playbook_compiler.facts import Fact, IdKind, ValueType
from playbook_compiler.units import Duration, Share

Observed: TypeAlias = "Value | AbstractSet[str] | None"


class Facts(Protocol):
    """What is known of one customer at one instant; None wherever it is not known."""

    def value(self, fact: Fact) -> Observed:
        """Return the value of a fact (`fact.over` is its argument); of a set, its members."""

    def in_top(self, fact: Fact, share: Share) -> bool | None:
        """Return whether the customer is among the `share` with the highest values."""

    def order_lines(self) -> Sequence[Mapping[str, Value]] | None:
        """Return the fields of every line of the run's order, else of the latest one."""

    def bought(self, kind: IdKind, name: str, within: Duration | None) -> bool | None:
        """Return whether a product or category was bought, ever where `within` is None."""

    def engaged(self, channel: str, within: Duration) -> bool | None:
        """Return whether a message of the channel was opened or clicked."""

    def happened(self, event: str, within: Duration | None) -> bool | None:
        """Return whether an event happened; None where its stream is not observed."""

    def received(self, kind: IdKind, name: str, within: Duration | None) -> bool | None:
        """Return whether a message, or one of a channel, was delivered."""

    def in_flow(self, flow: str) -> bool | None:
        """Return whether a run of the flow is going on."""

    def entered(self, flow: str, within: Duration | None) -> bool | None:
        """Return whether a run of the flow began."""

    def holds(self, offer: str) -> bool | None:
        """Return whether the customer has a live code of the offer."""

    def in_audience(self, audience: str) -> bool:
        """Return whether the customer belongs to an audience: never unknown."""

    def unsubscribed(self, channel: str) -> bool | None:
        """Return whether the customer has left the channel."""


def evaluate(condition: Condition, facts: Facts) -> bool | None:
    """Return what the condition says of the customer whose facts these are."""
    match condition:
        case And(parts):
            return all_true(evaluate(part, facts) for part in parts)
        case Or(parts):
            return any_true(evaluate(part, facts) for part in parts)
        case Not(part):
            return opposite(evaluate(part, facts))
        case IsKnown(fact, known):
            return (facts.value(fact) is not None) is known
        case Has(fact, value):
            members = facts.value(fact)
            assert members is None or isinstance(members, AbstractSet)
            return None if members is None else value in members
        case InTop(fact, share):
            return facts.in_top(fact, share)
        case Compare(fact) | InSet(fact) | Between(fact):
            return passes(condition, facts.value(fact))
        case OrderHas(test):
            lines = facts.order_lines()
            if lines is None:
                return None
            return any_true(passes(test, line.get(test.fact.name)) for line in lines)
        case Bought(kind, name, within):
            return facts.bought(kind, name, within)
        case Engaged(channel, span):
            return facts.engaged(channel, span)
        case Happened(event, within):
            return facts.happened(event, within)
        case Received(kind, name, within):
            return facts.received(kind, name, within)
        case InFlow(flow):
            return facts.in_flow(flow)
        case Entered(flow, within):
            return facts.entered(flow, within)
        case Holds(offer):
            return facts.holds(offer)
        case InAudience(audience):
            return facts.in_audience(audience)
        case Unsubscribed(channel):
            return facts.unsubscribed(channel)


def all_true(truths: Iterable[bool | None]) -> bool | None:
    """Kleene's conjunction: false if any is false, else unknown if any is unknown."""
    seen = list(truths)
    if False in seen:
        return False
    return None if None in seen else True


def any_true(truths: Iterable[bool | None]) -> bool | None:
    """Kleene's disjunction: true if any is true, else unknown if any is unknown."""
    seen = list(truths)
    if True in seen:
        return True
    return None if None in seen else False


def opposite(truth: bool | None) -> bool | None:
    """Kleene's negation: unknown stays unknown."""
    return None if truth is None else not truth


def passes(test: Compare | InSet | Between, observed: Observed) -> bool | None:
    """Return whether an observed value passes a test; unknown where there is none."""
    if observed is None:
        return None
    assert not isinstance(observed, AbstractSet), f"{test.fact} was given a set"
    match test:
        case InSet(_, values):
            return observed in values
        case Between(fact, low, high):
            after, before = not precedes(observed, low), not precedes(high, observed)
            # A span of days of the year may run over its end.
            over_the_end = fact.type is ValueType.YEARLY_DATE and precedes(high, low)
            return (after or before) if over_the_end else (after and before)
        case Compare(_, "=", value):
            return observed == value
        case Compare(_, "!=", value):
            return observed != value
        case Compare(_, "<", value):
            return precedes(observed, value)
        case Compare(_, "<=", value):
            return not precedes(value, observed)
        case Compare(_, ">", value):
            return precedes(value, observed)
        case Compare(_, _, value):
            return not precedes(observed, value)
