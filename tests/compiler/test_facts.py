"""The catalogue: every fact, event and channel of the language, typed and documented."""

from __future__ import annotations

import pytest

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.facts import (
    Channel,
    Event,
    Fact,
    IdKind,
    Nature,
    RunKey,
    ValueType,
    Where,
    custom_event,
    custom_fact,
)

FACTS = (
    "orders revenue aov days_since_first_order days_since_last_order days_as_customer"
    " probability_alive expected_orders rfm rfm.r rfm.f rfm.m lifecycle tier points channel"
    " marketplace country zone birthday tags consent orders_per_month customers"
)
EVENTS = (
    "sign_up account_created order_placed order_paid order_shipped out_for_delivery"
    " order_delivered order_returned cart_abandoned product_browsed wish_listed review_left"
    " feedback_given message_opened link_clicked unsubscribed offer_redeemed points_earned"
    " points_redeemed points_expiring tier_changed referred subscription_renewed"
    " subscription_cancelled support_case_opened support_case_closed"
)
CHANNELS = "email sms push in_app post ads community chat phone"


def test_the_catalogue_is_the_language_s_list() -> None:
    assert sorted(BUILT_IN.facts) == sorted(FACTS.split())
    assert sorted(BUILT_IN.events) == sorted(EVENTS.split())
    assert sorted(BUILT_IN.channels) == sorted(CHANNELS.split())


def test_every_entry_is_documented_in_one_sentence() -> None:
    entries = [
        *BUILT_IN.facts.values(),
        *BUILT_IN.variables.values(),
        *BUILT_IN.lines.values(),
        *BUILT_IN.events.values(),
        *BUILT_IN.channels.values(),
        *(field for event in BUILT_IN.events.values() for field in event.fields),
    ]
    for entry in entries:
        assert entry.documentation.endswith("."), entry.name
        assert "\n" not in entry.documentation, entry.name


def test_keys_are_names() -> None:
    for table in (BUILT_IN.facts, BUILT_IN.variables, BUILT_IN.lines, BUILT_IN.events):
        assert all(name == entry.name for name, entry in table.items())


def test_an_enum_says_what_its_values_are() -> None:
    for fact in BUILT_IN.facts.values():
        if fact.type is ValueType.ENUM:
            assert bool(fact.members) != bool(fact.ids), fact.name
    assert {"champion", "loyal"} <= set(BUILT_IN.facts["rfm"].members)
    assert BUILT_IN.facts["lifecycle"].members == ("new", "growing", "mature", "dormant", "lost")
    assert BUILT_IN.facts["tier"].ids is IdKind.TIER


def test_numbers_have_units() -> None:
    numeric = {ValueType.MONEY, ValueType.DAYS, ValueType.SHARE}
    for fact in BUILT_IN.facts.values():
        assert fact.type not in numeric or fact.unit, fact.name


@pytest.mark.parametrize(
    ("name", "missing"),
    [("orders", False), ("revenue", False), ("aov", True), ("days_since_last_order", True)],
)
def test_sums_are_zero_and_averages_missing_for_those_who_never_bought(
    name: str, missing: bool
) -> None:
    assert BUILT_IN.facts[name].may_be_missing is missing


def test_static_facts_are_those_that_no_simulation_changes() -> None:
    static = {name for name, fact in BUILT_IN.facts.items() if fact.static}
    assert static == {"channel", "marketplace", "country", "zone", "birthday"}


def test_shop_facts_are_read_in_stages_only() -> None:
    shop = {name for name, fact in BUILT_IN.facts.items() if fact.where is Where.SHOP}
    assert shop == {"orders_per_month", "customers"}


def test_only_the_system_emits_points_and_tiers() -> None:
    system = {name for name, event in BUILT_IN.events.items() if not event.human}
    assert system == {"points_earned", "points_expiring", "tier_changed", "subscription_renewed"}


@pytest.mark.parametrize(
    ("event", "nature", "key"),
    [
        ("order_placed", Nature.ORDER, RunKey.ORDER),
        ("order_delivered", Nature.AFTER_ORDER, RunKey.ORDER),
        ("cart_abandoned", Nature.BEFORE_ORDER, RunKey.CART),
        ("wish_listed", Nature.BEFORE_ORDER, RunKey.PRODUCT),
        ("link_clicked", Nature.AFTER_MESSAGE, RunKey.NONE),
        ("sign_up", Nature.SIGN_UP, RunKey.NONE),
        ("tier_changed", Nature.PROGRAMME, RunKey.NONE),
    ],
)
def test_an_event_knows_its_nature_and_run_key(event: str, nature: Nature, key: RunKey) -> None:
    assert (BUILT_IN.events[event].nature, BUILT_IN.events[event].key) == (nature, key)


def test_feedback_has_a_score() -> None:
    score = BUILT_IN.events["feedback_given"].field("score")
    assert score is not None
    assert (score.type, score.least, score.most) == (ValueType.INTEGER, 0, 10)
    assert BUILT_IN.events["feedback_given"].field("stars") is None


def test_own_facts_are_typed() -> None:
    account = custom_fact("has_account", "boolean")
    gender = custom_fact("gender", ["f", "m", "x"])
    assert isinstance(account, Fact)
    assert account.type is ValueType.BOOLEAN
    assert account.may_be_missing
    assert isinstance(gender, Fact)
    assert gender.members == ("f", "m", "x")


@pytest.mark.parametrize(
    ("name", "written", "sentence"),
    [
        ("has_account", "bool", "`bool` is not a type"),
        ("Has Account", "boolean", "expected a name"),
        ("gender", [], "a list of different values"),
        ("gender", ["f", "f"], "a list of different values"),
        ("order.total", "money", "is a word of the condition language"),
        ("between", "number", "is a word of the condition language"),
    ],
)
def test_a_wrong_own_fact_is_answered_with_a_sentence(
    name: str, written: str | list[str], sentence: str
) -> None:
    answer = custom_fact(name, written)
    assert isinstance(answer, str)
    assert sentence in answer


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"product.sku": "text"}, RunKey.PRODUCT),
        ({"product.sku": "text", "order.id": "text"}, RunKey.ORDER),
        ({"cart.id": "text"}, RunKey.CART),
        ({"score": "integer"}, RunKey.NONE),
        ({}, RunKey.NONE),
    ],
)
def test_an_own_event_runs_once_per_what_it_is_about(
    fields: dict[str, str | list[str]], key: RunKey
) -> None:
    event = custom_event("back_in_stock", fields)
    assert isinstance(event, Event)
    assert event.custom
    assert event.key is key


def test_a_wrong_own_event_is_answered_with_a_sentence() -> None:
    assert "expected a name" in str(custom_event("Back in stock", {}))
    assert "field `sku`" in str(custom_event("back_in_stock", {"sku": "string"}))


def test_own_entries_join_the_catalogue_and_leave_the_built_in_one_alone() -> None:
    fact = custom_fact("gender", ["f", "m"])
    event = custom_event("back_in_stock", {"product.sku": "text"})
    assert isinstance(fact, Fact)
    assert isinstance(event, Event)
    catalogue = BUILT_IN.with_custom([fact], [event], [Channel("fax", "Fax.")])
    assert catalogue.facts["gender"] is fact
    assert catalogue.events["back_in_stock"] is event
    assert "fax" in catalogue.facts["consent"].members
    assert "ads" not in catalogue.facts["consent"].members
    assert "gender" not in BUILT_IN.facts
    assert "fax" not in BUILT_IN.facts["consent"].members


def test_a_message_reads_variables_the_customer_and_the_trigger() -> None:
    variables = BUILT_IN.message_variables("feedback_given")
    named = "first_name customer.first_name order.total product.name offer.code sender.name"
    named += " unsubscribe_url sender_address customer.points customer.rfm.r trigger.score"
    assert not set(named.split()) - set(variables)
    assert "customer.orders_per_month" not in variables
    assert "trigger.score" not in BUILT_IN.message_variables()
