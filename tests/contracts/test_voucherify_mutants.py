"""Broken payloads, and who catches each: the vendor's schema, our own checks, or both.

The table is exact in both directions. A mutant that nobody catches fails, and so does one that is
caught by others than it says: a validator that grew blind shows at once. The schema of v2 is
strict on keys, though it says some limits in words alone; those of v1 let nearly everything pass.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from tests.contracts.voucherify_exports import case
from tests.contracts.voucherify_schemas import VERSION_2, schema_problems

from playbook_compiler.export.bundle import Request
from playbook_compiler.targets.voucherify.payload_checks import check_payload, check_requests
from playbook_compiler.values import replace

Json = Any
SCHEMA, OURS = "schema", "own checks"
BOTH = f"{SCHEMA} and {OURS}"


def _made(kind: str, name: str) -> Json:
    found = [one for one in case("everything").requests if one.id == f"{kind}.{name}"]
    return deepcopy(found[0].payload)


def _no_name(payload: Json) -> None:
    del payload["name"]


def _empty_name(payload: Json) -> None:
    payload["name"] = ""


def _long_name(payload: Json) -> None:
    payload["name"] = "x" * 201


def _active(payload: Json) -> None:
    payload["status"] = "ACTIVE"


def _unknown_status(payload: Json) -> None:
    payload["status"] = "LIVE"


def _no_status(payload: Json) -> None:
    del payload["status"]


def _unknown_key(payload: Json) -> None:
    payload["colour"] = "green"


def _no_metadata(payload: Json) -> None:
    del payload["metadata"]


def _no_uuid(payload: Json) -> None:
    del payload["metadata"]["playbook_uuid"]


# Loyalties v2


def _shared_card(payload: Json) -> None:
    payload["type"] = "SHARED"


def _sliding_of_two_years(payload: Json) -> None:
    period = payload["points_expiration"]["sliding_expiration"]["period"]
    period |= {"unit": "YEAR", "value": 2}


def _sliding_of_91_days(payload: Json) -> None:
    period = payload["points_expiration"]["sliding_expiration"]["period"]
    period |= {"unit": "DAY", "value": 91}


def _pending_of_13_months(payload: Json) -> None:
    payload["pending_points"]["period_based"]["period"] |= {"unit": "MONTH", "value": 13}


def _pending_in_hours(payload: Json) -> None:
    payload["pending_points"]["period_based"]["period"] |= {"unit": "HOUR", "value": 36}


def _expiration_without_its_part(payload: Json) -> None:
    del payload["points_expiration"]["sliding_expiration"]


def _expiration_of_another_type(payload: Json) -> None:
    payload["points_expiration"]["type"] = "ROLLING_EXPIRATION"


def _tracking_of_13_months(payload: Json) -> None:
    payload["point_earned"]["period"] |= {"unit": "MONTH", "value": 13}


def _tracking_of_6_years(payload: Json) -> None:
    payload["point_earned"]["period"] |= {"unit": "YEAR", "value": 6}


def _structure_of_another_type(payload: Json) -> None:
    payload["type"] = "POINT_BALANCE"


def _kept_without_a_period(payload: Json) -> None:
    del payload["expiration"]["fixed_duration"]["period"]


def _card_of_a_campaign(payload: Json) -> None:
    payload["point_earned"]["card_definition_id"] = "${ref:campaign.tenner.id}"


def _tier_below_zero(payload: Json) -> None:
    payload["qualification_rules"]["points"]["min_value"] = -1


def _tier_without_rules(payload: Json) -> None:
    del payload["qualification_rules"]


def _points_for_a_cart(payload: Json) -> None:
    payload["trigger"]["event"] = "customer.cart.abandoned"


def _event_without_its_schema(payload: Json) -> None:
    del payload["trigger"]["custom_event"]


def _every_zero_cents(payload: Json) -> None:
    _rate(payload)["every"] = 0


def _every_half_a_cent(payload: Json) -> None:
    _rate(payload)["every"] = 0.5


def _rate(payload: Json) -> Json:
    effect = payload["earnings"][-1]["effects"][0]
    return effect["points_proportional"]["order"]["total_amount"]


def _half_a_point(payload: Json) -> None:
    payload["earnings"][0]["effects"][0]["points"]["value"] = 0.5


def _no_point(payload: Json) -> None:
    payload["earnings"][0]["effects"][0]["points"]["value"] = 0


def _no_effects(payload: Json) -> None:
    payload["earnings"][0]["effects"] = []


def _everybody_first(payload: Json) -> None:
    payload["earnings"].reverse()


def _logic_of_nothing(payload: Json) -> None:
    payload["earnings"][0]["rules"]["logic"] = "1 and 2"


def _no_logic(payload: Json) -> None:
    del payload["earnings"][0]["rules"]["logic"]


def _cooldown_of_100_days(payload: Json) -> None:
    limits = payload["trigger_limits"]["cooldown"]
    limits["fixed_cooldown"]["period"] |= {"unit": "DAY", "value": 100}


def _tier_of_a_reward(payload: Json) -> None:
    payload["earnings"][1]["tier_rules"]["any_of"][0]["tier_ids"] = ["${ref:reward.400.sampler.id}"]


def _points_of_a_cart_by_order(payload: Json) -> None:
    payload["trigger"] = {"event": "customer.order.paid"}


def _two_costs(payload: Json) -> None:
    payload["costs"] *= 2


def _no_cost(payload: Json) -> None:
    payload["costs"] = []


def _free_reward(payload: Json) -> None:
    payload["costs"][0]["spending"][0]["points"] = 0


def _digital_and_material(payload: Json) -> None:
    payload["type"] = "MATERIAL"


def _coupons_of_a_card(payload: Json) -> None:
    payload["digital"]["discount_coupons"]["campaign_id"] = "${ref:card-definition.points.id}"


def _benefit_of_nothing(payload: Json) -> None:
    del payload["points"]


def _eleven_earning_rules(payload: Json) -> None:
    payload["earning_rules"] = [{"id": "${ref:earning-rule.order_placed.id}"}] * 11


def _eleven_rewards(payload: Json) -> None:
    payload["rewards"] = (payload["rewards"] * 2)[:11]


def _reward_without_stock(payload: Json) -> None:
    del payload["rewards"][0]["stock"]


def _draft_levels_assigned(payload: Json) -> None:
    payload["tier_structures"] = [{"id": "${ref:tier-structure.tiers.id}"}]


def _programme_without_a_card(payload: Json) -> None:
    payload["card_definitions"] = []


def _card_as_an_earning_rule(payload: Json) -> None:
    payload["earning_rules"][0]["id"] = "${ref:card-definition.points.id}"


# API v1


def _static_segment(payload: Json) -> None:
    payload["type"] = "static"


def _active_segment(payload: Json) -> None:
    payload["type"] = "auto-update"


def _no_filter(payload: Json) -> None:
    del payload["filter"]


def _empty_filter(payload: Json) -> None:
    payload["filter"] = {"junction": "and"}


def _junction_nor(payload: Json) -> None:
    payload["filter"]["junction"] = "nor"


def _unknown_operator(payload: Json) -> None:
    payload["filter"]["summary.orders.total_count"]["conditions"] = {"$greater_than": [1]}


def _bare_value(payload: Json) -> None:
    payload["filter"]["summary.orders.total_count"]["conditions"] = {"$more_than": 1}


def _future_order(payload: Json) -> None:
    payload["filter"]["summary.orders.last_order_date"]["conditions"] = {"$more_than_ago": [-1]}


def _broken_placeholder(payload: Json) -> None:
    payload["filter"]["summary.orders.total_count"]["conditions"] = {"$is": ["${ref:x"]}


def _rules_without_logic(payload: Json) -> None:
    del payload["rules"]["logic"]


def _logic_in_javascript(payload: Json) -> None:
    payload["rules"]["logic"] = "1 && 2"


def _logic_of_a_missing_rule(payload: Json) -> None:
    payload["rules"]["logic"] = "1 and 3"


def _rule_that_asks_nothing(payload: Json) -> None:
    payload["rules"]["1"]["conditions"] = {}


def _number_for_a_list(payload: Json) -> None:
    payload["rules"]["1"]["conditions"] = {"$more_than_or_equal": 3000}


def _product_without_effect(payload: Json) -> None:
    del payload["applicable_to"]["included"][0]["effect"]


def _all_products_and_one(payload: Json) -> None:
    payload["applicable_to"]["included_all"] = True


def _campaign_switched_on(payload: Json) -> None:
    payload["active"] = True


def _campaign_without_active(payload: Json) -> None:
    del payload["active"]


def _unknown_campaign(payload: Json) -> None:
    payload["campaign_type"] = "LOTTERY"


def _unknown_kind_of_codes(payload: Json) -> None:
    payload["type"] = "DYNAMIC"


def _no_voucher(payload: Json) -> None:
    del payload["voucher"]


def _no_count(payload: Json) -> None:
    del payload["vouchers_count"]


def _250_percent(payload: Json) -> None:
    payload["voucher"]["discount"]["percent_off"] = 250


def _percent_as_text(payload: Json) -> None:
    payload["voucher"]["discount"]["percent_off"] = "20%"


def _amount_in_euros(payload: Json) -> None:
    payload["voucher"]["discount"]["amount_off"] = 9.99


def _negative_amount(payload: Json) -> None:
    payload["voucher"]["discount"]["amount_off"] = -1000


def _no_discount(payload: Json) -> None:
    del payload["voucher"]["discount"]


def _misspelt_key(payload: Json) -> None:
    payload["activity_duration"] = payload.pop("activity_duration_after_publishing")


def _duration_in_words(payload: Json) -> None:
    payload["activity_duration_after_publishing"] = "14 days"


def _two_validation_rules(payload: Json) -> None:
    payload["validation_rules"] *= 2


def _rule_that_is_a_segment(payload: Json) -> None:
    payload["validation_rules"] = ["${ref:segment.lapsed.id}"]


def _code_by_chance(payload: Json) -> None:
    payload["voucher"]["code_config"]["pattern"] = "TEA-##"


def _gift_card_of_less(payload: Json) -> None:
    payload["voucher"]["gift"]["balance"] = 1


def _promotion_switched_on(payload: Json) -> None:
    payload["promotion"]["tiers"][0]["active"] = True


def _promotion_for_everybody(payload: Json) -> None:
    del payload["promotion"]["tiers"][0]["validation_rules"]


def _promotion_without_tiers(payload: Json) -> None:
    payload["promotion"]["tiers"] = []


def _no_referral_codes(payload: Json) -> None:
    del payload["voucher"]["is_referral_code"]


def _conversion_by_wish(payload: Json) -> None:
    payload["referral_program"]["conversion_event_type"] = "wish"


def _conversion_by_no_event(payload: Json) -> None:
    del payload["referral_program"]["custom_event"]


def _reward_of_nothing(payload: Json) -> None:
    del payload["parameters"]["campaign"]


def _reward_of_a_card(payload: Json) -> None:
    payload["parameters"]["campaign"]["id"] = "${ref:card-definition.points.id}"


CARD, STRUCTURE = ("card-definition", "points"), ("tier-structure", "tiers")
TIER, BENEFIT = ("tier", "bud"), ("benefit", "coins")
ORDERED, ACCOUNT = ("earning-rule", "order_placed"), ("earning-rule", "account_created")
REVIEW = ("earning-rule", "review_left.7cacb5e6")
QUIZ = ("earning-rule", "quiz_done.f505da1b")
DELIVERED = ("earning-rule", "order_delivered")
REWARD, PROGRAM = ("reward", "amount_off.5"), ("program", "points")
SEGMENT, RULE = ("segment", "lapsed"), ("validation-rule", "come-back")
ON_PRODUCT = ("validation-rule", "on-sencha")
COUPONS, SHARED = ("campaign", "come-back"), ("campaign", "tenner")
GIFT_CARDS, RIGHTS = ("campaign", "store-credit"), ("campaign", "programme.rights")
REFERRAL = ("campaign", "programme.referral")
V1_REWARD = ("campaign-reward", "programme.referral")
MUTANTS: list[tuple[tuple[str, str], Callable[[Json], None], str]] = [
    (CARD, _no_name, BOTH),
    (CARD, _empty_name, BOTH),
    (CARD, _long_name, BOTH),
    (CARD, _active, OURS),
    (CARD, _unknown_status, BOTH),
    (CARD, _no_status, OURS),
    (CARD, _unknown_key, BOTH),
    (CARD, _no_metadata, OURS),
    (CARD, _no_uuid, OURS),
    (CARD, _shared_card, SCHEMA),
    (CARD, _sliding_of_two_years, OURS),
    (CARD, _sliding_of_91_days, BOTH),
    (CARD, _pending_of_13_months, OURS),
    (CARD, _pending_in_hours, BOTH),
    (CARD, _expiration_without_its_part, OURS),
    (CARD, _expiration_of_another_type, OURS),
    (STRUCTURE, _tracking_of_13_months, BOTH),
    (STRUCTURE, _tracking_of_6_years, BOTH),
    (STRUCTURE, _structure_of_another_type, BOTH),
    (STRUCTURE, _kept_without_a_period, BOTH),
    (STRUCTURE, _card_of_a_campaign, BOTH),
    (STRUCTURE, _active, OURS),
    (TIER, _tier_below_zero, SCHEMA),
    (TIER, _tier_without_rules, BOTH),
    (TIER, _unknown_key, BOTH),
    (ORDERED, _points_for_a_cart, BOTH),
    (ACCOUNT, _event_without_its_schema, BOTH),
    (ORDERED, _every_zero_cents, SCHEMA),
    (ORDERED, _every_half_a_cent, SCHEMA),
    (ACCOUNT, _half_a_point, BOTH),
    (ACCOUNT, _no_point, OURS),
    (ACCOUNT, _no_effects, BOTH),
    (ORDERED, _everybody_first, OURS),
    (REVIEW, _logic_of_nothing, OURS),
    (REVIEW, _no_logic, BOTH),
    (QUIZ, _cooldown_of_100_days, BOTH),
    (ORDERED, _tier_of_a_reward, BOTH),
    (DELIVERED, _points_of_a_cart_by_order, OURS),
    (ORDERED, _active, OURS),
    (REWARD, _two_costs, OURS),
    (REWARD, _no_cost, BOTH),
    (REWARD, _free_reward, SCHEMA),
    (REWARD, _digital_and_material, OURS),
    (REWARD, _coupons_of_a_card, BOTH),
    (BENEFIT, _benefit_of_nothing, SCHEMA),
    (BENEFIT, _active, OURS),
    (PROGRAM, _eleven_earning_rules, BOTH),
    (PROGRAM, _eleven_rewards, BOTH),
    (PROGRAM, _reward_without_stock, SCHEMA),
    (PROGRAM, _draft_levels_assigned, OURS),
    (PROGRAM, _programme_without_a_card, BOTH),
    (PROGRAM, _card_as_an_earning_rule, BOTH),
    (PROGRAM, _active, OURS),
    (SEGMENT, _no_name, OURS),
    (SEGMENT, _static_segment, BOTH),
    (SEGMENT, _active_segment, OURS),
    (SEGMENT, _no_filter, OURS),
    (SEGMENT, _empty_filter, OURS),
    (SEGMENT, _junction_nor, OURS),
    (SEGMENT, _unknown_operator, OURS),
    (SEGMENT, _bare_value, OURS),
    (SEGMENT, _future_order, OURS),
    (SEGMENT, _broken_placeholder, OURS),
    (RULE, _no_name, BOTH),
    (RULE, _rules_without_logic, OURS),
    (RULE, _logic_in_javascript, OURS),
    (RULE, _logic_of_a_missing_rule, OURS),
    (RULE, _rule_that_asks_nothing, OURS),
    (RULE, _number_for_a_list, BOTH),
    (ON_PRODUCT, _product_without_effect, BOTH),
    (ON_PRODUCT, _all_products_and_one, OURS),
    (COUPONS, _campaign_switched_on, OURS),
    (COUPONS, _campaign_without_active, OURS),
    (COUPONS, _unknown_campaign, BOTH),
    (COUPONS, _unknown_kind_of_codes, BOTH),
    (COUPONS, _no_voucher, OURS),
    (COUPONS, _no_count, OURS),
    (COUPONS, _250_percent, OURS),
    (COUPONS, _percent_as_text, BOTH),
    (SHARED, _amount_in_euros, OURS),
    (SHARED, _negative_amount, OURS),
    (COUPONS, _no_discount, BOTH),
    (COUPONS, _misspelt_key, OURS),
    (COUPONS, _duration_in_words, OURS),
    (COUPONS, _two_validation_rules, BOTH),
    (COUPONS, _rule_that_is_a_segment, OURS),
    (COUPONS, _no_metadata, OURS),
    (SHARED, _code_by_chance, OURS),
    (GIFT_CARDS, _gift_card_of_less, OURS),
    (RIGHTS, _promotion_switched_on, OURS),
    (RIGHTS, _promotion_for_everybody, OURS),
    (RIGHTS, _promotion_without_tiers, OURS),
    (REFERRAL, _no_referral_codes, BOTH),
    (REFERRAL, _conversion_by_wish, BOTH),
    (REFERRAL, _conversion_by_no_event, OURS),
    (V1_REWARD, _reward_of_nothing, BOTH),
    (V1_REWARD, _reward_of_a_card, OURS),
]


@pytest.mark.parametrize(
    ("of", "mutate", "caught_by"),
    [pytest.param(*row, id=f"{row[0][0]}-{row[1].__name__[1:]}") for row in MUTANTS],
)
def test_a_broken_payload_is_caught_by_whom_the_table_says(
    of: tuple[str, str], mutate: Callable[[Json], None], caught_by: str
) -> None:
    kind, name = of
    payload = _made(kind, name)
    assert check_payload(kind, payload) == []
    assert schema_problems(kind, payload) == []
    mutate(payload)
    catchers = [
        who
        for who, problems in (
            (SCHEMA, schema_problems(kind, payload)),
            (OURS, check_payload(kind, payload)),
        )
        if problems
    ]
    assert " and ".join(catchers) == caught_by


def test_both_versions_of_the_api_have_their_mutants() -> None:
    of_version_2 = [kind for (kind, _), _, _ in MUTANTS if kind in VERSION_2]
    assert len(of_version_2) >= 20
    assert len(MUTANTS) - len(of_version_2) >= 20


def _tiers(requests: list[Request]) -> list[int]:
    return [number for number, one in enumerate(requests) if one.kind == "tier"]


def _with(requests: list[Request], number: int, **points: int) -> None:
    payload = deepcopy(requests[number].payload)
    payload["qualification_rules"]["points"] |= points
    requests[number] = replace(requests[number], payload=payload)


def _gap(requests: list[Request]) -> None:
    _with(requests, _tiers(requests)[1], min_value=20000)


def _overlap(requests: list[Request]) -> None:
    _with(requests, _tiers(requests)[1], min_value=10000)


def _lowest_above_zero(requests: list[Request]) -> None:
    _with(requests, _tiers(requests)[0], min_value=5)


def _highest_ends(requests: list[Request]) -> None:
    _with(requests, _tiers(requests)[-1], max_value=99999)


def _reference_to_nothing(requests: list[Request]) -> None:
    del requests[next(n for n, one in enumerate(requests) if one.kind == "segment")]


def _path_to_nothing(requests: list[Request]) -> None:
    number = _tiers(requests)[0]
    path = "/v2/loyalties/tier-structures/${ref:tier-structure.others.id}/tiers"
    requests[number] = replace(requests[number], path=path)


def _path_through_a_card(requests: list[Request]) -> None:
    number = _tiers(requests)[0]
    path = "/v2/loyalties/tier-structures/${ref:card-definition.points.id}/tiers"
    requests[number] = replace(requests[number], path=path)


def _made_twice(requests: list[Request]) -> None:
    requests.append(requests[-1])


def _called_alike(requests: list[Request]) -> None:
    cards = [number for number, one in enumerate(requests) if one.kind == "card-definition"]
    name = requests[cards[0]].payload["name"]
    payload = {**requests[cards[1]].payload, "name": name}
    requests[cards[1]] = replace(requests[cards[1]], payload=payload)


@pytest.mark.parametrize(
    ("mutate", "said"),
    [
        pytest.param(_gap, "no tier between 14999 and 20000", id="gap"),
        pytest.param(_overlap, "two tiers at 10000", id="overlap"),
        pytest.param(_lowest_above_zero, "does not begin at 0", id="lowest"),
        pytest.param(_highest_ends, "the highest tier ends", id="highest"),
        pytest.param(_reference_to_nothing, "which no earlier request makes", id="reference"),
        pytest.param(_path_to_nothing, "which no earlier request makes", id="path"),
        pytest.param(_path_through_a_card, "the path leads through", id="path-kind"),
        pytest.param(_made_twice, "made twice", id="twice"),
        pytest.param(_called_alike, "another is called", id="alike"),
    ],
)
def test_what_is_wrong_between_requests_is_caught(
    mutate: Callable[[list[Request]], None], said: str
) -> None:
    requests = list(case("everything").requests)
    assert check_requests(requests) == []
    mutate(requests)
    assert any(said in problem for problem in check_requests(requests))
