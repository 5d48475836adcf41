"""Which season a history has: estimated from two years of orders, given by the shop, or none.

Estimated by turns: fit the model in operational time, count what it expects of each week, set the
week's index to observed over expected. Only repeat purchases count, so that a year in which many
newcomers came in autumn is not taken for an autumn season. A level for each year takes growth out.
The weeks are drawn towards 1 as far as chance and one year's specials explain them (James & Stein
1961, with the spread between years as the error).
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import fdtrc

from playbook_compiler.values import dataclass
from playbook_runtime.behaviour.expectations import expected_purchases
from playbook_runtime.behaviour.fit import SUBSAMPLE, fit_families, fit_rows
from playbook_runtime.behaviour.likelihood import rows_of
from playbook_runtime.behaviour.model import KS, BehaviourParameters
from playbook_runtime.behaviour.season import (
    MEAN_YEAR,
    WEEKS,
    Season,
    season_of_index,
    week_of_year,
)
from playbook_runtime.counted import count_of
from playbook_runtime.history import History

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

TWO_SEASONS = 730  # days
MOST_ROUNDS = 8
SETTLED = 0.002  # the largest change of a week's index that another round is not worth
BY_CHANCE = 0.01  # how probable such weeks are without any season, to speak of one
LOWEST = 0.05  # of an estimated index: a quiet week is no holiday of the whole model

Given = Season | Literal["auto", "off"]


@dataclass(frozen=True, slots=True)
class Seasonality:
    """The season that a history is read with, None without one, and a sentence that says why."""

    season: Season | None
    told: str


def seasonality_of(history: History, given: Given = "auto") -> Seasonality:
    """Return the season of a history: the given one, else an estimate where two years allow it."""
    if isinstance(given, Season):
        return Seasonality(given, f"Season: your own weekly index ({_range(given)}).")
    if given == "off":
        return Seasonality(None, "Season: switched off; every week counts alike.")
    first = int(history.first_day.min()) if len(history) else history.until_day
    days = history.until_day - first + 1
    if days < TWO_SEASONS:
        return Seasonality(
            None,
            f"Season: none is modelled. To tell a season from chance takes two years of orders, and"
            f" these cover {count_of(days, 'day')}; `--seasonality FILE` gives a weekly index"
            " of your own.",
        )
    season = estimate_season(history)
    if season is None:
        return Seasonality(
            None,
            "Season: none is modelled; week by week, two years and more of orders differ no more"
            " than by chance.",
        )
    return Seasonality(
        season,
        f"Season: a weekly index estimated from {days / MEAN_YEAR:.1f} years of orders"
        f" ({_range(season)}).",
    )


def _range(season: Season) -> str:
    """Return the quietest and the busiest week in words."""
    low, high = min(season.index), max(season.index)
    return (
        f"from {low:.2f} in week {season.index.index(low) + 1} to {high:.2f} in week"
        f" {season.index.index(high) + 1} of the mean rate"
    )


def estimate_season(history: History) -> Season | None:
    """Return the weekly index that the repeat purchases show, None where there is none to see.

    For histories of at least TWO_SEASONS days.
    """
    cells = _cells(history)
    season: Season | None = None
    model: BehaviourParameters | None = None
    index = np.ones(WEEKS)
    for _ in range(MOST_ROUNDS):
        model = _fitted(history, season, model)
        if model is None:
            return None
        found = _index(cells, _expected(history, cells, model, season) / index[cells.week])
        if found is None:
            return None
        season = season_of_index(found, "estimated")
        before, index = index, np.array(season.index)
        if float(np.max(np.abs(index - before))) < SETTLED:
            break
    return season


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """The weeks of the history, one after the other: which week of which year each is, and the
    repeat purchases in it. `edges` are the days after whose end they begin, and the last end."""

    edges: Int64s
    week: Int64s
    year: Int64s
    observed: Floats


def _cells(history: History) -> _Cells:
    first, until = int(history.first_day.min()), history.until_day
    days = np.arange(first + 1, until + 1)
    week = week_of_year(days)
    # Years are counted back from the end; an incomplete one belongs to its neighbour.
    complete = max(1, int((until - first) / MEAN_YEAR))
    year = np.minimum(((until - days) / MEAN_YEAR).astype(np.int64), complete - 1)
    begins = np.flatnonzero(np.concatenate(([True], (np.diff(week) != 0) | (np.diff(year) != 0))))
    repeat = np.ones(len(history.purchase_day), dtype=np.bool_)
    repeat[np.cumsum(history.purchases) - history.purchases] = False
    by_day = np.bincount(history.purchase_day[repeat] - (first + 1), minlength=len(days))
    return _Cells(
        edges=np.append(days[begins] - 1, until),
        week=week[begins],
        year=year[begins],
        observed=np.add.reduceat(by_day, begins).astype(np.float64),
    )


def _fitted(
    history: History, season: Season | None, model: BehaviourParameters | None
) -> BehaviourParameters | None:
    """Return the parameters of the best model in operational days; after the first round that
    model's again."""
    if model is None:
        fits, _ = fit_families(history, time_unit_days=1.0, with_weak_prior=True, ks=KS)
        return fits[0].parameters if fits else None
    every = math.ceil(len(history) / SUBSAMPLE)
    rows = rows_of(history, 1.0, every, season)
    return fit_rows(rows, model.family, 1.0, k=model.k, with_weak_prior=True).parameters


def _expected(
    history: History, cells: _Cells, model: BehaviourParameters, season: Season | None
) -> Floats:
    """Return the repeat purchases that the model expects in each cell of all who had come."""
    cohorts = np.bincount(history.first_day - int(history.first_day.min()))
    came = np.flatnonzero(cohorts)
    began = came + int(history.first_day.min())
    if season is None:
        starts, ends = began.astype(np.float64), cells.edges.astype(np.float64)
    else:
        starts, ends = season.at_end_of(began), season.at_end_of(cells.edges)
    longest = float(ends[-1] - starts[0])
    grid = np.linspace(0.0, longest, max(2, math.ceil(2 * longest)))
    curve = expected_purchases(model, grid)
    until_edge = np.array(
        [
            float((cohorts[came] * np.interp(np.maximum(end - starts, 0.0), grid, curve)).sum())
            for end in ends
        ]
    )
    return np.diff(until_edge)


def _index(cells: _Cells, exposure: Floats) -> Floats | None:
    """Return the index of each week; `exposure` is what a year without a season expects of a cell.

    None where the weeks differ no more than one week does between years.
    """
    years = int(cells.year.max()) + 1
    raw = np.ones(WEEKS)
    level = np.ones(years)
    for _ in range(20):
        seasonal = exposure * raw[cells.week]
        level = _ratios(cells.year, cells.observed, seasonal, years)
        raw = _ratios(cells.week, cells.observed, exposure * level[cells.year], WEEKS)
        raw = np.maximum(raw, LOWEST)
    mean = exposure * level[cells.year]
    by_week = np.bincount(cells.week, weights=mean, minlength=WEEKS)
    if float(by_week.min()) <= 0:
        return None
    centre = float((raw * by_week).sum() / by_week.sum())
    off = raw / centre - 1
    free = len(cells.week) - WEEKS - years + 1
    fitted = np.maximum(mean * raw[cells.week], 1e-9)
    spread = max(1.0, float(((cells.observed - fitted) ** 2 / fitted).sum()) / max(free, 1))
    ratio = float((off**2 * by_week).sum()) / (WEEKS - 1) / spread
    if free < 1 or fdtrc(WEEKS - 1, free, ratio) > BY_CHANCE:
        return None
    noise = spread / by_week
    signal = max(0.0, float((off**2 - noise).mean()))
    return np.maximum(1 + off * signal / (signal + noise), LOWEST)


def _ratios(group: Int64s, observed: Floats, expected: Floats, groups: int) -> Floats:
    """Return observed over expected of each group, 1 where nothing is expected."""
    above = np.bincount(group, weights=observed, minlength=groups)
    below = np.bincount(group, weights=expected, minlength=groups)
    return np.divide(above, below, out=np.ones(groups), where=below > 0)
