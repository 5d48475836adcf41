"""The keys that the exporter writes, and those that must be there, by kind of object.

For v1 these are our own list: its schemas require next to nothing and let any key pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "segment": ("name", "type", "filter"),
    "validation-rule": ("name", "type", "context_type", "rules", "applicable_to"),
    "campaign": ("name", "campaign_type", "type", "active", "metadata"),
    "card-definition": (
        *("name", "type", "status", "points_expiration", "pending_points", "metadata"),
    ),
    "tier-structure": (
        *("name", "type", "point_balance", "point_earned", "expiration", "downgrade"),
        *("status", "metadata"),
    ),
    "tier": ("name", "qualification_rules", "downgrade", "metadata"),
    "benefit": ("name", "type", "status", "points", "digital", "stock"),
    "earning-rule": ("name", "trigger", "earnings", "status", "trigger_limits", "metadata"),
    "reward": ("name", "type", "material", "digital", "costs", "status", "metadata"),
    "campaign-reward": ("name", "type", "parameters", "metadata"),
    "program": (*("name", "status", "metadata", "card_definitions", "earning_rules", "rewards"),),
    "program-rewards": ("assign",),
}
_CODES: Final = ("join_once", "vouchers_count", "voucher", "validation_rules")
CAMPAIGN_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "DISCOUNT_COUPONS": (*_CODES, "activity_duration_after_publishing"),
    "GIFT_VOUCHERS": (*_CODES, "activity_duration_after_publishing"),
    "REFERRAL_PROGRAM": (*_CODES, "referral_program", "activity_duration_after_publishing"),
    "PROMOTION": ("promotion",),
}
CAMPAIGN_REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "DISCOUNT_COUPONS": ("voucher", "vouchers_count"),
    "GIFT_VOUCHERS": ("voucher", "vouchers_count"),
    "REFERRAL_PROGRAM": ("voucher", "vouchers_count", "referral_program"),
    "PROMOTION": ("promotion",),
}
REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "segment": ("name", "type", "filter"),
    "validation-rule": ("name", "type", "rules", "applicable_to"),
    "campaign": ("name", "campaign_type", "type"),
    "card-definition": ("name", "type", "status", "points_expiration"),
    "tier-structure": ("name", "type", "expiration", "downgrade", "status"),
    "tier": ("name", "qualification_rules"),
    "benefit": ("name", "type", "status"),
    "earning-rule": ("name", "trigger", "earnings", "status"),
    "reward": ("name", "type", "costs", "status"),
    "campaign-reward": ("name", "type", "parameters"),
    "program": ("name", "status", "card_definitions"),
    "program-rewards": ("assign",),
}
# The kind of object that the path of a request leads through.
PATH_KINDS: Final[Mapping[str, str]] = {"tier": "tier-structure", "program-rewards": "program"}
# The kind of object that a reference under a key, and the key that holds it, goes to.
REF_KINDS: Final[Mapping[str, str]] = {
    "card_definitions.id": "card-definition",
    "earning_rules.id": "earning-rule",
    "rewards.id": "reward",
    "assign.id": "reward",
    "benefit.id": "benefit",
    "campaign.id": "campaign",
    "related_object_parent.id": "campaign",
    "segment.id": "segment",
    "$is.id": "segment",
    "points.card_definition_id": "card-definition",
    "points_proportional.card_definition_id": "card-definition",
    "point_earned.card_definition_id": "card-definition",
    "point_balance.card_definition_id": "card-definition",
    "spending.card_definition_id": "card-definition",
    "discount_coupons.campaign_id": "campaign",
    "gift_vouchers.campaign_id": "campaign",
    "any_of.tier_structure_id": "tier-structure",
    "tier_ids.item": "tier",
    "validation_rules.item": "validation-rule",
}
