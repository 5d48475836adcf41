"""Customers by RFM segment, as shares of all: champions, loyal, at risk, lost, ...

A fraction. Each customer has three scores from 1 to 5: recency (when the last order was), frequency
(how many purchases) and monetary value (how much in all), 5 for the best fifth; equals share the
lower score. Where all last orders are of one day nobody is behind, and recency is 5. The segment
follows from the scores by the table below. The facts `rfm`, `rfm.r`, `rfm.f` and `rfm.m` that
conditions read are the same.
"""

from __future__ import annotations

from typing import Final

from playbook_compiler.catalogue import RFM_SEGMENTS
from playbook_runtime.customer_counts import CustomerCounts, Ratio

UNIT: Final = "share"


def table(counts: CustomerCounts) -> dict[str, Ratio]:
    """Return the share of all customers by segment, the best first."""
    everybody = sum(counts.segments.values())
    return {name: Ratio(counts.segments.get(name, 0), everybody) for name in RFM_SEGMENTS}
