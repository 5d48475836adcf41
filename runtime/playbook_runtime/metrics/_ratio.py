"""A ratio that is 0 where there is nothing to divide by."""

from __future__ import annotations


def ratio(part: float, whole: float) -> float:
    """Return part / whole; 0 where whole is 0, so that an empty shop has numbers too."""
    return part / whole if whole else 0.0
