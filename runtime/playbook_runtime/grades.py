"""How much of the projected profit rests on which grade of evidence."""

from __future__ import annotations

import math
from collections.abc import Sequence

from playbook_runtime.attribution import Future
from playbook_runtime.effect_columns import without_effects
from playbook_runtime.estimate import Estimate
from playbook_runtime.expected import expected_of_two
from playbook_runtime.kernel.layout import WITH
from playbook_runtime.outcomes import profit_draws
from playbook_runtime.projection import GradeShare
from playbook_runtime.world_runs import WorldRuns


def grade_shares(runs: WorldRuns, futures: Sequence[Future]) -> tuple[GradeShare, ...]:
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
        apart = []
        for future in futures:
            counts = runs.run(without_effects(future.draws, slots, by_grade[grade]))
            apart.append(
                (profit_draws(future.whole, WITH) - profit_draws(counts, WITH))
                .astype(float)
                .tolist()
            )
        lost[grade] = Estimate.of(expected_of_two(apart[0], apart[-1]))
    total = math.fsum(one.mean for one in lost.values())
    return tuple(
        GradeShare(grade, one, one.mean / total if total > 0 and one.mean >= 0 else None)
        for grade, one in lost.items()
    )


def _place(grade: str) -> tuple[int, str]:
    """Return what sorts the shop's own figures first, then A to D."""
    order = ("own", "own + A", "own + B", "own + C", "A", "B", "C", "D", "none")
    return (order.index(grade) if grade in order else len(order), grade)
