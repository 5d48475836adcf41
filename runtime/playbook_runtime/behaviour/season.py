"""Season: how the rate of buying goes up and down within a year, as operational time.

A season s(t) has the mean 1 over the year. Where it is 2 everything happens twice as fast, so that
the model holds without change once calendar time t is replaced by Lambda(t) = integral of s: the
observed time T, the recency t_x, the gaps between purchases and the horizon are differences of it.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from playbook_compiler.values import dataclass
from playbook_runtime.history import History, gaps_of, sum_by_customer

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]
Days = npt.NDArray[np.integer]

WEEKS = 52
# Days of each week in the mean year; the last week has 8 days, 9 in leap years.
DAYS_OF_WEEK: tuple[float, ...] = (7.0,) * (WEEKS - 1) + (8.25,)
MEAN_YEAR = 365.25
SMALLEST, LARGEST = 0.01, 100.0
_BILLION = 10**9


@dataclass(frozen=True, slots=True)
class Season:
    """A weekly index: `index[w]` is the rate of buying in week w of the year, over the mean.

    Weeks count from 1 January, seven days each; the 52nd goes on to 31 December. The index is
    rounded to nine decimals and its mean over a year is 1. `source` says where it comes from.
    """

    index: tuple[float, ...]
    source: Literal["estimated", "given"]

    def of_days(self, days: Days) -> Floats:
        """Return s of each day."""
        return np.array(self.index)[week_of_year(days)]

    def cumulative(self, first_day: int, last_day: int) -> Floats:
        """Return Lambda, in operational days, at the beginning (local midnight) of each day from
        first_day to last_day; between two midnights it is linear.

        Counted from 1970-01-01, so that the value at a day never depends on the stretch asked
        for. It is summed in whole billionths: exact, and then rounded once.
        """
        days = np.arange(first_day, last_day + 1)
        start = min(0, first_day)
        span = np.arange(start, max(0, last_day) + 1)
        billionths = np.rint(np.array(self.index) * _BILLION).astype(np.int64)[week_of_year(span)]
        sums = np.concatenate((np.zeros(1, np.int64), np.cumsum(billionths)))
        found: Floats = (sums[days - start] - sums[-start]) / _BILLION
        return found

    def at_end_of(self, days: Days) -> Floats:
        """Return Lambda at the end of each day: the moment at which all its orders are counted."""
        if not len(days):
            return np.zeros(0)
        first = int(days.min())
        return self.cumulative(first, int(days.max()) + 1)[days.astype(np.int64) - first + 1]

    def between(self, after_day: int, until_day: int) -> float:
        """Return the operational days from the end of one day to the end of another."""
        begin, end = self.at_end_of(np.array([after_day, until_day]))
        return float(end - begin)


@dataclass(frozen=True, slots=True, eq=False)
class OperationalTimes:
    """A history in operational days: t_x, T and sum of ln(gap) of each customer, and the sum of
    ln s over the days of his repeat purchases."""

    t_x: Floats
    T: Floats
    log_gaps: Floats
    log_season: Floats


def operational(history: History, season: Season | None) -> OperationalTimes:
    """Return the history's times as the season counts them; without one, in calendar days.

    ValueError where the history does not say on which day each purchase was.
    """
    if season is None:
        nothing = np.zeros(len(history))
        t_x, T = history.t_x.astype(np.float64), history.T.astype(np.float64)
        return OperationalTimes(t_x, T, history.log_gaps, nothing)
    begin = season.at_end_of(history.first_day)
    gaps = gaps_of(history, season.at_end_of(history.purchase_day))
    return OperationalTimes(
        t_x=season.at_end_of(history.last_day) - begin,
        T=season.at_end_of(np.array([history.until_day])) - begin,
        log_gaps=sum_by_customer(history, np.log(gaps)),
        log_season=log_season_of(history, season),
    )


def log_season_of(history: History, season: Season) -> Floats:
    """Return each customer's sum of ln s over the days of his repeat purchases."""
    logs = np.log(season.of_days(history.purchase_day))
    first = np.log(season.of_days(history.first_day))
    found: Floats = sum_by_customer(history, logs) - first
    return np.where(history.purchases > 1, found, 0.0)


def horizon_days(season: Season | None, after_day: int, days: int) -> float:
    """Return how long the `days` days after a day are, in operational days where there is one."""
    return float(days) if season is None else season.between(after_day, after_day + days)


def week_of_year(days: Days) -> Int64s:
    """Return the week of the year, 0 to 51, of each day number."""
    day = days.astype("datetime64[D]")
    of_year = (day - day.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64)
    weeks: Int64s = np.minimum(of_year // 7, WEEKS - 1)
    return weeks


def season_of_index(
    index: npt.ArrayLike, source: Literal["estimated", "given"] = "given"
) -> Season:
    """Return the season of 52 positive numbers, scaled to the mean 1 over a year.

    ValueError where there are not 52, or one is not between 0.01 and 100 times the mean.
    """
    values = np.asarray(index, dtype=np.float64)
    if values.shape != (WEEKS,):
        raise ValueError(f"a weekly index has {WEEKS} numbers, not {len(values)}")
    mean = float((values * np.array(DAYS_OF_WEEK)).sum()) / MEAN_YEAR
    scaled = values / mean if mean > 0 else values
    if not ((scaled >= SMALLEST).all() and (scaled <= LARGEST).all()):
        raise ValueError(f"the index of a week must be {SMALLEST} to {LARGEST:g} times the mean")
    return Season(tuple(round(float(one), 9) for one in scaled), source)
