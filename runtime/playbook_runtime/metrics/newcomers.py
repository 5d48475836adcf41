"""New customers: people whose first order falls into the horizon.

They come by the trend of the history, and by what the budget for advertising wins where a playbook
says it: both worlds have the same number of them.
Subscribers who buy for the first time because of a message are not in it, but are in
`active_customers`.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.projection import WorldCounts

UNIT: Final = "count"
READS: Final = ("newcomers",)


def value(counts: WorldCounts) -> float:
    """Return the customers who bought for the first time."""
    return float(counts.newcomers)
