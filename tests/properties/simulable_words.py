"""What playbooks by chance are made of: parts, names, conditions, and what programmes say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PARTS: Final = (
    "again", "audiences", "budget", "caps", "clock", "consent", "credit", "delay", "effects",
    "events", "heard", "holdout", "ladders", "leaving", "lists", "marks", "membership", "money",
    "nested", "offers", "own-effect", "points", "quiet", "referral", "rotations", "running",
    "splits", "stackable", "starts", "subscription", "tiers", "transactional", "updates", "waits",
    "windows",
)  # fmt: skip
PROGRAMMES: Final = ("membership", "points", "referral", "subscription", "tiers")
# Conditions that read what was paid, and what was sent or issued: the laws that compare two
# discounts, or two caps, hold where there are none.
MONEY, HEARD = "money", "heard"
EXTRA_FLOW = "zeta"
FLOWS: Final = ("alpha", "beta", "delta", "gamma", "omega")
ZONES: Final = (
    "Europe/Berlin", "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
    "America/St_Johns", "Africa/Casablanca", "Pacific/Chatham",
)  # fmt: skip
MARKETING: Final = {"mail": "email", "letter": "email", "text": "sms", "poke": "push"}
TRANSACTIONAL: Final = {"receipt": "email", "parcel": "sms"}
NIGHTS: Final = (
    ("21:00", "08:00"), ("02:00", "03:00"), ("01:30", "02:15"), ("00:00", "23:00"),
    ("22:00", "22:30"),
)  # fmt: skip
AUDIENCES: Final[Mapping[str, str]] = {
    "beginners": "orders <= 1",
    "regulars": "orders >= 3",
    "quiet-ones": "orders >= 1 and days_since_last_order between 20 and 60",
    "warm": "tags has warm or cups >= 3",
}
PAID_AUDIENCES: Final = {"rich": "revenue in top 30% or aov > 40.00"}
HEARD_AUDIENCES: Final = {"unmailed": "not received(email) within 20d and country = DE"}
MARK_AUDIENCES: Final = {
    "drinkers": "bought(category tea) within 60d and not bought(category teaware)",
    "own-buyers": "marketplace is not known",
}
PAID_TESTS = ("revenue > 90.00", "aov <= 35.00 or aov is unknown", "revenue in top 20%")
HEARD_TESTS = ("received(sms) within 20d", "not received(mail)", "not received(email) within 1mo")
MARK_TESTS = (
    "order has category = tea", "order has category in (tea, care)", "marketplace = etsy",
    "bought(category teaware)", "not bought(category tea) within 30d",
)  # fmt: skip
EARN = (
    {"event": "order_placed", "points": "1.5 per EUR", "pending": "14d"},
    {"event": "order_placed", "points": "10 per 25 EUR", "where": "orders >= 4"},
    {"event": "review_left", "points": 15, "at_most": "1 per order"},
    {"event": "account_created", "points": 40, "at_most": "2 per 3mo"},
)
REDEEM = (
    {"points": 120, "for": {"amount_off": 5.00}},
    {"points": 80, "for": {"free_shipping": True}},
    {"points": 450, "for": {"percent_off": "25%"}},
)
RIGHTS = {
    "bud": ["early-access", {"points": "1.5x"}],
    "tree": ["free-shipping", {"percent_off": "5%"}, {"points": "2.25x"}],
}
TESTS = (
    "orders >= 2",
    "orders in (1, 2, 3, 5)",
    "days_since_last_order < 40 or days_since_last_order is unknown",
    "days_as_customer between 30 and 500",
    "country in (DE, AT)",
    "not country = FR",
    "consent has push",
    "not unsubscribed(sms)",
    "event(order_placed) within 5d",
    "rfm in (champion, loyal)",
    "days_since_last_order in top 25%",
)
