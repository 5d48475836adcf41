"""What a coupon, promotion or referral code takes off an order, in Voucherify's terms."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from playbook_compiler.model import Offer
from playbook_compiler.programmes import Reward
from playbook_compiler.targets.voucherify import naming
from playbook_compiler.targets.voucherify.state import Export
from playbook_compiler.units import Money, Share
from playbook_compiler.values import dataclass, replace

SHIPPING = "shipping"
SHIPPING_NOTE = "the product that stands for shipping: your shop sends it as a line of the order"
GIFT_NOTE = "the product of Voucherify's catalogue that is the gift: "
NOTHING_OFF: dict[str, Any] = {"type": "PERCENT", "percent_off": 0, "effect": "APPLY_TO_ORDER"}


@dataclass(frozen=True, slots=True)
class Discount:
    """A discount as a voucher takes it. `products` are what it is taken off, if not the order;
    `cart` is what has to be in the cart besides."""

    body: dict[str, Any]
    products: tuple[str, ...] = ()
    cart: tuple[str, ...] = ()


def discount_of(export: Export, given: Offer | Reward) -> Discount | None:
    """Return the discount that an offer or a reward is; None for credit, points and choices."""
    product = given.product if isinstance(given, Offer) else ""
    products = (product_of(export, product),) if product else ()
    effect = "APPLY_TO_ITEMS" if products else "APPLY_TO_ORDER"
    if given.percent_off is not None:
        return Discount(percent(given.percent_off, effect), products)
    if given.amount_off is not None:
        off = amount(export, given.amount_off)
        return Discount({"type": "AMOUNT", "amount_off": off, "effect": effect}, products)
    if given.free_shipping:
        return replace(free_shipping(export), cart=products)
    if given.gift:
        return replace(gift(export, given.gift), cart=products)
    return None


def percent(share: Share, effect: str = "APPLY_TO_ORDER") -> dict[str, Any]:
    """Return a percentage off."""
    points = share.fraction * 100
    number = int(points) if points == points.to_integral_value() else float(points)
    return {"type": "PERCENT", "percent_off": number, "effect": effect}


def amount(export: Export, money: Money) -> int:
    """Return an amount in minor units."""
    return money.minor(export.decimals)


def free_shipping(export: Export) -> Discount:
    """Return the whole price of shipping off, which the shop sends as a line of the order."""
    shipping = export.lowering.need("product", SHIPPING, SHIPPING_NOTE)
    everything = Share(Decimal(1))
    return Discount(percent(everything, "APPLY_TO_ITEMS"), (shipping,))


def gift(export: Export, text: str) -> Discount:
    """Return a product that is added to the order for nothing."""
    return gift_unit(export.product(f"gift {text}", GIFT_NOTE + text), text)


def gift_unit(product: str, name: str) -> Discount:
    """Return a product, by its placeholder, that is added to the order for nothing."""
    return Discount(
        {
            "type": "UNIT",
            "unit_off": 1,
            "unit_type": product,
            "effect": "ADD_NEW_ITEMS",
            "product": {"id": product, "name": naming.inert(name)},
        }
    )


def product_of(export: Export, key: str) -> str:
    """Return the placeholder of a product of the playbook."""
    return export.product(key, f"the product of Voucherify's catalogue with this key: {key}")


def voucher(discount: Discount, quantity: int | None, code: str = "") -> dict[str, Any]:
    """Return the vouchers of a coupon campaign. `quantity` is how often a code can be redeemed."""
    return {
        "type": "DISCOUNT_VOUCHER",
        "discount": discount.body,
        "code_config": code_config(code),
        "redemption": {"quantity": quantity},
    }


def code_config(code: str = "") -> dict[str, Any]:
    """Return how codes are made: one for all, or each by chance."""
    if code:
        return {"pattern": code}
    return {"length": 10, "charset": "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"}


def gift_card(credit: int, code: str = "") -> dict[str, Any]:
    """Return the vouchers of a gift-card campaign; `credit` in minor units."""
    return {
        "type": "GIFT_VOUCHER",
        "gift": {"amount": credit, "balance": credit, "effect": "APPLY_TO_ORDER"},
        "code_config": code_config(code),
        "redemption": {"quantity": None},
    }
