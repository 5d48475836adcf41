"""The tornado: how far the profit difference moves with each thing that the numbers rest on.

One lever at a time is set to its 10% and to its 90% quantile in all draws, the others as drawn; the
draws and futures are the same, so that an assumption nothing rests on moves nothing. What has no
interval is moved by a tenth of itself each way, and marked (docs/decisions/0021-attribution.md).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from playbook_runtime.attribution import Future, touched_by
from playbook_runtime.kernel.run import RunawayError
from playbook_runtime.kernel.tables import F64, I64
from playbook_runtime.levers import DRAWS, End, Lever, levers
from playbook_runtime.outcomes import gain, orders_and_profit
from playbook_runtime.projection import Swing
from playbook_runtime.touched import rerun, rerun_both
from playbook_runtime.turns import EVERYBODY
from playbook_runtime.world_runs import WorldRuns


def tornado(runs: WorldRuns, future: Future) -> tuple[Swing, ...]:
    """Return what each lever moves, the largest first, on the first draws of a future."""
    some = future.first(DRAWS)
    found = []
    orders = orders_and_profit(some.without)[0].astype(np.float64)
    for lever in levers(runs.prepared, runs.program, orders):
        low, high = ends(runs, some, lever)
        if low is None or high is None:
            continue  # at its end the orders feed on themselves: no number to show
        apart = high - low
        error = float(np.std(apart, ddof=1)) / math.sqrt(len(apart)) if len(apart) > 1 else 0.0
        found.append(
            Swing(
                id=lever.id,
                label=lever.label,
                grade=lever.grade,
                low=lever.low.text,
                high=lever.high.text,
                profit_low=_mean(low),
                profit_high=_mean(high),
                error=error,
                guessed=lever.guessed,
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.size, one.id)))


def ends(runs: WorldRuns, future: Future, lever: Lever) -> tuple[F64 | None, F64 | None]:
    """Return the profit difference by draw at both ends; None where orders grow without end.

    What does not change is not run: the world without and whoever met no flow, where a lever is on
    flows; everybody else, where it is on newcomers. The integers are those of a run of all.
    """
    run: Callable[[End], F64]
    if lever.flows is not None and not runs.program.flow_running.any():
        cells = touched_by(runs, future, lever.flows)

        def run(end: End) -> F64:
            changed = rerun(runs, end.draws, cells.bits, program=end.program, turns=future.turns)
            return _gain(future.with_changed(cells, changed), future.without)

    elif future.turns == EVERYBODY and lever.kind is None:

        def run(end: End) -> F64:
            return gain(runs.run(end.draws, end.program))

    else:
        bits = None
        known = future.touched.played
        if future.turns == EVERYBODY:
            mine = (runs.prepared.people.kind == lever.kind)[:, np.newaxis]
            bits = np.packbits(np.repeat(mine, len(future.whole), axis=1), axis=1)
            known = rerun_both(runs, future.draws, bits)
        whole = np.stack([future.without, future.whole])

        def run(end: End) -> F64:
            changed = rerun_both(runs, end.draws, bits, program=end.program, turns=future.turns)
            without, with_all = whole + future.turns.one_in * (changed - known)
            return _gain(with_all, without)

    found: list[F64 | None] = []
    for end in (lever.low, lever.high):
        try:
            found.append(run(end))
        except RunawayError:
            found.append(None)
    return found[0], found[1]


def _gain(with_all: I64, without: I64) -> F64:
    """Return the difference of profit by draw of the values of two worlds."""
    apart: I64 = orders_and_profit(with_all)[1] - orders_and_profit(without)[1]
    return apart.astype(np.float64)


def _mean(values: F64) -> float:
    return math.fsum(values.tolist()) / len(values)
