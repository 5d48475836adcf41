"""Rewards of API v2: what points are exchanged for, and the campaigns that hand it out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from playbook_compiler.export.bundle import ref
from playbook_compiler.export.capability import Support
from playbook_compiler.model import Offer
from playbook_compiler.programmes import Points, Redeem
from playbook_compiler.targets.voucherify import discounts, naming
from playbook_compiler.targets.voucherify.campaigns import (
    coupon_campaign,
    gift_card_campaign,
    hands_out_codes,
)
from playbook_compiler.targets.voucherify.cards import DRAFT
from playbook_compiler.targets.voucherify.state import Export

UNLIMITED: Final = {"type": "UNLIMITED"}
COSTS_MOST: Final = 10


def lower_redeem(export: Export, points: Points, card: str) -> list[dict[str, Any]]:
    """Make the rewards of a points programme; return how the programme takes each."""
    assigned: list[dict[str, Any]] = []
    several = Counter(name for redeem in points.redeem for name in _gifts(redeem).values())
    for redeem in points.redeem:
        if redeem.plus is not None and redeem.plus.amount:
            span = redeem.origin.key_span("plus")
            export.lowering.note("programme.points.redeem.plus", "points", span)
            how = "the reward is left out"
            export.drop(redeem, "programme.points.redeem", "points", how)
            export.drop(redeem.reward, "programme.points.redeem.for", "points", how)
            continue
        names = {
            what: name if several[name] == 1 else f"{name}.{redeem.points}"
            for what, name in _gifts(redeem).items()
        }
        given = _given(export, redeem, names)
        export.keep(redeem, "programme.points.redeem", "points")
        export.keep(redeem.reward, "programme.points.redeem.for", "points")
        for name, label, kind, stock in given:
            payload: dict[str, Any] = {
                "name": export.title(naming.inert(label)),
                **kind,
                "costs": [{"spending": [{"points": redeem.points, "card_definition_id": card}]}],
                "status": DRAFT,
                "metadata": export.identity("reward", name),
            }
            assigned.append({"id": export.make("reward", name, payload), "stock": stock})
    return assigned


def _gifts(redeem: Redeem) -> dict[str, str]:
    """Return what can be chosen, or the word of the benefit, with the name that it is known by:
    what is given, whatever it costs."""
    reward = redeem.reward
    if reward.choice:
        return {key: f"choice.{naming.slug(key)}" for key in dict.fromkeys(reward.choice)}
    benefit = _benefit(redeem)
    value = re.sub(r"[.,% ]+", "_", str(getattr(reward, benefit))).strip("_").lower()
    return {benefit: benefit if value == "true" else f"{benefit}.{naming.slug(value)}"}


def _benefit(redeem: Redeem) -> str:
    words = ("percent_off", "amount_off", "free_shipping", "gift", "credit")
    return next((word for word in words if getattr(redeem.reward, word)), "percent_off")


def _given(
    export: Export, redeem: Redeem, names: Mapping[str, str]
) -> list[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """Return name, label, what is given and its stock, for each thing that can be chosen."""
    reward = redeem.reward
    found = []
    if reward.choice:
        for key in dict.fromkeys(reward.choice):
            said = _chosen(export, key, redeem)
            if said is not None:
                name = _free(export, names[key])
                label = f"{key} for {redeem.points} points"
                found.append((name, label, *said))
        return found
    benefit = _benefit(redeem)
    name = _free(export, names[benefit])
    label = f"{redeem.points} points: {_words(benefit, str(getattr(reward, benefit)))}"
    campaign = f"programme.{name}"
    if reward.credit is not None:
        credit = discounts.amount(export, reward.credit)
        cards = gift_card_campaign(export, campaign, label, credit)
        return [(name, label, gift_voucher(cards, credit), UNLIMITED)]
    if reward.gift:
        note = discounts.GIFT_NOTE + reward.gift
        return [(name, label, material(export.product(f"gift {reward.gift}", note)), UNLIMITED)]
    discount = discounts.discount_of(export, reward)
    if discount is None:
        return []
    return [(name, label, coupons(coupon_campaign(export, campaign, label, discount)), UNLIMITED)]


def _chosen(
    export: Export, key: str, redeem: Redeem
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return what the choice of an offer or a product is."""
    offer = export.playbook.offers.get(key)
    if offer is None:
        return material(discounts.product_of(export, key)), UNLIMITED
    stock: dict[str, Any] = UNLIMITED
    if offer.limit is not None:
        stock = {"type": "LIMITED", "limited": {"quantity": offer.limit}}
    said = of_offer(export, offer)
    if said is None:
        export.lowering.note(
            "programme.points.redeem.for.choice",
            "points",
            redeem.reward.origin.key_span("choice")
            if redeem.reward.origin.has("choice")
            else redeem.origin.key_span("for"),
            f"points cannot be exchanged for the offer `{key}`",
            Support.REFUSED,
            "this choice is left out",
        )
        return None
    return said, stock


def of_offer(export: Export, offer: Offer) -> dict[str, Any] | None:
    """Return an offer as a reward, if its campaign is in the export and has codes to hand out."""
    if not hands_out_codes(export, offer.id):
        return None
    campaign = ref("campaign", offer.id)
    if offer.credit is not None:
        return gift_voucher(campaign, discounts.amount(export, offer.credit))
    return coupons(campaign)


def coupons(campaign: str) -> dict[str, Any]:
    """Return a reward that is a coupon of a campaign."""
    coupon = {"campaign_id": campaign}
    return {"type": "DIGITAL", "digital": {"type": "DISCOUNT_COUPONS", "discount_coupons": coupon}}


def gift_voucher(campaign: str, balance: int) -> dict[str, Any]:
    """Return a reward that is store credit, in minor units."""
    said = {"campaign_id": campaign, "balance": balance}
    return {"type": "DIGITAL", "digital": {"type": "GIFT_VOUCHERS", "gift_vouchers": said}}


def material(product: str) -> dict[str, Any]:
    """Return a reward that is a product."""
    return {"type": "MATERIAL", "material": {"type": "PRODUCT", "product": {"id": product}}}


def _free(export: Export, name: str) -> str:
    found, number = name, 2
    while export.has("reward", found) or export.has("campaign", f"programme.{found}"):
        found, number = f"{name}-{number}", number + 1
    return found


def _words(benefit: str, value: str) -> str:
    return {
        "percent_off": f"{value} off",
        "amount_off": f"{value} off",
        "free_shipping": "free shipping",
        "gift": value,
        "credit": f"{value} of store credit",
    }[benefit]
