"""Campaigns of API v1: offers as coupons and gift cards, and the coupons that rewards hand out."""

from __future__ import annotations

import re
from typing import Any

from playbook_compiler.export.capability import Support
from playbook_compiler.model import Offer
from playbook_compiler.targets.voucherify import discounts
from playbook_compiler.targets.voucherify.discounts import Discount
from playbook_compiler.targets.voucherify.periods import iso
from playbook_compiler.targets.voucherify.rules import Rule, validation_rule
from playbook_compiler.targets.voucherify.segments import audience_segments
from playbook_compiler.targets.voucherify.state import Export

COUPONS, GIFT_CARDS = "DISCOUNT_COUPONS", "GIFT_VOUCHERS"
UNIQUE = "unique"
# What an offer of points cannot say.
_NOT_OF_POINTS = ("valid", "minimum", "code", "once_per_customer", "for", "replaces", "product")
# What codes may hold; `#` would be replaced by chance.
_CODE = re.compile(r"[A-Za-z0-9_.!%+~-]{1,100}\Z")


def lower_offer(export: Export, offer: Offer) -> None:
    """Make the campaign of an offer, or leave the offer out and say why."""
    if offer.points is not None:
        _note_points(export, offer)
        return
    if offer.product.startswith("trigger."):
        why = "Voucherify does not know which product started a flow"
        lossy = "the offer is left out"
        _refuse(export, offer, "product", why, lossy)
        export.lowering.leave_out("offer", offer.id, why)
        return
    discount = discounts.discount_of(export, offer)
    if discount is None and offer.credit is None:
        export.lowering.leave_out("offer", offer.id, "it gives nothing")
        return
    segments = audience_segments(export, offer.audience) if offer.audience else None
    if segments == ():
        export.lowering.leave_out("offer", offer.id, "it is for nobody")
        return
    code = _shared_code(export, offer)
    _note_repeated(export, offer, code)
    _note_replaces(export, offer)
    rule = Rule(
        minimum=None if offer.minimum is None else discounts.amount(export, offer.minimum),
        segments=segments,
        products=() if discount is None else discount.products,
        cart=_card_product(export, offer) if discount is None else discount.cart,
        per_customer=1 if code and offer.once_per_customer else None,
    )
    rules = validation_rule(export, offer.id, f"rules of the offer {offer.id}", rule)
    if discount is not None:
        kind = COUPONS
        voucher = discounts.voucher(discount, _quantity(offer, code), code)
    else:
        assert offer.credit is not None
        kind = GIFT_CARDS
        voucher = discounts.gift_card(discounts.amount(export, offer.credit), code)
    payload: dict[str, Any] = {
        "name": export.title(f"offer {offer.id}"),
        "campaign_type": kind,
        "type": _type(offer, code),
        "active": False,
        "join_once": offer.once_per_customer and not code,
        "vouchers_count": _count(offer, code),
        "voucher": voucher,
    }
    if offer.valid is not None and not code:
        payload["activity_duration_after_publishing"] = iso(offer.valid)
    if rules:
        payload["validation_rules"] = rules
    payload["metadata"] = export.identity("campaign", offer.id)
    export.make("campaign", offer.id, payload)


def _card_product(export: Export, offer: Offer) -> tuple[str, ...]:
    """Return the product that has to be in the cart for store credit to be used."""
    return (discounts.product_of(export, offer.product),) if offer.product else ()


def hands_out_codes(export: Export, offer: str) -> bool:
    """Return whether an offer's campaign is in the export and makes codes, one for each."""
    made = export.requests.get(f"campaign.{offer}")
    return made is not None and made.payload["type"] != "STANDALONE"


def coupon_campaign(export: Export, name: str, label: str, discount: Discount) -> str:
    """Make the coupons that a reward hands out, and return the campaign's placeholder."""
    rule = Rule(products=discount.products, cart=discount.cart)
    rules = validation_rule(export, name, f"rules of {label}", rule)
    voucher = discounts.voucher(discount, 1)
    return _reward_campaign(export, name, label, COUPONS, voucher, rules)


def gift_card_campaign(export: Export, name: str, label: str, credit: int) -> str:
    """Make the gift cards that a reward hands out; `credit` in minor units."""
    return _reward_campaign(export, name, label, GIFT_CARDS, discounts.gift_card(credit), [])


def _reward_campaign(
    export: Export, name: str, label: str, kind: str, voucher: dict[str, Any], rules: list[str]
) -> str:
    payload: dict[str, Any] = {
        "name": export.title(label),
        "campaign_type": kind,
        "type": "AUTO_UPDATE",
        "active": False,
        "join_once": False,
        "vouchers_count": 1,
        "voucher": voucher,
    }
    if rules:
        payload["validation_rules"] = rules
    payload["metadata"] = export.identity("campaign", name)
    return export.make("campaign", name, payload)


def _type(offer: Offer, code: str) -> str:
    """Return whether codes are one for all, so many, or made as they are asked for."""
    if code:
        return "STANDALONE"
    return "STATIC" if offer.limit is not None else "AUTO_UPDATE"


def _count(offer: Offer, code: str) -> int:
    return offer.limit if offer.limit is not None and not code else 1


def _quantity(offer: Offer, code: str) -> int | None:
    return offer.limit if code else 1


def _shared_code(export: Export, offer: Offer) -> str:
    """Return the code that all use, as far as Voucherify takes it; empty for unique codes."""
    if offer.code == UNIQUE:
        return ""
    if _CODE.match(offer.code) is None:
        why = "a code in Voucherify is of letters, digits and . _ - ! % + ~"
        _refuse(export, offer, "code", why, "each customer gets a code of his own")
        return ""
    if offer.valid is not None:
        how = "a code for all has no day of issue: its end is on the list of what to fill in"
        span = offer.origin.key_span("valid")
        export.lowering.note("offer.valid", offer.id, span, how, Support.APPROXIMATED)
        note = f"when you publish the code, end its campaign {offer.valid} later"
        export.lowering.need("setting", f"end of {offer.id}", note)
    return offer.code


def _note_repeated(export: Export, offer: Offer, code: str) -> None:
    """Note that a code of one's own is a new one each time, where the campaign is joined again."""
    if code or offer.once_per_customer:
        return
    how = (
        "each publication makes a new code, where the playbook repeats the one that is live: "
        "publish only to who has none"
    )
    span = offer.origin.key_span("code") if offer.origin.has("code") else offer.origin.key_span()
    export.lowering.note("offer.code", offer.id, span, how, Support.APPROXIMATED)


def _note_replaces(export: Export, offer: Offer) -> None:
    if offer.replaces:
        span = offer.origin.key_span("replaces")
        export.lowering.note("offer.replaces", offer.id, span)


def _note_points(export: Export, offer: Offer) -> None:
    """Points as an offer are a benefit of the points programme: see programme.py."""
    programmes = export.playbook.programmes
    if programmes is None or programmes.points is None:
        why = "points need a points programme, which the playbook does not have"
        _refuse(export, offer, "points", why, "the offer is left out")
        export.lowering.leave_out("offer", offer.id, why)
        return
    for key in _NOT_OF_POINTS:
        if offer.origin.has(key):
            why = "points are written on the card at once, nothing binds them"
            _refuse(export, offer, key, why, "the points come without it")


def _refuse(export: Export, offer: Offer, key: str, why: str, lossy: str) -> None:
    span = offer.origin.key_span(key) if offer.origin.has(key) else offer.origin.key_span()
    export.lowering.note(f"offer.{key}", offer.id, span, why, Support.REFUSED, lossy)
