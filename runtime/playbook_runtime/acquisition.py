"""Newcomers by month: what advertising wins at its budget, and what comes without it.

    n = organic + (B0 / CAC0) (B / B0)^sigma

with B the month's budget for winning customers, CAC0 what a customer cost at the budget B0, sigma
the saturation. Organic is the mean of the history's trend less what the budget of the past brought,
B0 / CAC0; never negative. So the past's budget brings the past's newcomers. A draw has all of them
times its own rate over the mean of the trend: what is not known of the trend is a factor, on those
who are won, too. A floor under each draw's rate instead would lift the mean wherever most of the
newcomers are won. Both worlds have the same.

Randomness is keyed by draw, and a month's count is a quantile at a uniform of its own: more budget
never brings fewer newcomers in any draw, and two budgets are compared without chance between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

import numpy as np
from scipy.special import pdtr, pdtrik

from playbook_compiler.model import Economics
from playbook_compiler.values import dataclass
from playbook_runtime.kernel.tables import F64, I64
from playbook_runtime.newcomer_trend import MONTH_DAYS, Trend, mean_rates, rate_draws
from playbook_runtime.settings import Calendar

_STREAM: Final = int.from_bytes(blake2b(b"newcomers", digest_size=8).digest(), "little")


@dataclass(frozen=True, slots=True)
class Advertising:
    """What advertising wins: a customer for `cost` at `at_budget` a month, money in minor units."""

    at_budget: float
    cost: float
    saturation: float

    def newcomers(self, budget: float) -> float:
        """Return the customers won in a month of such a budget."""
        if budget <= 0:
            return 0.0
        return self.at_budget / self.cost * float((budget / self.at_budget) ** self.saturation)


@dataclass(frozen=True, slots=True)
class MonthCovered:
    """A month of the horizon: its name, the days of it inside, those of the whole month, and how
    many months its middle lies after the as-of date."""

    name: str
    days: int
    whole: int
    middle: float

    @property
    def part(self) -> float:
        """The part of the month that lies in the horizon."""
        return self.days / self.whole


@dataclass(frozen=True, slots=True, eq=False)
class Chance:
    """What chance decides about newcomers, by draw: the same at any budget.

    `rate` (D, M) is the trend's newcomers a day, its scatter from month to month included, `mean`
    (M,) its expectation over all draws there could be; `uniform` (D, M) the place of a month's
    count in its distribution.
    """

    rate: F64
    mean: F64
    uniform: F64


def advertising_of(
    economics: Economics | None, decimals: int, usual_budget: int | None
) -> Advertising | None:
    """Return what a playbook says of advertising; None where it says nothing to go by.

    Without `at_budget` its cost is that at `usual_budget`, what the stage of the first day spends.
    """
    said = economics.acquisition if economics is not None else None
    if said is None:
        return None
    at_budget = usual_budget if said.at_budget is None else said.at_budget.minor(decimals)
    cost = said.cost_per_customer.minor(decimals)
    if not at_budget or not cost:
        return None
    return Advertising(float(at_budget), float(cost), float(said.saturation))


def months_covered(calendar: Calendar) -> tuple[MonthCovered, ...]:
    """Return the months of a horizon, the first and the last of them cut to it."""
    found = []
    done = 0
    for name, first, last in calendar.month_days():
        days = (last - first).days
        following = first.replace(day=1)
        year, month = divmod(following.year * 12 + following.month, 12)
        whole = (following.replace(year=year, month=month + 1) - following).days
        found.append(MonthCovered(name, days, whole, (done + days / 2) / MONTH_DAYS))
        done += days
    return tuple(found)


def chance_of(trend: Trend, months: Sequence[MonthCovered], seed: int, draws: int) -> Chance:
    """Return what chance decides, from a generator of its own for each draw."""
    normals = np.empty((draws, 2))
    level = np.empty(draws)
    uniform = np.empty((draws, len(months)))
    scatter = np.ones((draws, len(months)))
    for draw in range(draws):
        shared, monthly, extra = (
            np.random.Generator(
                np.random.Philox(key=[seed % 2**64, _STREAM], counter=[0, 0, part, draw])
            )
            for part in range(3)
        )
        normals[draw] = shared.standard_normal(2)
        level[draw] = shared.standard_gamma(trend.count + 0.5)
        uniform[draw] = monthly.random(len(months))
        if trend.scatter > 0:
            scatter[draw] = extra.standard_gamma(1 / trend.scatter, len(months)) * trend.scatter
    middles = [month.middle for month in months]
    rate = rate_draws(trend, middles, normals, level) * scatter
    return Chance(rate, mean_rates(trend, middles), uniform)


def newcomer_draws(
    chance: Chance,
    months: Sequence[MonthCovered],
    advertising: Advertising | None = None,
    budgets: Sequence[float] = (),
) -> I64:
    """Return how many newcomers come by draw and month, int64 (D, M).

    `budgets` are those of full months for winning customers, in minor units.
    """
    expected = expected_newcomers(chance, months, advertising, budgets)
    return poisson_quantiles(chance.uniform, expected)


def expected_newcomers(
    chance: Chance,
    months: Sequence[MonthCovered],
    advertising: Advertising | None,
    budgets: Sequence[float],
) -> F64:
    """Return the newcomers to expect by draw and month of the days in the horizon, (D, M)."""
    days = np.array([month.days for month in months], dtype=np.float64)
    if advertising is None:
        return np.asarray(chance.rate * days)
    past = advertising.newcomers(advertising.at_budget) / MONTH_DAYS
    organic = np.maximum(chance.mean - past, 0.0)
    won = np.array([advertising.newcomers(budget) for budget in budgets])
    all_of_them = organic * days + won * np.array([month.part for month in months])
    return np.asarray(chance.rate / chance.mean * all_of_them)


def poisson_quantiles(uniform: F64, mean: F64) -> I64:
    """Return the least counts whose Poisson distribution function reaches a uniform."""
    some = np.maximum(mean, 1e-12)
    above = np.ceil(pdtrik(uniform, some))
    below = np.maximum(above - 1, 0)
    found = np.where(pdtr(below, some) >= uniform, below, above)
    return np.where(mean > 0, found, 0).astype(np.int64)
