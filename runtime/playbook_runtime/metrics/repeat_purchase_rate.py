"""The share of all customers who have bought more than once.

Of everyone who ever bought, counted at the end of the horizon, orders before it included. A
fraction: 0.312 is 31.2%. 0 where there is no customer.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.metrics._ratio import ratio
from playbook_runtime.projection import WorldCounts

UNIT: Final = "share"
READS: Final = ("repeat_customers", "customers")


def parts(counts: WorldCounts) -> tuple[int, int]:
    """Return the customers counted, and those of whom they are a share."""
    return counts.repeat_customers, counts.customers


def value(counts: WorldCounts) -> float:
    """Return the share of customers with more than one order."""
    return ratio(*parts(counts))
