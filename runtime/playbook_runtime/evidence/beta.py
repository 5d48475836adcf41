"""Quantiles of a Beta distribution, in plain Python: light commands show them.

The regularised incomplete beta function is its continued fraction (Abramowitz & Stegun 26.5.8) by
the modified Lentz method (Press et al. 2007, Numerical Recipes, 6.4); the quantile a bisection.
"""

from __future__ import annotations

import math
from typing import Final

from playbook_runtime.evidence.model import Beta, nine_digits

_TERMS: Final = 500
_NEAR: Final = 1e-15
_TINY: Final = 1e-300
_HALVINGS: Final = 80


def beta_quantile(prior: Beta, share: float) -> float:
    """Return the value that a Beta variable stays below with a chance of `share`, 0 < share < 1."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if below(prior, middle) < share:
            low = middle
        else:
            high = middle
    return nine_digits((low + high) / 2)


def below(prior: Beta, x: float) -> float:
    """Return the chance of a Beta variable to be below x, 0 <= x <= 1."""
    if x <= 0 or x >= 1:
        return min(1.0, max(0.0, x))
    a, b = prior.a, prior.b
    logs = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(logs + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, 1 - x) / b


def _fraction(a: float, b: float, x: float) -> float:
    """Return the continued fraction, for x below (a + 1) / (a + b + 2), where it ends soon."""
    c, d = 1.0, 1.0 / _away(1.0 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, _TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1.0 / _away(1.0 + term * d)
            c = _away(1.0 + term / c)
            found *= c * d
        if abs(c * d - 1.0) < _NEAR:
            break
    return found


def _away(value: float) -> float:
    """Return a value that can be divided by."""
    return value if abs(value) > _TINY else _TINY
