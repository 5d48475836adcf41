"""What the playbook spends on customers: messages and redeemed offers together.

In minor units. Positive: a cost. The projection shows it as "messages & rewards", with a minus.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.projection import WorldCounts

UNIT: Final = "money"
READS: Final = ("message_cost", "offer_cost")


def value(counts: WorldCounts) -> float:
    """Return the cost of messages and redeemed offers in minor units."""
    return float(counts.message_cost + counts.offer_cost)
