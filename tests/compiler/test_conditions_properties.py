"""Conditions under arbitrary text and arbitrary trees: no crash, exact spans, Kleene's laws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from tests.compiler.condition_texts import covered, parse, parsed, scope

from playbook_compiler.catalogue import NEVER_BOUGHT
from playbook_compiler.condition_evaluation import Observed, evaluate
from playbook_compiler.conditions import (
    And,
    Between,
    Bought,
    Compare,
    Condition,
    Engaged,
    Entered,
    FactTest,
    Happened,
    Has,
    Holds,
    InAudience,
    InFlow,
    InSet,
    InTop,
    IsKnown,
    Not,
    Or,
    OrderHas,
    Received,
    Unsubscribed,
    Value,
    all_of,
    any_of,
    magnitude,
    nodes,
    precedes,
    print_condition,
)
from playbook_compiler.conditions_analysis import contradictions, omits_missing, tautologies
from playbook_compiler.facts import NUMERIC_TYPES, ORDERED_TYPES, Fact, IdKind, ValueType
from playbook_compiler.units import Duration, Money, Share
from playbook_compiler.values import replace

SCOPE = scope()
SAID = (
    "orders revenue rfm rfm.r tags country birthday has_account audience core lapsed ( ) , and or"
    " not in is known unknown between has within top = != < <= > >= == && ! 3 20% 90d 12-01 -1"
    " bought category product tea order engaged email event sign_up expected_orders 'a' \" € vip"
    " null like received holds sampler"
)
WORDS = st.sampled_from(SAID.split())
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(WORDS, max_size=14).map(" ".join),
    st.lists(WORDS, max_size=14).map("".join),
    st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")),
)


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_any_text_gives_a_tree_or_findings_within_it(text: str) -> None:
    condition, found = parse(text, SCOPE)
    assert (condition is None) is bool(found)
    for one in found:
        assert one.message
        for span in (one.span, one.fix.span if one.fix else one.span):
            assert 11 <= span.column <= span.end_column <= 11 + len(text)
    if condition is not None:
        assert parsed(str(condition), SCOPE) == condition
        contradictions(condition), tautologies(condition), omits_missing(condition)


# Trees

NAMES = st.sampled_from(["vip", "and", "Earl Grey", 'a "b"', "it's", "4711", "grün", "a,b)", " "])
# One or two facts of every type, few enough that a tree often reads one of them twice.
USED = (
    "orders revenue days_since_last_order probability_alive rfm rfm.r tier country birthday tags"
    " channel has_account height joined"
)
FACTS: Mapping[str, Fact] = {name: SCOPE.readable[name] for name in USED.split()}


def _values(fact: Fact) -> st.SearchStrategy[Value]:
    ids = SCOPE.names(fact.ids) if fact.ids else None
    if fact.members or ids:
        return st.sampled_from(sorted(fact.members or ids or ()))
    whole = st.integers(-2, 7)
    cents = whole.map(lambda number: Decimal(number) / 4)
    return {
        ValueType.INTEGER: whole,
        ValueType.DAYS: whole,
        ValueType.NUMBER: cents,
        ValueType.MONEY: cents.map(Money),
        ValueType.SHARE: cents.map(lambda number: Share(number / 8)),
        ValueType.BOOLEAN: st.booleans(),
        ValueType.TEXT: NAMES,
        ValueType.SET: NAMES,
        ValueType.DATE: st.dates().map(lambda day: day.isoformat()),
        ValueType.YEARLY_DATE: st.dates().map(lambda day: day.isoformat()[5:]),
    }[fact.type]


def _tests(fact: Fact) -> st.SearchStrategy[FactTest]:
    """Return the strategy of well-typed tests of one fact."""
    values = VALUES[fact.name]
    known: st.SearchStrategy[FactTest] = st.booleans().map(lambda said: IsKnown(fact, said))
    if fact.type is ValueType.SET:
        return known | values.map(lambda value: Has(fact, str(value)))
    operators = ["=", "!=", "<", "<=", ">", ">="] if fact.type in ORDERED_TYPES else ["=", "!="]
    compared = st.builds(Compare, st.just(fact), st.sampled_from(operators), values)
    listed = st.lists(values, min_size=1, max_size=3, unique=True).map(tuple)
    tests = known | compared | compared | st.builds(InSet, st.just(fact), listed)
    if fact.type in ORDERED_TYPES:
        ends = st.tuples(values, values).map(_in_order)
        tests |= ends.map(lambda pair: Between(fact, *pair))
    if fact.type is ValueType.YEARLY_DATE:
        tests |= st.builds(Between, st.just(fact), values, values)
    if fact.type in NUMERIC_TYPES:
        tests |= st.builds(InTop, st.just(fact), st.sampled_from(SHARES))
    return tests


def _in_order(pair: tuple[Value, Value]) -> tuple[Value, Value]:
    return (pair[1], pair[0]) if precedes(pair[1], pair[0]) else pair


SHARES = [Share(Decimal(text)) for text in ("0.05", "0.125", "0.2", "1")]
VALUES = {name: _values(fact) for name, fact in FACTS.items()}
FACT_TESTS = st.one_of([_tests(fact) for fact in FACTS.values()])

# Everything that a condition can say, where fields of the trigger can be read

IN_FLOW = scope(trigger="feedback_given")
LENGTHS = st.builds(Duration, *(st.integers(0, 30) for _ in range(3))).filter(
    lambda length: not length.is_zero
)
EVER_OR_WITHIN = st.none() | LENGTHS


def _named(kind: IdKind) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(IN_FLOW.names(kind) or ()))


def _line_tests() -> st.SearchStrategy[Condition]:
    fields = IN_FLOW.catalogue.lines.values()
    compared = [
        st.builds(Compare, st.just(one), st.just("="), _values(one))
        | st.lists(_values(one), min_size=1, max_size=3, unique=True).map(
            lambda values, one=one: InSet(one, tuple(values))
        )
        for one in fields
    ]
    return st.one_of(compared).map(OrderHas)


BOUGHT = st.sampled_from([IdKind.CATEGORY, IdKind.PRODUCT])
DEEDS: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Bought, BOUGHT, NAMES, EVER_OR_WITHIN),
    st.builds(Engaged, _named(IdKind.CHANNEL), LENGTHS),
    st.builds(Happened, _named(IdKind.EVENT), EVER_OR_WITHIN),
    st.builds(Received, st.just(IdKind.MESSAGE), _named(IdKind.MESSAGE), EVER_OR_WITHIN),
    st.builds(Received, st.just(IdKind.CHANNEL), _named(IdKind.CHANNEL), EVER_OR_WITHIN),
    st.builds(InFlow, _named(IdKind.FLOW)),
    st.builds(Entered, _named(IdKind.FLOW), EVER_OR_WITHIN),
    st.builds(Holds, _named(IdKind.OFFER)),
    st.builds(InAudience, _named(IdKind.AUDIENCE)),
    st.builds(Unsubscribed, _named(IdKind.CHANNEL)),
)


def _every_fact_test() -> st.SearchStrategy[Condition]:
    facts = [
        replace(fact, over=Duration(days=90)) if fact.takes_duration else fact
        for fact in IN_FLOW.readable.values()
    ]
    return st.one_of([_tests_of(fact) for fact in facts])


def _tests_of(fact: Fact) -> st.SearchStrategy[FactTest]:
    VALUES.setdefault(fact.name, _values(fact))
    return _tests(fact)


def _grown(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(parts, min_size=2, max_size=3)
    return st.one_of(parts.map(Not), several.map(all_of), several.map(any_of))


TREES: st.SearchStrategy[Condition] = st.recursive(FACT_TESTS, _grown, max_leaves=8)


@given(TREES)
@settings(max_examples=300, deadline=None)
def test_a_printed_tree_parses_to_itself(condition: Condition) -> None:
    text = print_condition(condition)
    again, found = parse(text, SCOPE)
    assert not found, (text, found[0].message)
    assert again == condition
    assert str(again) == text


SAYABLE: st.SearchStrategy[Condition] = st.recursive(
    st.one_of(_every_fact_test(), DEEDS, _line_tests()), _grown, max_leaves=8
)


@given(SAYABLE)
@settings(max_examples=400, deadline=None)
def test_whatever_can_be_said_is_printed_as_it_is_read(condition: Condition) -> None:
    text = print_condition(condition)
    again, found = parse(text, IN_FLOW)
    assert not found, (text, found[0].message)
    assert again == condition
    assert print_condition(again) == text
    for node in nodes(again):
        assert parsed(covered(text, node.span), IN_FLOW) == node


@pytest.mark.parametrize("kind", get_args(Condition), ids=lambda kind: kind.__name__)
def test_every_kind_of_node_is_among_what_can_be_said(kind: type[Condition]) -> None:
    def has_it(condition: Condition) -> bool:
        return any(type(node) is kind for node in nodes(condition))

    # Found is enough: it need not be made small.
    quick = settings(phases=[Phase.generate], max_examples=3_000, database=None)
    assert has_it(find(SAYABLE, has_it, settings=quick))


@given(TREES)
@settings(max_examples=200, deadline=None)
def test_every_span_covers_its_own_text(condition: Condition) -> None:
    text = str(condition)
    for node in nodes(parsed(text, SCOPE)):
        assert parsed(covered(text, node.span), SCOPE) == node


class Person:
    """A customer of whom some facts are known; deeds are not."""

    def __init__(self, values: Mapping[str, Observed]) -> None:
        self.values = values

    def value(self, fact: Fact) -> Observed:
        return self.values.get(fact.name)

    def in_top(self, fact: Fact, share: Share) -> bool | None:
        return None

    def order_lines(self) -> Sequence[Mapping[str, Value]] | None:
        return self.values.get("lines")  # type: ignore[return-value]

    def bought(self, kind: IdKind, name: str, within: Duration | None) -> bool | None:
        return (kind, name) == (IdKind.CATEGORY, "tea") or None

    def engaged(self, channel: str, within: Duration) -> bool | None:
        return channel == "email"

    def happened(self, event: str, within: Duration | None) -> bool | None:
        return None

    def received(self, kind: IdKind, name: str, within: Duration | None) -> bool | None:
        return kind is IdKind.CHANNEL

    def in_flow(self, flow: str) -> bool | None:
        return False

    def entered(self, flow: str, within: Duration | None) -> bool | None:
        return within is None

    def holds(self, offer: str) -> bool | None:
        return offer == "sampler"

    def in_audience(self, audience: str) -> bool:
        return audience == "core"

    def unsubscribed(self, channel: str) -> bool | None:
        return channel == "sms"


def _observed(fact: Fact) -> st.SearchStrategy[Observed]:
    if fact.type is ValueType.SET:
        return st.frozensets(VALUES[fact.name].map(str), max_size=3)
    if fact.least is None:
        return VALUES[fact.name]
    # What bounds a fact bounds it in every customer.
    most = 200 if fact.most is None else fact.most
    return VALUES[fact.name].filter(lambda value: fact.least <= magnitude(value) <= most)


def _as_a_person_is(values: Mapping[str, Observed]) -> Mapping[str, Observed]:
    """Return the values without those that nobody has: who never ordered has no last order."""
    if values["orders"]:
        return {"days_since_last_order": 3, **values}
    kept = {name: one for name, one in values.items() if FACTS[name].missing_for != NEVER_BOUGHT}
    return {**kept, "revenue": Money(Decimal(0))}


PEOPLE = (
    st.fixed_dictionaries(
        {name: _observed(fact) for name, fact in FACTS.items() if not fact.may_be_missing},
        optional={name: _observed(fact) for name, fact in FACTS.items() if fact.may_be_missing},
    )
    .map(_as_a_person_is)
    .map(Person)
)


@given(TREES, TREES, PEOPLE)
@settings(max_examples=200, deadline=None)
def test_kleene_s_laws(a: Condition, b: Condition, person: Person) -> None:
    def truth(condition: Condition) -> bool | None:
        return evaluate(condition, person)

    assert truth(Not(Not(a))) is truth(a)
    assert truth(And((a, b))) is truth(And((b, a)))
    assert truth(Not(And((a, b)))) is truth(Or((Not(a), Not(b))))
    assert truth(Not(Or((a, b)))) is truth(And((Not(a), Not(b))))
    assert truth(And((a, Or((a, b))))) is truth(a)
    if truth(a) is None:
        assert truth(Or((a, Not(a)))) is None
    if truth(b) is False:
        assert truth(And((a, b))) is False
    if truth(b) is True:
        assert truth(Or((a, b))) is True


@given(FACT_TESTS)
def test_a_test_of_a_missing_fact_is_unknown_and_is_known_is_not(test: FactTest) -> None:
    nobody = Person({})
    expected = test.known is False if isinstance(test, IsKnown) else None
    assert evaluate(test, nobody) is expected


LINES = [{"category": "tea", "quantity": 2}, {"category": "ware", "quantity": 1}]
ANNA = Person(
    {
        "orders": 3,
        "revenue": Money(Decimal("60")),
        "days_since_last_order": 10,
        "birthday": "12-24",
        "tags": frozenset({"vip"}),
        "rfm": "loyal",
        "lines": LINES,  # type: ignore[dict-item]
    }
)


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("orders = 3", True),
        ("orders != 3", False),
        ("orders < 3", False),
        ("orders <= 3", True),
        ("orders > 3", False),
        ("orders >= 3", True),
        ("orders in (1, 3)", True),
        ("orders not in (1, 3)", False),
        ("orders between 3 and 5", True),
        ("orders between 1 and 2", False),
        ("revenue = 60.00", True),
        ("birthday between 12-20 and 01-05", True),
        ("birthday between 01-05 and 12-20", False),
        ("tags has vip and rfm in (champion, loyal)", True),
        ("tags has warm", False),
        ("country = DE", None),
        ("not country = DE", None),
        ("country = DE and orders = 1", False),
        ("country = DE or orders = 3", True),
        ("country is known", False),
        ("country is unknown", True),
        ("consent has email", None),
        ("order has category = tea", True),
        ("order has quantity > 2", False),
        ("order has price > 2", None),
        ("revenue in top 20%", None),
        ("bought(category tea) within 90d", True),
        ("bought(product sencha)", None),
        ("engaged(email) within 90d", True),
        ("event(sign_up)", None),
        ("received(email)", True),
        ("received(come-back)", False),
        ("in_flow(win-back)", False),
        ("entered(win-back)", True),
        ("entered(win-back) within 9d", False),
        ("holds(sampler)", True),
        ("audience(core)", True),
        ("not audience(lapsed)", True),
        ("unsubscribed(sms)", True),
    ],
)
def test_what_a_condition_says_of_a_customer(text: str, truth: bool | None) -> None:
    assert evaluate(parsed(text, SCOPE), ANNA) is truth
