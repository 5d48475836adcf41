"""Counts in words: `1 order`, `4,120 orders`."""

from __future__ import annotations


def count_of(count: int, one: str, many: str = "") -> str:
    """Return `1 assumption` or `4 assumptions`; `many` where it takes more than an s."""
    return f"{count:,} {word_of(count, one, many)}"


def word_of(count: float, one: str, many: str = "") -> str:
    """Return the word alone, as it stands behind a number that is written in another way."""
    return one if count == 1 else many or f"{one}s"
