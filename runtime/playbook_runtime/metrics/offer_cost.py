"""What offers that were redeemed cost in the horizon: discounts, free shipping, gifts.

In minor units, booked when an offer is redeemed, not when it is granted. Positive: a cost. Offers
on orders that would have come anyway are in it.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.projection import WorldCounts

UNIT: Final = "money"
READS: Final = ("offer_cost",)


def value(counts: WorldCounts) -> float:
    """Return the cost of redeemed offers in minor units."""
    return float(counts.offer_cost)
