"""The normal form: equal for what is equal, true of the same customers, bounded."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.compiler.condition_texts import parsed
from tests.compiler.condition_worlds import TREES, Customer, customers

from playbook_compiler.condition_evaluation import evaluate
from playbook_compiler.condition_normal_form import (
    GROUPS_LIMIT,
    all_of_any,
    any_of_all,
    normal_form,
)
from playbook_compiler.conditions import And, Condition, Not, Or, all_of, any_of


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("tags has vip and orders = 1", "orders = 1 and tags has vip"),
        ("orders = 1 or orders = 1", "orders = 1"),
        ("not (orders < 3 and tags has vip)", "not tags has vip or orders >= 3"),
        ("not orders between 2 and 3", "not orders between 2 and 3"),
        ("not birthday is known", "birthday is unknown"),
        ("not has_account != true", "has_account = true"),
        ("country in (DE)", "country = DE"),
        ("country in (FR, DE)", "country in (DE, FR)"),
        ("orders between 2 and 2", "orders = 2"),
        ("not order has category in (tea)", "not order has category = tea"),
        (
            "(orders = 1 or orders = 2) and tags has vip",
            "orders = 1 and tags has vip or orders = 2 and tags has vip",
        ),
        ("orders = 1 or orders = 1 and tags has vip", "orders = 1"),
        ("orders = 1 or not orders = 1", "orders != 1 or orders = 1"),
    ],
)
def test_the_normal_form(text: str, canonical: str) -> None:
    assert str(normal_form(parsed(text))) == canonical


def test_requirements_are_groups_of_which_one_has_to_hold() -> None:
    found = all_of_any(parsed("orders = 1 or audience(core) and not (tags has a or tags has b)"))
    assert found is not None
    assert [[str(one) for one in group] for group in found.groups] == [
        ["audience(core)", "orders = 1"],
        ["not tags has a", "orders = 1"],
        ["not tags has b", "orders = 1"],
    ]


def test_a_form_of_too_many_groups_is_not_made() -> None:
    pairs = [f"(tags has a{n} or tags has b{n})" for n in range(7)]
    wide = parsed(" and ".join(pairs))
    assert any_of_all(parsed(" and ".join(pairs[:6]))) is not None
    assert any_of_all(wide) is None
    assert all_of_any(wide) is not None
    assert 2**6 <= GROUPS_LIMIT < 2**7
    assert str(normal_form(wide)) == " and ".join(pairs)
    assert normal_form(parsed(" and ".join(reversed(pairs)))) == normal_form(wide)


@given(TREES, customers())
@settings(max_examples=300, deadline=None)
def test_it_says_the_same_of_every_customer(condition: Condition, one: Customer) -> None:
    truth = evaluate(condition, one)
    assert evaluate(normal_form(condition), one) is truth
    for found, inner, outer in (
        (any_of_all(condition), all_of, any_of),
        (all_of_any(condition), any_of, all_of),
    ):
        if found is not None:
            assert evaluate(outer([inner(group) for group in found.groups]), one) is truth


def _shuffled(condition: Condition, data: st.DataObject) -> Condition:
    if isinstance(condition, Not):
        return Not(_shuffled(condition.part, data))
    if not isinstance(condition, And | Or):
        return condition
    parts = [_shuffled(part, data) for part in data.draw(st.permutations(condition.parts))]
    parts = [*parts, *data.draw(st.lists(st.sampled_from(parts), max_size=1))]
    if data.draw(st.booleans()):
        opposite = any_of if isinstance(condition, And) else all_of
        return Not(opposite([Not(part) for part in parts]))
    return all_of(parts) if isinstance(condition, And) else any_of(parts)


@given(TREES, st.data())
@settings(max_examples=300, deadline=None)
def test_order_repetition_and_not_make_no_difference(
    condition: Condition, data: st.DataObject
) -> None:
    form = normal_form(condition)
    assert normal_form(form) == form
    assert normal_form(_shuffled(condition, data)) == form
