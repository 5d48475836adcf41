"""Voucherify's own OpenAPI of its POST bodies, as validators.

Version 2 of Loyalties is OpenAPI 3.1, whose schemas are JSON Schema already. Those of v1 are
OpenAPI 3.0: `nullable` becomes a type, and `oneOf` becomes `anyOf`, since the vendor writes it over
alternatives that contain each other (text, or a date as text; credit, or points), which nothing
could meet. What is filled in later stands there as an id of its kind, with the vendor's prefix.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from tests.contracts.klaviyo_schemas import vendor_schemas

V2 = "voucherify_loyalties_v2_trimmed.json"
# File and component by kind of object.
ROOTS = {
    "segment": ("voucherify_v1_segments_trimmed.json", "SegmentsCreateRequestBodyDynamic"),
    "validation-rule": (
        "voucherify_v1_validation-rules_trimmed.json",
        "ValidationRulesCreateRequestBody",
    ),
    "campaign": ("voucherify_v1_campaigns_trimmed.json", ""),
    "campaign-reward": ("voucherify_v1_rewards_trimmed.json", "RewardsCreateRequestBody"),
    "card-definition": (V2, "CardDefinitionCreateRequest"),
    "tier-structure": (V2, "TierStructureCreateRequest"),
    "tier": (V2, "TierCreateRequest"),
    "benefit": (V2, "BenefitCreateRequest"),
    "earning-rule": (V2, "EarningRuleCreateRequest"),
    "reward": (V2, "RewardCreateRequest"),
    "program": (V2, "ProgramCreateRequest"),
    "program-rewards": (V2, "ProgramRewardBatchRequest"),
}
VERSION_2 = tuple(kind for kind, (file, _) in ROOTS.items() if file == V2)
# A campaign is of one type; the choice between them would blur what is wrong with it.
CAMPAIGNS = {
    "DISCOUNT_COUPONS": "CampaignsCreateDiscountCouponsCampaign",
    "GIFT_VOUCHERS": "CampaignsCreateGiftCampaign",
    "REFERRAL_PROGRAM": "CampaignsCreateReferralCampaign",
    "PROMOTION": "CampaignsCreatePromotionCampaign",
}
PREFIXES = {
    "ref:segment": "seg_",
    "ref:validation-rule": "val_",
    "ref:campaign": "camp_",
    "ref:card-definition": "lcdef_",
    "ref:tier-structure": "lts_",
    "ref:tier": "lt_",
    "ref:benefit": "lben_",
    "ref:earning-rule": "lern_",
    "ref:reward": "lrew_",
    "ref:campaign-reward": "rew_",
    "ref:program": "lprg_",
    "lookup:product": "prod_",
    "lookup:custom_event": "ms_",
}
_PLACEHOLDER = re.compile(r"\$\{((?:ref|lookup):[a-z_-]+)\.[^}]+\}\Z")


def filled_in(value: Any) -> Any:
    """Return a payload with an id of its kind for every placeholder."""
    if isinstance(value, dict):
        return {key: filled_in(one) for key, one in value.items()}
    if isinstance(value, list):
        return [filled_in(one) for one in value]
    found = _PLACEHOLDER.match(value) if isinstance(value, str) else None
    return value if found is None else f"{PREFIXES[found[1]]}0a1b2c"


def normal(schema: Any) -> Any:
    """Return a schema of OpenAPI 3.0 as JSON Schema 2020-12."""
    if isinstance(schema, list):
        return [normal(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: normal(one) for key, one in schema.items() if key not in ("nullable", "oneOf")}
    if "oneOf" in schema:
        found["anyOf"] = normal(schema["oneOf"])
    if schema.get("nullable") is True and isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
        if "enum" in found:
            found["enum"] = [*found["enum"], None]
    return found


@cache
def _document(folder: Path, file: str) -> dict[str, Any]:
    path = folder / file
    if not path.exists():
        pytest.skip(f"vendor schema absent: {file} (set PLAYBOOK_VENDOR_SCHEMAS)")
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    components = document["components"]["schemas"]
    return {"schemas": components if file == V2 else normal(components)}


@cache
def _validator(folder: Path, file: str, root: str) -> Draft202012Validator:
    components = _document(folder, file)
    assert root in components["schemas"], f"{file} has no {root}"
    schema = {"$ref": f"#/components/schemas/{root}", "components": components}
    # An empty registry: nothing is ever fetched.
    return Draft202012Validator(schema, registry=Registry())


def schema_problems(kind: str, payload: dict[str, Any]) -> list[str]:
    """Return what the vendor's schema says against a payload."""
    file, root = ROOTS[kind]
    folder = vendor_schemas()
    if kind == "campaign":
        type_ = str(payload.get("campaign_type"))
        if type_ not in CAMPAIGNS:
            return [f"$.campaign_type: {type_!r} is not one of {', '.join(CAMPAIGNS)}"]
        root = CAMPAIGNS[type_]
    return [
        f"{error.json_path}: {error.message[:200]}"
        for error in _validator(folder, file, root).iter_errors(filled_in(payload))
    ]
