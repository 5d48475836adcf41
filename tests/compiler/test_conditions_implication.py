"""What conditions have to do with each other, held against customers one by one."""

from __future__ import annotations

from hypothesis import given, settings
from tests.compiler.condition_worlds import TREES, Customer, customers, everybody

from playbook_compiler.condition_evaluation import evaluate
from playbook_compiler.condition_implication import (
    always_holds,
    can_both_hold,
    can_hold,
    implies,
)
from playbook_compiler.conditions import Condition
from playbook_compiler.conditions_analysis import contradictions, is_impossible, tautologies


@given(TREES, TREES, customers())
@settings(max_examples=600, deadline=None)
def test_no_customer_refutes_what_is_claimed(a: Condition, b: Condition, one: Customer) -> None:
    of_a, of_b = evaluate(a, one), evaluate(b, one)
    if of_a is True:
        assert can_hold(a) is not False
        assert not is_impossible(a)
        if of_b is True:
            assert can_both_hold(a, b) is not False
        else:
            assert implies(a, b) is not True
    else:
        assert always_holds(a) is not True
    if of_a is False:
        assert can_hold(a) is not False or contradictions(a)
    if of_a is False and implies(b, a) is True:
        assert of_b is not True


@given(TREES)
@settings(max_examples=300, deadline=None)
def test_answers_agree_with_each_other(a: Condition) -> None:
    assert implies(a, a) is not False
    assert (can_hold(a) is False) is is_impossible(a)
    assert bool(contradictions(a)) or not is_impossible(a)
    assert can_both_hold(a, a) is can_hold(a)
    tautologies(a)


@given(TREES)
@settings(max_examples=150, deadline=None)
def test_whoever_is_said_to_exist_does(a: Condition) -> None:
    if can_hold(a) is True:
        assert any(evaluate(a, one) is True for one in everybody([a])), str(a)


@given(TREES, TREES)
@settings(max_examples=150, deadline=None)
def test_whoever_is_said_to_be_outside_exists(a: Condition, b: Condition) -> None:
    if implies(a, b) is False:
        assert any(
            evaluate(a, one) is True and evaluate(b, one) is not True for one in everybody([a, b])
        ), f"{a} / {b}"
