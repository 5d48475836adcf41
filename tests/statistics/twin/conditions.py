"""What a condition says of one customer at one moment of the simulation.

Kleene's logic is the compiler's; the leaves are answered here, in the units of the simulation:
money in minor units, days as differences of local day numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from playbook_compiler.condition_evaluation import all_true, any_true, opposite
from playbook_compiler.conditions import (
    And,
    Between,
    Compare,
    Condition,
    Entered,
    Happened,
    Has,
    Holds,
    InAudience,
    InFlow,
    InSet,
    IsKnown,
    Not,
    Or,
    Received,
    Unsubscribed,
    Value,
    magnitude,
)
from playbook_compiler.facts import Fact, IdKind
from playbook_compiler.model import Audience
from playbook_compiler.units import Duration, Money

DYNAMIC_FACTS = (
    "orders",
    "revenue",
    "aov",
    "days_since_first_order",
    "days_since_last_order",
    "days_as_customer",
)
Truth = bool | None


class Customer(Protocol):
    """What a condition can ask of a customer, at the present moment."""

    def number(self, fact: str) -> int | float | None: ...
    def may_be_sent_to(self, channel: str) -> bool: ...
    def unsubscribed(self) -> bool: ...
    def in_flow(self, flow: str) -> bool: ...
    def entered(self, flow: str, within: Duration | None) -> bool: ...
    def was_sent(self, kind: IdKind, name: str, within: Duration | None) -> bool: ...
    def holds(self, offer: str) -> bool: ...
    def happened(self, event: str, within: Duration | None) -> Truth: ...


def is_dynamic(leaf: Condition) -> bool:
    """Return whether the simulation itself can answer a leaf, at any moment."""
    match leaf:
        case Compare(fact) | InSet(fact) | Between(fact) | IsKnown(fact):
            return fact.name in DYNAMIC_FACTS or (
                isinstance(leaf, IsKnown) and fact.name == "consent"
            )
        case Has(fact):
            return fact.name == "consent"
        case Entered() | Happened() | Holds() | InAudience() | InFlow() | Received():
            return True
        case Unsubscribed():
            return True
        case _:
            return False


def truth(
    condition: Condition,
    customer: Customer,
    statics: Mapping[str, Truth],
    audiences: Mapping[str, Audience],
    decimals: int,
) -> Truth:
    """Return true, false, or None for unknown. `statics` answers leaves by their printed text."""

    def ask(node: Condition) -> Truth:
        match node:
            case And(parts):
                return all_true([ask(part) for part in parts])
            case Or(parts):
                return any_true([ask(part) for part in parts])
            case Not(part):
                return opposite(ask(part))
        if statics and str(node) in statics:
            return statics[str(node)]
        match node:
            case IsKnown(fact, known):
                return _is_known(fact, customer) is known
            case Has(fact, channel):
                assert fact.name == "consent", f"not simulated: {node}"
                return customer.may_be_sent_to(channel)
            case Compare(fact) | InSet(fact) | Between(fact):
                return _passes(node, customer.number(fact.name), decimals)
            case InAudience(name):
                return ask(audiences[name].where) is True
            case Unsubscribed():
                return customer.unsubscribed()
            case InFlow(flow):
                return customer.in_flow(flow)
            case Entered(flow, within):
                return customer.entered(flow, within)
            case Received(kind, name, within):
                return customer.was_sent(kind, name, within)
            case Holds(offer):
                return customer.holds(offer)
            case Happened(event, within):
                return customer.happened(event, within)
        raise AssertionError(f"not simulated: {node}")

    return ask(condition)


def _is_known(fact: Fact, customer: Customer) -> bool:
    return fact.name == "consent" or customer.number(fact.name) is not None


def _passes(test: Compare | InSet | Between, observed: int | float | None, decimals: int) -> Truth:
    if observed is None:
        return None

    def number(value: Value) -> int | float:
        if isinstance(value, Money):
            return value.minor(decimals)
        plain = magnitude(value)
        return plain if isinstance(plain, int) else float(plain)

    match test:
        case InSet(_, values):
            return any(observed == number(value) for value in values)
        case Between(_, low, high):
            return number(low) <= observed <= number(high)
        case Compare(_, "=", value):
            return observed == number(value)
        case Compare(_, "!=", value):
            return observed != number(value)
        case Compare(_, "<", value):
            return observed < number(value)
        case Compare(_, "<=", value):
            return observed <= number(value)
        case Compare(_, ">", value):
            return observed > number(value)
        case Compare(_, _, value):
            return observed >= number(value)
