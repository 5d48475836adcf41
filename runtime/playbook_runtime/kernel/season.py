"""Operational time: where the season is 2, everything that buying does goes twice as fast.

The table holds, for each local midnight of the shop from the start to the end, the seconds since
the start and the operational seconds that have passed by then; between two of them both go on
evenly. Without a season the two are the same, and nothing is looked up.
"""

from __future__ import annotations

from playbook_runtime.kernel import fields as at
from playbook_runtime.kernel.cache import compiled

NEVER_COMES = 1e300


@compiled
def _row(p, f, table, value):
    """Return the last row of a column that is no larger than a value, but for the last one."""
    low, high = 0, p[at.SEASONS] - 1
    while high - low > 1:
        middle = (low + high) // 2
        if f[p[table] + middle] <= value:
            low = middle
        else:
            high = middle
    return low


@compiled
def operational(p, f, seconds):
    """Return the operational seconds that have passed so many seconds after the start."""
    if p[at.SEASONS] == 0:
        return seconds
    row = _row(p, f, at.SEASON_MOMENT, seconds)
    moment, passed = p[at.SEASON_MOMENT] + row, p[at.SEASON_PASSED] + row
    share = (seconds - f[moment]) / (f[moment + 1] - f[moment])
    return f[passed] + share * (f[passed + 1] - f[passed])


@compiled
def elapsed(p, f, passed):
    """Return how many seconds after the start so many operational seconds have passed; after the
    end, a number past all."""
    if p[at.SEASONS] == 0:
        return passed
    row = _row(p, f, at.SEASON_PASSED, passed)
    first, since = p[at.SEASON_MOMENT] + row, p[at.SEASON_PASSED] + row
    share = (passed - f[since]) / (f[since + 1] - f[since])
    if share >= 1.0:
        return NEVER_COMES
    return f[first] + share * (f[first + 1] - f[first])


@compiled
def pace(p, f, seconds):
    """Return how fast operational time goes, so many seconds after the start."""
    if p[at.SEASONS] == 0:
        return 1.0
    row = _row(p, f, at.SEASON_MOMENT, seconds)
    moment, passed = p[at.SEASON_MOMENT] + row, p[at.SEASON_PASSED] + row
    return (f[passed + 1] - f[passed]) / (f[moment + 1] - f[moment])
