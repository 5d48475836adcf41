"""Estimate: an uncertain number, as the mean and three quantiles of its draws."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """An uncertain number: its mean and its 10%, 50% and 90% quantiles. p10..p90 is the 80% band.

    Plain Python on purpose: the light commands may import it, and its sums are exactly rounded,
    so that the order of the draws does not matter.
    """

    mean: float
    p10: float
    p50: float
    p90: float

    @staticmethod
    def of(samples: Iterable[float]) -> Estimate:
        """Return the estimate that draws amount to; ValueError where there are none."""
        ordered = sorted(float(sample) for sample in samples)
        if not ordered:
            raise ValueError("an estimate needs at least one draw")
        return Estimate(
            mean=math.fsum(ordered) / len(ordered),
            p10=quantile(ordered, 0.1),
            p50=quantile(ordered, 0.5),
            p90=quantile(ordered, 0.9),
        )

    @staticmethod
    def exactly(value: float) -> Estimate:
        """Return the estimate of a number that is known."""
        return Estimate(value, value, value, value)

    def covers(self, value: float) -> bool:
        """Return whether a value lies in the 80% band, its ends included."""
        return self.p10 <= value <= self.p90


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the quantile of an ascending sequence, linear between neighbours (Hyndman & Fan 7)."""
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])
