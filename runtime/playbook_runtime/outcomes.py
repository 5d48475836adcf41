"""From the kernel's integers to what they mean: metrics and parts of profit, draw by draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from playbook_compiler.values import dataclass
from playbook_runtime.estimate import Estimate
from playbook_runtime.kernel.layout import WITH, WITHOUT, WORLD, World, world_column
from playbook_runtime.kernel.tables import F64, I64
from playbook_runtime.metric_values import Kind, metric_values
from playbook_runtime.profit_parts import PARTS, Part
from playbook_runtime.projection import Estimates, WorldCounts

MICRO = 10_000
Draws = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What counts mean for a shop with so many customers who bought in the horizon's length before
    the start, over so many days, at such a cost of winning customers in either world (minor
    units). `visits` are those of the horizon, the same in both worlds; None where nobody says."""

    base_customers: int
    horizon_days: int
    acquisition_cost: int = 0
    has_points: bool = False
    visits: int | None = None

    def of(self, row: Sequence[int], world: int) -> WorldCounts:
        """Return one draw's counts of one world, sums in fractions rounded half-even to minor
        units."""

        def count(what: World) -> int:
            return int(row[world_column(world, what)])

        money = {
            part.name: minor(count(part.column)) if part.micro else count(part.column)
            for part in PARTS
            if part.column is not None
        }
        return WorldCounts(
            orders=count(World.ORDERS),
            revenue=count(World.REVENUE),
            active_customers=count(World.ACTIVE_CUSTOMERS),
            retained_customers=count(World.RETAINED_CUSTOMERS),
            base_customers=self.base_customers,
            customers=count(World.CUSTOMERS),
            repeat_customers=count(World.REPEAT_CUSTOMERS),
            newcomers=count(World.NEWCOMERS),
            messages=count(World.MESSAGES),
            horizon_days=self.horizon_days,
            acquisition_cost=self.acquisition_cost,
            visits=self.visits,
            points_liability=count(World.LIABILITY) if self.has_points else None,
            **money,
        )

    def metrics(self, counts: I64, world: int, kind: Kind = "outcome") -> Draws:
        """Return the values by draw of each metric of a kind."""
        rows = counts[:, : 2 * WORLD].tolist()
        found = [metric_values(self.of(row, world), kind) for row in rows]
        return {name: [values[name] for values in found] for name in found[0]}

    def difference(self, counts: I64, kind: Kind = "outcome") -> Draws:
        """Return the metrics of the world with less those of the world without, by draw."""
        return subtracted(self.metrics(counts, WITH, kind), self.metrics(counts, WITHOUT, kind))


def minor(micro: int) -> int:
    """Return ten-thousandths of a minor unit as minor units, rounded half to even."""
    whole, rest = divmod(micro, MICRO)
    return whole + (rest > MICRO // 2 or (rest == MICRO // 2 and whole % 2 == 1))


# What increments are told in: orders and the parts of profit, as the kernel counts them.
_COUNTED: Final = tuple(part for part in PARTS if part.column is not None)
_VALUE_COLUMNS: Final = (
    World.ORDERS,
    *(part.column for part in PARTS if part.column is not None),
)
VALUES: Final = len(_VALUE_COLUMNS)


def values_of(counts: I64, world: int) -> I64:
    """Return orders and the counted parts of profit of a world, (..., columns) to (..., VALUES)."""
    found: I64 = counts[..., [world_column(world, column) for column in _VALUE_COLUMNS]]
    return found


def orders_and_profit(values: I64) -> I64:
    """Return (2, D): orders, and profit in minor units, of values (D, VALUES)."""
    profit = np.zeros(len(values), dtype=np.int64)
    for place, part in enumerate(_COUNTED):
        profit += part.sign * _minor_draws(values[:, place + 1], part)
    return np.stack([values[:, 0], profit])


def part_draws(counts: I64, world: int, part: Part) -> I64:
    """Return one part of profit by draw, in minor units."""
    if part.column is None:
        return np.zeros(len(counts), dtype=np.int64)
    return _minor_draws(counts[:, world_column(world, part.column)], part)


def profit_draws(counts: I64, world: int) -> I64:
    """Return profit by draw, in minor units: exactly the sum of its parts."""
    profit: I64 = orders_and_profit(values_of(counts, world))[1]
    return profit


def gain(counts: I64) -> F64:
    """Return the difference of profit by draw, with less without, as floats."""
    apart: F64 = (profit_draws(counts, WITH) - profit_draws(counts, WITHOUT)).astype(np.float64)
    return apart


def _minor_draws(counted: I64, part: Part) -> I64:
    """Return what was counted of a part in minor units, fractions rounded half to even."""
    if not part.micro:
        return counted
    whole, rest = np.divmod(counted, MICRO)
    up = (rest > MICRO // 2) | ((rest == MICRO // 2) & (whole % 2 == 1))
    return np.asarray(whole + up, dtype=np.int64)


def estimates(values: Mapping[str, list[float]]) -> Estimates:
    """Return each metric's estimate over its draws."""
    return {name: Estimate.of(draws) for name, draws in values.items()}


def subtracted(one: Mapping[str, list[float]], other: Mapping[str, list[float]]) -> Draws:
    """Return the difference of two worlds' metrics, draw by draw."""
    return {
        name: [a - b for a, b in zip(values, other[name], strict=True)]
        for name, values in one.items()
    }
