"""What one customer who bought in the horizon paid in it.

In minor units, of the horizon only: no lifetime value. 0 where nobody bought.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.metrics._ratio import ratio
from playbook_runtime.projection import WorldCounts

UNIT: Final = "money"
READS: Final = ("revenue", "active_customers")


def value(counts: WorldCounts) -> float:
    """Return the revenue per customer who bought in the horizon, in minor units."""
    return ratio(counts.revenue, counts.active_customers)
