"""Of those who bought in a month, the share who bought again in the next month, the next two, or
the next quarter.

A fraction, by how many months are looked at: 1, 2, 3. Only months after which as many full ones
have passed are counted, and a second order in the same month is not one in the next.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.customer_counts import CustomerCounts, Ratio

UNIT: Final = "share"
MONTHS: Final = (1, 2, 3)


def table(counts: CustomerCounts) -> dict[str, Ratio]:
    """Return the share by months looked at; no row where no month was followed by as many."""
    return {
        str(n): Ratio(counts.month_buyers_again[n], counts.month_buyers[n])
        for n in MONTHS
        if counts.month_buyers.get(n)
    }
