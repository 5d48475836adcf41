"""Rolling-origin backtest: the model fitted to an earlier day, held against what then happened.

Next to every prediction stand two that need no model: each customer's own x / T carried forward
(the naive one), and the purchases of the last stretch as they were. Sometimes one of them wins, and
the report says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from playbook_compiler.values import dataclass
from playbook_runtime.behaviour.draws import ParameterDraws, model_draws
from playbook_runtime.behaviour.drift import Drift, drift_of
from playbook_runtime.behaviour.expectations import conditional_expected_purchases
from playbook_runtime.behaviour.fit import akaike_weights, fit_families
from playbook_runtime.behaviour.likelihood import Rows, ungrouped
from playbook_runtime.behaviour.model import (
    FAMILIES,
    KS,
    BehaviourParameters,
    Family,
    Finding,
    FittedBehaviour,
)
from playbook_runtime.behaviour.posterior import posterior_draw, purchases_within
from playbook_runtime.behaviour.season import Season, horizon_days, operational
from playbook_runtime.behaviour.seasonality import TWO_SEASONS, Given, seasonality_of
from playbook_runtime.estimate import Estimate
from playbook_runtime.history import History, history_of

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

SHORTEST_HORIZON = 28  # days: a shorter backtest says nothing
MOST_ORIGINS = 3
QUARTER = 91
MOST_CUSTOMERS = 10_000  # drawn individually; beyond that a sample of them, scaled
BACKTEST_STREAM = 5
NO_WEIGHT = 1e-6  # a model of less weight is not asked what it expects


@dataclass(frozen=True, slots=True)
class BacktestOrigin:
    """One origin: what was predicted for its customers in (origin, origin + horizon], and came.

    Purchases of customers who had bought by then. `inside` says whether the actual lies in the
    predicted 80% band; `naive` carries x / T forward, `recent` the purchases of as many days before
    the origin. The three `mae` are mean absolute errors by customer. `log_error` is
    ln(actual/predicted), `log_variance` what parameters and chance explain of it. `season` says
    where the origin's season came from: it saw nothing later either.
    """

    origin_day: int
    horizon_days: int
    customers: int
    predicted: Estimate
    actual: int
    naive: float
    recent: int
    inside: bool
    mae: float
    naive_mae: float
    recent_mae: float
    log_error: float
    log_variance: float
    season: Literal["estimated", "given", "none"]

    @property
    def naive_wins(self) -> bool:
        """Whether carrying x / T forward came closer to the total."""
        return abs(self.naive - self.actual) < abs(self.predicted.mean - self.actual)


@dataclass(frozen=True, slots=True)
class Backtest:
    """The origins that could be tested, oldest first, and the drift that they show."""

    origins: tuple[BacktestOrigin, ...]
    drift: Drift


def origins_for(first_day: int, until_day: int, horizon: int) -> tuple[int, ...]:
    """Return the origin days to test a projection over `horizon` days with; () if too short.

    Their stretches follow one another up to the last day, so that each tells something of its own.
    Three where each can be as long as the horizon and two fifths of the history are left before
    the oldest; else two, as long as leaves half of the history before them, since what happens in
    short stretches tells little of long ones; else one, after two thirds of the history. Where two
    quarters are left after the two years that tell a season, the origins are put there.
    """
    days = until_day - first_day + 1
    after_seasons = days - TWO_SEASONS
    if after_seasons >= 2 * QUARTER:
        count = MOST_ORIGINS if after_seasons >= MOST_ORIGINS * horizon else 2
        return _origins(until_day, min(horizon, after_seasons // count), count)
    if horizon >= SHORTEST_HORIZON and days >= (MOST_ORIGINS + 2) * horizon:
        return _origins(until_day, horizon, MOST_ORIGINS)
    for count in (2, 1):
        length = min(horizon, days // (count + 2))
        if length >= SHORTEST_HORIZON:
            return _origins(until_day, length, count)
    return ()


def _origins(until_day: int, length: int, count: int) -> tuple[int, ...]:
    return tuple(until_day - length * back for back in range(count, 0, -1))


def backtest(
    days: npt.NDArray[np.int32],
    customer_hash: npt.NDArray[np.uint64],
    value_minor: Int64s,
    *,
    until_day: int,
    origins: Sequence[int],
    horizon_days: int,
    families: tuple[Family, ...] = FAMILIES,
    ks: Sequence[int] = KS,
    season: Given = "auto",
    time_unit_days: float = 7.0,
    seed: int = 0,
    draws: int = 400,
) -> tuple[Backtest, list[Finding]]:
    """Return the backtest of orders (as for `history_of`) at each origin day.

    An origin's stretch ends at the next origin, or at `until_day`, at the latest. Model and season
    are those that were known at the origin. Origins at which nothing can be fitted are left out
    with a finding; without any, the drift is its prior.
    """
    findings = []
    if not origins:
        findings.append(
            Finding(
                "no-backtest",
                "the orders cover too short a time to hold some of it back, so the projection is"
                " not tested against what happened; its drift is assumed",
                f"a backtest needs about {3 * SHORTEST_HORIZON} days of orders",
            )
        )
    tested = []
    for origin, following in pairwise([*sorted(set(origins)), until_day]):
        horizon = min(horizon_days, following - origin)
        history = history_of(days, customer_hash, value_minor, origin)
        of_year = seasonality_of(history, season).season
        fits, found = fit_families(
            history,
            families,
            time_unit_days,
            with_weak_prior=True,
            ks=ks,
            season=of_year,
        )
        if not fits or horizon < 1:
            findings.append(
                Finding(
                    "no-backtest",
                    "before the backtest's origin there are too few returning customers to fit"
                    " a model to; the projection is not tested against what happened",
                    found[0].help if found else "use a longer stretch of orders",
                )
            )
            continue
        earlier, later = (
            history_of(days, customer_hash, value_minor, origin + shift)
            for shift in (-horizon, horizon)
        )
        tested.append(
            _test(earlier, history, later, fits, of_year, horizon, seed=seed, draws=draws)
        )
    drift = drift_of(
        [one.log_error for one in tested],
        [one.log_variance for one in tested],
        [one.horizon_days for one in tested],
    )
    return Backtest(tuple(tested), drift), findings


def _test(
    earlier: History,
    history: History,
    later: History,
    fits: tuple[FittedBehaviour, ...],
    season: Season | None,
    horizon: int,
    *,
    seed: int,
    draws: int,
) -> BacktestOrigin:
    """Return what the fits at `history`'s last day predicted, held against `later`."""
    actual = _purchases_of(history, later) - history.purchases
    recent = history.purchases - _purchases_of(history, earlier)
    times = operational(history, season)
    rows = ungrouped(history.x, times.t_x, times.T, 1.0)
    ahead = horizon_days(season, history.until_day, horizon)
    expected = np.zeros(len(history))
    for fitted, weight in zip(fits, akaike_weights(fits), strict=True):
        if weight >= NO_WEIGHT:
            expected += weight * conditional_expected_purchases(
                fitted.parameters.in_days(), rows, ahead
            )
    naive = np.divide(
        history.x * float(horizon), history.T, out=np.zeros(len(history)), where=history.T > 0
    )
    totals = predicted_totals(model_draws(fits, seed, draws), rows, ahead, seed, expected)
    predicted = Estimate.of(totals)
    total = int(actual.sum())
    # Half a purchase on both sides: a month without any order still has a logarithm.
    logs = np.log(np.maximum(totals, 0.0) + 0.5)
    return BacktestOrigin(
        origin_day=history.until_day,
        horizon_days=horizon,
        customers=len(history),
        predicted=predicted,
        actual=total,
        naive=float(naive.sum()),
        recent=int(recent.sum()),
        inside=predicted.covers(total),
        mae=float(np.abs(expected - actual).mean()),
        naive_mae=float(np.abs(naive - actual).mean()),
        recent_mae=float(np.abs(recent - actual).mean()),
        log_error=math.log((total + 0.5) / (predicted.mean + 0.5)),
        log_variance=float(logs.var(ddof=1)) if len(logs) > 1 else 0.0,
        season=season.source if season is not None else "none",
    )


def _purchases_of(history: History, other: History) -> Int64s:
    """Return the purchases that the customers of a history have in another one, 0 if unknown."""
    if not len(other):
        return np.zeros(len(history), dtype=np.int64)
    place = np.minimum(np.searchsorted(other.customer_hash, history.customer_hash), len(other) - 1)
    found: Int64s = np.where(
        other.customer_hash[place] == history.customer_hash, other.purchases[place], 0
    )
    return found


def predicted_totals(
    draws: ParameterDraws, rows: Rows, horizon: float, seed: int, expected: Floats
) -> Floats:
    """Return draws of the total of purchases within `horizon`, all in days of one kind: of
    the calendar, or operational.

    Layers one and two: individual posteriors and parameters. Of many customers every n-th is
    drawn. The mean is then scaled up by the closed form (`expected`, a row's), the variance by its
    parts: that of individuals with the number of customers, that of parameters with its square.
    """
    every = math.ceil(len(rows) / MOST_CUSTOMERS)
    some = Rows(rows.x[::every], rows.t_x[::every], rows.T[::every], rows.count[::every])
    totals = np.empty(len(draws))
    sums, squares = np.zeros(len(some)), np.zeros(len(some))
    for draw in range(len(draws)):
        generator = np.random.Generator(
            np.random.Philox(
                key=np.array([seed & (1 << 64) - 1, BACKTEST_STREAM], dtype=np.uint64),
                counter=np.array([0, 0, 0, draw], dtype=np.uint64),
            )
        )
        parameters = _parameters(draws, draw)
        count = purchases_within(
            posterior_draw(parameters, some, generator), parameters.k, horizon, generator
        )
        totals[draw] = count.sum()
        sums += count
        squares += count * count
    if every == 1:
        return totals
    scale = float(expected.sum() / expected[::every].sum())
    size = len(draws)
    individual = float(np.sum(squares / size - (sums / size) ** 2))
    shared = max(float(totals.var()) - individual, 0.0)
    widen = math.sqrt((scale * individual + scale**2 * shared) / max(individual + shared, 1e-300))
    centre = float(totals.mean())
    return scale * centre + widen * (totals - centre)


def _parameters(draws: ParameterDraws, draw: int) -> BehaviourParameters:
    """Return one draw's parameters, in days."""
    m = int(draws.m[draw])
    return BehaviourParameters(
        FAMILIES[m],
        int(draws.k[draw]),
        m,
        float(draws.r[draw]),
        float(draws.alpha_days[draw]),
        float(draws.a[draw]),
        float(draws.b[draw]),
        1.0,
    )
