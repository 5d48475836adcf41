"""The share of new customers who bought again within 1, 3, 7 or 30 days of their first order.

A fraction, by days. Only those who have been customers for as many full days are counted. Apps
count a visit on the very day; an order file knows no visits, and an order on one certain day is
luck, so that here an order within the days counts. Two orders on the first day are one purchase.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.customer_counts import CustomerCounts, Ratio

UNIT: Final = "share"
DAYS: Final = (1, 3, 7, 30)


def table(counts: CustomerCounts) -> dict[str, Ratio]:
    """Return the share by days; no row where nobody was watched for as long."""
    return {
        str(days): Ratio(counts.again[days], counts.watched[days])
        for days in DAYS
        if counts.watched.get(days)
    }
