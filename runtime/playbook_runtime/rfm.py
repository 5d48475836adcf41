"""RFM: three scores of a customer from 1 to 5, and the named segment that they amount to.

Recency is the moment of the last order, frequency the number of purchases, monetary value all that
was paid. Scores by fifths are Hughes's (Strategic Database Marketing, 1994); the names are those of
trade practice, by recency and frequency. That money tells champions from the loyal, and those who
must not be lost from those at risk, and that two purchases make nobody loyal, is this product's
choice. Plain Python: one definition for the kernel, for replay and for `diagnose`.
"""

from __future__ import annotations

from typing import Final

FIFTHS: Final = 5
SCORES: Final = range(1, FIFTHS + 1)

# By recency (rows, 1 to 5) and frequency (columns, 1 to 5).
_BY_RECENCY_AND_FREQUENCY: Final = (
    ("lost", "lost", "at-risk", "at-risk", "at-risk"),
    ("hibernating", "hibernating", "at-risk", "at-risk", "at-risk"),
    ("about-to-sleep", "about-to-sleep", "needs-attention", "loyal", "loyal"),
    ("promising", "potential-loyalist", "potential-loyalist", "loyal", "loyal"),
    ("new", "potential-loyalist", "potential-loyalist", "loyal", "loyal"),
)
MUCH: Final = 4  # the monetary score from which somebody is among the best, or must not be lost
# Where most have bought once, a second purchase alone has a frequency score of 4.
LOYAL_FROM: Final = 3  # purchases
_NOT_LOYAL: Final = 3  # the highest frequency score that names somebody with fewer
# Where all have bought eight times, equals share the first fifth: they are not new for it.
_NOT_NEW: Final = 2  # the lowest frequency score that names somebody who has bought again


def score(lower: int, customers: int) -> int:
    """Return the score of somebody with `lower` of all customers below: 5 for the best fifth.

    Equals share the lower score: where two of three have bought once, those who have are in the
    first fifth, not in the fourth.
    """
    return 1 + FIFTHS * lower // customers


def segment(recency: int, frequency: int, monetary: int, purchases: int) -> str:
    """Return the name of the segment of three scores, each 1 to 5, and of the purchases so far."""
    if purchases < LOYAL_FROM:
        frequency = min(frequency, _NOT_LOYAL)
    if purchases > 1:
        frequency = max(frequency, _NOT_NEW)
    if monetary >= MUCH:
        if recency == FIFTHS and frequency >= FIFTHS - 1:
            return "champion"
        if recency <= 2 and frequency == FIFTHS:
            return "cannot-lose"
    return _BY_RECENCY_AND_FREQUENCY[recency - 1][frequency - 1]
