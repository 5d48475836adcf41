"""Orders in a month of average length.

With 30.4375 days a month, so that months and years can be compared. 0 where there is no day. What
the `enter` rules of stages read is the mean of three full months, which is this of their days.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.metrics._ratio import DAYS_PER_MONTH, ratio
from playbook_runtime.projection import WorldCounts

UNIT: Final = "ratio"
READS: Final = ("orders", "horizon_days")


def value(counts: WorldCounts) -> float:
    """Return the orders per month of 30.4375 days."""
    return ratio(counts.orders * DAYS_PER_MONTH, counts.horizon_days)
