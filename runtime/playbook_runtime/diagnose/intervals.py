"""Intervals of shares that are counted: 80%, as everywhere in this product."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from playbook_compiler.values import dataclass
from playbook_runtime.customer_counts import Ratio

Z80: Final = 1.2815515655446004  # the normal's 90% quantile: 10% on either side
Z90: Final = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class Reading:
    """A number that was counted: its value, its 80% interval, and of how many it is.

    `low` and `high` are None where the number is no share of customers, and has no interval.
    """

    value: float
    low: float | None
    high: float | None
    part: float
    whole: float


def wilson(ratio: Ratio, z: float = Z80) -> tuple[float, float]:
    """Return the interval of a share by Wilson's score (1927, JASA 22); (0, 1) of nobody.

    Unlike value +- z se it stays within 0 and 1, and is not empty where nobody or everybody did.
    """
    n = ratio.whole
    if n <= 0:
        return 0.0, 1.0
    share, spread = ratio.value, z * z / n
    centre = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / n + spread / (4 * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def reading(ratio: Ratio, *, of_customers: bool = True) -> Reading:
    """Return a ratio with Wilson's interval, or with none where its whole is not customers.

    Nor where the part is more than the whole: more buyers than visits are no share of them.
    """
    is_share = of_customers and 0 <= ratio.part <= max(ratio.whole, 0)
    low, high = wilson(ratio) if is_share else (None, None)
    return Reading(ratio.value, low, high, ratio.part, ratio.whole)


def clustered(
    part: npt.NDArray[np.int64], whole: npt.NDArray[np.int64], z: float = Z80
) -> tuple[float, float]:
    """Return the interval of sum(part) / sum(whole), a share, where each element is a customer's.

    The rows of one customer are not independent: Wilson's interval with as many rows as
    independent ones would tell as much (effective sample size, Korn & Graubard 1998, Survey
    Methodology 24). Their number follows from the variance of a ratio of sums by linearisation
    (Cochran, Sampling Techniques, 1977, 6.3); where all or none did, it is that of customers.
    """
    total, share = float(whole.sum()), 0.0
    n = int(np.count_nonzero(whole))
    if total > 0:
        share = float(part.sum()) / total
    rest = part - share * whole
    squares = math.fsum((rest * rest).tolist())
    size = float(n)
    if n > 1 and squares > 0:
        variance = n / (n - 1) * squares / total**2
        size = min(total, share * (1 - share) / variance)
    return wilson(Ratio(share * size, size), z)
