"""A number in so many significant digits, as one reads it: 3,040 and 0.0125, never 3.04e+03."""

from __future__ import annotations


def significant(value: float, digits: int = 3) -> str:
    """Return a number rounded to so many significant digits, without an exponent.

    A number with more digits than that before the point is given in whole units.
    """
    short = f"{value:,.{digits}g}"
    if "e" not in short:
        return short
    if abs(value) >= 1:
        return f"{value:,.0f}"
    return f"{value:.{digits + 6}f}".rstrip("0").rstrip(".") or "0"
