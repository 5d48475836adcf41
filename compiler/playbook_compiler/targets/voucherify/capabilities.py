"""What Voucherify can say: one row a construct. The docs page and `export --list` are made from it.

Longer than other files because it is one table, and a table in two places is read in neither.
"""

from __future__ import annotations

from typing import Final

from playbook_compiler.export.capability import (
    approximated,
    dropped,
    exact,
    refused,
    table,
)

FLOWS: Final = "flows and messages are exported to your e-mail engine; Voucherify has the offers"
_READER = "a word for the reader: it stays in the playbook"
_SIMULATION = "for the simulation: it stays in the playbook"
_PROPERTY = "it is read from a metadata property of the customer, which the shop fills"
_METADATA = "the customer's metadata property of the same name, which the shop fills"
_YES_NO = "a yes-or-no metadata property for each value, which the shop fills"

_DAYS = (
    "taken for days of 24 hours: should Voucherify count whole days, comparisons hold a day later"
)

_PLAYBOOK = [
    *exact("the version of the language, which the export has read", "playbook.playbook"),
    *exact("all objects carry it in their names", "playbook.name"),
    *exact("what it brings in is exported where it belongs", "playbook.include"),
    *exact("conditions read them as metadata of the same name", "playbook.facts"),
    *exact("custom events of the same name, which the shop sends", "playbook.events"),
    *exact("products that are given are looked up in Voucherify's catalogue", "playbook.products"),
    *exact("each programme by its own rows", "playbook.programmes"),
    *approximated(
        "amounts are in minor units of it: the project's currency has to be the same",
        "playbook.currency",
    ),
    *approximated("the project's zone counts: set it to this one", "playbook.timezone"),
    *dropped(FLOWS, "playbook.sender", "playbook.marketplaces"),
    *dropped(_READER, "playbook.checklists", "playbook.checks"),
    *dropped(
        "nothing is switched on by an export: a person starts what the stage needs",
        "playbook.stage",
        "playbook.stages",
    ),
    *dropped(
        _SIMULATION,
        "playbook.economics",
        "playbook.matrix",
        "playbook.assume",
        "playbook.require",
        "playbook.evidence",
    ),
    *dropped("resolved before the export", "playbook.use"),
]
_FLOWS = [
    *dropped(FLOWS, "flow.*", "trigger.*", "step.*", "message.*", "channel.*", "variable.*"),
    *dropped(FLOWS, "guardrails.*"),
    *dropped(
        "checked when the playbook is compiled; whether codes stack is a setting of the project",
        "guardrails.discounts",
    ),
]
_AUDIENCES = [
    *exact("passive customer segments, of which the customer is in one", "audience.where"),
    *dropped("advertising audiences are kept by your e-mail engine", "audience.sync"),
]
_OFFERS = [
    *exact("a coupon campaign with this discount", "offer.percent_off", "offer.amount_off"),
    *approximated(
        "a coupon campaign that takes all off the product that stands for shipping in the cart",
        "offer.free_shipping",
    ),
    *exact("a coupon campaign that adds the product, which you look up", "offer.gift"),
    *exact("a campaign of gift cards", "offer.credit"),
    *exact("a benefit that writes points on the card of the points programme", "offer.points"),
    *dropped(_SIMULATION, "offer.cost"),
    *approximated(
        "counted from the publication of the code to the second, not to the end of the last day",
        "offer.valid",
    ),
    *exact("a validation rule on the order's amount", "offer.minimum"),
    *exact(
        "one code for all, or codes by chance; without `once_per_customer` a new one each time",
        "offer.code",
    ),
    *approximated(
        "the campaign is joined once, and a code is redeemed once; a code for all is redeemed once "
        "by each customer",
        "offer.once_per_customer",
    ),
    *exact("a validation rule on the audience's segments", "offer.for"),
    *approximated(
        "so many codes; of a code for all, so many redemptions; of a reward, so many in stock",
        "offer.limit",
    ),
    *refused(
        "Voucherify takes no code back when another replaces it",
        "both codes stay valid",
        "offer.replaces",
    ),
    *exact("the discount is for this product alone, which you look up", "offer.product"),
]
_POINTS = [
    *exact("card definition, earning rules, rewards and a programme", "programme.points"),
    *exact("an earning rule", "programme.points.earn"),
    *approximated(
        "a paid order, or a custom event that the shop sends", "programme.points.earn.event"
    ),
    *approximated(
        "fixed points, or points for every full amount of what the order costs after discounts",
        "programme.points.earn.points",
    ),
    *exact("pending points of the card", "programme.points.earn.pending"),
    *approximated(
        "one per time: a cooldown; several: per calendar day, week, month, quarter or year",
        "programme.points.earn.at_most",
    ),
    *exact("a rule of the earning on segments", "programme.points.earn.where"),
    *exact("a reward of the programme", "programme.points.redeem", "programme.points.redeem.for"),
    *exact("what the reward costs", "programme.points.redeem.points"),
    *exact(
        "a digital reward: coupons of a campaign made for it",
        "programme.points.redeem.for.percent_off",
        "programme.points.redeem.for.amount_off",
    ),
    *approximated(
        "coupons that take all off the product that stands for shipping in the cart",
        "programme.points.redeem.for.free_shipping",
    ),
    *exact("a material reward, whose product you look up", "programme.points.redeem.for.gift"),
    *dropped(_SIMULATION, "programme.points.redeem.for.cost"),
    *exact("a digital reward: gift cards", "programme.points.redeem.for.credit"),
    *refused(
        "points are not exchanged for points",
        "there is no such reward",
        "programme.points.redeem.for.points",
    ),
    *exact(
        "a reward for each: the offer's coupons, or the product",
        "programme.points.redeem.for.choice",
    ),
    *refused(
        "Voucherify's rewards cost points only, nothing on top",
        "the reward is left out",
        "programme.points.redeem.plus",
    ),
    *exact("points expiration of the card", "programme.points.expire"),
    *approximated(
        "a word in the metadata of the card: nothing is set aside in Voucherify",
        "programme.points.reserve",
    ),
    *exact("the name of card and programme", "programme.points.name"),
]
_TIERS = [
    *exact("a tier structure with its tiers", "programme.tiers"),
    *approximated(
        "revenue and orders are counted in points on a card of their own, when orders are paid; "
        "Voucherify looks back from the tracking period's end",
        "programme.tiers.basis",
    ),
    *exact("tiers from point to point without a gap", "programme.tiers.levels"),
    *exact("fixed duration of a tier, then the tier that the points give", "programme.tiers.keep"),
    *approximated("right by right", "programme.tiers.rights"),
    *approximated(
        "free-shipping is a promotion tier for customers whose metadata property `tier` says so; "
        "the others are words in the tier's metadata, which the shop carries out",
        "programme.tiers.rights.right",
    ),
    *approximated(
        "an earning rule hands it out when the customer enters the segment of the level",
        "programme.tiers.rights.offer",
    ),
    *exact("earnings of the earning rule by tier", "programme.tiers.rights.points"),
    *approximated(
        "a promotion tier for customers whose metadata property `tier` says so",
        "programme.tiers.rights.percent_off",
    ),
    *approximated(
        "words in the tier's metadata, which the shop carries out", "programme.tiers.rights.own"
    ),
    *exact("the name of the tier structure", "programme.tiers.name"),
]
_MEMBERSHIP = [
    *approximated(
        "the shop sells it and keeps the customer's metadata property `member`",
        "programme.membership",
        "programme.membership.fee",
        "programme.membership.trial",
        "programme.membership.name",
    ),
    *approximated("right by right", "programme.membership.rights"),
    *approximated(
        "free-shipping is a promotion tier for members; the others are listed for the shop",
        "programme.membership.rights.right",
    ),
    *approximated(
        "an earning rule hands it out when the customer enters the segment of members",
        "programme.membership.rights.offer",
    ),
    *approximated(
        "earnings of the earning rule for the segment of members",
        "programme.membership.rights.points",
    ),
    *approximated("a promotion tier for members", "programme.membership.rights.percent_off"),
    *approximated("listed for the shop, which carries it out", "programme.membership.rights.own"),
    *dropped(_SIMULATION, "programme.membership.expect", "programme.membership.expect.*"),
]
_REFERRAL = [
    *exact(
        "a campaign of referral codes, each used once by a customer who has not ordered yet",
        "programme.referral",
    ),
    *approximated(
        "points: an earning rule on the custom event `referred`; else a reward that a person "
        "attaches to the campaign's referral tier",
        "programme.referral.referrer",
        "programme.referral.referrer.percent_off",
        "programme.referral.referrer.amount_off",
        "programme.referral.referrer.free_shipping",
        "programme.referral.referrer.gift",
        "programme.referral.referrer.credit",
        "programme.referral.referrer.points",
        "programme.referral.referrer.choice",
    ),
    *exact(
        "what the referral code takes off",
        "programme.referral.newcomer",
        "programme.referral.newcomer.percent_off",
        "programme.referral.newcomer.amount_off",
        "programme.referral.newcomer.gift",
        "programme.referral.newcomer.choice",
    ),
    *approximated(
        "the code takes all off the product that stands for shipping in the cart",
        "programme.referral.newcomer.free_shipping",
    ),
    *exact("the referee's reward: credit on a gift card", "programme.referral.newcomer.credit"),
    *refused(
        "a referral code gives a newcomer no points of a v2 programme",
        "the newcomer gets nothing",
        "programme.referral.newcomer.points",
    ),
    *dropped(_SIMULATION, "programme.referral.referrer.cost", "programme.referral.newcomer.cost"),
    *approximated(
        "the shop sends the custom event `referred` so long after the newcomer's order",
        "programme.referral.reward_after",
    ),
    *approximated(
        "a code is redeemed so often within so long from its publication; then publish a new one",
        "programme.referral.at_most",
    ),
    *exact("the name of the campaign", "programme.referral.name"),
]
_SUBSCRIPTION = refused(
    "Voucherify delivers nothing: it has no subscriptions",
    "the subscription is left out",
    "programme.subscription",
    "programme.subscription.*",
)
_CONDITIONS = [
    *exact(
        "alternatives of tests, each a segment or a field of one",
        "condition.and",
        "condition.or",
        "condition.not",
    ),
    *exact("by the fact that is read", "condition.compare", "condition.in-set"),
    *exact("by the fact that is read", "condition.between", "condition.is-known", "condition.has"),
    *exact("the tests of that audience", "condition.in-audience"),
    *approximated(
        "ever: the customer's count of the custom event; within a time it is refused",
        "condition.happened",
    ),
    *refused(
        "Voucherify does not know it",
        _PROPERTY,
        "condition.in-top",
        "condition.order-has",
        "condition.bought",
        "condition.engaged",
        "condition.received",
        "condition.in-flow",
        "condition.entered",
        "condition.holds",
        "condition.unsubscribed",
    ),
]
_FACTS = [
    *approximated("the orders that Voucherify has been sent", "fact.orders"),
    *approximated("the amount of the orders that Voucherify has been sent", "fact.revenue"),
    *approximated("the average of the orders that Voucherify has been sent", "fact.aov"),
    *approximated(
        f"days since the last order that Voucherify has been sent; {_DAYS}",
        "fact.days_since_last_order",
    ),
    *approximated(f"days since Voucherify knows the customer; {_DAYS}", "fact.days_as_customer"),
    *approximated("the country of the customer's address", "fact.country"),
    *approximated(
        _METADATA, "fact.tier", "fact.channel", "fact.marketplace", "fact.zone", "fact.own"
    ),
    *approximated(_YES_NO, "fact.tags", "fact.consent"),
    *refused(
        "Voucherify does not compute it",
        _PROPERTY,
        "fact.days_since_first_order",
        "fact.probability_alive",
        "fact.expected_orders",
        "fact.rfm",
        "fact.rfm.r",
        "fact.rfm.f",
        "fact.rfm.m",
        "fact.lifecycle",
        "fact.points",
        "fact.birthday",
    ),
    *refused("a segment knows no event", _PROPERTY, "fact.trigger"),
    *dropped("read by the stages only", "fact.orders_per_month", "fact.customers"),
]
_EVENTS = [
    *exact("customer.order.paid", "event.order_paid"),
    *approximated("customer.order.paid: when the order is paid", "event.order_placed"),
    *approximated("a custom event of this name, which the shop sends", "event.*"),
]
CAPABILITIES: Final = table(
    [
        *_PLAYBOOK,
        *_FLOWS,
        *_AUDIENCES,
        *_OFFERS,
        *_POINTS,
        *_TIERS,
        *_MEMBERSHIP,
        *_REFERRAL,
        *_SUBSCRIPTION,
        *_CONDITIONS,
        *_FACTS,
        *_EVENTS,
    ]
)
