"""What is left of the contribution after messages and offers are paid.

In minor units, exact: every cent of it is in one of its parts. Fixed costs and the cost of
acquiring customers, which are the same in both worlds, are not in it.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.projection import WorldCounts

UNIT: Final = "money"


def value(counts: WorldCounts) -> float:
    """Return the profit of the horizon in minor units."""
    return float(counts.contribution - counts.message_cost - counts.offer_cost)
