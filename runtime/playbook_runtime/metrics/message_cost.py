"""What sending the messages, and the tasks for people, cost in the horizon.

In minor units, by the prices in `economics.message_costs` and the costs of tasks. Positive: a cost.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.projection import WorldCounts

UNIT: Final = "money"
READS: Final = ("message_cost",)


def value(counts: WorldCounts) -> float:
    """Return the cost of messages and tasks in minor units."""
    return float(counts.message_cost)
