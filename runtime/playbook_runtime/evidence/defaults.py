"""Which effect of the library stands in where a send says no `expect:`."""

from __future__ import annotations

from typing import Final

CART_EARLY: Final = "cart.reminder.early"
CART_LATE: Final = "cart.reminder.late"
BROADCAST: Final = "email.broadcast.added"
EARLY_DAYS: Final = 1 / 24

# By the strategy that the flow carries out. None: nothing known, and nothing near enough to borrow.
BY_STRATEGY: Final[dict[str, str | None]] = {
    "S1": "welcome",
    "S2": "post-purchase",
    "S3": "post-purchase",
    "S4": "post-purchase",
    "S5": "post-purchase",
    "S6": "replenishment",
    "S7": "post-purchase",
    "S8": "email.lapsed",
    "S9": CART_LATE,
    "S10": BROADCAST,
    "S11": "post-purchase",
    "S12": "welcome",
    "S13": BROADCAST,
    "S14": None,
    "S15": None,
    "S16": "post-purchase",
    "S17": BROADCAST,
    "P1": "points",
    "P2": "tiers",
    "P3": None,
    "P4": "points",
    "P5": "referral",
    "P6": None,
    "P7": "vip",
    "P8": "vip",
}

# By the trigger, where a flow names no strategy: leaving it out must not earn better evidence.
BY_TRIGGER: Final = {
    "sign_up": "S1",
    "account_created": "S1",
    "order_placed": "S2",
    "order_paid": "S2",
    "order_shipped": "S3",
    "out_for_delivery": "S3",
    "order_delivered": "S4",
    "order_returned": "S4",
    "feedback_given": "S4",
    "review_left": "S4",
    "cart_abandoned": "S9",
    "product_browsed": "S9",
    "wish_listed": "S9",
    "inactive_for": "S8",
    "replenishment": "S6",
    "date": "S10",
    "points_reach": "P1",
    "points_expiring": "P1",
    "points_earned": "P1",
    "points_redeemed": "P1",
    "tier_changed": "P2",
    "referred": "P5",
}


def default_evidence(
    *, strategy: str, trigger: str, channel: str, kind: str, waited_days: float
) -> str | None:
    """Return the id of the library's effect for a send without `expect:`, or None for none.

    `trigger` is the event of an event trigger, else the trigger's kind; `kind` is the message's;
    `waited_days` the least time from the trigger to the send. Only marketing e-mail has studies
    behind it: transactional messages sell nothing, and of other channels nothing is known.
    """
    if kind != "marketing" or channel != "email":
        return None
    meant = strategy if strategy in BY_STRATEGY else BY_TRIGGER.get(trigger, "")
    found = BY_STRATEGY.get(meant, BROADCAST)
    if found != CART_LATE:
        return found
    if trigger != "cart_abandoned":
        return None  # the study is of carts, not of browsing and wish lists
    return CART_EARLY if waited_days < EARLY_DAYS else CART_LATE
