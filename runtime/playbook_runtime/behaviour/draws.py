"""Parameter and drift draws: the uncertainty that is common to all customers.

Draw d depends on the seed and on d alone, never on how many draws are taken: a counter-based
generator (Philox 4x64, Salmon et al. 2011) is keyed by seed and stream, its counter is d. All
logarithms and exponentials are Python's `math`, which equal the kernel's bit for bit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from playbook_compiler.values import dataclass
from playbook_runtime.behaviour.fit import akaike_weights
from playbook_runtime.behaviour.model import FittedBehaviour, FittedSpend, Matrix, nine_digits

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

# Streams of this module; numbers are natural keys, never reused.
MODEL, PARAMETERS, SPEND, DRIFT = 1, 2, 3, 4
_STANDARD = NormalDist()
_MASK = (1 << 64) - 1


@dataclass(frozen=True, slots=True, eq=False)
class ParameterDraws:
    """Purchase-model parameters, one element a draw, with a **day** as the time unit.

    `k` and `m` say which model a draw follows; lambda ~ Gamma(r, rate alpha_days) a day.
    """

    k: Int64s
    m: Int64s
    r: Floats
    alpha_days: Floats
    a: Floats
    b: Floats

    def __len__(self) -> int:
        return len(self.k)

    @property
    def values(self) -> Floats:
        """r, alpha, a, b in days, shape (draws, 4)."""
        return np.stack((self.r, self.alpha_days, self.a, self.b), axis=1)


def uniforms(seed: int, stream: int, draw: int, count: int) -> list[float]:
    """Return `count` uniforms of a draw, each strictly between 0 and 1, at 53 bits."""
    key = np.array([seed & _MASK, stream], dtype=np.uint64)
    counter = np.array([0, 0, 0, draw & _MASK], dtype=np.uint64)
    raw = np.random.Philox(key=key, counter=counter).random_raw(count)
    return [((int(word) >> 11) + 0.5) * 2.0**-53 for word in raw]


def normals(seed: int, stream: int, draw: int, count: int) -> list[float]:
    """Return `count` standard normals of a draw, by inversion."""
    return [_STANDARD.inv_cdf(uniform) for uniform in uniforms(seed, stream, draw, count)]


def parameter_draws(fitted: FittedBehaviour, seed: int, draws: int) -> Floats:
    """Return Laplace draws of (r, alpha, a, b), shape (draws, 4), 9 digits, in the fit's unit."""
    return np.array(
        [_laplace(fitted.parameters.values, fitted.covariance, seed, PARAMETERS, draw)
         for draw in range(draws)]
    ).reshape(draws, 4)  # fmt: skip


def spend_draws(fitted: FittedSpend, seed: int, draws: int, minor_per_unit: int = 1) -> Floats:
    """Return Laplace draws of (p, q, gamma), shape (draws, 3), 9 digits.

    gamma is in units of which `minor_per_unit` make one of the fit's: 100 for cents, 1 for the
    major unit itself. With the prior q is kept above 2 in every draw, as in the fit.
    """
    one = fitted.parameters
    result = np.array(
        [_laplace((one.p, one.q, one.gamma), fitted.covariance, seed, SPEND, draw)
         for draw in range(draws)]
    ).reshape(draws, 3)  # fmt: skip
    result[:, 2] = [nine_digits(gamma * minor_per_unit) for gamma in result[:, 2].tolist()]
    if fitted.with_prior:
        result[:, 1] = np.maximum(result[:, 1], 2.000001)
    return result


def model_draws(fits: Sequence[FittedBehaviour], seed: int, draws: int) -> ParameterDraws:
    """Return draws that first pick a model by Akaike weight, then its parameters.

    A hard choice of the family would decide what a win-back earns: BG and MBG disagree about who
    is alive where both fit equally well. Families share their normals, so that a draw differs
    between them by the model alone.
    """
    ordered = sorted(fits, key=lambda fitted: (fitted.parameters.k, fitted.parameters.m))
    weights = akaike_weights(tuple(ordered))
    chosen = []
    values = np.empty((draws, 4))
    for draw in range(draws):
        fitted = ordered[_pick(weights, uniforms(seed, MODEL, draw, 1)[0])]
        chosen.append(fitted.parameters)
        values[draw] = _laplace(fitted.parameters.values, fitted.covariance, seed, PARAMETERS, draw)
        values[draw, 1] = nine_digits(values[draw, 1] * fitted.parameters.time_unit_days)
    return ParameterDraws(
        k=np.array([one.k for one in chosen], dtype=np.int64),
        m=np.array([one.m for one in chosen], dtype=np.int64),
        r=values[:, 0],
        alpha_days=values[:, 1],
        a=values[:, 2],
        b=values[:, 3],
    )


def student_t(seed: int, stream: int, draw: int, degrees: int) -> float:
    """Return a Student t draw: a normal over the root of a chi-square of whole degrees."""
    pairs, odd = divmod(degrees, 2)
    first, *more = normals(seed, stream, draw, 1 + odd)
    ends = uniforms(seed, stream, draw, 1 + odd + pairs)[1 + odd :]
    square = -2.0 * math.fsum(math.log(end) for end in ends) + sum(one * one for one in more)
    return first / math.sqrt(square / degrees)


def _laplace(
    values: tuple[float, ...], covariance: Matrix, seed: int, stream: int, draw: int
) -> list[float]:
    """Return exp(ln values + L z), with L L' the covariance."""
    lower = _cholesky(covariance)
    normal = normals(seed, stream, draw, len(values))
    return [
        nine_digits(
            math.exp(
                math.log(value) + math.fsum(cell * z for cell, z in zip(row, normal, strict=True))
            )
        )
        for value, row in zip(values, lower, strict=True)
    ]


def _cholesky(matrix: Matrix) -> list[list[float]]:
    """Return the lower Cholesky factor of a positive definite matrix, in plain arithmetic."""
    size = len(matrix)
    lower = [[0.0] * size for _ in range(size)]
    for row in range(size):
        for column in range(row + 1):
            rest = matrix[row][column] - math.fsum(
                lower[row][inner] * lower[column][inner] for inner in range(column)
            )
            if row == column:
                lower[row][row] = math.sqrt(max(rest, 0.0))
            elif lower[column][column] > 0:
                lower[row][column] = rest / lower[column][column]
    return lower


def _pick(weights: tuple[float, ...], uniform: float) -> int:
    """Return the index at which the running sum of weights passes a uniform."""
    running = 0.0
    for index, weight in enumerate(weights):
        running += weight
        if uniform < running:
            return index
    return len(weights) - 1
