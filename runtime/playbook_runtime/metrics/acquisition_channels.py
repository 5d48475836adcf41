"""Customers by the channel that they first came by, as shares of all.

A fraction, the largest first. The channel is that of the customers file, else that of the first
order. `unknown` is who has none.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.customer_counts import CustomerCounts, Ratio

UNIT: Final = "share"
UNKNOWN: Final = "unknown"


def table(counts: CustomerCounts) -> dict[str, Ratio]:
    """Return the share of all customers by channel; equals by name, the unknown last."""
    everybody = sum(counts.channels.values())
    named: dict[str, int] = {}
    for name, customers in counts.channels.items():
        named[name or UNKNOWN] = named.get(name or UNKNOWN, 0) + customers
    order = sorted(named, key=lambda name: (name == UNKNOWN, -named[name], name))
    return {name: Ratio(named[name], everybody) for name in order}
