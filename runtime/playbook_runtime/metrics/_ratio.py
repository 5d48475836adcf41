"""A ratio that is 0 where there is nothing to divide by; and how long a month is."""

from __future__ import annotations

from typing import Final

DAYS_PER_MONTH: Final = 30.4375  # 365.25 / 12


def ratio(part: float, whole: float) -> float:
    """Return part / whole; 0 where whole is 0, so that an empty shop has numbers too."""
    return part / whole if whole else 0.0
