"""Numbers as a reader gets them: no more digits than their uncertainty leaves to tell.

`places` are digits after the point as `round` takes them: 2 is hundredths, -2 is hundreds.
"""

from __future__ import annotations

import math

from playbook_runtime.estimate import Estimate

_WIDTH_DIGITS, _MEAN_DIGITS = 3, 2


def places_for(width: float, mean: float, most: int) -> int:
    """Return the places for a number of this mean whose interval, or its row's, is so wide.

    Three digits of the width are told, but at least two of the mean, and never more than `most`.
    """
    told = most
    if width > 0:
        told = _WIDTH_DIGITS - 1 - math.floor(math.log10(width))
    if mean:
        told = max(told, _MEAN_DIGITS - 1 - math.floor(math.log10(abs(mean))))
    return min(told, most)


def width(estimate: Estimate) -> float:
    """Return the width of the 80% interval."""
    return estimate.p90 - estimate.p10


def figure(value: float, places: int) -> str:
    """Return a number with thousands separators; `0` where it is exactly that."""
    if value == 0:
        return "0"
    rounded = round(value, places) + 0.0  # no -0
    return f"{rounded:,.{max(places, 0)}f}"


def signed(value: float, places: int) -> str:
    """Return a difference: its sign first; `0` where nothing of it is left at these places."""
    if round(value, places) == 0:
        return "0"
    return f"{'-' if value < 0 else '+'}{figure(abs(value), places)}"


def interval(estimate: Estimate, places: int) -> str:
    """Return the 80% interval of a difference: `+140 ... +800`."""
    return f"{signed(estimate.p10, places)} ... {signed(estimate.p90, places)}"


def interval_of_level(estimate: Estimate, places: int) -> str:
    """Return the 80% interval of a level, which has no sign to show: `351,000 ... 455,000`."""
    return f"{figure(estimate.p10, places)} ... {figure(estimate.p90, places)}"


def half_width(estimate: Estimate, places: int) -> str:
    """Return the mean and half the 80% interval: `120 +- 70`; `0` where it is exactly that."""
    half = width(estimate) / 2
    if half == 0:
        return figure(estimate.mean, places)
    return f"{figure(estimate.mean, places)} +- {figure(half, places)}"


def chance(probability: float) -> str:
    """Return a chance in whole per cent, and never as certain: draws are finite."""
    if probability < 0.005:
        return "under 1 %"
    return "over 99 %" if probability > 0.995 else f"{100 * probability:.0f} %"


def scaled(estimate: Estimate, factor: float) -> Estimate:
    """Return an estimate times a number; a negative one turns the interval round."""
    low, high = estimate.p10 * factor, estimate.p90 * factor
    return Estimate(estimate.mean * factor, min(low, high), estimate.p50 * factor, max(low, high))
