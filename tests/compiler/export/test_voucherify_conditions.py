"""Segments in Voucherify hold exactly the customers whom the condition means."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from tests.compiler.export.voucherify_customer import Customer, is_in

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.condition_evaluation import evaluate
from playbook_compiler.conditions import (
    And,
    Between,
    Compare,
    Condition,
    Happened,
    Has,
    InAudience,
    InSet,
    InTop,
    IsKnown,
    Not,
    Or,
)
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.facts import Fact, ValueType
from playbook_compiler.targets.voucherify.capabilities import CAPABILITIES
from playbook_compiler.targets.voucherify.conditions import Scope, lower_condition
from playbook_compiler.targets.voucherify.fields import EVERYBODY, Groups, as_filter
from playbook_compiler.units import Duration, Money, Share

FACTS = BUILT_IN.facts
GENDER = Fact("gender", ValueType.ENUM, "", members=("f", "m", "x"), missing_for="some")
ACCOUNT = Fact("has_account", ValueType.BOOLEAN, "", missing_for="some")
SCORE = Fact("score", ValueType.NUMBER, "", missing_for="some")
SPARE = Fact("spare", ValueType.MONEY, "", missing_for="some")
JOINED = Fact("joined", ValueType.DATE, "", missing_for="some")
DAYS = ("2026-01-01", "2026-01-02", "2026-02-01")
_OPERATORS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
_SMALL = st.integers(0, 5)
_CENTS = st.sampled_from([Decimal(n) / 100 for n in (0, 1, 50, 99, 100, 150, 300)])


def _comparisons(fact: Fact, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Condition]:
    return st.one_of(
        st.builds(Compare, st.just(fact), _OPERATORS, values),
        st.builds(lambda one, two: InSet(fact, (one, two)), values, values),
        st.builds(Between, st.just(fact), values, values),
        st.builds(IsKnown, st.just(fact), st.booleans()),
    )


_MONEY = _CENTS.map(Money)
_ATOMS = st.one_of(
    _comparisons(FACTS["orders"], _SMALL),
    _comparisons(FACTS["revenue"], _MONEY),
    _comparisons(FACTS["aov"], _MONEY),
    _comparisons(FACTS["days_since_last_order"], _SMALL),
    _comparisons(FACTS["days_as_customer"], _SMALL),
    _comparisons(SCORE, st.sampled_from([Decimal("0.5"), Decimal(1), Decimal("2.25")])),
    _comparisons(SPARE, _MONEY),
    _comparisons(JOINED, st.sampled_from(DAYS)),
    st.builds(Compare, st.just(ACCOUNT), st.just("="), st.booleans()),
    st.builds(Compare, st.just(GENDER), st.sampled_from(["=", "!="]), st.sampled_from("fmx")),
    st.builds(InSet, st.just(GENDER), st.just(("f", "x"))),
    st.builds(Compare, st.just(FACTS["country"]), st.just("="), st.sampled_from(["DE", "AT"])),
    st.builds(IsKnown, st.just(GENDER), st.booleans()),
    st.just(Has(FACTS["tags"], "vip")),
    st.sampled_from([Happened("quiz_done"), Happened("order_placed")]),
    st.just(InAudience("core")),
)
_CONDITIONS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(lambda parts: And(tuple(parts)), st.lists(inner, min_size=2, max_size=3)),
        st.builds(lambda parts: Or(tuple(parts)), st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=4,
)
_CUSTOMERS = st.builds(
    Customer,
    orders=st.lists(st.tuples(_SMALL, st.sampled_from([50, 100, 150])), max_size=3).map(tuple),
    known_for=_SMALL,
    quizzes=st.sampled_from([None, 0, 2]),
    country=st.sampled_from([None, "DE", "CH"]),
    facts=st.fixed_dictionaries(
        {},
        optional={
            "gender": st.sampled_from("fmx"),
            "has_account": st.booleans(),
            "score": st.sampled_from([Decimal("0.5"), Decimal(1), Decimal(2)]),
            "spare": _MONEY,
            "joined": st.sampled_from(DAYS),
        },
    ),
    tags=st.sampled_from([frozenset(), frozenset({"vip"}), frozenset({"new"})]),
    passes_unset=st.booleans(),
)


@dataclass
class _Audience:
    where: Condition


@dataclass
class _Playbook:
    """Stands for the playbook: its audience `core`, and that it is in euros."""

    core: Condition
    decimals: int = 2
    audiences: dict[str, _Audience] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.audiences = {"core": _Audience(self.core)}


CORE = And(
    (Compare(FACTS["orders"], ">=", 2), Compare(FACTS["days_since_last_order"], "<=", 3)),
)


class _Member(Customer):
    """A customer of whom is known whether he belongs to the audience."""

    def in_audience(self, audience: str) -> bool:
        return evaluate(CORE, self) is True


def _member(customer: Customer) -> _Member:
    return _Member(**{name: getattr(customer, name) for name in customer.__dataclass_fields__})


def _lowered(condition: Condition, *, lossy: bool = False) -> tuple[Groups, Lowering]:
    lowering = Lowering("Voucherify", CAPABILITIES, allow_lossy=lossy)
    scope = Scope(_Playbook(CORE), lowering, "test")  # type: ignore[arg-type]
    return lower_condition(condition, scope), lowering


def _let_in(customer: Customer, groups: Groups) -> bool:
    """Return whether a customer is in one of the segments, made as the exporter makes them."""
    if groups == EVERYBODY:
        return True
    whole = as_filter(groups) if groups else None
    if whole is not None:
        return is_in(customer, whole)
    found = [as_filter((group,)) for group in groups]
    return any(is_in(customer, filter_) for filter_ in found if filter_ is not None)


@given(_CONDITIONS, _CUSTOMERS)
@example(Not(Compare(FACTS["days_since_last_order"], ">", 3)), Customer())
@example(Not(InAudience("core")), Customer(orders=((4, 50), (4, 50))))
@example(Compare(GENDER, "!=", "f"), Customer(passes_unset=True))
@example(Not(Happened("quiz_done")), Customer(quizzes=0))
def test_a_segment_holds_whom_the_condition_means(condition: Condition, customer: Customer) -> None:
    groups, lowering = _lowered(condition)
    assume(not lowering.findings)  # more alternatives than a segment is worth
    member = _member(customer)
    truth = evaluate(condition, member)
    assert _let_in(member, groups) is (truth is True)


@pytest.mark.parametrize("operator", ["=", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("name", ["orders", "days_since_last_order", "days_as_customer"])
def test_every_comparison_is_right_at_its_edge(name: str, operator: Any) -> None:
    for value in range(-1, 6):
        condition = Compare(FACTS[name], operator, value)
        groups, _ = _lowered(condition)
        for count in range(5):
            customer = Customer(orders=((count, 100),) * count, known_for=count)
            truth = evaluate(condition, customer)
            assert _let_in(customer, groups) is (truth is True), (condition, customer)


@pytest.mark.parametrize("name", ["days_since_last_order", "days_as_customer"])
@pytest.mark.parametrize(("operator", "contrary"), [("<", ">="), ("<=", ">"), ("=", "!=")])
def test_opposite_comparisons_of_days_never_overlap_however_days_are_counted(
    name: str, operator: Any, contrary: Any
) -> None:
    for value in range(1, 6):
        one, _ = _lowered(Compare(FACTS[name], operator, value))
        other, _ = _lowered(Compare(FACTS[name], contrary, value))
        for days in range(8):
            for whole in (True, False):
                customer = Customer(orders=((days, 100),), known_for=days, whole_days=whole)
                assert not (_let_in(customer, one) and _let_in(customer, other)), (value, days)


def test_what_no_customer_can_meet_has_no_segment() -> None:
    groups, _ = _lowered(Compare(FACTS["days_since_last_order"], "<", 0))
    assert groups == ()


def test_what_everybody_meets_needs_no_segment() -> None:
    groups, _ = _lowered(IsKnown(FACTS["orders"]))
    assert groups == EVERYBODY


def test_a_field_stands_once_among_alternatives() -> None:
    two = Or((Compare(FACTS["orders"], "<", 2), Compare(FACTS["country"], "=", "DE")))
    assert as_filter(_lowered(two)[0]) == {
        "junction": "or",
        "address.country": {"conditions": {"$is": ["DE"]}},
        "summary.orders.total_count": {"conditions": {"$less_than": [2]}},
    }
    same = Or((Compare(FACTS["orders"], "<", 2), Compare(FACTS["orders"], ">", 5)))
    assert as_filter(_lowered(same)[0]) is None


@pytest.mark.parametrize(
    "condition",
    [
        InTop(FACTS["revenue"], Share(Decimal("0.2"))),
        Happened("quiz_done", Duration(days=14)),
        Compare(FACTS["rfm"], "=", "champion"),
        Compare(FACTS["birthday"], "=", "12-24"),
        Compare(Fact("favourite", ValueType.TEXT, ""), "=", "${ref:program.points.id}"),
    ],
    ids=str,
)
def test_what_voucherify_cannot_know_is_refused_or_asked_of_the_shop(condition: Condition) -> None:
    _, lowering = _lowered(condition)
    assert [found.rule for found in lowering.findings] == ["target-lacks"]
    groups, lossy = _lowered(condition, lossy=True)
    ((test,),) = groups
    assert test.field.startswith("metadata.")
    assert test.values == (True,)
    assert [need.kind for need in lossy.lookups] == ["property"]
    assert "${" not in test.field


def test_a_condition_of_too_many_alternatives_is_refused_at_its_place() -> None:
    pairs = tuple(
        And((Compare(FACTS["orders"], "=", n), Compare(SCORE, "=", n))) for n in range(30)
    )
    _, lowering = _lowered(Or(pairs))
    assert [found.rule for found in lowering.findings] == ["target-lacks"]
    assert "more alternatives" in lowering.findings[0].message
