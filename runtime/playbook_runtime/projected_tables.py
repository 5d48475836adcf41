"""The metrics that are tables, in both worlds: who buys again, by the formulas of `metrics/`.

Three of them can be counted: by month after the first order, in the next month, by number of
orders. The others look at customers one by one on the last day (stage of life, RFM, value tiers) or
within days of the first order: the simulation sums over customers and keeps none of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from playbook_runtime.customer_counts import CustomerCounts
from playbook_runtime.diagnose.counting import Terms, customer_counts
from playbook_runtime.diagnose.purchases import Purchases
from playbook_runtime.kernel.layout import (
    MOST_ORDERS_COUNTED,
    WITH,
    WITHOUT,
    PerCohort,
    PerMonth,
)
from playbook_runtime.kernel.tables import I64
from playbook_runtime.metric_values import tables
from playbook_runtime.projected_cohorts import CohortCounts, compared
from playbook_runtime.projection import Compared

# How many of the first rows are told: of those with the most orders counted, nobody knows the next.
ROWS: Final = {
    "retention_curve": 36,
    "repurchase_rate": 1,
    "x_order_repurchase": MOST_ORDERS_COUNTED - 1,
}


def tables_told(
    found: CohortCounts, purchases: Purchases, counts: I64, again: I64
) -> dict[str, tuple[Compared, ...]]:
    """Return the rows of each table; a row that a world has not is left out."""
    first, last = found.past_full
    past = customer_counts(purchases, last, Terms(), first_month=first)
    futures = [
        world_counts(found, some, world) for some in (counts, again) for world in (WITHOUT, WITH)
    ]
    told = {}
    for metric, most in ROWS.items():
        before = _rows(metric, [past])[0]
        found_rows = [_rows(metric, future) for future in futures]
        everywhere = set.intersection(*(set(row) for rows in found_rows for row in rows))
        told[metric] = tuple(
            compared(row, before.get(row), [[one[row] for one in rows] for rows in found_rows])
            for row in sorted(everywhere, key=int)[:most]
        )
    return told


def _rows(metric: str, of: list[CustomerCounts]) -> list[Mapping[str, float]]:
    """Return the values of a table by draw; rows of nobody are left out."""
    table = tables()[metric].table
    return [{row: ratio.value for row, ratio in table(one).items() if ratio.whole} for one in of]


def world_counts(found: CohortCounts, counts: I64, world: int) -> list[CustomerCounts]:
    """Return what one world counts of customers for the tables, by draw."""
    layout, months = found.layout, found.months
    exactly = counts[:, [layout.orders_column(world, n) for n in range(1, MOST_ORDERS_COUNTED + 1)]]
    more = np.cumsum(exactly[:, ::-1], axis=1)[:, ::-1]
    buyers = np.zeros(len(counts), dtype=np.int64)
    buyers_again = np.zeros(len(counts), dtype=np.int64)
    for place in range(1, len(months)):
        if months[place - 1].full and months[place].full:
            before = layout.month_column(place - 1, world, PerMonth.ACTIVE_CUSTOMERS)
            buyers += counts[:, before]
            buyers_again += counts[:, layout.month_column(place, world, PerMonth.ACTIVE_AGAIN)]
    people, active = _by_age(found, counts, world)
    return [
        CustomerCounts(
            with_purchases=tuple(more[draw].tolist()),
            month_buyers={1: int(buyers[draw])},
            month_buyers_again={1: int(buyers_again[draw])},
            age_customers=tuple(people[draw].tolist()),
            age_buyers=tuple(active[draw].tolist()),
        )
        for draw in range(len(counts))
    ]


def _by_age(found: CohortCounts, counts: I64, world: int) -> tuple[I64, I64]:
    """Return customers and buyers by months after the first order, from 1: (draws, ages)."""
    cells = [
        (age, n, place)
        for n in range(len(found.names))
        for place, month in enumerate(found.months)
        if month.full and (age := found.age(n, month.name)) is not None and age > 0
    ]
    oldest = max((age for age, _, _ in cells), default=0)
    people = np.zeros((len(counts), oldest), dtype=np.int64)
    active = np.zeros((len(counts), oldest), dtype=np.int64)
    sizes = found.sizes(counts)
    for age, n, place in cells:
        people[:, age - 1] += sizes[:, n]
        active[:, age - 1] += found.of(counts, n, place, world, PerCohort.ACTIVE_CUSTOMERS)
    return people, active
