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
    order = sorted(counts.channels, key=lambda name: (not name, -counts.channels[name], name))
    return {name or UNKNOWN: Ratio(counts.channels[name], everybody) for name in order}
