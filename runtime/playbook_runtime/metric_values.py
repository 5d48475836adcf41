"""The metrics, found in their folder: what is counted in a world, as the numbers a shop goes by.

A metric is a module of `metrics/` with a docstring (the user's page), a `UNIT` and
`value(counts: WorldCounts) -> float`; its name is the name of its file. One that says what a
playbook does to customers, not what it brings, has `KIND = "contact"`: the worlds are compared by
outcomes, so that a playbook without effects and costs equals no playbook in every one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Final, Literal, get_args

from playbook_compiler.family import members
from playbook_compiler.values import dataclass
from playbook_runtime import metrics
from playbook_runtime.projection import WorldCounts

# Money is in minor units; a share is a fraction, shown in per cent; a ratio has no unit to show.
Unit = Literal["count", "money", "share", "ratio"]
Kind = Literal["outcome", "contact"]
UNITS: Final = frozenset(get_args(Unit))


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: its name as in `require:` and JSON, its unit, and its value in a world."""

    name: str
    unit: Unit
    kind: Kind
    value: Callable[[WorldCounts], float]


@cache
def family() -> tuple[Metric, ...]:
    """Return all metrics, by name; read from the folder once."""
    return tuple(
        Metric(name.replace("-", "_"), module.UNIT, _kind(module), module.value)
        for name, module in members(metrics).items()
    )


def _kind(module: ModuleType) -> Kind:
    return "contact" if getattr(module, "KIND", "outcome") == "contact" else "outcome"


def metric_values(counts: WorldCounts, kind: Kind = "outcome") -> dict[str, float]:
    """Return the metrics of a kind of a world of one draw, by name, sorted by it."""
    return {metric.name: metric.value(counts) for metric in family() if metric.kind == kind}
