"""From the kernel's integers to what they mean: metrics and parts of profit, draw by draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from playbook_compiler.values import dataclass
from playbook_runtime.estimate import Estimate
from playbook_runtime.kernel.layout import WITH, WITHOUT, World, world_column
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
    units)."""

    base_customers: int
    horizon_days: int
    acquisition_cost: int = 0

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
            **money,
        )

    def metrics(self, counts: I64, world: int, kind: Kind = "outcome") -> Draws:
        """Return the values by draw of each metric of a kind."""
        found = [metric_values(self.of(row, world), kind) for row in counts.tolist()]
        return {name: [values[name] for values in found] for name in found[0]}

    def difference(self, counts: I64, kind: Kind = "outcome") -> Draws:
        """Return the metrics of the world with less those of the world without, by draw."""
        return subtracted(self.metrics(counts, WITH, kind), self.metrics(counts, WITHOUT, kind))


def minor(micro: int) -> int:
    """Return ten-thousandths of a minor unit as minor units, rounded half to even."""
    whole, rest = divmod(micro, MICRO)
    return whole + (rest > MICRO // 2 or (rest == MICRO // 2 and whole % 2 == 1))


def part_draws(counts: I64, world: int, part: Part) -> I64:
    """Return one part of profit by draw, in minor units."""
    if part.column is None:
        return np.zeros(len(counts), dtype=np.int64)
    found = counts[:, world_column(world, part.column)]
    if not part.micro:
        return found
    whole, rest = np.divmod(found, MICRO)
    up = (rest > MICRO // 2) | ((rest == MICRO // 2) & (whole % 2 == 1))
    return np.asarray(whole + up, dtype=np.int64)


def profit_draws(counts: I64, world: int) -> I64:
    """Return profit by draw, in minor units: exactly the sum of its parts."""
    total = np.zeros(len(counts), dtype=np.int64)
    for part in PARTS:
        total += part.sign * part_draws(counts, world, part)
    return total


def order_draws(counts: I64, world: int) -> I64:
    """Return the number of orders by draw."""
    return counts[:, world_column(world, World.ORDERS)]


def gain(counts: I64) -> F64:
    """Return the difference of profit by draw, with less without, as floats."""
    apart: F64 = (profit_draws(counts, WITH) - profit_draws(counts, WITHOUT)).astype(np.float64)
    return apart


def estimates(values: Mapping[str, list[float]]) -> Estimates:
    """Return each metric's estimate over its draws."""
    return {name: Estimate.of(draws) for name, draws in values.items()}


def subtracted(one: Mapping[str, list[float]], other: Mapping[str, list[float]]) -> Draws:
    """Return the difference of two worlds' metrics, draw by draw."""
    return {
        name: [a - b for a, b in zip(values, other[name], strict=True)]
        for name, values in one.items()
    }
