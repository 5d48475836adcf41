"""Checks of v1 campaigns, of which the vendor's schema requires next to nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from playbook_compiler.export.bundle import Payload
from playbook_compiler.targets.voucherify.payload_keys import CAMPAIGN_REQUIRED

_ISO = re.compile(
    r"P(?=.)(?:[0-9]+M)?(?:[0-9]+D)?(?:T(?=.)(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+S)?)?\Z"
)
_EFFECTS = ("APPLY_TO_ORDER", "APPLY_TO_ITEMS")


def campaign(payload: Payload) -> Iterator[str]:
    """Return what is wrong with a campaign."""
    kind = str(payload.get("campaign_type"))
    if kind not in CAMPAIGN_REQUIRED:
        yield f"unknown campaign type {kind}"
        return
    for key in CAMPAIGN_REQUIRED[kind]:
        if not payload.get(key):
            yield f"no {key}"
    if payload.get("type") not in ("AUTO_UPDATE", "STATIC", "STANDALONE"):
        yield f"unknown type {payload.get('type')!r}"
    if len(payload.get("validation_rules", [])) > 1:
        yield "a campaign takes one validation rule"
    valid = payload.get("activity_duration_after_publishing", "P1D")
    if not isinstance(valid, str) or _ISO.match(valid) is None:
        yield f"{valid!r} is no duration in ISO 8601"
    count = payload.get("vouchers_count", 1)
    if not isinstance(count, int) or count < 1:
        yield f"{count!r} codes"
    if kind == "PROMOTION":
        yield from _promotion(payload.get("promotion") or {})
        return
    voucher = payload.get("voucher") or {}
    wanted = "GIFT_VOUCHER" if kind == "GIFT_VOUCHERS" else "DISCOUNT_VOUCHER"
    if voucher.get("type") != wanted:
        yield f"the vouchers are {voucher.get('type')!r}, not {wanted}"
    if (voucher.get("is_referral_code") is True) is not (kind == "REFERRAL_PROGRAM"):
        yield "referral codes are for referral campaigns, and all of them"
    if kind == "GIFT_VOUCHERS":
        amount = voucher.get("gift", {}).get("amount")
        if not isinstance(amount, int) or amount < 0 or amount != voucher["gift"].get("balance"):
            yield f"a gift card of {amount!r}"
    else:
        yield from _discount(voucher.get("discount"))
    pattern = voucher.get("code_config", {}).get("pattern")
    if (pattern is not None) is not (payload.get("type") == "STANDALONE"):
        yield "a code for all is standalone, and only such a one"
    if pattern is not None and "#" in pattern:
        yield "`#` in a code is replaced by chance"
    quantity = voucher.get("redemption", {}).get("quantity")
    if quantity is not None and (not isinstance(quantity, int) or quantity < 1):
        yield f"a code that is redeemed {quantity!r} times"
    if kind == "REFERRAL_PROGRAM":
        yield from _referral(payload.get("referral_program") or {})


def _discount(discount: Any) -> Iterator[str]:
    if not isinstance(discount, dict):
        yield "no discount"
        return
    match discount.get("type"):
        case "PERCENT":
            percent = discount.get("percent_off")
            if not isinstance(percent, int | float) or not 0 <= percent <= 100:
                yield f"{percent!r} percent off"
        case "AMOUNT":
            amount = discount.get("amount_off")
            if not isinstance(amount, int) or amount < 0:
                yield f"{amount!r} off, in minor units"
        case "UNIT":
            if discount.get("unit_off") != 1 or not discount.get("product", {}).get("id"):
                yield "a gift is one unit of a product"
            return
        case other:
            yield f"unknown discount {other!r}"
            return
    if discount.get("effect") not in _EFFECTS:
        yield f"unknown effect {discount.get('effect')!r}"


def _promotion(promotion: dict[str, Any]) -> Iterator[str]:
    tiers = promotion.get("tiers") or []
    if not tiers:
        yield "a promotion without tiers"
    ranks = [tier.get("hierarchy") for tier in tiers]
    if ranks != list(range(1, len(tiers) + 1)):
        yield "the tiers of a promotion are in no order"
    for tier in tiers:
        if not tier.get("name"):
            yield "a promotion tier without a name"
        if len(tier.get("validation_rules", [])) != 1:
            yield "a promotion tier that everybody has"
        if not tier.get("metadata", {}).get("playbook_id"):
            yield "a promotion tier that would not be known again"
        yield from _discount(tier.get("action", {}).get("discount"))


def _referral(program: dict[str, Any]) -> Iterator[str]:
    conversion = program.get("conversion_event_type")
    if conversion not in ("redemption", "custom_event"):
        yield f"unknown conversion {conversion!r}"
    if (conversion == "custom_event") is not bool(program.get("custom_event", {}).get("id")):
        yield "the custom event of the conversion is not told, or there is none"
    reward = program.get("referee_reward")
    if reward is not None and (
        reward.get("type") != "GIFT_VOUCHER"
        or not reward.get("related_object_parent", {}).get("id")
    ):
        yield "the newcomer's credit has no campaign of gift cards"
