"""A filter in Klaviyo lets through exactly the customers whom the condition means."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from tests.compiler.export.klaviyo_profile import Profile, passes

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.condition_evaluation import evaluate
from playbook_compiler.conditions import (
    And,
    Between,
    Compare,
    Condition,
    Engaged,
    Has,
    InAudience,
    InSet,
    IsKnown,
    Not,
    Or,
    Unsubscribed,
)
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.facts import Fact, ValueType
from playbook_compiler.targets.klaviyo.capabilities import CAPABILITIES
from playbook_compiler.targets.klaviyo.conditions import lower_condition
from playbook_compiler.targets.klaviyo.formula import is_never
from playbook_compiler.targets.klaviyo.scope import Scope
from playbook_compiler.units import Duration, Money

FACTS = BUILT_IN.facts
GENDER = Fact("gender", ValueType.ENUM, "", members=("f", "m", "x"), missing_for="some")
ACCOUNT = Fact("has_account", ValueType.BOOLEAN, "", missing_for="some")
SCORE = Fact("score", ValueType.NUMBER, "", missing_for="some")
_OPERATORS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
_SMALL = st.integers(0, 6)


@st.composite
def _numbers(draw: st.DrawFn) -> Condition:
    name = draw(
        st.sampled_from(["orders", "revenue", "days_since_last_order", "days_since_first_order"])
    )
    fact = FACTS[name]

    def value() -> Any:
        number = draw(_SMALL)
        return Money(Decimal(number * 10)) if fact.type is ValueType.MONEY else number

    match draw(st.sampled_from(["compare", "set", "between", "known"])):
        case "compare":
            return Compare(fact, draw(_OPERATORS), value())
        case "set":
            return InSet(fact, (value(), value()))
        case "between":
            return Between(fact, value(), value())
        case _:
            return IsKnown(fact, draw(st.booleans()))


_ATOMS = st.one_of(
    _numbers(),
    st.builds(
        Compare,
        st.just(FACTS["aov"]),
        _OPERATORS,
        st.builds(lambda number: Money(Decimal(number)), _SMALL),
    ),
    st.builds(Compare, st.just(SCORE), _OPERATORS, _SMALL),
    st.builds(Compare, st.just(ACCOUNT), st.just("="), st.booleans()),
    st.builds(Compare, st.just(GENDER), st.sampled_from(["=", "!="]), st.sampled_from("fmx")),
    st.builds(InSet, st.just(GENDER), st.just(("f", "x"))),
    st.builds(IsKnown, st.just(GENDER), st.booleans()),
    st.just(Has(FACTS["tags"], "vip")),
    st.just(Has(FACTS["consent"], "email")),
    st.just(InAudience("core")),
    st.builds(Engaged, st.just("email"), st.builds(Duration, days=st.integers(1, 5))),
)
_CONDITIONS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(lambda parts: And(tuple(parts)), st.lists(inner, min_size=2, max_size=3)),
        st.builds(lambda parts: Or(tuple(parts)), st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=5,
)
_AGES = st.integers(0, 14).map(lambda half: half / 2)
_PROPERTIES = st.fixed_dictionaries(
    {},
    optional={
        "gender": st.sampled_from("fmx"),
        "has_account": st.booleans(),
        "score": _SMALL,
        "tags": st.sampled_from([frozenset({"vip"}), frozenset({"new"})]),
    },
)
_PROFILES = st.builds(
    Profile,
    orders=st.lists(st.tuples(_AGES, st.sampled_from([5, 10, 20])), max_size=4).map(tuple),
    clicks=st.lists(_AGES, max_size=2).map(tuple),
    properties=_PROPERTIES,
    subscribed=st.booleans(),
    core=st.booleans(),
)


@dataclass
class _NoPlaybook:
    """Stands for the playbook: the conditions here refer to none of its parts."""


def _lowered(condition: Condition) -> tuple[Any, Lowering]:
    lowering = Lowering("Klaviyo", CAPABILITIES, allow_lossy=False)
    scope = Scope(_NoPlaybook(), lowering, "test", segments=set())  # type: ignore[arg-type]
    return lower_condition(condition, scope), lowering


@given(_CONDITIONS, _PROFILES)
@example(
    Not(Compare(FACTS["days_since_last_order"], ">", 3)), Profile()
)  # never bought: unknown, and its opposite too
def test_a_filter_passes_whom_the_condition_means(condition: Condition, profile: Profile) -> None:
    lowered, lowering = _lowered(condition)
    assert not lowering.findings
    truth = evaluate(condition, profile)  # type: ignore[arg-type]
    assert passes(profile, lowered.true.yes) is (truth is True)
    assert passes(profile, lowered.false.yes) is (truth is False)


@given(_CONDITIONS, _PROFILES)
def test_the_opposite_passes_the_others_and_the_unknown(
    condition: Condition, profile: Profile
) -> None:
    assume("aov" not in str(condition))  # Klaviyo has no test for a missing average
    lowered, _ = _lowered(condition)
    truth = evaluate(condition, profile)  # type: ignore[arg-type]
    assert passes(profile, lowered.true.no) is (truth is not True)


@pytest.mark.parametrize("operator", ["=", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("name", ["orders", "days_since_last_order", "days_since_first_order"])
def test_every_comparison_is_right_at_its_edge(name: str, operator: Any) -> None:
    histories = [(), *(((half / 2, 10),) for half in range(14)), ((1.5, 5), (4.0, 5), (6.0, 5))]
    for value in range(7):
        condition = Compare(FACTS[name], operator, value)
        lowered, _ = _lowered(condition)
        for orders in histories:
            profile = Profile(orders=orders)
            truth = evaluate(condition, profile)  # type: ignore[arg-type]
            assert passes(profile, lowered.true.yes) is (truth is True), (condition, orders)
            assert passes(profile, lowered.true.no) is (truth is not True), (condition, orders)


def test_those_who_left_are_told_from_those_who_never_came() -> None:
    lowered, _ = _lowered(Unsubscribed("email"))
    left = Profile(unsubscribed=True)
    for other in (Profile(subscribed=True), Profile()):
        assert not passes(other, lowered.true.yes)
        assert passes(other, lowered.true.no)
    assert passes(left, lowered.true.yes)
    assert not passes(left, lowered.true.no)


def test_what_can_never_hold_has_an_empty_group() -> None:
    orders = FACTS["days_since_last_order"]
    lowered, _ = _lowered(Compare(orders, "<", 0))
    assert is_never(lowered.true.yes)


def test_a_condition_too_large_for_a_filter_is_refused_at_its_place() -> None:
    pairs = tuple(
        And((Compare(FACTS["orders"], "=", n), Compare(SCORE, "=", n))) for n in range(12)
    )
    _, lowering = _lowered(Or(pairs))
    assert [found.rule for found in lowering.findings] == ["target-lacks"]
    assert "more alternatives" in lowering.findings[0].message
