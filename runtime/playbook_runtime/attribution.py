"""What each flow is worth: last-in, first-in and their mean, never last touch.

Last-in is all flows less all but this one; first-in is this flow alone less none. Their mean is
the flow's Shapley value wherever flows interact in pairs only (Shapley 1953); what the means leave
of the total is the rest. All worlds share draws and futures, two futures a draw, so that luck can
be told from what is unknown (docs/decisions/0021-attribution.md).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import numpy as np

from playbook_compiler.values import dataclass, replace
from playbook_runtime.estimate import Estimate
from playbook_runtime.expected import expected_of_two
from playbook_runtime.kernel.layout import WITH, WITHOUT
from playbook_runtime.kernel.tables import F64, I64, Draws, some_draws
from playbook_runtime.outcomes import orders_and_profit, values_of
from playbook_runtime.projection import NO_INCREMENT, Increment
from playbook_runtime.touched import Cells, Touched, cells_in, rerun, touched, union
from playbook_runtime.turns import EVERYBODY, Turns
from playbook_runtime.world_runs import WorldRuns

HALF_MORE: Final = 1.5  # two runs of the larger set cost as much as three of the smaller


@dataclass(frozen=True, slots=True, eq=False)
class Future:
    """One future of the flow draws: orders and profit of all flows, of none, and of the world
    without (D, values), and whom each flow touched.

    Programmes are on in all but the world without, so that no flow is given what they bring.
    `turns` says who of all people was run for the worlds of single flows.
    """

    draws: Draws
    whole: I64
    none: I64
    without: I64
    touched: Touched
    turns: Turns = EVERYBODY

    def with_changed(self, cells: Cells, changed: I64) -> I64:
        """Return the values of the whole once these cells amount to `changed`."""
        return self.whole + self.turns.one_in * (changed - cells.values)

    def first(self, count: int) -> Future:
        """Return the future of the first draws only."""
        found = self.touched
        return replace(
            self,
            draws=some_draws(self.draws, 0, count),
            whole=self.whole[:count],
            none=self.none[:count],
            without=self.without[:count],
            touched=Touched(
                tuple(_first(cells, count) for cells in found.flows),
                tuple(_first(cells, count) for cells in found.others),
                _first(found.any, count),
                found.sent,
                found.played[:, :count],
            ),
        )


@dataclass(frozen=True, slots=True, eq=False)
class FlowWorlds:
    """The values of one flow's worlds, a future each: all flows but it, and it alone."""

    without_it: tuple[I64, ...]
    alone: tuple[I64, ...]


@dataclass(frozen=True, slots=True)
class FlowWorth:
    """The increments of one flow, in each way of counting."""

    last_in: Increment
    first_in: Increment
    mean: Increment


def future_of(
    runs: WorldRuns, draws: Draws, counts: I64 | None, turns: Turns = EVERYBODY
) -> Future:
    """Return a future from the counts of the headline's runs on these draws; without them, in
    turns, from those who play."""
    found = touched(runs, draws, turns)
    if counts is not None:
        whole, without = values_of(counts, WITH), values_of(counts, WITHOUT)
    else:
        without, whole = turns.one_in * found.played
    future = Future(draws, whole, without, without, found, turns)
    if not runs.program.programmes and turns == EVERYBODY:
        return future
    # What nobody would do is told by the same people as the flows, so that their luck cancels out.
    anyone = future.touched.any
    none = rerun(runs, draws, anyone.bits, frozenset(), turns=turns)
    return replace(future, none=future.with_changed(anyone, none))


def touched_by(runs: WorldRuns, future: Future, flows: Collection[int]) -> Cells:
    """Return those whom any of some flows touched; or all whom any flow did, which holds them,
    where that costs less: what those of single flows amount to is known, that of few has to be
    run."""
    found = future.touched
    if not flows:
        return found.any  # a playbook of programmes alone: nobody
    if len(flows) == 1:
        (flow,) = flows
        return found.flows[flow]
    bits = union(found.flows, flows)
    if cells_in(found.any.bits) <= HALF_MORE * cells_in(bits):
        return found.any
    return Cells(bits, rerun(runs, future.draws, bits, turns=future.turns))


def flow_worlds(
    runs: WorldRuns,
    futures: Sequence[Future],
    flows: Sequence[int],
    on: Sequence[int] | None = None,
) -> dict[int, FlowWorlds]:
    """Return the worlds of each of some flows; `on` are all that are on, if these are not all."""
    found = {}
    for flow in flows:
        others = frozenset(flows if on is None else on) - {flow}
        without_it, alone = [], []
        for one in futures:
            mine, elsewhere = one.touched.flows[flow], one.touched.others[flow]
            # Nobody but those whom other flows touched lives otherwise where this one is alone.
            less = rerun(runs, one.draws, mine.bits, others, turns=one.turns) if others else None
            without_it.append(one.none if less is None else one.with_changed(mine, less))
            alone.append(
                one.with_changed(
                    elsewhere, rerun(runs, one.draws, elsewhere.bits, {flow}, turns=one.turns)
                )
            )
        found[flow] = FlowWorlds(tuple(without_it), tuple(alone))
    return found


def worth(futures: Sequence[Future], worlds: FlowWorlds) -> FlowWorth:
    """Return what one flow adds to orders and profit."""
    return FlowWorth(
        last_in=_increment(_last_in(futures, worlds)),
        first_in=_increment(_first_in(futures, worlds)),
        mean=_increment(_mean(futures, worlds)),
    )


def _first(cells: Cells, count: int) -> Cells:
    return Cells(cells.bits, cells.values[:count])


def mean_draws(futures: Sequence[Future], worlds: FlowWorlds) -> tuple[list[float], list[float]]:
    """Return draws of the expected orders and profit that a flow is worth."""
    return _expected(_mean(futures, worlds))


def rest(futures: Sequence[Future], worlds: Mapping[int, FlowWorlds]) -> Increment:
    """Return what the means of all flows leave of the total: what flows do to each other, and what
    programmes bring."""
    if not worlds:
        return NO_INCREMENT
    left = [_apart(one.whole, one.without) for one in futures]
    for flow in worlds.values():
        left = [a - b for a, b in zip(left, _mean(futures, flow), strict=True)]
    return _increment(left)


def last_in_profit(futures: Sequence[Future], worlds: FlowWorlds) -> list[float]:
    """Return draws of the expected profit that a flow adds to all others, in minor units."""
    return _expected(_last_in(futures, worlds))[1]


def _last_in(futures: Sequence[Future], worlds: FlowWorlds) -> list[F64]:
    pairs = zip(futures, worlds.without_it, strict=True)
    return [_apart(one.whole, less) for one, less in pairs]


def _first_in(futures: Sequence[Future], worlds: FlowWorlds) -> list[F64]:
    pairs = zip(futures, worlds.alone, strict=True)
    return [_apart(alone, one.none) for one, alone in pairs]


def _mean(futures: Sequence[Future], worlds: FlowWorlds) -> list[F64]:
    last, first = _last_in(futures, worlds), _first_in(futures, worlds)
    return [(a + b) / 2 for a, b in zip(last, first, strict=True)]


def _apart(one: I64, other: I64) -> F64:
    """Return (2, D): orders and profit of one world less another's."""
    apart: F64 = (orders_and_profit(one) - orders_and_profit(other)).astype(np.float64)
    return apart


def _expected(futures: Sequence[F64]) -> tuple[list[float], list[float]]:
    """Return draws of expected orders and profit, from their draws in each of two futures."""
    first, second = futures
    orders, profit = (expected_of_two(first[row].tolist(), second[row].tolist()) for row in (0, 1))
    return orders, profit


def _increment(futures: Sequence[F64]) -> Increment:
    orders, profit = _expected(futures)
    return Increment(Estimate.of(orders), Estimate.of(profit))
