"""Cohorts: customers by the month of their first order."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from playbook_runtime.kernel.tables import NEWCOMER
from playbook_runtime.observed import Observed

# Months of first orders before the horizon that are told apart.
MOST_COHORTS = 36


def cohorts_of(data: Observed, months: tuple[str, ...]) -> tuple[str, ...]:
    """Return the months by whose first orders customers are counted, in order: up to MOST_COHORTS
    before the horizon (what lies before them as one), then those of the horizon."""
    found = sorted({*first_months(data).tolist()} - {*months})
    earlier = (f"before {found[-MOST_COHORTS]}",) if len(found) > MOST_COHORTS else ()
    return (*earlier, *found[-MOST_COHORTS:], *months)


def first_months(data: Observed) -> npt.NDArray[np.str_]:
    """Return the month of the first order, such as 2026-11, of each customer of the history."""
    return data.history.first_day.astype("datetime64[D]").astype("datetime64[M]").astype(str)


def cohorts_of_history(data: Observed, names: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """Return the number of each customer's cohort among `names`: of months that are not there, 0,
    all earlier ones; -1 without names."""
    if not names:
        return np.full(len(data.history), -1)
    place = {name: n for n, name in enumerate(names)}
    return np.array([place.get(month, 0) for month in first_months(data)], dtype=np.int64)


def cohorts_to_come(
    kind: int, months: tuple[str, ...], names: tuple[str, ...]
) -> npt.NDArray[np.int64]:
    """Return the number of the cohort by month of arrival; prospects, who never buy by themselves,
    have none: -1."""
    place = {name: n for n, name in enumerate(names)}
    found = [place.get(month, -1) if kind == NEWCOMER else -1 for month in months]
    return np.array(found, dtype=np.int64)
