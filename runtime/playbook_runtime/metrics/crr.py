"""Customer retention rate: the share of last period's customers who bought again in this one.

A fraction: 0.48 is 48%. The period is the horizon; "last period's customers" bought in the equally
long stretch before it. 0 where nobody did.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.metrics._ratio import ratio
from playbook_runtime.projection import WorldCounts

UNIT: Final = "share"
READS: Final = ("retained_customers", "base_customers")


def parts(counts: WorldCounts) -> tuple[int, int]:
    """Return the customers counted, and those of whom they are a share."""
    return counts.retained_customers, counts.base_customers


def value(counts: WorldCounts) -> float:
    """Return the share of the last period's customers who bought in the horizon."""
    return ratio(*parts(counts))
