"""What the orders leave before the playbook's own costs: margin minus order costs.

In minor units. Order values count before the playbook's discounts, which are `offer_cost`; order
costs are shipping, payment and returns, from `economics` of the playbook.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.projection import WorldCounts

UNIT: Final = "money"
READS: Final = ("contribution",)


def value(counts: WorldCounts) -> float:
    """Return the contribution of the horizon in minor units."""
    return float(counts.contribution)
