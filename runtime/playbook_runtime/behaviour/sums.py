"""Sums of products without BLAS.

BLAS splits long vectors over threads: their number would change the last bits, and on a busy
machine its threads wait for one another: a fit of a million customers then took 20 times as long.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def dot(left: npt.NDArray[Any], right: npt.NDArray[Any]) -> float:
    """Return the sum of products of two vectors."""
    return float((left * right).sum())


def products(left: Floats, right: Floats) -> Floats:
    """Return left @ right.T of two (few, many) matrices."""
    result: Floats = np.einsum("in,jn->ij", left, right)
    return result
