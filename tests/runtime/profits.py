"""The profit of a world from its counts alone: the signed sum of the parts."""

from __future__ import annotations

from playbook_runtime.profit_parts import PARTS
from playbook_runtime.projection import WorldCounts


def profit_of(counts: WorldCounts) -> int:
    """Return the profit of a world of one draw, in minor units."""
    return sum(part.sign * int(getattr(counts, part.name)) for part in PARTS)
