"""The likelihood of the (M)BG/CNBD-k model as an exact mixture of components, with derivatives.

Every term of a customer's likelihood times the priors is an unnormalised Gamma x Beta density:
k components "alive in hidden phase j" and one "gone at t_x". Their log weights are the one thing
computed here; log-likelihood, gradient, Hessian, P(alive) and the posterior sampler follow.
For k = 1 this is Fader, Hardie & Lee (2005) and Batislam et al. (2007); for k > 1 Platzer &
Reutterer (2016), "Ticking Away the Moments", and Reutterer, Platzer & Schroeder (2021).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, gammaln, psi, zeta

from playbook_compiler.values import dataclass, replace
from playbook_runtime.behaviour.model import BehaviourParameters
from playbook_runtime.behaviour.season import Season, log_season_of
from playbook_runtime.behaviour.sums import dot, products
from playbook_runtime.history import History, gaps_of, sum_by_customer

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

CHUNK = 8_192  # rows at a time: the temporaries stay in the processor's cache
_DAY_BITS = 17  # 131,071 days


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Customers with the same (x, t_x, T), and how many they are; times in time units.

    Two sums over all the customers matter only where models of different k, or with and without a
    season, are compared: `log_gaps` of ln(inter-purchase time), `log_season` of ln s(purchase day)
    over the repeat purchases.
    """

    x: Int64s
    t_x: Floats
    T: Floats
    count: Floats
    log_gaps: float = 0.0
    log_season: float = 0.0

    def __len__(self) -> int:
        return len(self.x)

    @property
    def customers(self) -> int:
        """Number of customers in all rows."""
        return round(float(self.count.sum()))

    def part(self, start: int, stop: int) -> Rows:
        """Return some of the rows."""
        cut = slice(start, stop)
        return Rows(self.x[cut], self.t_x[cut], self.T[cut], self.count[cut])


def rows_of(
    history: History, time_unit_days: float, every: int = 1, season: Season | None = None
) -> Rows:
    """Return a history's customers, or every n-th of them, grouped by identical (x, t_x, T).

    With a season the times are operational: T, t_x and the gaps count its days, not the calendar's.
    """
    x, t_x, T = history.x[::every], history.t_x[::every], history.T[::every]
    rows = grouped(x, t_x, T, time_unit_days)
    if season is None and not len(history.purchase_day):
        return rows  # without the days of purchases: for one k, without a season
    moment: Floats | npt.NDArray[np.int32] = history.purchase_day
    log_season = 0.0
    if season is not None:
        # One end of the observed time is common to all, so that equal days are equal times.
        first = history.until_day - np.rint(rows.T * time_unit_days).astype(np.int64)
        last = first + np.rint(rows.t_x * time_unit_days).astype(np.int64)
        begin = season.at_end_of(first)
        rows = Rows(
            rows.x,
            (season.at_end_of(last) - begin) / time_unit_days,
            (season.at_end_of(np.array([history.until_day])) - begin) / time_unit_days,
            rows.count,
        )
        moment = season.at_end_of(history.purchase_day)
        log_season = float(log_season_of(history, season)[::every].sum())
    gaps = sum_by_customer(history, np.log(gaps_of(history, moment)))[::every]
    log_gaps = float(gaps.sum()) - float(x.sum()) * math.log(time_unit_days)
    return replace(rows, log_gaps=log_gaps, log_season=log_season)


def grouped(x: Int64s, t_x_days: Int64s, T_days: Int64s, time_unit_days: float) -> Rows:
    """Return rows grouped by identical (x, t_x, T), times from whole days to time units.

    The three are packed into one integer: sorting those is 100 times faster than unique rows.
    """
    mask = (1 << _DAY_BITS) - 1
    packed = np.sort(
        (x.astype(np.int64) << (2 * _DAY_BITS)) | (t_x_days.astype(np.int64) << _DAY_BITS) | T_days
    )
    starts = np.flatnonzero(np.concatenate((packed[:1] == packed[:1], packed[1:] != packed[:-1])))
    unique = packed[starts]
    return Rows(
        x=unique >> (2 * _DAY_BITS),
        t_x=((unique >> _DAY_BITS) & mask) / time_unit_days,
        T=(unique & mask) / time_unit_days,
        count=np.diff(np.append(starts, len(packed))).astype(np.float64),
    )


def ungrouped(x: Int64s, t_x_days: npt.ArrayLike, T_days: npt.ArrayLike, unit: float) -> Rows:
    """Return one row a customer, in the order given."""
    return Rows(
        np.asarray(x, dtype=np.int64),
        np.asarray(t_x_days, dtype=np.float64) / unit,
        np.asarray(T_days, dtype=np.float64) / unit,
        np.ones(len(x)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Tables:
    """Everything that depends on the parameters and x alone, indexed by x."""

    shape: list[Floats]  # of the Gamma, one an alive phase; the dead component's is shape[0]
    alive: list[Floats]  # log weight without the terms in t_x and T
    dead: Floats  # -inf where a customer cannot be gone


def _tables(logs: Floats, k: int, m: int, most_x: int) -> _Tables:
    """Return the tables for x = 0..most_x."""
    r, _, a, b = np.exp(logs)
    x = np.arange(most_x + 1, dtype=np.float64)
    coins = x + m
    can_be_gone = coins >= 1
    # lnB(a + 1, b - 1) need not exist at x = m = 0: mask before evaluating.
    safe_coins = np.where(can_be_gone, coins, 1.0)
    shape = [r + k * x + phase for phase in range(k)]
    beta_alive = betaln(a, b + coins)
    return _Tables(
        shape=shape,
        alive=[beta_alive + gammaln(shape[phase]) - math.lgamma(phase + 1) for phase in range(k)],
        dead=np.where(can_be_gone, betaln(a + 1, b + safe_coins - 1) + gammaln(shape[0]), -np.inf),
    )


def _log_weights(tables: _Tables, alpha: float, rows: Rows) -> tuple[Floats, tuple[Floats, Floats]]:
    """Return component log weights, shape (k + 1, rows): alive in phase 0..k-1, then dead; and the
    logarithms of alpha + T and alpha + t_x.
    """
    phases = len(tables.alive)
    weights = np.empty((phases + 1, len(rows)))
    log_until_end = np.log(alpha + rows.T)
    for phase in range(phases):
        weights[phase] = tables.alive[phase][rows.x] - tables.shape[phase][rows.x] * log_until_end
        if phase:
            since = rows.T - rows.t_x
            positive = since > 0
            log_since = np.log(np.where(positive, since, 1.0))
            weights[phase] += np.where(positive, phase * log_since, -np.inf)
    log_until_last = np.log(alpha + rows.t_x)
    weights[phases] = tables.dead[rows.x] - tables.shape[0][rows.x] * log_until_last
    return weights, (log_until_end, log_until_last)


def component_log_weights(parameters: BehaviourParameters, rows: Rows) -> Floats:
    """Return the log weights of the posterior's components, shape (k + 1, rows).

    Unnormalised: their log-sum-exp, plus `log_constant` and the row's share of `log_of_data`, is
    the row's log-likelihood. Order: alive in hidden phase 0..k-1, then gone at t_x (-inf where
    that cannot be).
    """
    logs = np.log(np.array(parameters.values))
    tables = _tables(logs, parameters.k, parameters.m, _most_x(rows))
    return _log_weights(tables, parameters.alpha, rows)[0]


def log_constant(parameters: BehaviourParameters) -> float:
    """Return the part of a row's log-likelihood that is common to all rows."""
    r, alpha, a, b = parameters.values
    return r * math.log(alpha) - math.lgamma(r) - float(betaln(a, b))


def log_of_data(rows: Rows, k: int) -> float:
    """Return the part of the log-likelihood that no parameter changes, 0 for k = 1, no season.

    (k - 1) sum ln(inter-purchase time) - x lnGamma(k): the Erlang density's own; and
    sum ln s(t), which takes densities in operational time back to the calendar.
    """
    purchases = dot(rows.count, rows.x)
    return (k - 1) * rows.log_gaps - purchases * math.lgamma(k) + rows.log_season


def log_likelihood(parameters: BehaviourParameters, rows: Rows) -> float:
    """Return the log-likelihood of the rows, counts and `log_of_data` included."""
    weights = component_log_weights(parameters, rows)
    each = np.logaddexp.reduce(weights, axis=0)
    common = rows.customers * log_constant(parameters)
    return dot(rows.count, each) + common + log_of_data(rows, parameters.k)


def log_likelihood_and_derivatives(
    logs: Floats, rows: Rows, k: int, m: int
) -> tuple[float, Floats, Floats]:
    """Return the log-likelihood, its gradient (4,) and Hessian (4, 4) in (ln r, ln alpha, ln a,
    ln b).

    The gradient of ln sum exp(c) is the weight-averaged gradient of the components c; the Hessian
    is the averaged Hessian plus the covariance of the gradients under the weights.
    """
    theta = np.exp(logs)
    r, alpha, a, b = (float(value) for value in theta)
    most_x = _most_x(rows)
    tables = _tables(logs, k, m, most_x)
    coins = np.arange(most_x + 1, dtype=np.float64) + m
    before = np.maximum(b + coins - 1, 1e-300)  # only read where the weight is not zero
    psi_all, tri_all = psi(a + b + coins), _trigamma(a + b + coins)
    psi_shape = [psi(shape) for shape in tables.shape]
    psi_a, psi_kept = float(psi(a)), psi(b + coins)
    gradient_a = (psi_a - psi_all, psi_a + 1 / a - psi_all)  # alive, dead
    gradient_b = (psi_kept - psi_all, np.where(coins >= 1, psi(before), 0.0) - psi_all)

    value = log_of_data(rows, k)
    gradient = np.zeros(4)
    hessian = np.zeros((4, 4))
    weight_by_x = np.zeros((k + 1, most_x + 1))
    for start in range(0, len(rows), CHUNK):
        part = rows.part(start, start + CHUNK)
        x, count = part.x, part.count
        log_weights, log_exposures = _log_weights(tables, alpha, part)
        top = log_weights.max(axis=0)
        weights = np.exp(log_weights - top)
        total = weights.sum(axis=0)
        value += dot(count, top + np.log(total))
        weights /= total
        mean = np.zeros((4, len(part)))
        for component in range(k + 1):
            dead = component == k
            phase = 0 if dead else component
            exposure = alpha + (part.t_x if dead else part.T)
            shape = tables.shape[phase][x]
            here = np.empty((4, len(part)))
            here[0] = psi_shape[phase][x] - log_exposures[dead]
            here[1] = -shape / exposure
            here[2] = gradient_a[dead][x]
            here[3] = gradient_b[dead][x]
            weighted = here * weights[component]
            mean += weighted
            counted = count * weights[component]
            hessian += products(weighted * count, here)
            hessian[0, 1] -= float(np.sum(counted / exposure))
            hessian[1, 1] += dot(counted / exposure, shape / exposure)
            weight_by_x[component] += np.bincount(x, weights=counted, minlength=most_x + 1)
        hessian -= products(mean * count, mean)
        gradient += (mean * count).sum(axis=1)

    _add_beta_curvature(hessian, weight_by_x, tables, coins=coins, a=a, b=b, tri_all=tri_all)
    customers = float(rows.count.sum())
    value += customers * (r * math.log(alpha) - math.lgamma(r) - float(betaln(a, b)))
    psi_ab, tri_ab = float(psi(a + b)), float(_trigamma(a + b))
    gradient += customers * np.array(
        [math.log(alpha) - float(psi(r)), r / alpha, psi_ab - psi_a, psi_ab - float(psi(b))]
    )
    hessian[0, 0] -= customers * float(_trigamma(r))
    hessian[0, 1] += customers / alpha
    hessian[1, 1] -= customers * r / alpha**2
    hessian[2, 2] += customers * (tri_ab - float(_trigamma(a)))
    hessian[2, 3] += customers * tri_ab
    hessian[3, 3] += customers * (tri_ab - float(_trigamma(b)))
    hessian[1, 0], hessian[3, 2] = hessian[0, 1], hessian[2, 3]
    return value, gradient * theta, hessian * np.outer(theta, theta) + np.diag(gradient * theta)


def _add_beta_curvature(
    hessian: Floats,
    weight_by_x: Floats,
    tables: _Tables,
    *,
    coins: Floats,
    a: float,
    b: float,
    tri_all: Floats,
) -> None:
    """Add the components' second derivatives in r, a and b: they depend on x alone."""
    alive, dead = weight_by_x[:-1].sum(axis=0), weight_by_x[-1]
    for phase, shape in enumerate(tables.shape):
        weight = weight_by_x[phase] + (dead if phase == 0 else 0.0)
        hessian[0, 0] += dot(weight, _trigamma(shape))
    common = dot(alive + dead, tri_all)
    gone = coins >= 1
    hessian[2, 2] += float(alive.sum() * _trigamma(a) + dead.sum() * _trigamma(a + 1)) - common
    hessian[2, 3] -= common
    hessian[3, 3] += (
        dot(alive, _trigamma(b + coins)) + dot(dead[gone], _trigamma(b + coins[gone] - 1)) - common
    )


def _trigamma(value: npt.ArrayLike) -> Floats:
    """Return psi'(value) = zeta(2, value), for value > 0."""
    result: Floats = zeta(2.0, value)
    return result


def _most_x(rows: Rows) -> int:
    return int(rows.x.max()) if len(rows) else 0
