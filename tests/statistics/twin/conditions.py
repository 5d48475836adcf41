"""What a condition says of one customer at one moment of the simulation.

Kleene's logic is the compiler's; the leaves are answered here, in the units of the simulation:
money in minor units, days as differences of local day numbers.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol

from playbook_compiler.condition_evaluation import all_true, any_true, opposite
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
    magnitude,
)
from playbook_compiler.facts import Fact, IdKind
from playbook_compiler.model import Audience
from playbook_compiler.units import Duration, Money
from playbook_runtime.launch import Mark

DYNAMIC_FACTS = (
    "orders",
    "revenue",
    "aov",
    "days_since_first_order",
    "days_since_last_order",
    "days_as_customer",
    "lifecycle",
    "points",
)
ORDER_FACTS = ("trigger.order.total", "trigger.order.discount", "trigger.order.nth")
ORDER_MARKETPLACE = "trigger.order.marketplace"
MARKETPLACES = ("marketplace", ORDER_MARKETPLACE)
Truth = bool | None


class Customer(Protocol):
    """What a condition can ask of a customer, at the present moment."""

    def number(self, fact: str) -> int | float | None: ...
    def may_be_sent_to(self, channel: str) -> bool: ...
    def unsubscribed(self, channel: str) -> bool: ...
    def cut(self, test: InTop) -> float: ...
    def told(self, kind: str, name: str) -> Value | None: ...
    def tells(self) -> Collection[tuple[str, str]]: ...
    def in_flow(self, flow: str) -> bool: ...
    def entered(self, flow: str, within: Duration | None) -> bool: ...
    def was_sent(self, kind: IdKind, name: str, within: Duration | None) -> bool: ...
    def holds(self, offer: str) -> bool: ...
    def happened(self, event: str, within: Duration | None) -> Truth: ...
    def order_mark(self, *, or_latest: bool) -> Mark | None: ...
    def latest_mark(self) -> Mark | None: ...
    def has_marks(self) -> bool: ...
    def engaged_lately(self, channel: str, within: Duration | None) -> bool: ...
    def stage_of_life(self) -> str: ...
    def bought_lately(self, category: str, within: Duration | None) -> bool: ...


def is_dynamic(
    leaf: Condition, told: Collection[tuple[str, str]] = (), *, has_marks: bool = False
) -> bool:
    """Return whether the simulation itself can answer a leaf, at any moment. `told` are the tags
    and fields that steps change: ("tag", its name), ("field", its name)."""
    if _asks_for(leaf) in told:
        return True
    if has_marks:
        match leaf:
            case OrderHas() | Bought():
                return True
            case Compare(fact) | InSet(fact) | IsKnown(fact) if fact.name in MARKETPLACES:
                return True
    match leaf:
        case Compare(fact) | InSet(fact) | Between(fact) | IsKnown(fact):
            if fact.name in ORDER_FACTS:
                return not isinstance(leaf, IsKnown)
            return fact.name in DYNAMIC_FACTS or (
                isinstance(leaf, IsKnown) and fact.name == "consent"
            )
        case Has(fact):
            return fact.name == "consent"
        case Entered() | Happened() | Holds() | InAudience() | InFlow() | Received():
            return True
        case Unsubscribed() | Engaged():
            return True
        case InTop(fact):
            return fact.name in DYNAMIC_FACTS
        case _:
            return False


def printed(node: Condition) -> str:
    """Return a condition's text; it is asked for at every look, so that each is printed once."""
    known = _PRINTED.get(id(node))
    if known is None:
        known = _PRINTED[id(node)] = (node, str(node))
    return known[1]


# By identity, with the condition itself, so that no other one can take its place.
_PRINTED: dict[int, tuple[Condition, str]] = {}


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
        if statics and (text := printed(node)) in statics:
            return statics[text]
        if _asks_for(node) in customer.tells():
            value = customer.told(*_asks_for(node))
            if isinstance(node, Has):
                return value if isinstance(value, bool) else None
            if isinstance(node, IsKnown):
                return (value is not None) is node.known
            return _of_field(node, value)
        match node:
            case OrderHas(test):
                mark = customer.order_mark(or_latest=True)
                return _of_text(test, mark.category if mark is not None else "")
            case Engaged(channel, within):
                return customer.engaged_lately(channel, within)
            case Bought(_, category, within):
                return customer.bought_lately(category, within)
            case Compare(fact) | InSet(fact) | IsKnown(fact) if fact.name == "marketplace":
                mark = customer.latest_mark()
                return _of_text(node, mark.marketplace if mark is not None else "")
            case Compare(fact) | InSet(fact) | IsKnown(fact) if fact.name == ORDER_MARKETPLACE:
                mark = customer.order_mark(or_latest=False)
                return _of_text(node, mark.marketplace if mark is not None else "")
            case Compare(fact) | InSet(fact) | IsKnown(fact) if fact.name == "lifecycle":
                return _of_text(node, customer.stage_of_life())
            case IsKnown(fact, known):
                return _is_known(fact, customer) is known
            case Has(fact, channel):
                assert fact.name == "consent", f"not simulated: {node}"
                return customer.may_be_sent_to(channel)
            case Compare(fact) | InSet(fact) | Between(fact):
                return _passes(node, customer.number(fact.name), decimals)
            case InTop(fact):
                observed = customer.number(fact.name)
                return None if observed is None else observed >= customer.cut(node)
            case InAudience(name):
                return ask(audiences[name].where) is True
            case Unsubscribed(channel):
                return customer.unsubscribed(channel)
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


def _of_text(test: Condition, text: str) -> Truth:
    """Return what a test says of a text, empty where it is not known."""
    match test:
        case IsKnown(_, known):
            return (text != "") is known
        case _ if text == "":
            return None
        case Compare(_, sign, value):
            return (text == str(value)) is (sign == "=")
        case InSet(_, values):
            return text in [str(value) for value in values]
    raise AssertionError(f"no test of a text: {test}")


def _asks_for(leaf: Condition) -> tuple[str, str]:
    """Return the tag or field that a leaf reads."""
    match leaf:
        case Has(fact, tag) if fact.name == "tags":
            return "tag", tag
        case Compare(fact) | InSet(fact) | Between(fact) | IsKnown(fact):
            return "field", fact.name
    return "", ""


def _of_field(test: Condition, value: Value | None) -> Truth:
    """Return what a test says of a field's value."""
    if value is None:
        return None

    def order(one: Value) -> object:
        return one if isinstance(one, str | bool) else magnitude(one)

    found: Any = order(value)
    match test:
        case InSet(_, values):
            return any(found == order(one) for one in values)
        case Between(_, low, high):
            return order(low) <= found <= order(high)  # type: ignore[operator]
        case Compare(_, sign, other):
            return bool(_OPERATORS[sign](found, order(other)))
    raise AssertionError(f"no test of a field: {test}")


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


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
