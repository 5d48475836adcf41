"""A customer's stage of life with the shop: new, growing, mature, dormant, lost.

How many purchases there were, and whether the silence since the last one is longer than the shop's
customers are used to. Plain Python: one definition for the kernel, for replay and for `diagnose`.
The five names are practitioners'; where they begin is this product's choice.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from playbook_compiler.values import dataclass

# Of those who bought again, so many had done so before the silence that makes one dormant.
USUAL: Final = 0.9
LOST_AFTER_TIMES: Final = 2
GAPS_NEEDED: Final = 30
MATURE_FROM: Final = 3


@dataclass(frozen=True, slots=True)
class Silence:
    """How many full days without an order make a customer dormant, and how many lost.

    `gaps` is how many pauses between two purchases tell it; too few of them tell nothing, and the
    days are then the built-in ones.
    """

    dormant_after: int
    lost_after: int
    gaps: int

    @property
    def is_known(self) -> bool:
        """Whether the shop's own pauses tell it."""
        return self.gaps >= GAPS_NEEDED


BUILT_IN: Final = Silence(dormant_after=180, lost_after=365, gaps=0)


def silence_of(gap_counts: Sequence[int]) -> Silence:
    """Return the marks of a shop in which `gap_counts[d]` pauses between two purchases took d days.

    Dormant: silent for longer than nine in ten pauses (nearest rank); lost: for twice as long.
    """
    gaps = sum(gap_counts)
    if gaps < GAPS_NEEDED:
        return Silence(BUILT_IN.dormant_after, BUILT_IN.lost_after, gaps)
    wanted, seen = math.ceil(USUAL * gaps), 0
    for days, count in enumerate(gap_counts):
        seen += count
        if seen >= wanted:
            return Silence(days, LOST_AFTER_TIMES * days, gaps)
    raise AssertionError("the counts sum to all pauses")


def lifecycle_of(purchases: int, days_since_last_order: int, silence: Silence) -> str:
    """Return the stage of life of somebody with so many purchases, at least one."""
    if days_since_last_order > silence.lost_after:
        return "lost"
    if days_since_last_order > silence.dormant_after:
        return "dormant"
    if purchases >= MATURE_FROM:
        return "mature"
    return "growing" if purchases > 1 else "new"
