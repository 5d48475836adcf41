"""Visits to the shop: the traffic that all revenue begins with.

From `assume: {visits: {rate: 24000 per 1mo}}`, or from events named `visit` in the events file.
Left out where neither says it. A projection takes those that are assumed, in both worlds alike.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.projection import WorldCounts

UNIT: Final = "count"
READS: Final = ("visits",)


def value(counts: WorldCounts) -> float:
    """Return the visits of the horizon; they are known where this is asked."""
    assert counts.visits is not None
    return float(counts.visits)
