"""What conditions have to do with each other, held against customers one by one."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from tests.compiler.condition_texts import IDS, parsed, scope
from tests.compiler.condition_worlds import (
    TIMED,
    TREES,
    Customer,
    customers,
    everybody,
)

from playbook_compiler.condition_evaluation import evaluate
from playbook_compiler.condition_implication import (
    always_holds,
    can_both_hold,
    can_hold,
    implies,
)
from playbook_compiler.conditions import And, Condition, Not, Or
from playbook_compiler.conditions_analysis import contradictions, is_impossible, tautologies
from playbook_compiler.facts import IdKind
from playbook_compiler.values import replace


@given(TREES, TREES, customers())
@settings(max_examples=250, deadline=None)
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
    if of_a is False and not isinstance(a, And | Or | Not):
        assert tautologies(a) == ()


@given(TIMED, TIMED, customers())
@settings(max_examples=500, deadline=None)
def test_nor_what_is_claimed_of_times(a: Condition, b: Condition, one: Customer) -> None:
    if evaluate(a, one) is True:
        assert implies(a, b) is not True or evaluate(b, one) is True
        assert can_both_hold(a, b) is not False or evaluate(b, one) is not True


@given(TREES, TREES, TREES, customers())
@settings(max_examples=300, deadline=None)
def test_nor_with_an_audience_told_out(
    a: Condition, b: Condition, core: Condition, one: Customer
) -> None:
    assume("audience(core)" not in str(core))
    one = Customer(
        one.facts,
        one.ages,
        {**one.outcomes, "core": evaluate(core, one) is True},
        one.ranks,
        one.lines,
        one.unseen,
    )
    audiences = {"core": core}
    of_a, of_b = evaluate(a, one), evaluate(b, one)
    assert of_a is not True or can_hold(a, audiences) is not False
    assert of_a is not True or of_b is not True or can_both_hold(a, b, audiences) is not False
    assert of_a is not True or of_b is True or implies(a, b, audiences) is not True
    assert of_a is True or always_holds(a, audiences) is not True


CORE = {"core": parsed("rfm in (champion, loyal)"), "lapsed": parsed("not audience(core)")}


@pytest.mark.parametrize(
    ("a", "b", "inside", "together"),
    [
        ("orders >= 3", "orders >= 2", True, True),
        ("orders >= 2", "orders >= 3", False, True),
        ("orders < 2", "orders >= 3", False, False),
        ("rfm = loyal", "audience(core)", True, True),
        ("audience(core)", "orders >= 1", True, None),
        ("audience(core)", "audience(lapsed)", False, False),
        ("rfm = lost", "audience(lapsed)", True, True),
        ("orders = 0", "audience(lapsed)", True, None),
        ("orders >= 1", "country = DE or country != DE", False, True),
        ("country = DE", "country is known", True, True),
        ("days_since_last_order > 60", "days_since_first_order > 30", True, None),
        ("days_since_first_order < 30", "days_since_last_order > 30", None, False),
        ("event(sign_up) within 7d", "event(sign_up) within 14d", True, None),
        ("event(sign_up) within 14d", "event(sign_up)", True, None),
        ("event(order_placed) within 14d", "days_since_last_order <= 15", True, None),
        ("event(order_placed) within 2d", "days_since_last_order between 2 and 4", None, None),
        ("received(sms) within 28d", "received(sms) within 1mo", True, None),
        ("received(sms) within 30d", "received(sms) within 1mo", None, None),
        ("received(sms) within 1mo", "received(sms) within 30d", None, None),
        ("received(sms) within 1mo", "received(sms) within 31d", True, None),
        ("bought(category tea)", "orders >= 1", True, None),
        ("bought(category tea)", "orders = 0", None, False),
        ("in_flow(win-back)", "not entered(win-back)", None, False),
        ("revenue in top 10%", "revenue in top 20%", True, True),
        ("revenue > 0", "orders >= 1", True, None),
        ("birthday between 12-20 and 01-05", "birthday between 12-01 and 02-01", True, True),
        ("birthday between 12-20 and 01-05", "birthday between 06-01 and 07-01", False, False),
        ("order has quantity > 3", "order has quantity > 2", True, None),
        ("tags has vip", "tags has warm", False, True),
        ("tier = bud or tier = leaf", "tier in (bud, leaf, blossom)", True, True),
        ("revenue > 20", "revenue >= 20.01", None, True),
        ("holds(sampler)", "audience(elsewhere)", None, None),
    ],
)
def test_what_lies_inside_what_and_what_can_be_together(
    a: str, b: str, inside: bool | None, together: bool | None
) -> None:
    where = scope()
    names = IDS | {IdKind.AUDIENCE: frozenset({"core", "lapsed", "elsewhere"})}
    one, other = (parsed(text, replace(where, ids=names)) for text in (a, b))
    assert implies(one, other, CORE) is inside
    assert can_both_hold(one, other, CORE) is together


def test_too_many_ways_cannot_be_told() -> None:
    pairs = [f"(tags has a{n} or tags has b{n})" for n in range(14)]
    apart = [f"not tags has a{n} and not tags has b{n}" for n in range(13, 14)]
    assert can_hold(parsed(" and ".join(pairs))) is True
    assert can_hold(parsed(" and ".join([*pairs[:5], pairs[13], *apart]))) is False
    assert can_hold(parsed(" and ".join([*pairs, *apart]))) is None


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
