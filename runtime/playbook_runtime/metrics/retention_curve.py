"""The share of customers who buy in the 1st, 2nd, 3rd, ... month after that of their first order.

A fraction, by age in calendar months. Of each age, only customers for whom it is over are counted.
A curve that falls on and on is a shop that keeps nobody; one that flattens has regulars (a product
that fits); one that rises again, the "smile", wins sleepers back.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.customer_counts import CustomerCounts, Ratio

UNIT: Final = "share"


def table(counts: CustomerCounts) -> dict[str, Ratio]:
    """Return the share by age in months, from 1."""
    pairs = zip(counts.age_buyers, counts.age_customers, strict=True)
    return {str(age): Ratio(buyers, customers) for age, (buyers, customers) in enumerate(pairs, 1)}
