"""Orders placed in the horizon, by old and new customers.

In the world with the playbook: the orders that would have come anyway, plus extra ones, minus
those that a harmful message cancels.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.projection import WorldCounts

UNIT: Final = "count"
READS: Final = ("orders",)


def value(counts: WorldCounts) -> float:
    """Return the orders of the horizon."""
    return float(counts.orders)
