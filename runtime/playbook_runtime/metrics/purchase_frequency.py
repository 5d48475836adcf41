"""Orders for each customer who bought in the horizon.

At least 1 where anybody bought, 0 where nobody did.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.metrics._ratio import ratio
from playbook_runtime.projection import WorldCounts

UNIT: Final = "ratio"
READS: Final = ("orders", "active_customers")


def value(counts: WorldCounts) -> float:
    """Return the orders per customer who bought in the horizon."""
    return ratio(counts.orders, counts.active_customers)
