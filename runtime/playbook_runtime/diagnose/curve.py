"""What a retention curve does in the end: falls, flattens, rises, or cannot be told.

The rule stands on the page of the metric, docs/metrics/retention-curve.md.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Final

import numpy as np

from playbook_compiler.values import dataclass
from playbook_runtime.diagnose.counting import customers_by_month
from playbook_runtime.diagnose.intervals import Z90
from playbook_runtime.diagnose.months import months_of
from playbook_runtime.diagnose.purchases import Purchases

MONTHS_NEEDED: Final = 6
CUSTOMERS_NEEDED: Final = 100
ACTIVE_NEEDED: Final = 30
REACHED_BY: Final = 3  # a third of all customers have lived through the last age looked at
FLAT: Final = 1.25  # a change by more than a fifth, up or down, is not flat
_NONE_SEEN: Final = 3.0  # the upper 95% bound of a count of nothing (Poisson)


class Course(StrEnum):
    """What the curve does."""

    FALLS = "falls"
    FLATTENS = "flattens"
    RISES = "rises"
    UNKNOWN = "cannot be told"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the curve does between two ages, and why.

    `ratio` is active months in the later half by those in the earlier half, with its 90% interval;
    None where it cannot be told at all. `ages` are the first and last month compared, `customers`
    those compared, `active` their months with a purchase.
    """

    course: Course
    reason: str
    ages: tuple[int, int] | None = None
    customers: int = 0
    active: int = 0
    ratio: float | None = None
    low: float | None = None
    high: float | None = None


def verdict_on(purchases: Purchases, last_month: int) -> Verdict:
    """Return what the curve of these customers does, up to the last full month."""
    lived = last_month - months_of(purchases.first_day)
    reached = [int((lived >= age).sum()) for age in range(1, int(lived.max(initial=0)) + 1)]
    enough = [age for age, n in enumerate(reached, 1) if REACHED_BY * n >= len(lived)]
    longest = enough[-1] if enough else 0
    if longest < MONTHS_NEEDED:
        return Verdict(
            Course.UNKNOWN,
            f"a third of the customers would have to be {MONTHS_NEEDED} months old",
        )
    half = longest // 3 // 2
    start = longest - 2 * half + 1
    ages = (start, longest)
    compared = lived >= longest
    customer, month = customers_by_month(purchases, last_month)
    age = month - (last_month - lived)[customer]

    def active(first: int, last: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        rows = compared[customer] & (age >= first) & (age <= last)
        return np.bincount(customer[rows], minlength=len(lived))[compared]

    early, late = active(start, start + half - 1), active(start + half, longest)
    before, after, n = int(early.sum()), int(late.sum()), int(compared.sum())
    if n < CUSTOMERS_NEEDED or before + after < ACTIVE_NEEDED or not before:
        return Verdict(
            Course.UNKNOWN,
            f"{CUSTOMERS_NEEDED} customers with {ACTIVE_NEEDED} months of buying between them"
            " would be needed",
            ages,
            n,
            before + after,
        )
    ratio = after / before
    if not after:
        low, high = 0.0, _NONE_SEEN / before
    else:
        rest = late - ratio * early
        error = math.sqrt(n / (n - 1) * math.fsum((rest * rest).tolist())) / before / ratio
        low, high = ratio * math.exp(-Z90 * error), ratio * math.exp(Z90 * error)
    course, reason = _judged(low, high)
    return Verdict(course, reason, ages, n, before + after, ratio, low, high)


def _judged(low: float, high: float) -> tuple[Course, str]:
    """Return what an interval of the ratio says."""
    if low >= 1 / FLAT and high <= FLAT:
        return Course.FLATTENS, "a change by more than a fifth is ruled out"
    if high < 1:
        return Course.FALLS, "fewer of the same customers buy in the later half"
    if low > 1:
        return Course.RISES, "more of the same customers buy in the later half: the smile"
    return Course.UNKNOWN, "the interval allows both a fall and a rise"
