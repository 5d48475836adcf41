"""A projection month by month: orders, revenue and the parts of profit that have a month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from playbook_runtime.estimate import Estimate
from playbook_runtime.expected import expected_draws
from playbook_runtime.kernel.layout import WITH, WITHOUT, Layout, PerMonth
from playbook_runtime.kernel.tables import F64, I64
from playbook_runtime.outcomes import MICRO
from playbook_runtime.profit_parts import PARTS
from playbook_runtime.projection import Month

PROFIT: Final = "profit"
# Parts of profit that the kernel counts by month, under the same names as over the horizon.
_MONEY: Final = tuple(
    (part, PerMonth[part.column.name])
    for part in PARTS
    if part.column is not None and part.column.name in PerMonth.__members__
)
_COUNTS: Final = {
    "orders": PerMonth.ORDERS,
    "revenue": PerMonth.REVENUE,
    "active_customers": PerMonth.ACTIVE_CUSTOMERS,
    "newcomers": PerMonth.NEWCOMERS,
}


def months_of(layout: Layout, names: Sequence[str], counts: I64, again: I64) -> tuple[Month, ...]:
    """Return each month of the horizon; `again` are second futures of the first draws.

    Its `profit` is the signed sum of the parts that have a month: what is booked at the end of the
    horizon, or once for all of it, is not in it.
    """
    found = []
    for place, name in enumerate(names):
        without, with_playbook = (
            _values(layout, place, counts, world) for world in (WITHOUT, WITH)
        )
        second_without, second_with = (
            _values(layout, place, again, world) for world in (WITHOUT, WITH)
        )
        found.append(
            Month(
                name,
                {what: Estimate.of(values.tolist()) for what, values in without.items()},
                {what: Estimate.of(values.tolist()) for what, values in with_playbook.items()},
                {
                    what: Estimate.of(
                        expected_draws(
                            (values - without[what]).tolist(),
                            (second_with[what] - second_without[what]).tolist(),
                        )
                    )
                    for what, values in with_playbook.items()
                },
            )
        )
    return tuple(found)


def _values(layout: Layout, month: int, counts: I64, world: int) -> dict[str, F64]:
    """Return what one month has in one world, by draw; money in minor units."""

    def column(what: PerMonth) -> F64:
        return counts[:, layout.month_column(month, world, what)].astype(np.float64)

    found = {name: column(what) for name, what in _COUNTS.items()}
    profit: F64 = np.zeros(len(counts))
    for part, what in _MONEY:
        found[part.name] = column(what) / (MICRO if part.micro else 1)
        profit = profit + part.sign * found[part.name]
    found[PROFIT] = profit
    return found
