"""Average order value: what customers pay for one order, after discounts.

In minor units. 0 where there is no order. AOV rises when small orders fall away and falls when
codes are used: neither says anything about profit.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.metrics._ratio import ratio
from playbook_runtime.projection import WorldCounts

UNIT: Final = "money"
READS: Final = ("revenue", "orders")


def value(counts: WorldCounts) -> float:
    """Return the revenue per order in minor units."""
    return ratio(counts.revenue, counts.orders)
