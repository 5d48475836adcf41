"""What customers pay for the orders of the horizon, after discounts.

In minor units of the currency. A discount lowers it at once, so revenue alone flatters nobody:
`profit` says whether the discount paid.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.projection import WorldCounts

UNIT: Final = "money"
READS: Final = ("revenue",)


def value(counts: WorldCounts) -> float:
    """Return the revenue of the horizon in minor units."""
    return float(counts.revenue)
