"""A referral programme: a v1 campaign of referral codes, and what the referrer gets."""

from __future__ import annotations

from typing import Any, Final

from playbook_compiler.export.bundle import ref
from playbook_compiler.export.capability import Support
from playbook_compiler.programmes import Referral, Reward
from playbook_compiler.targets.voucherify import discounts, naming
from playbook_compiler.targets.voucherify.campaigns import (
    coupon_campaign,
    gift_card_campaign,
    hands_out_codes,
)
from playbook_compiler.targets.voucherify.discounts import NOTHING_OFF, Discount
from playbook_compiler.targets.voucherify.earning import (
    earning_rule,
    fixed,
    has_room,
    trigger,
)
from playbook_compiler.targets.voucherify.periods import iso
from playbook_compiler.targets.voucherify.rules import Rule, validation_rule
from playbook_compiler.targets.voucherify.segments import newcomer_segment
from playbook_compiler.targets.voucherify.state import Export

CAMPAIGN: Final = "programme.referral"
EVENT: Final = "referred"
_NAME: Final = "referral"
_SETTING_NOTE: Final = (
    "in the referral campaign, add a tier `each unique referee redemption` with the reward "
    "`{reward}`: the API cannot"
)


def lower_referral(export: Export, referral: Referral, points_card: str) -> None:
    """Make the campaign of a referral programme and the referrer's reward."""
    program: dict[str, Any] = {"conversion_event_type": "redemption"}
    if referral.reward_after is not None and not referral.reward_after.is_zero:
        event = {"id": export.custom_event(EVENT), "name": EVENT}
        program = {"conversion_event_type": "custom_event", "custom_event": event}
        span = referral.origin.key_span("reward_after")
        export.lowering.note("programme.referral.reward_after", _NAME, span)
    discount = Discount(NOTHING_OFF)
    if referral.newcomer is not None:
        discount = _newcomer(export, referral.newcomer, program) or discount
    rule = Rule(
        segments=(newcomer_segment(export),),
        products=discount.products,
        cart=discount.cart,
        per_customer=1,
    )
    rules = validation_rule(export, CAMPAIGN, "rules of the referral codes", rule)
    payload: dict[str, Any] = {
        "name": export.title(naming.inert(referral.name or "referral")),
        "campaign_type": "REFERRAL_PROGRAM",
        "type": "AUTO_UPDATE",
        "active": False,
        "join_once": True,
        "vouchers_count": 1,
        "referral_program": program,
        "voucher": {**discounts.voucher(discount, _times(referral)), "is_referral_code": True},
        **_limit(export, referral),
        "validation_rules": rules,
    }
    payload["metadata"] = export.identity("campaign", CAMPAIGN)
    export.make("campaign", CAMPAIGN, payload)
    if referral.referrer is not None:
        _referrer(export, referral, referral.referrer, points_card)


def _newcomer(export: Export, reward: Reward, program: dict[str, Any]) -> Discount | None:
    """Return what the code takes off the newcomer's order; credit goes into the programme."""
    found = _discount(export, reward, "newcomer")
    if found is not None:
        return found
    if reward.credit is not None:
        credit = discounts.amount(export, reward.credit)
        name, label = f"{CAMPAIGN}.newcomer", "credit for newcomers"
        gift_cards = gift_card_campaign(export, name, label, credit)
        program["referee_reward"] = {
            "related_object_parent": {
                "id": gift_cards,
                "name": export.title(label),
                "object": "CAMPAIGN",
            },
            "type": "GIFT_VOUCHER",
            "amount": credit,
        }
    elif reward.points is not None:
        why = "a referral code gives a newcomer no points of a v2 programme"
        _refuse(export, "newcomer.points", reward, "points", why, "the newcomer gets nothing")
    return None


def _referrer(export: Export, referral: Referral, reward: Reward, points_card: str) -> None:
    if reward.points is not None:
        construct, span = "programme.referral.referrer.points", reward.origin.key_span("points")
        if not points_card:
            why = "no points programme says what points are"
            _refuse(export, "referrer.points", reward, "points", why, "the referrer gets nothing")
        elif has_room(export, construct, span):
            earning_rule(
                export,
                CAMPAIGN,
                "points for a referral",
                trigger(export, EVENT),
                [{"effects": [fixed(points_card, reward.points)]}],
                {},
            )
            export.lowering.note(construct, _NAME, span)
        return
    name, label = f"{CAMPAIGN}.referrer", "reward for referrers"
    parameters: dict[str, Any] | None = None
    kind = "CAMPAIGN"
    if reward.credit is not None:
        credit = discounts.amount(export, reward.credit)
        campaign = gift_card_campaign(export, name, label, credit)
        parameters = {"campaign": {"id": campaign, "balance": credit}}
    elif reward.gift:
        product = export.product(f"gift {reward.gift}", discounts.GIFT_NOTE + reward.gift)
        kind, parameters = "MATERIAL", {"product": {"id": product}}
    else:
        found = _discount(export, reward, "referrer")
        if found is not None:
            chosen = reward.choice[0] if reward.choice else ""
            ready = chosen and hands_out_codes(export, chosen)
            campaign = (
                ref("campaign", chosen) if ready else coupon_campaign(export, name, label, found)
            )
            parameters = {"campaign": {"id": campaign}}
    if parameters is not None:
        title = export.title(label)
        export.make(
            "campaign-reward",
            CAMPAIGN,
            {
                "name": title,
                "type": kind,
                "parameters": parameters,
                "metadata": export.identity("campaign-reward", CAMPAIGN),
            },
        )
        export.lowering.need("setting", "referral tier", _SETTING_NOTE.format(reward=title))


def _discount(export: Export, reward: Reward, who: str) -> Discount | None:
    """Return the discount of a reward; of a choice, that of its first and only offer."""
    if not reward.choice:
        return discounts.discount_of(export, reward)
    first = reward.choice[0]
    offer = export.playbook.offers.get(first)
    found = None
    if offer is None:
        product = discounts.product_of(export, first)
        found = discounts.gift_unit(product, first)
    elif export.has("campaign", first):
        found = discounts.discount_of(export, offer)
    why = ""
    if found is None:
        why = f"a referral cannot give the offer `{first}`"
    elif len(reward.choice) > 1:
        why = "a referral gives one thing, there is nothing to choose from"
    if why:
        lossy = "nothing is given" if found is None else f"it is `{first}`"
        _refuse(export, f"{who}.choice", reward, "choice", why, lossy)
    return found


def _times(referral: Referral) -> int | None:
    """Return how often a code can be redeemed."""
    rate = referral.at_most
    return int(rate.count) if rate is not None and not isinstance(rate.per, str) else None


def _limit(export: Export, referral: Referral) -> dict[str, Any]:
    """Return how long a code lasts where rewards are limited by time: then comes a new one."""
    rate = referral.at_most
    if rate is None:
        return {}
    construct, span = "programme.referral.at_most", referral.origin.key_span("at_most")
    if isinstance(rate.per, str):
        why = "a referral code counts its redemptions, not orders of the referrer"
        export.lowering.note(construct, _NAME, span, why, Support.REFUSED, "there is no such limit")
        return {}
    export.lowering.note(construct, _NAME, span)
    return {"join_once": False, "activity_duration_after_publishing": iso(rate.per)}


def _refuse(export: Export, key: str, reward: Reward, written: str, why: str, lossy: str) -> None:
    origin = reward.origin
    span = origin.key_span(written) if origin.has(written) else origin.span()
    construct = f"programme.referral.{key}"
    export.lowering.note(construct, _NAME, span, why, Support.REFUSED, lossy)
