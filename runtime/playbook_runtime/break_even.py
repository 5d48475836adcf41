"""Break-even: the size of a flow's effects at which its mean last-in profit is nothing.

The root is looked for on the flow draws with the luck of the first future, so that worlds of two
scales differ by the scale alone; profit is close to linear in it, so that a few worlds suffice
(docs/decisions/0021-attribution.md).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from playbook_compiler.values import dataclass
from playbook_runtime.attribution import Future
from playbook_runtime.effect_columns import UNIT, columns_of, distances, scaled
from playbook_runtime.kernel.run import RunawayError
from playbook_runtime.kernel.tables import F64, I64
from playbook_runtime.launch import RATE, Slot
from playbook_runtime.outcomes import orders_and_profit
from playbook_runtime.projection import BreakEven, Pays
from playbook_runtime.touched import rerun
from playbook_runtime.world_runs import WorldRuns

LARGEST_SCALE: Final = 64.0
STEPS: Final = 3  # worlds beyond the first two, at most


@dataclass(frozen=True, slots=True, eq=False)
class _Point:
    """The flow's profit by draw at one scale of its effects."""

    scale: float
    profit: F64

    @property
    def mean(self) -> float:
        return math.fsum(self.profit.tolist()) / len(self.profit)


def break_even(
    runs: WorldRuns, future: Future, flow: str, number: int, without_it: I64
) -> BreakEven:
    """Return where a flow pays; `without_it` are the values of all flows but it."""
    slots = runs.prepared.launch.slots
    columns = columns_of(slots, flow)
    if not columns:
        return BreakEven(Pays.NO_EFFECT)
    base = distances(future.draws, slots, columns)
    from_unit = not base.any()
    if from_unit:
        base = np.tile([UNIT.get(slots[one].form, UNIT[RATE]) for one in columns], (len(base), 1))
    less = orders_and_profit(without_it)[1]
    mine = future.touched.flows[number]

    def point(scale: float, values: I64) -> _Point:
        return _Point(scale, (orders_and_profit(values)[1] - less).astype(np.float64))

    def at(scale: float) -> _Point | None:
        """Return the profit at a scale; None where orders would feed on themselves."""
        try:
            changed = scaled(future.draws, slots, columns, base, scale)
            values = future.with_changed(mine, rerun(runs, changed, mine.bits, turns=future.turns))
        except RunawayError:
            return None
        return point(scale, values)

    nothing = at(0.0)
    whole = at(1.0) if from_unit else point(1.0, future.whole)
    if nothing is None or whole is None:
        return BreakEven(Pays.NEVER)
    if nothing.mean >= 0 and whole.mean >= 0:
        return BreakEven(Pays.ALWAYS)
    below, above = nothing, whole
    for _ in range(STEPS):
        scale = _root(below, above)
        if scale is None or not 0 <= scale <= LARGEST_SCALE:
            return BreakEven(Pays.NEVER)
        found = at(scale)
        if found is None:
            return BreakEven(Pays.NEVER)
        below, above = _nearest(below, above, found)
        if abs(found.mean) <= _error(found):
            break
    scale = _root(below, above)
    if scale is None or not 0 <= scale <= LARGEST_SCALE:
        return BreakEven(Pays.NEVER)
    slope = (above.mean - below.mean) / (above.scale - below.scale)
    form, low, high = least_effects(slots, columns, base, scale)
    return BreakEven(Pays.ABOVE, scale, _error(above) / abs(slope), form, low, high)


def least_effects(
    slots: Sequence[Slot], columns: Sequence[int], base: F64, scale: float
) -> tuple[str, float, float]:
    """Return the commonest form of a flow's effects, and the least and the largest of them at a
    scale, on average over draws. A message that does nothing at any scale is not among them."""
    at_work = [place for place in range(len(columns)) if base[:, place].any()]
    forms = Counter(slots[columns[place]].form for place in at_work)
    form = min(forms, key=lambda one: (-forms[one], one))
    means = [
        scale * float(np.mean(base[:, place]))
        for place in at_work
        if slots[columns[place]].form == form
    ]
    return form, min(means), max(means)


def _root(one: _Point, other: _Point) -> float | None:
    """Return where the line through two points is 0; None where it is flat."""
    rise = other.mean - one.mean
    if rise == 0:
        return None
    return one.scale - one.mean * (other.scale - one.scale) / rise


def _nearest(one: _Point, other: _Point, found: _Point) -> tuple[_Point, _Point]:
    """Return the two points between which the root lies, else the two nearest to it, by scale."""
    pairs = [(one, found), (found, other), (one, other)]
    around = [pair for pair in pairs if (pair[0].mean < 0) != (pair[1].mean < 0)]
    nearest = min(around or pairs, key=lambda pair: abs(pair[0].mean) + abs(pair[1].mean))
    return (nearest[0], nearest[1]) if nearest[0].scale < nearest[1].scale else nearest[::-1]


def _error(point: _Point) -> float:
    """Return the standard error of a point's mean."""
    return float(np.std(point.profit, ddof=1)) / math.sqrt(len(point.profit))
