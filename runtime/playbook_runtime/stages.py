"""Stages of the business (F1): which one a shop is in, by the `enter` rules of its playbook.

The one place that says it, for `diagnose` and for a simulation's timeline: rules are read on the
first of a month, on the mean of the last three full months, and a shop never goes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from playbook_compiler.condition_evaluation import all_true, any_true, opposite, passes
from playbook_compiler.conditions import And, Between, Compare, Condition, InSet, IsKnown, Not, Or
from playbook_compiler.declared import declared
from playbook_compiler.defaults import BUILT_IN_STAGES
from playbook_compiler.document import Document
from playbook_compiler.model import Playbook, Stage
from playbook_compiler.reading import Node
from playbook_compiler.records import keys_of
from playbook_compiler.source import SourceFile
from playbook_compiler.vocabulary import STAGES

TRAILING_MONTHS: Final = 3


def stage_of(
    orders_per_month: float | Decimal | None,
    customers: int,
    stages: Mapping[str, Stage],
    at_least: str = "",
) -> str:
    """Return the stage of a shop with so many orders a month and customers.

    It is the last of `stages`, which stand in their order, whose `enter` holds; the first one
    where none does. Never one before `at_least`, the stage that the shop has reached. None for
    orders that are not known yet: then a rule on them does not hold.
    """
    names = list(stages)
    if not names:
        return ""
    known = None if orders_per_month is None else Decimal(orders_per_month)
    facts = {"orders_per_month": known, "customers": customers}
    reached = names.index(at_least) if at_least in names else 0
    for place, name in enumerate(names):
        enter = stages[name].enter
        if place > reached and enter is not None and _truth(enter, facts) is True:
            reached = place
    return names[reached]


def stages_by_month(
    months: Iterable[tuple[float | Decimal | None, int]],
    stages: Mapping[str, Stage],
    at_least: str = "",
) -> tuple[str, ...]:
    """Return the stage at each reading of (orders a month, customers), never one before the last.

    Readings are those of the first of each month, in order of time.
    """
    found: list[str] = []
    for orders_per_month, customers in months:
        at_least = stage_of(orders_per_month, customers, stages, at_least)
        found.append(at_least)
    return tuple(found)


def trailing_means(orders: Sequence[int | float]) -> tuple[Decimal | None, ...]:
    """Return, for full months with so many orders each, the mean of each and the two before it.

    None for the first two: a younger shop has no mean of three months.
    """
    return tuple(
        None
        if end < TRAILING_MONTHS
        else sum((Decimal(one) for one in orders[end - TRAILING_MONTHS : end]), Decimal(0))
        / TRAILING_MONTHS
        for end in range(1, len(orders) + 1)
    )


def built_in_stages() -> Mapping[str, Stage]:
    """Return the stages of a shop that has no playbook."""
    document = Document(SourceFile("", ""), {"stages": BUILT_IN_STAGES}, {})
    known, _ = declared((document,))
    node = Node(document, ("stages",), BUILT_IN_STAGES, known, [])
    stages: Mapping[str, Stage] = keys_of(Playbook)["stages"].metadata["kind"].read(node)
    return {name: stages[name] for name in STAGES}


def rule_text(enter: Condition | None) -> str:
    """Return a stage's rule as it is written; empty for a stage without one."""
    return "" if enter is None else str(enter)


def _truth(condition: Condition, facts: Mapping[str, Decimal | int | None]) -> bool | None:
    """Return what a rule says of the shop: true, false, or unknown. It reads its facts only."""
    match condition:
        case And(parts):
            return all_true(_truth(part, facts) for part in parts)
        case Or(parts):
            return any_true(_truth(part, facts) for part in parts)
        case Not(part):
            return opposite(_truth(part, facts))
        case IsKnown(fact, known):
            return (facts[fact.name] is not None) is known
        case Compare(fact) | InSet(fact) | Between(fact):
            return passes(condition, facts[fact.name])
    raise AssertionError(f"no rule for a shop: {condition}")
