"""The subscription of a playbook as the kernel goes by it: rhythms, goods, what may be done."""

from __future__ import annotations

from typing import Final

from playbook_compiler.condition_evaluation import all_true, any_true, opposite, passes
from playbook_compiler.conditions import (
    And,
    Between,
    Compare,
    Condition,
    InSet,
    IsKnown,
    Not,
    Or,
    nodes,
)
from playbook_compiler.programmes import Subscription
from playbook_compiler.units import Duration
from playbook_compiler.values import dataclass
from playbook_runtime import program_rules as rules
from playbook_runtime.condition_code import CATEGORY, CodeList
from playbook_runtime.kernel import instructions as code
from playbook_runtime.launch import Mark
from playbook_runtime.program_steps import Tables

_MAY: Final = {"pause": code.MAY_PAUSE, "skip": code.MAY_SKIP, "change": code.MAY_CHANGE}
RENEWED, CANCELLED = "subscription_renewed", "subscription_cancelled"


@dataclass(frozen=True, slots=True)
class SubscriptionTables:
    """Rows (duration, nominal seconds) of the rhythms; first answer by mark, -1 for any order;
    share off a delivery in millionths; bits of what a subscriber may do."""

    rhythms: list[tuple[int, ...]]
    marks: int
    discount: int
    may: int


def subscription_tables(
    subscription: Subscription | None,
    marks: tuple[Mark, ...],
    tables: Tables,
    conditions: CodeList,
) -> SubscriptionTables:
    """Return the tables of a subscription; empty where there is none."""
    if subscription is None:
        return SubscriptionTables([], -1, 0, 0)
    products, first = subscription.products, -1
    if products is not None:
        first = conditions.answers_of(of_category(products, mark.category) for mark in marks)
    return SubscriptionTables(
        rhythms=[
            (tables.duration(every), rules.window_seconds(every)) for every in rhythms(subscription)
        ],
        marks=first,
        discount=subscription.discount.ppm if subscription.discount is not None else 0,
        may=sum(bit for name, bit in _MAY.items() if name in subscription.may),
    )


def rhythms(subscription: Subscription) -> tuple[Duration, ...]:
    """Return the rhythms, each once, from the shortest to the longest."""
    every = {(one.nominal_days, str(one)): one for one in subscription.every}
    return tuple(every[key] for key in sorted(every))


def of_category(condition: Condition, category: str) -> bool | None:
    """Return what a condition on an order's line says of a category (empty: not known). What it
    asks beside the category is unknown."""
    match condition:
        case And(parts):
            return all_true(of_category(part, category) for part in parts)
        case Or(parts):
            return any_true(of_category(part, category) for part in parts)
        case Not(part):
            return opposite(of_category(part, category))
        case Compare(fact) | InSet(fact) | Between(fact) if fact.name == CATEGORY:
            return passes(condition, category or None)
        case IsKnown(fact, known) if fact.name == CATEGORY:
            return bool(category) is known
        case _:
            return None


def categories_asked(condition: Condition) -> frozenset[str]:
    """Return the categories that a condition on an order's line names."""
    found: set[str] = set()
    for leaf in nodes(condition):
        match leaf:
            case Compare(fact, _, value) if fact.name == CATEGORY:
                found.add(str(value))
            case InSet(fact, values) if fact.name == CATEGORY:
                found |= {str(value) for value in values}
            case _:
                pass
    return frozenset(found)


def asks_for_more(condition: Condition) -> bool:
    """Return whether a condition on an order's line asks for anything but the category."""
    return any(
        leaf.fact.name != CATEGORY
        for leaf in nodes(condition)
        if isinstance(leaf, Compare | InSet | Between | IsKnown)
    )
