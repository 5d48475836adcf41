"""What an offer is, in words, for whoever has to make it in the shop."""

from __future__ import annotations

from playbook_compiler.model import Offer, Playbook


def benefit(playbook: Playbook, offer: Offer) -> str:
    """Return in words what must be made in the shop for an offer's codes to work."""
    currency = playbook.currency
    words = []
    if offer.percent_off is not None:
        words.append(f"{offer.percent_off} off")
    if offer.amount_off is not None:
        words.append(f"{offer.amount_off} {currency} off")
    if offer.free_shipping:
        words.append("free shipping")
    if offer.gift:
        words.append(f"gift: {offer.gift}")
    if offer.credit is not None:
        words.append(f"{offer.credit} {currency} of store credit")
    if offer.points is not None:
        words.append(f"{offer.points} points")
    if offer.minimum is not None:
        words.append(f"orders from {offer.minimum} {currency}")
    if offer.product:
        words.append(f"only for {offer.product}")
    if offer.audience:
        words.append(f"only for the audience {offer.audience}")
    if offer.limit is not None:
        words.append(f"at most {offer.limit} codes")
    if offer.valid is not None:
        words.append(f"valid {offer.valid} from issue")
    if offer.once_per_customer:
        words.append("once per customer")
    return ", ".join(words)
