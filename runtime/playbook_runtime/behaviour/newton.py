"""Newton's method for a smooth log-likelihood of a few parameters, with its exact Hessian."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from playbook_compiler.values import dataclass

Vector = npt.NDArray[np.float64]
Objective = Callable[[Vector], tuple[float, Vector, Vector]]

LONGEST_STEP = 2.0  # in any log-parameter: a factor of 7.4
SMALLEST_GAIN = 1e-9  # of log-likelihood, by which a further step is worth taking,
ROUNDING = 1e-14  # and the share of a large sum's value that is only rounding
BOX = 20.0  # log-parameters stay within: a flat likelihood would send them to infinity


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """Where the climb ended: the point, value and Hessian there, and whether it had converged."""

    point: Vector
    value: float
    hessian: Vector
    converged: bool
    steps: int


def maximise(objective: Objective, start: Vector, most_steps: int = 80) -> Optimum:
    """Return the maximum of `objective(point) -> (value, gradient, Hessian)` near `start`.

    Where the Hessian is not negative definite, the absolute values of its eigenvalues are used,
    so that every step climbs; steps are cut to LONGEST_STEP and halved until they gain. With the
    exact Hessian of four parameters this needs about ten evaluations, a third of L-BFGS's.
    """
    point = start
    value, gradient, hessian = objective(point)
    for count in range(most_steps):
        step, gain = _climb(gradient, hessian)
        enough = SMALLEST_GAIN + ROUNDING * abs(value)
        if gain < enough:
            # This step's own error is of second order: taken blind, it is good to rounding.
            last = np.clip(point + step, -BOX, BOX)
            return Optimum(last, value, hessian, True, count)
        for _ in range(20):
            there = np.clip(point + step, -BOX, BOX)
            reached = objective(there)
            if np.isfinite(reached[0]) and reached[0] > value:
                break
            step = step / 2
        else:
            # No step gains, to rounding: a summit of a huge sum, or the edge of the box.
            return Optimum(point, value, hessian, gain < 1e-6 * (1 + abs(value)), count)
        gained = reached[0] - value
        point, (value, gradient, hessian) = there, reached
        if gained < enough and np.max(np.abs(point)) >= BOX:
            return Optimum(point, value, hessian, True, count)
    return Optimum(point, value, hessian, False, most_steps)


def _climb(gradient: Vector, hessian: Vector) -> tuple[Vector, float]:
    """Return the Newton step, made to climb and cut in length, and the gain that it promises."""
    eigenvalues, vectors = np.linalg.eigh(-hessian)
    size = np.abs(eigenvalues)
    curvature = np.maximum(size, 1e-9 * max(float(size.max()), 1e-9))
    along = vectors.T @ gradient
    step = vectors @ (along / curvature)
    gain = 0.5 * float(np.sum(along * along / curvature))
    longest = float(np.max(np.abs(step)))
    return (step * (LONGEST_STEP / longest) if longest > LONGEST_STEP else step), gain
