"""Customers who bought at least once in the horizon.

Old ones and newcomers. Those who could have bought and did not are not in it.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.projection import WorldCounts

UNIT: Final = "count"
READS: Final = ("active_customers",)


def value(counts: WorldCounts) -> float:
    """Return the customers with an order in the horizon."""
    return float(counts.active_customers)
