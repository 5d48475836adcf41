"""Calendar months as numbers: months since January 1970, so that arrays can count with them."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

from playbook_compiler.values import dataclass
from playbook_runtime.settings import EPOCH

Int64s = npt.NDArray[np.int64]


def months_of(days: npt.NDArray[np.int64]) -> Int64s:
    """Return the month of each day number."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def first_day(month: int) -> int:
    """Return the number of the month's first day."""
    return (date(1970 + month // 12, month % 12 + 1, 1) - EPOCH).days


def last_day(month: int) -> int:
    """Return the number of the month's last day."""
    return first_day(month + 1) - 1


def name(month: int) -> str:
    """Return a month as 2026-10."""
    return f"{1970 + month // 12}-{month % 12 + 1:02}"


@dataclass(frozen=True, slots=True)
class FullMonths:
    """The months that a log covers from their first day to their last; none if last < first.

    `partial` is the month that the log ends in the middle of, None where it ends with a month.
    """

    first: int
    last: int
    partial: int | None

    def __len__(self) -> int:
        """Return how many there are."""
        return max(0, self.last - self.first + 1)


def full_months(begins: int, ends: int) -> FullMonths:
    """Return the full months of a log from one day to another, both included.

    The month that it begins in is full only if it begins with the first of it.
    """
    month, until = (int(months_of(np.array([day]))[0]) for day in (begins, ends))
    whole = last_day(until) == ends
    return FullMonths(
        month if first_day(month) == begins else month + 1,
        until if whole else until - 1,
        None if whole else until,
    )
