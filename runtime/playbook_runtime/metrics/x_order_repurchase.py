"""Of those with X orders, the share who placed the next one: 1, 2, 3, ... orders so far.

A fraction. Those whose latest order is of yesterday count as not having placed the next one yet, so
that every figure is one so far. The step from the first order to the second is the steepest, and
where a reminder or a code is worth most.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.customer_counts import CustomerCounts, Ratio

UNIT: Final = "share"


def table(counts: CustomerCounts) -> dict[str, Ratio]:
    """Return the share by order number X, for every X that somebody has reached."""
    reached = counts.with_purchases
    found = {}
    for x, before in enumerate(reached, 1):
        after = reached[x] if x < len(reached) else 0
        if before:
            found[str(x)] = Ratio(after, before)
    return found
