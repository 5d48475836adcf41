"""Coupons as offers: what a code is worth stands in the coupon's description, if anywhere."""

from __future__ import annotations

import re
from typing import Final

from playbook_compiler.currency import DECIMALS
from playbook_compiler.importing.engines.klaviyo.account import text_of
from playbook_compiler.importing.engines.klaviyo.reading import Import
from playbook_compiler.importing.imported import Data
from playbook_compiler.printing_yaml import Bare

_NUMBER: Final = r"([0-9]+(?:\.[0-9]+)?)"
_LENGTH: Final = r"((?:[0-9]+(?:y|mo|d|h|min|s))+)"
_BENEFITS: Final = ("percent_off", "amount_off", "free_shipping", "gift")
# The exporter's own words, in its order.
_SAID: Final = (
    (re.compile(rf"{_NUMBER}% off"), "percent_off"),
    (re.compile(rf"{_NUMBER} ([A-Z]{{3}}) off"), "amount_off"),
    (re.compile(r"free shipping"), "free_shipping"),
    (re.compile(r"gift: (.+)"), "gift"),
    (re.compile(rf"orders from {_NUMBER} ([A-Z]{{3}})"), "minimum"),
    (re.compile(r"only for the audience ([a-z0-9/-]+)"), "for"),
    (re.compile(r"only for (.+)"), "product"),
    (re.compile(r"at most ([0-9]+) codes"), "limit"),
    (re.compile(rf"valid {_LENGTH} from issue"), "valid"),
    (re.compile(r"once per customer"), "once_per_customer"),
)
_PERCENT: Final = re.compile(r"(?<![0-9.])([1-9][0-9]?)\s?%")
_ORDER: Final = (
    *_BENEFITS, "valid", "minimum", "code", "once_per_customer", "for", "limit", "product",
)  # fmt: skip


def offer_data(found: Import, name: str) -> Data:
    """Return an offer, what it is worth read from its coupon."""
    coupon = next(one for one, offer in found.coupons.items() if offer == name)
    thing = found.account.of("coupon").get(coupon)
    description = text_of(thing.attributes.get("description")) if thing is not None else ""
    path = thing.path if thing is not None else f"coupon {coupon}"
    data: Data = {"code": "unique"}
    rest = [part for part in description.split(", ") if not _read(found, part, data)]
    if "days" in found.offers[name] and "valid" not in data:
        data["valid"] = Bare(f"{found.offers[name]['days']}d")
    if not any(one in data for one in _BENEFITS):
        percent = _PERCENT.search(description)
        if percent is not None:
            data["percent_off"] = Bare(f"{percent[1]}%")
            rest = [description]
        else:
            data["gift"] = description[:200] or f"the coupon {coupon}"
            found.notes.left(
                path,
                f"what the coupon `{coupon}` is worth",
                "Klaviyo holds its codes, the shop knows their worth",
                "write percent_off, amount_off or free_shipping in place of the gift",
            )
    if rest and rest != [""] and "gift" not in data:
        found.notes.changed(
            path,
            f"the description of the coupon `{coupon}`: {', '.join(rest)[:150]}",
            "only a part of it could be read",
            "compare the offer with the discount in the shop",
        )
    return {key: data[key] for key in _ORDER if key in data}


def _read(found: Import, part: str, data: Data) -> bool:
    """Read one part of a description in the exporter's words; False where it is in others."""
    for pattern, key in _SAID:
        said = pattern.fullmatch(part)
        if said is None or key in data:
            continue
        match key:
            case "percent_off":
                data[key] = Bare(f"{said[1]}%")
            case "amount_off" | "minimum":
                if said[2] not in DECIMALS and said[2] != "EUR":
                    return False
                found.currency = said[2]
                data[key] = Bare(said[1])
            case "free_shipping" | "once_per_customer":
                data[key] = True
            case "limit" | "valid":
                data[key] = Bare(said[1])
            case "for":
                if said[1] not in found.words.audiences.values():
                    return False
                data[key] = said[1]
            case _:
                data[key] = said[1]
        return True
    return False
