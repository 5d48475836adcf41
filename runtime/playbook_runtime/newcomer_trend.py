"""The history's trend of newcomers: level, slope and scatter of first orders, with their draws.

First orders of four weeks each, of the latest stretch of the history (`newcomers_per_day`), are
taken as log-linear in time with quasi-Poisson scatter (McCullagh & Nelder 1989, chapter 6). The
slope has a prior around none, because a year holds one season and growth cannot be told from it;
carried forward, it is damped (Gardner & McKenzie 1985, Management Science 31(10)): after h months
it has worked for (1 - d^h) / (-ln d) months, never for more than four and a half. So a shop that
grew is projected to grow a little more, and its interval is wide.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from playbook_compiler.values import dataclass
from playbook_runtime.kernel.tables import F64
from playbook_runtime.observed import Observed

BLOCK_DAYS: Final = 28
MONTH_DAYS: Final = 30.4375
DAMPING: Final = 0.8  # a month
SLOPE_PRIOR: Final = 0.1  # standard deviation of the log rate's change in a month, a judgement
FREE: Final = 1.0  # ... that lets the data say it, and keeps a lone block from having no end
# Below these a slope says nothing, and the level has the Gamma posterior of a Poisson rate.
FEWEST_BLOCKS, FEWEST_NEWCOMERS = 4, 12
_STEPS: Final = 50


@dataclass(frozen=True, slots=True)
class Trend:
    """First orders of the latest stretch: how many in how many days, and what they tell.

    `level` is the log of newcomers a day on the as-of date, `slope` its change a month,
    `covariance` (level, both, slope) of the two, `scatter` the variance of a month's rate about
    them, relative to its square. `sloped` is false where there is too little to tell any of that.
    """

    count: int
    days: int
    level: float
    slope: float
    covariance: tuple[float, float, float]
    scatter: float
    sloped: bool

    @property
    def monthly(self) -> float:
        """Newcomers a month at the as-of date."""
        return math.exp(self.level) * MONTH_DAYS


def trend_of(data: Observed) -> Trend:
    """Return the trend of the shop's newcomers."""
    count, days = data.newcomers_per_day()
    back = data.as_of_day - data.history.first_day.astype(np.int64)
    return trend_of_blocks(_blocks(back, days // BLOCK_DAYS), count, days)


def trend_of_blocks(blocks: list[int], count: int, days: int) -> Trend:
    """Return the trend of newcomers by four weeks, the latest first."""
    flat = math.log((count + 0.5) / days)
    if len(blocks) < FEWEST_BLOCKS or sum(blocks) < FEWEST_NEWCOMERS:
        return Trend(count, days, flat, 0.0, (0.0, 0.0, 0.0), 0.0, sloped=False)
    months = [-(place + 0.5) * BLOCK_DAYS / MONTH_DAYS for place in range(len(blocks))]
    # The scatter is that about the line which the data alone draw.
    level, slope, _ = _line(blocks, months, 1.0, FREE)
    means = [BLOCK_DAYS * math.exp(level + slope * month) for month in months]
    squares = math.fsum((n - mean) ** 2 / mean for n, mean in zip(blocks, means, strict=True))
    dispersion = max(1.0, squares / (len(blocks) - 2))
    level, slope, curvature = _line(blocks, months, dispersion, SLOPE_PRIOR)
    a, b, c = curvature
    whole = a * c - b * b
    return Trend(
        count,
        days,
        level,
        slope,
        (c / whole, -b / whole, a / whole),
        (dispersion - 1.0) * len(blocks) / sum(blocks),
        sloped=True,
    )


def rate_draws(trend: Trend, months: list[float], normals: F64, uniform: F64) -> F64:
    """Return newcomers a day by draw and month, shape (D, M).

    `months` are the months from the as-of date to the middle of each; `normals` has two standard
    normals a draw. `uniform` (D,) are standard gammas of shape count + 1/2: the posterior of a
    level without a slope.
    """
    if not trend.sloped:
        return np.repeat((uniform / trend.days)[:, None], len(months), axis=1)
    first, second, third = _factor(trend)
    found = np.empty((len(normals), len(months)))
    for draw, (one, other) in enumerate(normals.tolist()):
        at = trend.level + first * one
        change = trend.slope + second * one + third * other
        found[draw] = [math.exp(at + change * damped(month)) for month in months]
    return found


def mean_rates(trend: Trend, months: list[float]) -> F64:
    """Return the mean of `rate_draws` by month, shape (M,): that of a log-normal exp(N(m, v)) is
    exp(m + v / 2), that of a Gamma posterior (count + 1/2) / days."""
    if not trend.sloped:
        return np.full(len(months), (trend.count + 0.5) / trend.days)
    first, second, third = _factor(trend)
    worked = [damped(month) for month in months]
    return np.array(
        [
            math.exp(
                trend.level
                + trend.slope * time
                + ((first + second * time) ** 2 + (third * time) ** 2) / 2
            )
            for time in worked
        ]
    )


def _factor(trend: Trend) -> tuple[float, float, float]:
    """Return the Cholesky factor of the covariance of level and slope: (level, both, slope)."""
    level, both, slope = trend.covariance
    first = math.sqrt(level)
    second = both / first
    return first, second, math.sqrt(max(slope - second * second, 0.0))


def damped(months: float) -> float:
    """Return for how many months a slope has worked after so many."""
    return (1.0 - math.pow(DAMPING, months)) / -math.log(DAMPING)


def _blocks(back: npt.NDArray[np.int64], blocks: int) -> list[int]:
    """Return the newcomers of each block, the latest first; `back` is days before the as-of day."""
    places = back // BLOCK_DAYS
    return [int(one) for one in np.bincount(places[places < blocks], minlength=blocks)]


def _line(
    blocks: list[int], months: list[float], dispersion: float, prior: float
) -> tuple[float, float, tuple[float, float, float]]:
    """Return level, slope and curvature at the posterior mode, by Newton's method.

    Gradient and curvature of sum(n log mean - mean) / dispersion - slope^2 / (2 prior^2).
    """
    level, slope = math.log(sum(blocks) / (len(blocks) * BLOCK_DAYS)), 0.0
    weight = 1.0 / (prior * prior)
    a = b = c = 0.0
    for _ in range(_STEPS):
        means = [BLOCK_DAYS * math.exp(level + slope * month) for month in months]
        rest = [(n - mean) / dispersion for n, mean in zip(blocks, means, strict=True)]
        up = math.fsum(rest)
        across = math.fsum(r * t for r, t in zip(rest, months, strict=True)) - slope * weight
        a = math.fsum(means) / dispersion
        b = math.fsum(m * t for m, t in zip(means, months, strict=True)) / dispersion
        c = math.fsum(m * t * t for m, t in zip(means, months, strict=True)) / dispersion + weight
        whole = a * c - b * b
        step, turn = (c * up - b * across) / whole, (a * across - b * up) / whole
        level, slope = level + step, slope + turn
        if abs(step) + abs(turn) < 1e-12:
            break
    return level, slope, (a, b, c)
