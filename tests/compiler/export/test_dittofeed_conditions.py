"""A segment in Dittofeed holds exactly the customers whom the condition means."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.compiler.export.dittofeed_user import CONSENT, LEFT, User, is_in

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.condition_evaluation import evaluate
from playbook_compiler.conditions import (
    And,
    Between,
    Compare,
    Condition,
    Engaged,
    Happened,
    Has,
    InAudience,
    InSet,
    IsKnown,
    Not,
    Or,
    Unsubscribed,
)
from playbook_compiler.export.logic import ALWAYS, NEVER, All, Leaf, Tree
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.facts import Fact, ValueType, Where
from playbook_compiler.targets.dittofeed.capabilities import CAPABILITIES
from playbook_compiler.targets.dittofeed.conditions import lower_condition
from playbook_compiler.targets.dittofeed.scope import Needs, Scope
from playbook_compiler.targets.dittofeed.segments import definition_of
from playbook_compiler.units import Duration, Money

FACTS = BUILT_IN.facts
GENDER = Fact("gender", ValueType.ENUM, "", members=("f", "m", "x"), missing_for="some")
FAVOURITE = Fact("favourite", ValueType.TEXT, "", missing_for="some")
ACCOUNT = Fact("has_account", ValueType.BOOLEAN, "", missing_for="some")
SCORE = Fact("score", ValueType.NUMBER, "", missing_for="some")
RENEWAL = Fact("renewal", ValueType.DATE, "", missing_for="some")
TOTAL = Fact("trigger.order.total", ValueType.MONEY, "", where=Where.TRIGGER, missing_for="some")
SKU = Fact("trigger.product.sku", ValueType.TEXT, "", where=Where.TRIGGER, missing_for="some")
_OPERATORS: st.SearchStrategy[Any] = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
_EQUALITY: st.SearchStrategy[Any] = st.sampled_from(["=", "!="])
_SMALL = st.integers(0, 6)
_DAYS = st.sampled_from(["2026-11-30", "2026-12-01", "2026-12-02"])


@st.composite
def _numbers(draw: st.DrawFn, fact: Fact) -> Condition:
    def value() -> Any:
        number = draw(_SMALL)
        return Money(Decimal(number) * 10) if fact.type is ValueType.MONEY else number

    match draw(st.sampled_from(["compare", "set", "between", "known"])):
        case "compare":
            return Compare(fact, draw(_OPERATORS), value())
        case "set":
            return InSet(fact, (value(), value()))
        case "between":
            return Between(fact, value(), value())
        case _:
            return IsKnown(fact, draw(st.booleans()))


_OF_CUSTOMERS = st.one_of(
    *(_numbers(FACTS[name]) for name in ("orders", "revenue", "aov", "days_since_last_order")),
    _numbers(SCORE),
    st.builds(Compare, st.just(RENEWAL), _OPERATORS, _DAYS),
    st.builds(Compare, st.just(ACCOUNT), st.just("="), st.booleans()),
    st.builds(Compare, st.just(GENDER), _EQUALITY, st.sampled_from("fmx")),
    st.builds(Compare, st.just(FAVOURITE), _EQUALITY, st.sampled_from(["tea", "cup"])),
    st.builds(InSet, st.just(GENDER), st.just(("f", "x"))),
    st.builds(IsKnown, st.just(GENDER), st.booleans()),
    st.just(Has(FACTS["tags"], "vip")),
    st.just(Has(FACTS["consent"], "email")),
    st.just(Unsubscribed("email")),
    st.just(InAudience("core")),
    st.builds(Engaged, st.just("email"), st.builds(Duration, days=st.integers(1, 5))),
    st.builds(
        Happened,
        st.just("product_browsed"),
        st.one_of(st.none(), st.builds(Duration, days=st.integers(1, 5))),
    ),
)
_OF_EVENTS = st.one_of(
    _numbers(TOTAL),
    st.builds(Compare, st.just(SKU), _EQUALITY, st.sampled_from(["pot", "cup"])),
    st.builds(IsKnown, st.just(SKU), st.booleans()),
)


def _composed(atoms: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    return st.recursive(
        atoms,
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.builds(lambda parts: And(tuple(parts)), st.lists(inner, min_size=2, max_size=3)),
            st.builds(lambda parts: Or(tuple(parts)), st.lists(inner, min_size=2, max_size=3)),
        ),
        max_leaves=5,
    )


_AGES = st.integers(0, 14).map(lambda half: half / 2)
_USERS = st.builds(
    User,
    orders=st.lists(_AGES, max_size=4).map(tuple),
    clicks=st.lists(_AGES, max_size=2).map(tuple),
    traits=st.fixed_dictionaries(
        {},
        optional={
            "gender": st.sampled_from("fmx"),
            "favourite": st.sampled_from(["tea", "cup", "pot"]),
            "has_account": st.booleans(),
            "score": _SMALL,
            "revenue": st.sampled_from([0, 9.99, 10, 20.5, 60]),
            "aov": st.sampled_from([0, 9.99, 10, 20.5, 60]),
            "renewal": _DAYS,
            "tag_vip": st.booleans(),
        },
    ),
    said=st.sampled_from([None, CONSENT, LEFT]),
    trigger=st.fixed_dictionaries(
        {},
        optional={
            "order.total": st.sampled_from([0, 9.99, 10, 20.5, 60]),
            "product.sku": st.sampled_from(["pot", "cup", "tea"]),
        },
    ),
)


class _Playbook:
    """Stands for the playbook: its decimals, and the audience that the conditions refer to."""

    decimals = 2

    def __init__(self) -> None:
        where = Compare(GENDER, "=", "f")
        origin = SimpleNamespace(has=lambda key: False, key_span=lambda: where.span)
        self.audiences = {"core": SimpleNamespace(where=where, origin=origin)}


def _lowered(condition: Condition) -> tuple[Any, Lowering]:
    lowering = Lowering("Dittofeed", CAPABILITIES, allow_lossy=False)
    playbook: Any = _Playbook()
    scope = Scope(playbook, lowering, "test", Needs(), "order_placed", "order.id")
    return lower_condition(condition, scope), lowering


def _says(user: User, tree: Tree) -> bool:
    """Return whether a customer passes a tree as splits would ask it: a keyed test alone."""
    if tree in (ALWAYS, NEVER):
        return tree == ALWAYS
    if isinstance(tree, Leaf):
        return is_in(user, definition_of(tree))
    passed = [_says(user, part) for part in tree.parts]
    return all(passed) if isinstance(tree, All) else any(passed)


@given(_composed(_OF_CUSTOMERS), _USERS)
@example(
    Not(Compare(FACTS["days_since_last_order"], ">", 3)), User()
)  # never bought: unknown, and its opposite too
@example(Not(Compare(FAVOURITE, "=", "tea")), User())
def test_a_segment_holds_whom_the_condition_means(condition: Condition, user: User) -> None:
    lowered, lowering = _lowered(condition)
    assert not lowering.findings
    truth = evaluate(condition, user)
    for formula, wanted in ((lowered.true, True), (lowered.false, False)):
        if formula.yes != NEVER:
            assert is_in(user, definition_of(formula.yes)) is (truth is wanted)
        else:
            assert truth is not wanted


@given(_composed(_OF_CUSTOMERS), _USERS)
def test_the_opposite_holds_the_others_and_the_unknown(condition: Condition, user: User) -> None:
    lowered, _ = _lowered(condition)
    assert _says(user, lowered.true.no) is (evaluate(condition, user) is not True)


@given(_composed(st.one_of(_OF_EVENTS, _OF_CUSTOMERS)), _USERS)
def test_what_reads_the_event_of_the_run_means_the_same(condition: Condition, user: User) -> None:
    lowered, lowering = _lowered(condition)
    assert not lowering.findings
    truth = evaluate(condition, user)
    assert _says(user, lowered.true.yes) is (truth is True)
    assert _says(user, lowered.false.yes) is (truth is False)
    assert _says(user, lowered.true.no) is (truth is not True)


@pytest.mark.parametrize("operator", ["=", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("name", ["orders", "days_since_last_order"])
def test_every_comparison_is_right_at_its_edge(name: str, operator: Any) -> None:
    histories = [(), *((half / 2,) for half in range(14)), (1.5, 4.0, 6.0)]
    for value in range(7):
        condition = Compare(FACTS[name], operator, value)
        lowered, _ = _lowered(condition)
        for orders in histories:
            user = User(orders=orders)
            truth = evaluate(condition, user)
            assert _says(user, lowered.true.yes) is (truth is True), (condition, orders)
            assert _says(user, lowered.true.no) is (truth is not True), (condition, orders)


@pytest.mark.parametrize("operator", ["=", "!=", "<", "<=", ">", ">="])
def test_amounts_are_right_to_the_cent(operator: Any) -> None:
    condition = Compare(TOTAL, operator, Money(Decimal("40")))
    lowered, _ = _lowered(condition)
    for total in (39.99, 40, 40.01):
        user = User(trigger={"order.total": total})
        assert _says(user, lowered.true.yes) is evaluate(condition, user), total


def test_what_can_never_hold_makes_no_segment() -> None:
    lowered, _ = _lowered(Compare(FACTS["days_since_last_order"], "<", 0))
    assert lowered.true.yes == NEVER


def test_what_dittofeed_cannot_know_is_refused_at_its_place() -> None:
    birthday = Compare(FACTS["birthday"], "=", "12-01")
    _, lowering = _lowered(birthday)
    assert [found.rule for found in lowering.findings] == ["target-lacks"]
    assert "playbook_" in (lowering.findings[0].help or "")
