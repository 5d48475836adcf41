"""Rolling-origin backtest: the model fitted to an earlier day, held against what then happened.

Next to every prediction stands the naive one, each customer's own x / T carried forward;
sometimes that one wins, and the report says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

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
    BehaviourParameters,
    Family,
    Finding,
    FittedBehaviour,
)
from playbook_runtime.behaviour.posterior import posterior_draw, purchases_within
from playbook_runtime.estimate import Estimate
from playbook_runtime.history import History, history_of

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

SHORTEST_HORIZON = 28  # days: a shorter backtest says nothing
MOST_CUSTOMERS = 10_000  # drawn individually; beyond that a sample of them, scaled
BACKTEST_STREAM = 5


@dataclass(frozen=True, slots=True)
class BacktestOrigin:
    """One origin: what was predicted for its customers in (origin, origin + horizon], and came.

    Repeat purchases in all. `inside` says whether the actual lies in the predicted 80% band.
    `log_error` is ln(actual/predicted), `log_variance` what parameters and chance explain of it.
    """

    origin_day: int
    horizon_days: int
    customers: int
    predicted: Estimate
    actual: int
    naive: float
    inside: bool
    mae: float
    naive_mae: float
    log_error: float
    log_variance: float

    @property
    def naive_wins(self) -> bool:
        """Whether carrying x / T forward came closer to the total."""
        return abs(self.naive - self.actual) < abs(self.predicted.mean - self.actual)


@dataclass(frozen=True, slots=True)
class Backtest:
    """The origins that could be tested, oldest first, and the drift that they show."""

    origins: tuple[BacktestOrigin, ...]
    drift: Drift


def origins_for(first_day: int, until_day: int, horizon_days: int) -> tuple[int, ...]:
    """Return the origin days to test a projection over `horizon_days` with; () if too short.

    One origin, as far back as the horizon, but with at least two thirds of the history before it.
    """
    back = min(horizon_days, (until_day - first_day + 1) // 3)
    return (until_day - back,) if back >= SHORTEST_HORIZON else ()


def backtest(
    days: npt.NDArray[np.int32],
    customer_hash: npt.NDArray[np.uint64],
    value_minor: Int64s,
    *,
    until_day: int,
    origins: Sequence[int],
    horizon_days: int,
    families: tuple[Family, ...] = FAMILIES,
    time_unit_days: float = 7.0,
    seed: int = 0,
    draws: int = 400,
) -> tuple[Backtest, list[Finding]]:
    """Return the backtest of orders (as for `history_of`) at each origin day.

    An origin's horizon ends at `until_day` at the latest. Origins at which nothing can be fitted
    are left out with a finding; without any, the drift is its prior.
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
    for origin in sorted(set(origins)):
        horizon = min(horizon_days, until_day - origin)
        history = history_of(days, customer_hash, value_minor, origin)
        fits, found = fit_families(history, families, time_unit_days, with_weak_prior=True)
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
        later = history_of(days, customer_hash, value_minor, origin + horizon)
        tested.append(_test(history, later, fits, horizon, seed=seed, draws=draws))
    drift = drift_of(
        [one.log_error for one in tested],
        [one.log_variance for one in tested],
        [one.horizon_days for one in tested],
    )
    return Backtest(tuple(tested), drift), findings


def _test(
    history: History,
    later: History,
    fits: tuple[FittedBehaviour, ...],
    horizon: int,
    *,
    seed: int,
    draws: int,
) -> BacktestOrigin:
    """Return what the fits at `history`'s last day predicted, held against `later`."""
    known = np.searchsorted(later.customer_hash, history.customer_hash)
    actual = later.purchases[known] - history.purchases
    rows = ungrouped(history.x, history.t_x, history.T, 1.0)
    expected = np.zeros(len(history))
    for fitted, weight in zip(fits, akaike_weights(fits), strict=True):
        expected += weight * conditional_expected_purchases(
            fitted.parameters.in_days(), rows, horizon
        )
    naive = np.divide(
        history.x * float(horizon), history.T, out=np.zeros(len(history)), where=history.T > 0
    )
    totals = predicted_totals(model_draws(fits, seed, draws), rows, horizon, seed, expected)
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
        inside=predicted.covers(total),
        mae=float(np.abs(expected - actual).mean()),
        naive_mae=float(np.abs(naive - actual).mean()),
        log_error=math.log((total + 0.5) / (predicted.mean + 0.5)),
        log_variance=float(logs.var(ddof=1)) if len(logs) > 1 else 0.0,
    )


def predicted_totals(
    draws: ParameterDraws, rows: Rows, horizon: int, seed: int, expected: Floats
) -> Floats:
    """Return draws of the total of purchases within `horizon` days, rows in days.

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
