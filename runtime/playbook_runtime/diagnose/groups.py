"""Customers by segment: how many, what they paid, and how long they have been silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np

from playbook_compiler.catalogue import LIFECYCLE, RFM_SEGMENTS
from playbook_compiler.values import dataclass
from playbook_runtime.diagnose.counting import paid_by, tiers_of
from playbook_runtime.diagnose.months import Int64s
from playbook_runtime.diagnose.purchases import Purchases
from playbook_runtime.lifecycle import MATURE_FROM, Silence, lifecycle_of, silence_of
from playbook_runtime.metrics.value_tiers import TIERS
from playbook_runtime.rfm import FIFTHS, LOYAL_FROM, SCORES, segment


@dataclass(frozen=True, slots=True)
class Group:
    """Some of the customers: how many, what they have paid in minor units, their purchases, and
    the median of the days since their last one (None of nobody)."""

    name: str
    customers: int
    revenue: int
    purchases: int
    silent_days: float | None


def rfm_groups(purchases: Purchases, scores: Mapping[str, Int64s]) -> tuple[Group, ...]:
    """Return the customers by segment, the best first; `scores` by the names of the facts."""
    table = np.zeros((FIFTHS + 1, FIFTHS + 1, FIFTHS + 1, LOYAL_FROM + 1), dtype=np.int64)
    for r, f, m, n in product(SCORES, SCORES, SCORES, range(1, LOYAL_FROM + 1)):
        table[r, f, m, n] = RFM_SEGMENTS.index(segment(r, f, m, n))
    few = np.minimum(purchases.count, LOYAL_FROM)
    which = table[scores["rfm.r"], scores["rfm.f"], scores["rfm.m"], few]
    return _groups(purchases, RFM_SEGMENTS, which)


def silence_in(purchases: Purchases) -> Silence:
    """Return how long a silence makes a customer dormant, and lost, in this shop."""
    again = purchases.nth[1:] > 1
    gaps = (purchases.day[1:] - purchases.day[:-1])[again]
    return silence_of(np.bincount(gaps).tolist() if len(gaps) else ())


def lifecycle_groups(
    purchases: Purchases, silence: Silence, day: int | None = None
) -> tuple[Group, ...]:
    """Return the customers by stage of life at the end of a day, by default the last one."""
    if day is None or day >= purchases.until_day:
        day, count, last = purchases.until_day, purchases.count, purchases.last_day
    else:
        count = np.bincount(purchases.customer[purchases.day <= day], minlength=purchases.customers)
        last = np.zeros(purchases.customers, dtype=np.int64)
        seen = purchases.day <= day
        np.maximum.at(last, purchases.customer[seen], purchases.day[seen])
    silent = day - last
    length = (silent > silence.dormant_after).astype(np.int64) + (silent > silence.lost_after)
    lengths = (0, silence.dormant_after + 1, silence.lost_after + 1)
    stages = [
        [LIFECYCLE.index(lifecycle_of(n, days, silence)) for days in lengths]
        for n in range(1, MATURE_FROM + 1)
    ]
    stage = np.array(stages)[np.clip(count, 1, MATURE_FROM) - 1, length]
    return _groups(purchases, LIFECYCLE, np.where(count > 0, stage, -1))


def tier_groups(purchases: Purchases) -> tuple[Group, ...]:
    """Return the customers by value tier, the core first."""
    return _groups(purchases, tuple(TIERS), tiers_of(purchases))


def _groups(purchases: Purchases, names: Sequence[str], which: Int64s) -> tuple[Group, ...]:
    paid, silent = paid_by(purchases), purchases.until_day - purchases.last_day
    found = []
    for number, name in enumerate(names):
        mine = which == number
        some = bool(mine.any())
        found.append(
            Group(
                name,
                int(mine.sum()),
                int(paid[mine].sum()),
                int(purchases.count[mine].sum()),
                float(np.median(silent[mine])) if some else None,
            )
        )
    return tuple(found)


def sizes(groups: Sequence[Group]) -> dict[str, int]:
    """Return customers by name of group."""
    return {group.name: group.customers for group in groups}
