"""A condition for Mautic holds of the customers of whom the playbook says that it is true.

Mautic's own reading of filters is played here: an empty field passes no comparison but `!=` and
`empty`, and the number 0 counts as empty.
"""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from tests.compiler.condition_texts import parsed
from tests.compiler.condition_worlds import (
    ORDER_TRIGGER,
    TEXTS,
    TREES,
    Customer,
    customers,
    everybody,
)

from playbook_compiler.condition_evaluation import evaluate
from playbook_compiler.conditions import (
    Condition,
    Engaged,
    Happened,
    Has,
    InAudience,
    Not,
    Received,
    Unsubscribed,
    facts_read,
    magnitude,
    nodes,
)
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.facts import Fact
from playbook_compiler.targets.mautic import TARGET, terms
from playbook_compiler.targets.mautic.conditions import satisfied
from playbook_compiler.targets.mautic.fields import Fields
from playbook_compiler.targets.mautic.logic import (
    Every,
    Filter,
    Formula,
    Question,
    Some,
    TooManyGroups,
    groups,
    has_question,
    opposite,
)
from playbook_compiler.targets.mautic.state import Export
from playbook_compiler.units import Money, Share

Record = dict[str, Any]


def _sayable(tree: Condition) -> bool:
    """Whether Mautic knows the same of everybody: what is never unknown there is left out."""
    approximated = InAudience | Happened | Unsubscribed | Engaged | Received
    return not any(
        isinstance(one, approximated) or (isinstance(one, Has) and one.fact.name == "consent")
        for one in nodes(tree)
    ) and not any(read.fact.name == "consent" for read in facts_read(tree))


def _lowered(tree: Condition) -> Formula:
    lowering = Lowering("Mautic", TARGET.capabilities, allow_lossy=False)
    export = Export(None, lowering, Fields(lowering))  # type: ignore[arg-type]
    return satisfied(tree, export, "f")


def _alias(fact: Fact) -> str:
    if fact.name == "points":
        return "points"
    name = f"{fact.name}_{fact.over}" if fact.over is not None else fact.name
    return terms.alias(terms.AGE_FIELDS.get(fact.name, name))


def _contact(tree: Condition, customer: Customer) -> Record:
    contact: Record = {"tags": sorted(map(str, _tags(customer)))}
    for read in facts_read(tree):
        value: Any = customer.value(read.fact)
        if isinstance(value, Money | Share):
            factor = 100 if isinstance(value, Share) else 1
            value = Decimal(magnitude(value)) * factor
        elif isinstance(value, bool):
            value = "1" if value else "0"
        contact[_alias(read.fact)] = value
    for one in nodes(tree):
        answer = evaluate(one, customer)
        digest = hashlib.sha256(str(one).encode()).hexdigest()[:8]
        contact[terms.alias(f"is_{digest}")] = None if answer is None else str(int(answer))
    return contact


def _tags(customer: Customer) -> frozenset[str]:
    tags = customer.facts.get("tags", frozenset())
    assert isinstance(tags, frozenset)
    return tags


def _passes(one: Filter, contact: Record) -> bool:
    value = contact.get(one.field)
    empty = value is None or (one.type == "number" and value == 0)
    match one.operator:
        case "empty":
            return empty
        case "!empty":
            return not empty
        case "!=":
            return value is None or not _equal(one, value)
        case "=":
            return value is not None and _equal(one, value)
    if value is None:
        return False
    limit = Decimal(one.value.removesuffix(" days")) if one.value != "today" else Decimal(0)
    # The fields of ages hold days; a later day is a smaller age.
    mine = -Decimal(value) if one.type == "date" else Decimal(value)
    return {
        "gt": mine > limit,
        "gte": mine >= limit,
        "lt": mine < limit,
        "lte": mine <= limit,
    }[one.operator]


def _equal(one: Filter, value: Any) -> bool:
    return Decimal(value) == Decimal(one.value) if one.type == "number" else value == one.value


def _holds(formula: Formula, contact: Record, tags: frozenset[str]) -> bool:
    match formula:
        case Filter():
            return _passes(formula, contact)
        case Question(properties=properties, wanted=wanted):
            return bool(tags & set(properties["tags"])) is wanted
        case Every(parts):
            return all(_holds(part, contact, tags) for part in parts)
        case Some(parts):
            return any(_holds(part, contact, tags) for part in parts)


def _agrees(tree: Condition, customer: Customer) -> bool:
    """Whether formula, its opposite and its groups hold of the customer as the condition does."""
    contact = _contact(tree, customer)
    tags = _tags(customer)
    truth = evaluate(tree, customer) is True
    formula = _lowered(tree)
    if _holds(formula, contact, tags) is not truth:
        return False
    if _holds(opposite(formula), contact, tags) is truth:
        return False
    if has_question(formula):
        return True
    try:
        several = groups(formula)
    except TooManyGroups:
        return True
    return any(all(_passes(one, contact) for one in group) for group in several) is truth


@pytest.mark.parametrize("text", [one for one in TEXTS if _sayable(parsed(one, ORDER_TRIGGER))])
def test_a_single_test_holds_of_everybody_of_whom_it_is_true(text: str) -> None:
    leaf = parsed(text, ORDER_TRIGGER)
    for tree in (leaf, Not(leaf)):
        # Many differ in what the test does not read.
        several = {repr(_contact(tree, one)): one for one in everybody([tree])}
        for customer in several.values():
            assert _agrees(tree, customer), (str(tree), customer.facts)


@settings(max_examples=100)
@given(TREES.filter(_sayable), customers())
def test_a_formula_holds_where_the_condition_is_true(tree: Condition, customer: Customer) -> None:
    assert _agrees(tree, customer)
