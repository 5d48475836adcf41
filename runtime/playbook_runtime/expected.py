"""The expected difference: draws without the luck of the one future that each of them played.

Analysis of variance of a simulation of persons within draws of parameters (O'Hagan, Stevenson &
Madan 2007, Health Economics 16(10)). Two futures of the same parameters tell the variance within,
W; the draws are drawn towards their mean so that their variance is T - W, that of the expectation
(docs/decisions/0020-expected-difference.md).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Final

import numpy as np

from playbook_runtime.kernel.tables import Draws, some_draws

# The second future of a draw has a draw number of its own, which no first future reaches.
SECOND: Final = np.uint64(2**32)
SECOND_FUTURES: Final = 250
# Draws keep their shape where at least this part of their variance is not luck.
SHAPE_KEPT: Final = 0.5
_STANDARD: Final = NormalDist()


def second_futures(draws: Draws, count: int) -> Draws:
    """Return the first draws once more: the same parameters, other luck."""
    some = some_draws(draws, 0, count)
    return some._replace(number=some.number + SECOND)


def expected_draws(
    first: Sequence[float], second: Sequence[float], of: Sequence[float] | None = None
) -> list[float]:
    """Return draws of the expectation, from a future of each draw and a second one of the first
    draws. Their mean is that of the first futures.

    `of` are draws of a like quantity with as much luck, which are drawn towards their mean instead.
    """
    return _towards_mean(first if of is None else of, luck_within(first, second), len(second))


def expected_of_two(first: Sequence[float], second: Sequence[float]) -> list[float]:
    """Return draws of the expectation from two futures of each draw: their average, which has half
    the luck, without that half."""
    average = [(a + b) / 2 for a, b in zip(first, second, strict=True)]
    return _towards_mean(average, luck_within(first, second) / 2, len(second))


def _towards_mean(values: Sequence[float], within: float, pairs: int) -> list[float]:
    share = kept_share(values, within, pairs)
    if share == 1.0:
        return list(values)
    middle = math.fsum(values) / len(values)
    if share * share < SHAPE_KEPT:
        return _normal(values, middle, share)
    return [middle + share * (value - middle) for value in values]


def _normal(values: Sequence[float], middle: float, share: float) -> list[float]:
    """Return draws in the order of values with the shape of a normal distribution: where most of
    the variance is luck, the shape of values is that of luck, too, often nobody in most draws.
    Those of equal value stand in the order of draws, and the other way round below a mean of 0, so
    that the negative of values has the negative of draws."""
    if middle < 0:
        return [-one for one in _normal([-value for value in values], -middle, share)]
    count = len(values)
    spread = math.fsum((value - middle) ** 2 for value in values) / (count - 1)
    scores = [_STANDARD.inv_cdf((place + 0.5) / count) for place in range(count)]
    scale = math.sqrt(spread * (count - 1) / math.fsum(score**2 for score in scores))
    found = [0.0] * count
    ranked = sorted(range(count), key=lambda n: (values[n], n))
    for place, score in zip(ranked, scores, strict=True):
        found[place] = middle + share * scale * score
    return found


def luck_within(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the variance between futures of the same parameters."""
    pairs = list(zip(first, second, strict=False))
    return math.fsum((a - b) ** 2 for a, b in pairs) / (2 * len(pairs))


def kept_share(values: Sequence[float], within: float, pairs: int) -> float:
    """Return the factor sqrt((T - W) / T) on the width; 1 where nothing can be told of luck.

    T - W is no less than its own standard error, so that few draws make no narrow interval.
    """
    if len(values) < 2 or pairs < 2:
        return 1.0
    middle = math.fsum(values) / len(values)
    total = math.fsum((value - middle) ** 2 for value in values) / (len(values) - 1)
    if total <= 0 or within <= 0:
        return 1.0
    error = math.sqrt(2 * total**2 / (len(values) - 1) + 2 * within**2 / pairs)
    between = min(total, max(total - within, error))
    return math.sqrt(between / total)


def expected_metrics(
    first: Mapping[str, list[float]],
    second: Mapping[str, list[float]],
    of: Mapping[str, list[float]] | None = None,
) -> dict[str, list[float]]:
    """Return the draws of the expectation of each metric."""
    return {
        name: expected_draws(values, second[name], None if of is None else of[name])
        for name, values in first.items()
    }
