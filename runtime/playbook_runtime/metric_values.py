"""The metrics, found in their folder: what is counted, as the numbers a shop goes by.

A metric is a module of `metrics/` with a docstring (the user's page) and a `UNIT`; its name is the
name of its file. There are two kinds:

- a number of a world, or of a stretch of the history: `READS`, the counts that it goes by, and
  `value(counts: WorldCounts) -> float`. A share has `parts(counts)` as well, for its interval. One
  that says what a playbook does to customers, not what it brings, has `KIND = "contact"`: worlds
  are compared by outcomes, so that a playbook without effects and costs equals no playbook in
  every one of them.
- a table, a row for each order number, age, segment, ...: `table(counts: CustomerCounts)`.

The same formula is computed on both worlds of a projection, on a month and on a cohort: only what
was counted differs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache
from types import ModuleType
from typing import Literal

from playbook_compiler.family import members
from playbook_compiler.values import dataclass
from playbook_runtime import metrics
from playbook_runtime.customer_counts import CustomerCounts, Ratio
from playbook_runtime.projection import WorldCounts

# Money is in minor units; a share is a fraction, shown in per cent; a ratio has no unit to show.
Unit = Literal["count", "money", "share", "ratio"]
Kind = Literal["outcome", "contact"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: its name as in `require:` and JSON, its unit, and its value in a world.

    `reads` are the counts it goes by; `parts` what a share is a part of, None for others.
    """

    name: str
    unit: Unit
    kind: Kind
    reads: tuple[str, ...]
    value: Callable[[WorldCounts], float]
    parts: Callable[[WorldCounts], tuple[int, int]] | None


@dataclass(frozen=True, slots=True)
class TableMetric:
    """One metric that is a table: a ratio by row, in the order in which they are shown."""

    name: str
    unit: Unit
    table: Callable[[CustomerCounts], dict[str, Ratio]]


@cache
def family() -> tuple[Metric, ...]:
    """Return the metrics that are one number, by name; read from the folder once."""
    return tuple(
        Metric(
            name.replace("-", "_"),
            module.UNIT,
            _kind(module),
            module.READS,
            module.value,
            getattr(module, "parts", None),
        )
        for name, module in members(metrics).items()
        if not is_table(module)
    )


@cache
def tables() -> dict[str, TableMetric]:
    """Return the metrics that are tables, by name."""
    return {
        name.replace("-", "_"): TableMetric(name.replace("-", "_"), module.UNIT, module.table)
        for name, module in members(metrics).items()
        if is_table(module)
    }


def is_table(module: ModuleType) -> bool:
    """Whether a module of the folder is a metric that is a table."""
    return hasattr(module, "table")


def _kind(module: ModuleType) -> Kind:
    return "contact" if getattr(module, "KIND", "outcome") == "contact" else "outcome"


def metric_values(counts: WorldCounts, kind: Kind = "outcome") -> dict[str, float]:
    """Return the metrics of a kind of a world of one draw, by name, sorted by it.

    A metric that reads what was not counted (None) is left out.
    """
    return {
        metric.name: metric.value(counts)
        for metric in family()
        if metric.kind == kind and all(getattr(counts, name) is not None for name in metric.reads)
    }


def metrics_of(known: Collection[str]) -> tuple[Metric, ...]:
    """Return the metrics that read nothing but the counts named: those that a history can tell."""
    return tuple(metric for metric in family() if set(metric.reads) <= set(known))
