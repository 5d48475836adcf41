"""What flows of playbooks by chance refer to: messages, audiences, offers, programmes, rules."""

from __future__ import annotations

from collections.abc import Collection
from random import Random
from typing import Any

from tests.properties.simulable_words import (
    AUDIENCES,
    EARN,
    HEARD,
    HEARD_AUDIENCES,
    MARK_AUDIENCES,
    MARKETING,
    MONEY,
    NIGHTS,
    PAID_AUDIENCES,
    REDEEM,
    RIGHTS,
    TRANSACTIONAL,
)


def likely(chance: Random, parts: Collection[str], part: str, share: float = 0.6) -> bool:
    """Return whether something of a part is written here."""
    return part in parts and chance.random() < share


def messages() -> dict[str, Any]:
    """Return the messages of every playbook, by channel and kind."""
    body = "{{ unsubscribe_url }} {{ sender.address }}"
    found: dict[str, Any] = {}
    for kinds, kind in ((MARKETING, "marketing"), (TRANSACTIONAL, "transactional")):
        for name, channel in kinds.items():
            found[name] = {"channel": channel, "kind": kind, "body": body}
            if channel == "email":
                found[name]["subject"] = "A word from us"
    return found


def audiences(chance: Random, parts: Collection[str]) -> dict[str, str]:
    """Return audiences with their conditions."""
    if "audiences" not in parts:
        return {}
    known = dict(AUDIENCES)
    known |= PAID_AUDIENCES if MONEY in parts else {}
    known |= HEARD_AUDIENCES if HEARD in parts else {}
    known |= MARK_AUDIENCES if "marks" in parts else {}
    named = chance.sample(sorted(known), chance.randint(1, len(known)))
    return {name: known[name] for name in sorted(named)}


def offers(chance: Random, parts: Collection[str]) -> dict[str, Any]:
    """Return offers, each of another benefit."""
    if "offers" not in parts:
        return {}
    found: dict[str, Any] = {}
    benefits: tuple[dict[str, Any], ...] = (
        {"percent_off": f"{chance.randint(1, 100)}%"},
        {"amount_off": round(chance.uniform(0.5, 60), 2)},
        {"free_shipping": True},
        {"gift": "sampler", "cost": 2.40},
        {"credit": 3.00},
        *(({"points": 70},) if "points" in parts else ()),
    )
    for number, benefit in enumerate(chance.sample(benefits, chance.randint(1, 3))):
        if "credit" in benefit and "credit" not in parts:
            continue
        offer = dict(benefit)
        if chance.random() < 0.7:
            offer["valid"] = chance.choice(("3d", "20d", "36h", "2mo"))
        if chance.random() < 0.3:
            offer["minimum"] = chance.choice((10.00, 30.00))
        if chance.random() < 0.4:
            offer["once_per_customer"] = True
        if likely(chance, parts, "marks", 0.3):
            offer["product"] = "kyusu"
        found[f"offer-{number}"] = offer
    return found


def programmes(chance: Random, parts: Collection[str]) -> dict[str, Any]:
    """Return programmes."""
    found: dict[str, Any] = {}
    if "points" in parts:
        lasting = ("3mo after last activity", "2mo after earning", "never")
        found["points"] = {
            "earn": chance.sample(EARN, chance.randint(1, 3)),
            "redeem": chance.sample(REDEEM, chance.randint(1, 3)),
            "expire": chance.choice(lasting),
        }
    if "tiers" in parts:
        by_revenue = "revenue over 6mo" if MONEY in parts else "orders"
        found["tiers"] = {
            "basis": chance.choice(("orders over 12mo", by_revenue)),
            "levels": {"leaf": 0, "bud": 2, "tree": 9},
            "rights": RIGHTS,
        }
    if "membership" in parts:
        found["membership"] = {
            "fee": chance.choice(("9.90 per 2mo", "39.00 per 1y")),
            "rights": ["free-shipping", {"percent_off": "10%"}],
        } | chance.choice(({}, {"trial": "30d"}))
    if "referral" in parts:
        gifts = [{"credit": 5.00}, {"percent_off": "12.5%"}, {"free_shipping": True}]
        gifts += [{"points": 90}] if "points" in parts else []
        found["referral"] = {
            "referrer": chance.choice(gifts),
            "newcomer": chance.choice(gifts),
        } | chance.choice(({}, {"reward_after": "14d", "at_most": "2 per 3mo"}))
    if "subscription" in parts:
        may = ("pause", "skip", "change", "cancel")
        found["subscription"] = {
            "every": chance.choice((["30d"], ["45d", "14d", "1mo"])),
            "discount": chance.choice(("0%", "8%")),
            "may": sorted(chance.sample(may, chance.randint(1, 4))),
        } | ({"products": "category = tea"} if "marks" in parts else {})
    return found


def guardrails(
    chance: Random, parts: Collection[str], named: Collection[str], has_offers: bool
) -> dict[str, Any]:
    """Return guardrails; `named` are the audiences."""
    found: dict[str, Any] = {}
    if likely(chance, parts, "caps", 0.9):
        found["frequency"] = [_cap(chance) for _ in range(chance.randint(1, 3))]
        if likely(chance, parts, "delay"):
            found["when_capped"] = {"delay": chance.choice(("12h", "3d", "1mo"))}
    if likely(chance, parts, "quiet", 0.9):
        begin, end = chance.choice(NIGHTS)
        found["quiet_hours"] = {"from": begin, "to": end}
        if chance.random() < 0.5:
            found["quiet_hours"]["unknown"] = chance.choice(("shop", "hold"))
    rules = ("none", "opt-out", "opt-in", "double-opt-in")
    if likely(chance, parts, "consent", 0.9):
        found["consent"] = {name: chance.choice(rules) for name in ("email", "sms", "push")}
    if likely(chance, parts, "holdout", 0.9):
        found["holdout"] = f"{chance.choice((5, 20, 62.5))}%"
    if likely(chance, parts, "stackable"):
        found["discounts"] = {"stackable": True}
    if named and has_offers and likely(chance, parts, "audiences", 0.3):
        found.setdefault("discounts", {})["only_for"] = sorted(named)[:2]
    return found


def _cap(chance: Random) -> dict[str, Any]:
    cap: dict[str, Any] = {
        "at_most": chance.randint(1, 4),
        "per": chance.choice(("36h", "7d", "2w", "1mo")),
    }
    if chance.random() < 0.4:
        cap["channel"] = chance.choice(("email", "sms", "push"))
    return cap
