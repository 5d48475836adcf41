"""As many draws as a precision asks for (docs/decisions/0040-precision-and-memory.md).

Each end of the 80% interval of the profit difference is to lie, by two standard errors, within a
part of the interval's width of where draws without end would put it. Draws are taken until that is
so; N draws taken so are the same as N draws asked for.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.values import dataclass, replace
from playbook_runtime.kernel.tables import Draws, some_draws
from playbook_runtime.launching import Launched, launched
from playbook_runtime.observed import Observed
from playbook_runtime.outcomes import gain
from playbook_runtime.projection import Precision
from playbook_runtime.requirements import statistic
from playbook_runtime.settings import Settings
from playbook_runtime.world_runs import Counts, Progress, WorldRuns

FLOOR: Final = 200
CEILING: Final = 10_000
STEP: Final = 50  # draws are taken in multiples of it
MARGIN: Final = 1.1  # a little more than is foreseen spares another round
WORLDS: Final = 3  # for the progress bar: what a draw of the headline stands for


@dataclass(frozen=True, slots=True, eq=False)
class Enough:
    """The launch with as many draws as it takes, their counts, and how precise they are."""

    ready: Launched
    counts: Counts
    precision: Precision


def enough_draws(
    graph: TriggerGraph,
    data: Observed,
    settings: Settings,
    asked: float,
    progress: Progress | None = None,
) -> tuple[Enough | None, list[Diagnostic]]:
    """Return what a projection is run on with as many draws as `asked` needs, a part of the width
    of the interval; `settings.draws` are not read."""
    number = FLOOR
    known = None
    before: tuple[Launched, Counts] | None = None
    while True:
        ready, findings = launched(graph, data, replace(settings, draws=number), known)
        if ready is None:
            return None, findings
        known = ready.fitted
        counts = _counts(ready, before, settings.threads, progress)
        reached = end_error(gain(counts.totals).tolist())
        if reached <= asked or number == CEILING:
            return Enough(ready, counts, Precision(asked, reached)), findings
        before = ready, counts
        number = more_draws(number, reached, asked)


def end_error(values: list[float]) -> float:
    """Return two standard errors of the worse known end of the 80% interval of draws, as a part of
    its width; 0 where no draw differs. By order statistics, whatever the shape of the draws."""
    low, high = (statistic(values, name) for name in ("p10", "p90"))
    width = high[0] - low[0]
    error = max((end[2] - end[1]) / 2 for end in (low, high))
    if error <= 0:
        return 0.0
    return error / width if width > 0 else math.inf


def more_draws(number: int, reached: float, asked: float) -> int:
    """Return how many draws to try next: the error falls with the square root of their number."""
    if math.isinf(reached):
        return min(CEILING, 2 * number)
    foreseen = math.ceil(MARGIN * number * (reached / asked) ** 2 / STEP) * STEP
    return min(CEILING, max(number + STEP, foreseen))


def _counts(
    ready: Launched,
    before: tuple[Launched, Counts] | None,
    threads: int,
    progress: Progress | None,
) -> Counts:
    """Return the counts of all draws; those that were run before are run again only where more
    draws have changed what they rest on (the months' plan goes by the mean of all)."""
    draws, number = ready.prepared.headline, len(ready.prepared.headline.number)
    runs = WorldRuns(ready.program, ready.prepared, threads, progress)
    runs.begin(WORLDS * number)
    if before is None or not _same_start(before[0], ready):
        return runs.counts(draws)
    done = before[1]
    return done.followed_by(runs.counts(some_draws(draws, len(done.totals), number)))


def _same_start(before: Launched, ready: Launched) -> bool:
    """Whether the draws that were run before, and what they were run on, are those of a launch."""
    first = before.prepared.headline
    same = some_draws(ready.prepared.headline, 0, len(first.number))
    return _equal(first, same) and _equal(before.program, ready.program)


def _equal(one: Draws | tuple[object, ...], other: Draws | tuple[object, ...]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))  # type: ignore[arg-type]
