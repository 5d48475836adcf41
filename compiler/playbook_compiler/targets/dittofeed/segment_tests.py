"""Tests in the form of Dittofeed's segment nodes, each with its opposite.

A node here has no id yet: ids are given when a tree becomes a segment (segments.py). Dittofeed asks
`NotEquals` and `NotExists` of the latest identify call alone, so they stand only where nothing else
says the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from playbook_compiler.export.logic import (
    FALSE,
    TRUE,
    Formula,
    Leaf,
    Test,
    Tree,
    any_of,
    both,
    single,
)
from playbook_compiler.targets.dittofeed.terms import SUBSCRIPTION
from playbook_compiler.units import Duration

DAY = 86_400
Properties = Sequence[tuple[str, Test]]


def seconds(duration: Duration) -> int:
    """Return a duration in seconds, a month being 30.4375 days."""
    return int((duration.nominal_days * DAY).to_integral_value(ROUND_HALF_UP))


def number(value: Decimal | int | float) -> int | float:
    """Return a number as JSON has it."""
    exact = Decimal(str(value))
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def above(value: Decimal, step: Decimal | None) -> int | float:
    """Return the least number above a value, where values come in steps or are any float."""
    if step is None:
        return math.nextafter(float(value), math.inf)
    return number(((value / step).to_integral_value("ROUND_FLOOR") + 1) * step)


def smallest(value: Decimal, step: Decimal | None) -> int | float:
    """Return the least number of those that come in steps which is not below a value."""
    if step is None:
        return number(value)
    return number((value / step).to_integral_value("ROUND_CEILING") * step)


def equals(value: str | int | float) -> Test:
    """Return the operator that compares with a value."""
    return {"type": "Equals", "value": value}


def exists() -> Test:
    """Return the operator that asks whether there is a value."""
    return {"type": "Exists"}


def at_least(value: int | float) -> Test:
    """Return the operator that asks for a number of at least a value."""
    return {"type": "GreaterThanOrEqual", "value": value}


def below(value: int | float) -> Test:
    """Return the operator that asks for a number below a value."""
    return {"type": "LessThan", "value": value}


def performed(
    event: str,
    times: int = 1,
    within: int | None = None,
    properties: Properties = (),
) -> Formula:
    """Return a test that an event was performed so often at least, in the last seconds or ever."""
    if times <= 0:
        return TRUE
    node: Test = {
        "type": "Performed",
        "event": event,
        "times": times,
        "timesOperator": ">=",
    }
    if within is not None:
        node |= {"timeOperator": "Within", "withinSeconds": within}
    if properties:
        node["properties"] = [{"path": path, "operator": one} for path, one in properties]
    return single(node, node | {"timesOperator": "<"})


def keyed(event: str, key: str, properties: Properties = (), times: int = 1) -> Formula:
    """Return a test of the events of the run's own key: the one that started it, and later ones."""
    node: Test = {
        "type": "KeyedPerformed",
        "event": event,
        "key": key,
        "times": times,
        "timesOperator": ">=",
    }
    if properties:
        node["properties"] = [{"path": path, "operator": one} for path, one in properties]
    return single(node, node | {"timesOperator": "<"})


def is_keyed(test: Test) -> bool:
    """Return whether a test reads the events of the run's key, which stand in no other tree."""
    return bool(test["type"] == "KeyedPerformed")


def trait(path: str, operator: Test) -> Test:
    """Return the node that compares a trait."""
    return {"type": "Trait", "path": path, "operator": operator}


def known(path: str) -> Formula:
    """Return a test that a trait has a value."""
    return single(trait(path, exists()), trait(path, {"type": "NotExists"}))


def text(path: str, value: str) -> Formula:
    """Return a test that a trait has a value; its opposite holds without the trait, too."""
    yes = trait(path, equals(value))
    no = trait(path, {"type": "NotEquals", "value": value})
    return Formula(Leaf(yes), any_of([Leaf(no), known(path).no]))


def one_of(path: str, value: str, members: Sequence[str]) -> Formula:
    """Return a test that a trait has one value of a short list; its opposite names the others."""
    others = [Leaf(trait(path, equals(other))) for other in members if other != value]
    return Formula(Leaf(trait(path, equals(value))), any_of([*others, known(path).no]))


def compared(path: str, operator: str, value: Decimal, step: Decimal | None) -> Formula:
    """Return a comparison of a trait that is a number, given that there is one.

    `step` is what values come in: 1 for whole numbers, 0.01 for amounts; None for any number.
    """

    def least(bound: int | float) -> Formula:
        return single(trait(path, at_least(bound)), trait(path, below(bound)))

    return numeric(least, operator, value, step)


def numeric(least: Any, operator: str, value: Decimal, step: Decimal | None) -> Formula:
    """Return a comparison made of one test alone, `at least so much`."""
    reached, passed = smallest(value, step), above(value, step)
    if operator in ("=", "!="):
        same = both(least(reached), least(passed).opposite())
        equal = FALSE if reached == passed else same
        return equal if operator == "=" else equal.opposite()
    found: Formula = least(reached if operator in (">=", "<") else passed)
    return found if operator in (">=", ">") else found.opposite()


def day(path: str, direction: str, date: str) -> Test:
    """Return the node that compares a trait that is a date with the beginning of a day."""
    stamp = f"{date}T00:00:00Z"
    operator = {"type": "AbsoluteTimestamp", "absoluteTimestamp": stamp, "direction": direction}
    return trait(path, operator)


def since(path: str, date: str) -> Formula:
    """Return a test that a date is this day or later, given that there is one."""
    return single(day(path, "after", date), day(path, "before", date))


def may_receive(group: str) -> Formula:
    """Return a test that a customer said yes to a subscription group.

    Its opposite holds for those who left and for those who were never asked.
    """
    return Formula(_subscribed(group), any_of([_left(group), _asked(group).no]))


def unsubscribed(group: str) -> Formula:
    """Return a test that a customer left a subscription group."""
    return Formula(_left(group), any_of([_subscribed(group), _asked(group).no]))


def _asked(group: str) -> Formula:
    return performed(SUBSCRIPTION, properties=[("subscriptionId", equals(group))])


def _subscribed(group: str) -> Tree:
    return Leaf(
        {
            "type": "SubscriptionGroup",
            "subscriptionGroupId": group,
            "subscriptionGroupType": "OptIn",
        }
    )


def _left(group: str) -> Tree:
    return Leaf({"type": "SubscriptionGroupUnsubscribed", "subscriptionGroupId": group})


def bucket(share: int | float) -> Tree:
    """Return the test of a random share of customers: always the same ones for one segment."""
    return Leaf({"type": "RandomBucket", "percent": share})
