"""Conditions: what is understood, what is refused and in which words, what is told of them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.compiler.condition_texts import covered, only, parse, parsed, scope

from playbook_compiler.condition_cut import looks_cut
from playbook_compiler.conditions import (
    And,
    Bought,
    Compare,
    InAudience,
    InSet,
    Not,
    Or,
    Received,
    facts_read,
    references,
)
from playbook_compiler.conditions_analysis import (
    contradictions,
    is_impossible,
    omits_missing,
    tautologies,
)
from playbook_compiler.facts import IdKind, Where
from playbook_compiler.source import Span
from playbook_compiler.units import Duration, Money, Share
from playbook_compiler.values import replace

CANONICAL = (
    "orders >= 1",
    "orders != -1",
    "revenue > 20.5",
    "days_since_last_order > 120",
    "probability_alive <= 12.5%",
    "expected_orders(90d) < 0.5",
    "rfm in (champion, loyal)",
    "rfm.r >= 4",
    "orders between 2 and 5",
    "birthday between 12-20 and 01-05",
    "birthday is known",
    "country is unknown",
    "country = DE",
    'channel = "google ads"',
    "channel = 'the \"best\" one'",
    'channel = "and"',
    "zone = Europe/Berlin",
    "tags has vip",
    "consent has email",
    "revenue in top 20%",
    "order has category = tea",
    "order has quantity between 2 and 9",
    "order has product in (4711, grüner-tee)",
    "bought(category tea) within 90d",
    'bought(product "Earl Grey")',
    "engaged(email) within 90d",
    "event(product_browsed) within 36h",
    "event(back_in_stock)",
    "received(come-back) within 2mo",
    "received(sms) within 7d",
    "in_flow(win-back)",
    "entered(win-back/second) within 1y6mo",
    "holds(come-back)",
    "audience(in)",
    "unsubscribed(email)",
    "has_account = true",
    "gender = f",
    "joined >= 2026-12-01",
    "tier in (bud, blossom)",
    "not audience(core)",
    "not (orders = 1 or tags has vip)",
    "orders = 1 or orders = 3 and tags has vip",
    "(orders = 1 or orders = 3) and tags has vip",
    "not not tags has vip",
)


@pytest.mark.parametrize("text", CANONICAL)
def test_canonical_text_is_printed_as_it_was_written(text: str) -> None:
    assert str(parsed(text)) == text


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("has_account", "has_account = true"),
        ("not has_account", "not has_account = true"),
        ("has_account = no", "has_account = false"),
        ("days_since_last_order > 120d", "days_since_last_order > 120"),
        ("days_since_last_order > 2w", "days_since_last_order > 14"),
        ("tier not in (bud, leaf)", "not tier in (bud, leaf)"),
        ("orders not between 2 and 3", "not orders between 2 and 3"),
        ("birthday is not known", "birthday is unknown"),
        ("birthday is not unknown", "birthday is known"),
        ("revenue>20.00", "revenue > 20"),
        ("rfm in (loyal, champion, loyal)", "rfm in (loyal, champion)"),
        ("revenue in top 20 %", "revenue in top 20%"),
        ("((orders = 1))", "orders = 1"),
        ("orders = 1 and (orders = 2 and orders = 3)", "orders = 1 and orders = 2 and orders = 3"),
        ("tags has 'vip'", "tags has vip"),
        ("orders = 1\n  and tags has vip\n", "orders = 1 and tags has vip"),
    ],
)
def test_other_spellings_have_one_canonical_text(text: str, canonical: str) -> None:
    assert str(parsed(text)) == canonical
    assert parsed(text) == parsed(canonical)


def test_the_tree_is_typed() -> None:
    where = scope()
    facts = where.catalogue.facts
    condition = parsed("orders >= 1 and revenue > 20.50 or probability_alive < 20%", where)
    assert condition == Or(
        (
            And(
                (
                    Compare(facts["orders"], ">=", 1),
                    Compare(facts["revenue"], ">", Money(Decimal("20.50"))),
                )
            ),
            Compare(facts["probability_alive"], "<", Share(Decimal("0.2"))),
        )
    )
    assert parsed("bought(category tea) within 2w") == Bought(
        IdKind.CATEGORY, "tea", Duration(days=14)
    )


def test_and_binds_closer_than_or_and_not_closest() -> None:
    condition = parsed("not audience(core) and orders = 1 or orders = 2")
    assert isinstance(condition, Or)
    assert isinstance(condition.parts[0], And)
    assert condition.parts[0].parts[0] == Not(InAudience("core"))


def test_a_number_list_keeps_the_author_s_order() -> None:
    condition = parsed("orders in (3, 1, 2)")
    assert isinstance(condition, InSet)
    assert condition.values == (3, 1, 2)


def test_received_takes_a_channel_before_a_message() -> None:
    assert parsed("received(email)") == Received(IdKind.CHANNEL, "email")
    assert parsed("received(come-back)") == Received(IdKind.MESSAGE, "come-back")


def test_every_node_knows_its_place() -> None:
    text = "orders >= 1 and not (audience(core) or tags has vip)"
    condition = parsed(text)
    assert isinstance(condition, And)
    negation = condition.parts[1]
    assert isinstance(negation, Not)
    assert isinstance(negation.part, Or)
    audience = negation.part.parts[0]
    assert isinstance(audience, InAudience)
    assert covered(text, condition.span) == text
    assert covered(text, condition.parts[0].span) == "orders >= 1"
    assert covered(text, negation.span) == "not (audience(core) or tags has vip)"
    assert covered(text, negation.part.span) == "(audience(core) or tags has vip)"
    assert covered(text, audience.span) == "audience(core)"
    assert covered(text, audience.name_span) == "core"


def test_a_place_that_is_not_one_line_is_asked_for_every_span() -> None:
    from playbook_compiler.condition_parser import parse_condition

    whole = Span("playbook.yaml", 3, 5, 6, 9)
    condition, found = parse_condition("orders >= 1", scope(), lambda start, end: whole)
    assert not found
    assert condition is not None
    assert condition.span == whole


# Refusals. Every row: the text, the rule, what the caret covers, a part of message or help, and
# the text after the fix (empty where there is none to offer).
REFUSED = [
    ("ordrs >= 1", "unknown-fact", "ordrs", "did you mean `orders`?", "orders >= 1"),
    ("core", "unknown-fact", "core", "write `audience(core)`", "audience(core)"),
    ("orders_per_month > 3", "fact-out-of-place", "orders_per_month", "only in `enter`", ""),
    ("first_name = Anna", "fact-out-of-place", "first_name", "only in a message's text", ""),
    ("trigger.score < 7", "fact-out-of-place", "trigger.score", "as events do", ""),
    ("audience(cor)", "unknown-audience", "cor", "did you mean `core`?", "audience(core)"),
    ("audience(win-back)", "unknown-audience", "win-back", "in_flow(win-back)", ""),
    ("in_flow(winback)", "unknown-flow", "winback", "`win-back`?", "in_flow(win-back)"),
    ("received(comeback)", "unknown-message", "comeback", "`come-back`?", "received(come-back)"),
    ("holds(sample)", "unknown-offer", "sample", "`sampler`?", "holds(sampler)"),
    (
        "event(order_placd)",
        "unknown-event",
        "order_placd",
        "`order_placed`?",
        "event(order_placed)",
    ),
    ("unsubscribed(mail)", "unknown-channel", "mail", "`email`?", "unsubscribed(email)"),
    ("tier = blosom", "unknown-tier", "blosom", "`blossom`?", "tier = blossom"),
    ("rfm = champions", "unknown-value", "champions", "`champion`?", "rfm = champion"),
    ("country = de", "unknown-value", "de", "`DE`?", "country = DE"),
    ("lifecycle in (new, xyz)", "unknown-value", "xyz", "growing", ""),
    ("consent has fax", "unknown-value", "fax", "chat, email, in_app", ""),
    ("audiance(core)", "unknown-function", "audiance", "`audience(core)`?", "audience(core)"),
    ("orders >= 1.5", "type-mismatch", "1.5", "a whole number such as 3", ""),
    ("orders >= 3.0", "type-mismatch", "3.0", "write `3`", "orders >= 3"),
    ("orders >= many", "type-mismatch", "many", "`many` is not", ""),
    ("orders >= revenue", "type-mismatch", "revenue", "another fact", ""),
    ('orders >= "3"', "type-mismatch", '"3"', "write `3`", "orders >= 3"),
    ("orders >= 20%", "type-mismatch", "20%", "a whole number", ""),
    ("revenue > 20.5055", "type-mismatch", "20.5055", "at most 2 decimals", "revenue > 20.51"),
    ("revenue > 20.505", "type-mismatch", "20.505", "`20505`, or `20.50` if it is less", ""),
    ("revenue > 1_000", "type-mismatch", "1_000", "write `1000`", "revenue > 1000"),
    ("days_since_last_order > 6mo", "type-mismatch", "6mo", "`183`", "days_since_last_order > 183"),
    ("probability_alive > 0.2", "type-mismatch", "0.2", "write `20%`", "probability_alive > 20%"),
    ("birthday = 02-30", "type-mismatch", "02-30", "a day of the year", ""),
    ("birthday = 2026-12-01", "type-mismatch", "2026-12-01", "`12-01`", "birthday = 12-01"),
    ("joined > 2026-02-30", "type-mismatch", "2026-02-30", "2026-12-01", ""),
    ("has_account = 1", "type-mismatch", "1", "true or false", ""),
    ("tier >= bud", "type-mismatch", ">=", "cannot be compared by size", ""),
    ("tags = vip", "type-mismatch", "tags = vip", "write `tags has vip`", "tags has vip"),
    ("tags != vip", "type-mismatch", "tags != vip", "`not tags has vip`", "not tags has vip"),
    ("tags in (a, b)", "type-mismatch", "tags in", "tags has a or tags has b", ""),
    ("rfm has loyal", "type-mismatch", "has", "one value, not a set", "rfm = loyal"),
    ("rfm in top 20%", "type-mismatch", "rfm in top", "no highest values", ""),
    ("revenue in top 0%", "type-mismatch", "0%", "above 0%", ""),
    ("event(sign_up) within 14", "type-mismatch", "14", "`14d`", "event(sign_up) within 14d"),
    ("orders between 5 and 2", "empty-range", "5 and 2", "2 and 5", "orders between 2 and 5"),
    ("orders == 3", "condition-syntax", "==", "write `=`", "orders = 3"),
    ("orders <> 3", "condition-syntax", "<>", "write `!=`", "orders != 3"),
    ("orders => 3", "condition-syntax", "=>", "write `>=`", "orders >= 3"),
    ("orders = 3 && tags has a", "condition-syntax", "&&", "`and`", "orders = 3  and  tags has a"),
    ("orders = 3 || tags has a", "condition-syntax", "||", "`or`", "orders = 3  or  tags has a"),
    ("orders = 3 AND tags has a", "condition-syntax", "AND", "`and`", "orders = 3 and tags has a"),
    ("!audience(core)", "condition-syntax", "!", "write `not`", " not audience(core)"),
    ("birthday is null", "condition-syntax", "null", "`unknown`", "birthday is unknown"),
    ("birthday is not null", "condition-syntax", "not null", "`known`", "birthday is known"),
    ("birthday = null", "condition-syntax", "= null", "is unknown", "birthday is unknown"),
    ("birthday != null", "condition-syntax", "!= null", "is known", "birthday is known"),
    ("rfm is champion", "condition-syntax", "is champion", "`rfm = champion`", "rfm = champion"),
    ("orders = “3”", "condition-syntax", "“", "straight quote", 'orders = "3”'),
    ('channel = "ads', "condition-syntax", '"', "never closed", ""),
    ("revenue > €20", "condition-syntax", "€", "the number only", "revenue > 20"),
    ("3 < orders", "condition-syntax", "3 < orders", "begins with the fact", "orders > 3"),
    ("1 < orders < 3", "condition-syntax", "1 < orders", "between", ""),
    ("orders < 3 < 4", "condition-syntax", "<", "between", ""),
    ("orders", "condition-syntax", "", "orders >= 3", ""),
    ("orders 3", "condition-syntax", "3", "expected a comparison", ""),
    ("orders >", "condition-syntax", "", "expected a whole number", ""),
    ("orders > and", "condition-syntax", "and", 'write "and"', ""),
    ("(orders > 3", "condition-syntax", "(", "never closed", ""),
    ("orders > 3)", "condition-syntax", ")", "closes nothing", "orders > 3"),
    ("orders in (1, 2", "condition-syntax", "(", "never closed", ""),
    ("orders in 1", "condition-syntax", "1", "write `orders in (1)`", "orders in (1)"),
    ("orders in ()", "condition-syntax", ")", "expected a whole number", ""),
    ("rfm in (lost new)", "condition-syntax", "new", "in quotes", ""),
    ("orders > 3, tags has a", "condition-syntax", ",", "write `and` or `or`", ""),
    ("channel = google ads", "condition-syntax", "ads", "in quotes", ""),
    ("channel like goog", "condition-syntax", "like", "compared whole", ""),
    ("orders > 3 within 9d", "condition-syntax", "within", "follows bought", ""),
    ("and", "condition-syntax", "and", "expected a fact", ""),
    ("", "condition-syntax", "", "is empty", ""),
    ("bought(tea)", "condition-syntax", "tea", "`bought(category tea)`", "bought(category tea)"),
    ("bought(category Earl Grey)", "condition-syntax", "Grey", "several words in quotes", ""),
    ("engaged(email)", "condition-syntax", "engaged(email)", "within", "engaged(email) within 90d"),
    ("expected_orders > 1", "condition-syntax", ">", "expected_orders(90d)", ""),
    ("audience > 1", "condition-syntax", "audience", "needs parentheses", ""),
    ("order has color = red", "unknown-fact", "color", "quantity", ""),
    ("order has category is known", "condition-syntax", "order has category is known", "`in`", ""),
    ("orders > .5", "condition-syntax", ".", "unexpected character", ""),
]


@pytest.mark.parametrize(("text", "rule", "caret", "words", "fixed"), REFUSED)
def test_a_mistake_is_placed_named_and_answered(
    text: str, rule: str, caret: str, words: str, fixed: str
) -> None:
    found = only(text)
    assert found.rule == rule
    assert covered(text, found.span) == caret
    assert words in f"{found.message} / {found.help} / {found.caption}"
    if found.fix is None:
        assert fixed == ""
        return
    start, end = found.fix.span.column - 11, found.fix.span.end_column - 11
    assert text[:start] + found.fix.replacement + text[end:] == fixed


@pytest.mark.parametrize("fixed", [row[4] for row in REFUSED if row[4] and "“" not in row[0]])
def test_a_mended_condition_is_right(fixed: str) -> None:
    assert str(parsed(fixed)) == " ".join(fixed.split())


def test_wrong_names_are_all_reported_at_once() -> None:
    _, found = parse("ordrs > 1 and audience(cor) and rfm = champions and orders == 2")
    assert [one.rule for one in found] == [
        "unknown-fact",
        "unknown-audience",
        "unknown-value",
        "condition-syntax",
    ]


def test_a_kind_without_declared_names_is_answered_so() -> None:
    nothing = replace(scope(), ids={IdKind.TIER: frozenset()})
    assert only("tier = bud", nothing).help == "this playbook declares no tiers"
    assert str(parsed("audience(anything)", nothing)) == "audience(anything)"


def test_declared_products_and_categories_are_checked() -> None:
    where = replace(
        scope(),
        ids={
            IdKind.PRODUCT: frozenset({"sencha", "Earl Grey"}),
            IdKind.CATEGORY: frozenset({"tea"}),
        },
    )
    assert only("bought(category teas)", where).rule == "unknown-category"
    assert only("order has product = senca", where).rule == "unknown-product"
    assert only("bought(sencha)", where).help == "write `bought(product sencha)`"
    assert str(parsed('bought(product "Earl Grey")', where)) == 'bought(product "Earl Grey")'


IN_TACTICS = {
    IdKind.AUDIENCE: frozenset({"core", "win-back/core", "win-back/lapsed", "cart/lapsed"}),
    IdKind.FLOW: frozenset({"thank-you/thank-you", "thank-you/second", "win-back/coupon"}),
    IdKind.MESSAGE: frozenset({"win-back/hello"}),
    IdKind.OFFER: frozenset({"win-back/offer"}),
}


@pytest.mark.parametrize(
    ("text", "tactic", "meant"),
    [
        ("audience(win-back/lapsed)", "", "audience(win-back/lapsed)"),
        ("in_flow(thank-you/thank-you)", "", "in_flow(thank-you/thank-you)"),
        ("in_flow(thank-you)", "", "in_flow(thank-you/thank-you)"),
        ("in_flow(win-back)", "", "in_flow(win-back/coupon)"),
        ("entered(coupon) within 9d", "", "entered(win-back/coupon) within 9d"),
        ("audience(core)", "", "audience(core)"),
        ("audience(core)", "win-back", "audience(win-back/core)"),
        ("audience(lapsed)", "win-back", "audience(win-back/lapsed)"),
        ("audience(core)", "cart", "audience(core)"),
        ("received(hello)", "", "received(win-back/hello)"),
        ("received(email)", "", "received(email)"),
        ("holds(offer)", "", "holds(win-back/offer)"),
    ],
)
def test_a_short_name_means_the_full_id_of_a_tactic(text: str, tactic: str, meant: str) -> None:
    where = replace(scope(), ids=IN_TACTICS, tactic=tactic)
    condition = parsed(text, where)
    assert str(condition) == meant
    assert parsed(meant, where) == condition


def test_a_short_name_that_several_tactics_have_is_refused() -> None:
    found = only("audience(lapsed)", replace(scope(), ids=IN_TACTICS))
    assert found.message == ("`lapsed` can be several audiences: cart/lapsed, win-back/lapsed")
    assert found.help == "write one of them in full, for example `cart/lapsed`"


@pytest.mark.parametrize("name", ["win-back/", "win-back/lapsed/x", "win-back/Lapsed", "win-back."])
def test_an_id_of_a_tactic_has_one_slash(name: str) -> None:
    assert only(f"audience({name})", replace(scope(), ids=IN_TACTICS)).rule == "unknown-audience"


@pytest.mark.parametrize(
    ("trigger", "text"),
    [
        ("replenishment:", "trigger.product.category = tea and trigger.order.total > 20"),
        ("date:", "trigger.date >= 2026-12-01"),
        ("points_reach:", "trigger.points >= 500"),
        ("points_expiring:", "trigger.points > 100 and trigger.expires_on < 2027-01-01"),
        ("offer_expiring:", "trigger.offer = sampler"),
        ("tier_changed:", "trigger.direction = up and trigger.tier in (bud, blossom)"),
    ],
)
def test_triggers_that_are_no_events_bring_fields_too(trigger: str, text: str) -> None:
    assert str(parsed(text, scope(trigger=trigger))) == text


def test_a_trigger_that_is_no_event_is_named_so() -> None:
    found = only("trigger.price > 3", scope(trigger="points_reach:"))
    assert found.message == "the trigger `points_reach` has no field `price`"


def test_trigger_fields_are_read_in_the_flow_of_their_event() -> None:
    where = scope(trigger="feedback_given")
    assert str(parsed("trigger.score <= 6", where)) == "trigger.score <= 6"
    assert str(parsed("trigger.order.total > 50", where)) == "trigger.order.total > 50"
    assert only("score <= 6", where).help == "write `trigger.score`"
    assert only("trigger.scor <= 6", where).help == "did you mean `trigger.score`?"
    assert "score" in only("trigger.zzz = 1", where).help
    clicked = scope(trigger="link_clicked")
    assert only("trigger.message = comeback", clicked).rule == "unknown-message"
    own = scope(trigger="back_in_stock")
    assert str(parsed("trigger.product.sku = sencha", own)) == "trigger.product.sku = sencha"


def test_a_stage_reads_the_shop_only() -> None:
    where = scope(where=Where.SHOP)
    assert str(parsed("orders_per_month >= 300", where)) == "orders_per_month >= 300"
    assert only("orders >= 1", where).rule == "fact-out-of-place"
    assert only("audience(core)", where).rule == "fact-out-of-place"
    assert only("order has category = tea", where).rule == "fact-out-of-place"


def test_depth_and_length_are_limited() -> None:
    assert str(parsed("(" * 50 + "orders = 1" + ")" * 50)) == "orders = 1"
    assert only("(" * 51 + "orders = 1" + ")" * 51).rule == "condition-too-deep"
    assert only("not " * 51 + "orders = 1").rule == "condition-too-deep"
    assert only("orders = 1 or " * 300 + "orders = 1").rule == "condition-too-long"


def test_facts_and_references_are_listed_in_the_order_of_the_text() -> None:
    condition = parsed(
        "expected_orders(90d) > 1 and (audience(core) or not holds(sampler)) and tier = bud"
        " and order has category in (tea, ware) and event(sign_up) and received(sms) within 7d"
    )
    assert [str(read.fact) for read in facts_read(condition)] == ["expected_orders(90d)", "tier"]
    assert [(one.kind.value, one.name) for one in references(condition)] == [
        ("audience", "core"),
        ("offer", "sampler"),
        ("tier", "bud"),
        ("category", "tea"),
        ("category", "ware"),
        ("event", "sign_up"),
        ("channel", "sms"),
    ]


@pytest.mark.parametrize(
    ("text", "following", "whole"),
    [
        ("orders in (1", ["2)"], "orders in (1, 2)"),
        ("orders in (1", ["2)", "send"], "orders in (1, 2)"),
        ("rfm in (a", ["b", "c) and tags has vip"], "rfm in (a, b, c) and tags has vip"),
        ("rfm in (a", ["b) and orders in (1", "2)"], "rfm in (a, b) and orders in (1, 2)"),
        ('channel = "a', ['b"'], 'channel = "a, b"'),
        ("revenue > 1", ["000"], "revenue > 1000"),
        ("revenue > 1", ["000 and orders > 2"], "revenue > 1000 and orders > 2"),
        ("revenue > 20", ["50"], "revenue > 20.50"),
        ("orders in (1", ["send", "wait"], None),
        ("orders in (1", [], None),
        ("orders > 1", ["send"], None),
        ("audience(core)", ["steps"], None),
        ("orders in (1, 2)", ["steps"], None),
    ],
)
def test_a_condition_cut_at_a_comma_is_put_together(
    text: str, following: list[str], whole: str | None
) -> None:
    assert looks_cut(text, following) == whole


@pytest.mark.parametrize(
    ("text", "subject", "places"),
    [
        ("orders > 3 and orders < 2", "orders", ["orders > 3", "orders < 2"]),
        ("orders > 2 and orders < 3", "orders", ["orders > 2", "orders < 3"]),
        ("orders = 1 and tags has a and orders = 2", "orders", ["orders = 1", "orders = 2"]),
        ("orders < 0", "orders", ["orders < 0"]),
        ("rfm.r > 5", "rfm.r", ["rfm.r > 5"]),
        ("rfm = loyal and rfm = lost", "rfm", ["rfm = loyal", "rfm = lost"]),
        ("rfm in (loyal, lost) and rfm = new", "rfm", ["rfm in (loyal, lost)", "rfm = new"]),
        ("country = DE and country != DE", "country", ["country = DE", "country != DE"]),
        ("aov is unknown and aov > 3", "aov", ["aov is unknown", "aov > 3"]),
        ("orders is unknown", "orders", ["orders is unknown"]),
        ("has_account and not has_account", "has_account", ["has_account"] * 2),
        ("joined < 2026-01-01 and joined > 2026-01-01", "joined", None),
        ("audience(core) and not audience(core)", "audience(core)", None),
        ("not (orders < 5 or orders > 3)", "orders", ["orders < 5", "orders > 3"]),
        ("orders > 5 and (orders = 1 or orders = 2)", "orders", None),
        ("orders > 3 and orders < 2 or tags has vip", "orders", ["orders > 3", "orders < 2"]),
    ],
)
def test_a_contradiction_names_both_places(
    text: str, subject: str, places: list[str] | None
) -> None:
    (conflict,) = contradictions(parsed(text))
    assert conflict.subject == subject
    spans = [conflict.first] if conflict.second is None else [conflict.first, conflict.second]
    if places is not None:
        assert [covered(text, span).removeprefix("not ") for span in spans] == places


@pytest.mark.parametrize(
    "text",
    [
        "orders > 3 and orders < 5",
        "revenue > 2 and revenue < 3",
        "orders >= 3 and orders <= 3",
        "orders > 3 or orders < 2",
        "rfm = loyal or rfm = lost",
        "tags has a and tags has b",
        "aov is known and aov > 3",
        "aov is unknown or aov > 3",
        "expected_orders(30d) > 2 and expected_orders(90d) < 2",
        "birthday = 12-01 and birthday between 11-01 and 02-01",
        "not (orders > 3 and orders < 5)",
        "orders > 3 and not audience(core)",
        "channel != a and channel != b",
    ],
)
def test_what_is_possible_is_no_contradiction(text: str) -> None:
    assert contradictions(parsed(text)) == ()
    assert not is_impossible(parsed(text))


def test_a_dead_branch_is_not_a_dead_condition() -> None:
    assert not is_impossible(parsed("orders > 3 and orders < 2 or tags has vip"))
    assert is_impossible(parsed("orders > 3 and orders < 2 or rfm.r = 6"))
    assert is_impossible(parsed("tags has vip and (orders < 0 or rfm.r = 6)"))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("orders >= 0", 1),
        ("orders >= 3 or orders < 3", 1),
        ("country = DE or country != DE", 1),
        ("audience(core) or not audience(core)", 1),
        ("orders >= 0 and tags has vip", 1),
        ("orders is known", 1),
        ("aov is known", 0),
        ("orders >= 1", 0),
        ("orders >= 3 or orders < 2", 0),
    ],
)
def test_what_is_always_true_is_found(text: str, count: int) -> None:
    assert len(tautologies(parsed(text))) == count


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("days_since_last_order > 120", ["days_since_last_order > 120"]),
        ("not days_since_last_order <= 120", ["days_since_last_order <= 120"]),
        ("tags has vip and country != DE", ["country != DE"]),
        ("not rfm in (lost, new)", ["rfm in (lost, new)"]),
        ("days_since_last_order < 30", []),
        ("not days_since_last_order > 30", []),
        ("country = DE", []),
        ("aov > 50", []),
        ("orders >= 1 and days_since_last_order > 120", []),
        ("orders = 0 or days_since_last_order > 120", []),
        ("days_since_last_order > 120 or days_since_last_order is unknown", []),
        ("orders >= 1 and country != DE", ["country != DE"]),
    ],
)
def test_tests_that_omit_customers_without_a_value_are_found(text: str, places: list[str]) -> None:
    assert [covered(text, span) for _, span in omits_missing(parsed(text))] == places
