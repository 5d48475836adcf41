"""What the points that customers hold will cost the shop when they are redeemed.

In minor units, at the end of the horizon: the value of a point, times the points outstanding, times
the share of them that is redeemed before it expires. Left out where there is no points programme.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.projection import WorldCounts

UNIT: Final = "money"
READS: Final = ("points_liability",)


def value(counts: WorldCounts) -> float:
    """Return the liability in minor units; it is known where this is asked."""
    assert counts.points_liability is not None
    return float(counts.points_liability)
