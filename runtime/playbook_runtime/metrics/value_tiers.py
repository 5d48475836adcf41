"""The share of all revenue that comes from the core, the middle and the rest of the customers.

A fraction. The core is the fifth of customers who have paid most, the middle the three tenths after
them, low the other half. It says how much hangs on how few: an even shop has 20%, 30%, 50%.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.customer_counts import CustomerCounts, Ratio

UNIT: Final = "share"
# Names, and how many per cent of the customers belong to the tier or a better one.
TIERS: Final = {"core": 20, "mid": 50, "low": 100}


def table(counts: CustomerCounts) -> dict[str, Ratio]:
    """Return the share of revenue by tier."""
    everything = sum(counts.tier_value.values())
    return {name: Ratio(counts.tier_value.get(name, 0), everything) for name in TIERS}
