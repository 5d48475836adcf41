"""A projection month by month: the metrics and the parts of profit that have a month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

import numpy as np

from playbook_compiler.values import dataclass
from playbook_runtime.estimate import Estimate
from playbook_runtime.expected import expected_draws
from playbook_runtime.kernel.layout import WITH, WITHOUT, Layout, PerMonth
from playbook_runtime.kernel.tables import F64, I64
from playbook_runtime.metric_values import Metric, metrics_of
from playbook_runtime.outcomes import MICRO
from playbook_runtime.profit_parts import PARTS, Part
from playbook_runtime.projection import Month, WorldCounts
from playbook_runtime.settings import Calendar

PROFIT: Final = "profit"
# A level at the end of each month: its part of profit is the change of it.
LIABILITY: Final = "liability_change"
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
    "messages": PerMonth.MESSAGES,
}


@dataclass(frozen=True, slots=True)
class FullMonth:
    """A month of the horizon: its name and days, whether it is a whole calendar month."""

    name: str
    days: int
    full: bool


def horizon_months(calendar: Calendar) -> tuple[FullMonth, ...]:
    """Return the months of a horizon."""
    return tuple(
        FullMonth(name, (after - first).days, _begins(first) and _begins(after))
        for name, first, after in calendar.month_days()
    )


def months_of(layout: Layout, calendar: Calendar, counts: I64, again: I64) -> tuple[Month, ...]:
    """Return each month of the horizon; `again` are second futures of the first draws.

    Its `profit` is the signed sum of the parts that have a month: what is booked at the end of the
    horizon, or once for all of it, is not in it. `crr` looks at those who bought in the month
    before; it is left out where one of the two is cut by the horizon.
    """
    months = horizon_months(calendar)
    found = []
    for place, month in enumerate(months):
        with_base = place > 0 and month.full and months[place - 1].full
        without, with_playbook, again_without, again_with = (
            _values(layout, place, month.days, with_base, some, world)
            for some in (counts, again)
            for world in (WITHOUT, WITH)
        )
        found.append(
            Month(
                month.name,
                {name: Estimate.of(values) for name, values in without.items()},
                {name: Estimate.of(values) for name, values in with_playbook.items()},
                {
                    name: Estimate.of(
                        expected_draws(
                            _less(with_playbook[name], without[name]),
                            _less(again_with[name], again_without[name]),
                        )
                    )
                    for name in without
                },
            )
        )
    return tuple(found)


def _begins(day: date) -> bool:
    return day.day == 1


def _less(one: list[float], other: list[float]) -> list[float]:
    return [a - b for a, b in zip(one, other, strict=True)]


def _values(
    layout: Layout, month: int, days: int, with_base: bool, counts: I64, world: int
) -> dict[str, list[float]]:
    """Return what one month has in one world, by draw; money in minor units."""
    read = {
        name: counts[:, layout.month_column(month, world, what)] for name, what in _COUNTS.items()
    }
    if with_base:
        column = layout.month_column(month - 1, world, PerMonth.ACTIVE_CUSTOMERS)
        again = layout.month_column(month, world, PerMonth.ACTIVE_AGAIN)
        read["base_customers"], read["retained_customers"] = counts[:, column], counts[:, again]
    money = {part.name: _money(layout, month, part, what, counts, world) for part, what in _MONEY}
    profit: F64 = np.zeros(len(counts))
    for part, _ in _MONEY:
        profit = profit + part.sign * money[part.name]
    plain = {name: values.astype(np.float64) for name, values in read.items() if name in _COUNTS}
    found = {name: values.tolist() for name, values in (plain | money | {PROFIT: profit}).items()}
    known = {*read, "horizon_days"}
    for metric in metrics_of(known):
        if metric.name not in found:
            found[metric.name] = _metric(metric, read, days)
    del found["messages"]
    return found


def _money(layout: Layout, month: int, part: Part, what: PerMonth, counts: I64, world: int) -> F64:
    """Return one part of profit in a month by draw, in minor units."""
    found = counts[:, layout.month_column(month, world, what)].astype(np.float64)
    if part.name == LIABILITY and month > 0:
        before = counts[:, layout.month_column(month - 1, world, what)]
        found = found - before.astype(np.float64)
    scaled: F64 = found / (MICRO if part.micro else 1)
    return scaled


def _metric(metric: Metric, read: Mapping[str, I64], days: int) -> list[float]:
    """Return a metric by draw, by the same formula as over the horizon."""
    names = list(read)
    columns = zip(*(read[name].tolist() for name in names), strict=True)
    return [metric.value(_world(dict(zip(names, row, strict=True)), days)) for row in columns]


def _world(read: Mapping[str, int], days: int) -> WorldCounts:
    """Return the counts of a month; those that it has not are 0, and no metric reads them."""
    return WorldCounts(
        orders=read["orders"],
        revenue=read["revenue"],
        contribution=0,
        message_cost=0,
        offer_cost=0,
        active_customers=read["active_customers"],
        retained_customers=read.get("retained_customers", 0),
        base_customers=read.get("base_customers", 0),
        customers=0,
        repeat_customers=0,
        newcomers=read["newcomers"],
        messages=read["messages"],
        horizon_days=days,
    )
