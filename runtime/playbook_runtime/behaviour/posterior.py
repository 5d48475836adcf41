"""The exact posterior of a customer's (lambda, p, alive, phase), and what he buys next.

A draw picks a component by its weight, then lambda from its Gamma and p from its Beta: exact, no
MCMC. Written in NumPy for verification and for backtest bands; the simulation has its own sampler
in the kernel, from the same table of components.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from playbook_compiler.values import dataclass
from playbook_runtime.behaviour.likelihood import Rows, component_log_weights
from playbook_runtime.behaviour.model import BehaviourParameters

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class PosteriorDraw:
    """One draw for every row, at the end of its observed time.

    `phase` is the number of hidden phases done since the last purchase (0 for k = 1), `rate` is
    lambda per time unit, `drop_out` is p.
    """

    alive: npt.NDArray[np.bool_]
    phase: Int64s
    rate: Floats
    drop_out: Floats


def posterior_draw(
    parameters: BehaviourParameters, rows: Rows, generator: np.random.Generator
) -> PosteriorDraw:
    """Return one draw from the exact posterior of every row (the rows' counts are not used)."""
    r, alpha, a, b = parameters.values
    k, m = parameters.k, parameters.m
    weights = component_log_weights(parameters, rows)
    shares = np.exp(weights - np.logaddexp.reduce(weights, axis=0))
    uniform = generator.random(len(rows))
    component = (uniform >= np.cumsum(shares[:-1], axis=0)).sum(axis=0)
    alive = component < k
    phase = np.where(alive, component, 0)
    shape = r + k * rows.x + phase
    rate = generator.gamma(shape) / (alpha + np.where(alive, rows.T, rows.t_x))
    kept = b + rows.x + m - np.where(alive, 0, 1)
    return PosteriorDraw(alive, phase, rate, generator.beta(np.where(alive, a, a + 1), kept))


def purchases_within(
    draw: PosteriorDraw,
    k: int,
    t: npt.ArrayLike,
    generator: np.random.Generator,
) -> Int64s:
    """Return each row's purchases within t: min((phase + Poisson(lambda t)) // k, Geometric(p)).

    The last purchase is the one after which the coin falls on "gone"; the gone buy nothing.
    """
    phases = generator.poisson(draw.rate * np.asarray(t, dtype=np.float64))
    # A p of exactly 0 (underflow) means "never gone": the geometric's limit.
    coins = np.where(
        draw.drop_out > 1e-15, generator.geometric(np.maximum(draw.drop_out, 1e-15)), np.inf
    )
    count = np.minimum((draw.phase + phases) // k, coins)
    return np.where(draw.alive, count, 0).astype(np.int64)
