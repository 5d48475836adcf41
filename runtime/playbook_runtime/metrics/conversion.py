"""The share of visits that make a buyer: customers who bought, by visits.

A fraction: 0.02 is 2%. 0 where there is no visit. With it, revenue comes apart into four factors
that different people answer for: traffic, conversion, order value and repurchase.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.metrics._ratio import ratio
from playbook_runtime.projection import WorldCounts

UNIT: Final = "share"
READS: Final = ("active_customers", "visits")


def parts(counts: WorldCounts) -> tuple[int, int]:
    """Return the customers counted, and the visits of which they are a share."""
    assert counts.visits is not None
    return counts.active_customers, counts.visits


def value(counts: WorldCounts) -> float:
    """Return the share of visits that made a buyer."""
    return ratio(*parts(counts))
