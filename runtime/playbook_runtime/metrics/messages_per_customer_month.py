"""Marketing messages that a customer gets in a month, on average.

Of everyone who ever bought, with 30.4375 days a month. 0 where there is no customer. An average
hides the few who get most: the frequency cap is what protects those.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.metrics._ratio import DAYS_PER_MONTH, ratio
from playbook_runtime.projection import WorldCounts

UNIT: Final = "ratio"
READS: Final = ("messages", "customers", "horizon_days")
KIND = "contact"  # what a playbook does, not what it brings


def value(counts: WorldCounts) -> float:
    """Return the messages per customer and month of 30.4375 days."""
    return ratio(counts.messages, counts.customers * counts.horizon_days / DAYS_PER_MONTH)
