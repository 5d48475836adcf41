"""How much of the projected profit rests on which grade of evidence."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from playbook_runtime.attribution import Future, touched_by
from playbook_runtime.effect_columns import without_effects
from playbook_runtime.estimate import Estimate
from playbook_runtime.expected import expected_of_two
from playbook_runtime.kernel.layout import WITH
from playbook_runtime.kernel.tables import I64, Draws
from playbook_runtime.launch import PROGRAMMES
from playbook_runtime.outcomes import orders_and_profit, values_of
from playbook_runtime.projection import GradeShare
from playbook_runtime.touched import Cells, rerun, rerun_both
from playbook_runtime.turns import EVERYBODY
from playbook_runtime.world_runs import WorldRuns


def grade_shares(
    runs: WorldRuns, futures: Sequence[Future], numbers: Mapping[str, int]
) -> tuple[GradeShare, ...]:
    """Return what is lost of the profit without the effects of each grade, the best grade first.

    Unproven gains are out of the headline, so that nothing rests on them here.
    """
    expected = runs.prepared.expected
    slots = runs.prepared.launch.slots
    by_grade: dict[str, list[int]] = {}
    for column, prior in enumerate(expected.priors):
        if prior.in_headline and not prior.changes_nothing:
            by_grade.setdefault(str(prior.grade), []).append(column)
    lost: dict[str, Estimate] = {}
    for grade in sorted(by_grade, key=_place):
        named = {slots[column].flow for column in by_grade[grade]}
        # What belonging to a programme does is of no flow: it touches everybody.
        flows = None if PROGRAMMES in named else {numbers[flow] for flow in named}
        first, second = (
            _lost(runs, one, without_effects(one.draws, slots, by_grade[grade]), flows)
            for one in futures
        )
        lost[grade] = Estimate.of(expected_of_two(first, second))
    return shares_of(lost)


def shares_of(lost: Mapping[str, Estimate]) -> tuple[GradeShare, ...]:
    """Return each grade's share of the gains of all grades, None for one whose effects cost.

    What costs is not taken off the whole: the others would be more than all of it.
    """
    gains = math.fsum(max(one.mean, 0.0) for one in lost.values())
    return tuple(
        GradeShare(grade, one, one.mean / gains if gains > 0 and one.mean >= 0 else None)
        for grade, one in lost.items()
    )


def _lost(
    runs: WorldRuns, future: Future, changed: Draws, flows: Collection[int] | None
) -> list[float]:
    """Return by draw the profit of the whole less that with these draws, which differ for those
    only whom these flows touch (None: for everybody)."""
    if flows is None:
        less = _for_everybody(runs, future, changed)
    else:
        cells = touched_by(runs, future, flows)
        less = future.with_changed(cells, rerun(runs, changed, cells.bits, turns=future.turns))
    gone = orders_and_profit(future.whole)[1] - orders_and_profit(less)[1]
    found: list[float] = gone.astype(np.float64).tolist()
    return found


def _for_everybody(runs: WorldRuns, future: Future, changed: Draws) -> I64:
    """Return the values of the whole on these draws, which differ for everybody."""
    if future.turns == EVERYBODY:
        return values_of(runs.run(changed), WITH)
    played = Cells(np.zeros((0, 0), dtype=np.uint8), future.touched.played[1])
    return future.with_changed(played, rerun_both(runs, changed, None, turns=future.turns)[1])


def _place(grade: str) -> tuple[int, str]:
    """Return what sorts the shop's own figures first, then A to D."""
    order = ("own", "own + A", "own + B", "own + C", "A", "B", "C", "D", "none")
    return (order.index(grade) if grade in order else len(order), grade)
