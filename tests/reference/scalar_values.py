"""The scalars of the language with examples and meaning; a test reads every example."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Meaning(NamedTuple):
    """What the reference says of one scalar: examples that it reads, and what they mean."""

    title: str
    examples: tuple[str, ...]
    means: str


VALUES: Mapping[str, Meaning] = {
    "duration": Meaning(
        "duration",
        ("36h", "7d", "2w", "6mo", "1y", "1d12h"),
        "`h`, `min` and `s` are elapsed time. `d` and `w` are days of the customer's calendar,"
        " `mo` and `y` steps of it (a month after 31 January is the last day of February).",
    ),
    "share": Meaning("percentage", ("58%", "1.9%"), "Always with its sign: `0.58` is refused."),
    "part": Meaning(
        "percentage of a whole", ("0%", "10%", "100%"), "A percentage of at most 100%."
    ),
    "money": Meaning(
        "amount of money",
        ("4.10", "39", "0.0008"),
        "In the playbook's currency, without its sign. Costs of a message may have more decimals.",
    ),
    "number": Meaning("number", ("0.6", "3"), "With a point, not a comma."),
    "whole-number": Meaning("whole number", ("3",), "No fraction."),
    "factor": Meaning(
        "factor",
        ("1.05..1.25", "1.1"),
        "A range that you are 80% sure of: one time in ten it is less, one time in ten more."
        " One number: you are certain.",
    ),
    "chance": Meaning("uncertain percentage", ("10%..30%", "20%"), "A range as above, with signs."),
    "per-thousand": Meaning(
        "orders per thousand",
        ("1..6 per 1000", "0 per 1000"),
        "Orders that a thousand messages add; below 0 where they cost orders.",
    ),
    "rate": Meaning(
        "rate",
        ("40 per 1mo", "1.8 per order"),
        "How often something happens: per time, or per order.",
    ),
    "limit": Meaning(
        "limit", ("3 per 1y", "1 per order"), "No more often than this; whole numbers."
    ),
    "time": Meaning(
        "time of day", ("08:00", "21:30"), "In the customer's own time zone, with 24 hours."
    ),
    "window": Meaning(
        "time window",
        ("08:00-09:00", "21:00-01:00"),
        "Every day, in the customer's zone. It may run over midnight.",
    ),
    "moment": Meaning(
        "moment", ("09:00", "tue", "tue at 09:00"), "The next such time; now, if it is now."
    ),
    "schedule": Meaning(
        "schedule",
        ("day at 09:00", "week on tue", "2w on tue at 09:00", "month on 1 at 09:00", "3mo on 31"),
        "Local time; 09:00 where left out. `on 31` is the end of every month. `2w` counts from"
        " Monday 1970-01-05, `3mo` from January, so that the day of launch changes nothing.",
    ),
    "since": Meaning("start", ("since 2025-03-01",), "From this day on."),
    "currency": Meaning("currency", ("EUR", "USD"), "A code of ISO 4217."),
    "timezone": Meaning(
        "time zone", ("Europe/Berlin", "America/New_York"), "A name of the IANA list."
    ),
    "stages": Meaning(
        "stages",
        ("growth", "growth+"),
        "A stage of the business; with `+`, that one and all later ones.",
    ),
    "earn-rate": Meaning(
        "points earned",
        ("100", "1 per EUR", "5 per 10 EUR"),
        "A fixed number, or so many for each amount of the order's value.",
    ),
    "fee": Meaning("fee", ("39.00 per 1y",), "An amount for each stretch of membership."),
    "multiple": Meaning("multiple", ("1.5x", "2x"), "So many times as much."),
    "share-of": Meaning(
        "part of a figure", ("2% of profit", "1% of revenue"), "Of profit, contribution or revenue."
    ),
    "expiry": Meaning(
        "expiry of points",
        ("12mo after last activity", "12mo after earning", "never"),
        "Activity is an order, or points earned or redeemed.",
    ),
    "basis": Meaning(
        "basis of tiers",
        ("revenue over 12mo", "orders over 12mo", "points_earned over 1y", "revenue"),
        "What decides the level; without a time it counts from the first day.",
    ),
    "threshold": Meaning("threshold", ("0", "150"), "Where a level begins, in the basis's unit."),
    "reached": Meaning(
        "sign of having reached",
        ("delivered within 1d", "opened within 2d", "clicked"),
        "When a ladder of messages stops; one day where no time is given.",
    ),
    "verification": Meaning(
        "test on data",
        ("shipped_at - ordered_at <= 1d for 95%",),
        "Of 95% of orders, the first moment comes at most a day after the second.",
    ),
    "email": Meaning("address of e-mail", ("hello@leaf.example",), "One address, without a name."),
    "site": Meaning("address of a site", ("https://leaf.example",), "It begins with https://."),
    "address": Meaning(
        "address",
        ("https://crm.example/hook", "CRM_HOOK"),
        "An https address, or the name of a variable of the environment that holds a secret one.",
    ),
}
