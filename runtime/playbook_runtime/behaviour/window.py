"""What the edges of an orders file hide: customers from before it begins, a month that it cuts.

Nothing is guessed at either edge. Customers from before count from their first order in the file
(left truncation); a finding says so where they are many. Rates go by days, so that a cut month is
neither left out nor scaled up; a sentence says so.
"""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np

from playbook_runtime.behaviour.model import Finding
from playbook_runtime.counted import count_of
from playbook_runtime.history import History

OPENING = 28  # days at the beginning of the log in which customers from before turn up first
TIMES_LATER = 1.5  # so much above the busiest later stretch of newcomers is no growth, no season
TIMES_NEXT = 1.15  # and so much above the stretch after it: a cohort that began then stays level
SURELY = 4.0  # standard deviations that chance does not reach
EXCESS_WITHIN = 26 * 7  # days within which those from before are counted
_EPOCH = date(1970, 1, 1)


def window_findings(history: History) -> list[Finding]:
    """Return the finding that many customers had bought before the log begins, if so."""
    from_before = customers_from_before(history)
    if not from_before:
        return []
    first = _EPOCH + timedelta(days=int(history.first_day.min()))
    return [
        Finding(
            "bought-before-the-log",
            f"about {from_before:,} of the {len(history):,} customers seem to have bought before"
            f" the file begins on {first}: far more first orders then than newcomers later; they"
            " count from their first order in the file, as if they had been new",
            "give the orders from before, too, if you have them; else read the behaviour of new"
            " customers with care, it is mixed with that of old ones",
        )
    ]


def customers_from_before(history: History) -> int:
    """Return about how many customers bought before the log begins; 0 where nothing shows it.

    In the first four weeks there are then far more first orders than in any four weeks of the
    later half, and than in the four weeks that follow. Counted are the first orders of half a year
    above the later rate. A log of less than 24 weeks tells nothing.
    """
    if not len(history):
        return 0
    start = int(history.first_day.min())
    days = history.until_day - start + 1
    if days < 6 * OPENING:
        return 0
    by_day = np.bincount(history.first_day - start, minlength=days)
    opening, following = int(by_day[:OPENING].sum()), int(by_day[OPENING : 2 * OPENING].sum())
    later = by_day[days // 2 :]
    stretches = np.convolve(later, np.ones(OPENING, dtype=np.int64), mode="valid")
    busiest = int(stretches.max())
    if opening <= TIMES_LATER * busiest + SURELY * math.sqrt(busiest + 1):
        return 0
    if opening <= TIMES_NEXT * following + SURELY * math.sqrt(following + 1):
        return 0
    within = min(EXCESS_WITHIN, days // 2)
    return round(float(by_day[:within].sum()) - within * float(later.mean()))


def told_of_last_month(until_day: int) -> str:
    """Return a sentence on the last month where it is cut, else nothing."""
    until = _EPOCH + timedelta(days=until_day)
    if (until + timedelta(days=1)).day == 1:
        return ""
    return (
        f"The last month is cut: {until:%Y-%m} is seen up to {until}. Everything counts by days, so"
        " that it is neither left out nor scaled up."
    )


def after_last_order(last_order_day: int, until_day: int) -> list[Finding]:
    """Return the finding that customers are counted as silent after the last order, if so."""
    if until_day <= last_order_day:
        return []
    last, until = (_EPOCH + timedelta(days=day) for day in (last_order_day, until_day))
    return [
        Finding(
            "as-of-after-last-order",
            f"the last order is of {last}, {count_of(until_day - last_order_day, 'day')} before"
            f" {until}: all this time counts as silence of every customer",
            "leave --until out, or export the orders up to that day",
        )
    ]
