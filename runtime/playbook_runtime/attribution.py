"""What each flow is worth: last-in, first-in and their mean, never last touch.

Last-in is all flows less all but this one; first-in is this flow alone less none. Their mean is
the flow's Shapley value wherever flows interact in pairs only (Shapley 1953); what the means leave
of the total is the rest. All worlds share draws and futures, two futures a draw, so that luck can
be told from what is unknown (docs/decisions/0021-attribution.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from playbook_compiler.values import dataclass
from playbook_runtime.estimate import Estimate
from playbook_runtime.expected import expected_of_two
from playbook_runtime.kernel.layout import WITH, WITHOUT
from playbook_runtime.kernel.tables import F64, I64, Draws
from playbook_runtime.outcomes import order_draws, profit_draws
from playbook_runtime.projection import NO_INCREMENT, Increment
from playbook_runtime.world_runs import WorldRuns


@dataclass(frozen=True, slots=True, eq=False)
class Future:
    """One future of the flow draws: its draws, and the counts of all flows on them."""

    draws: Draws
    whole: I64


@dataclass(frozen=True, slots=True, eq=False)
class FlowWorlds:
    """The counts of one flow's worlds, a future each: all flows but it, and it alone."""

    without_it: tuple[I64, ...]
    alone: tuple[I64, ...]


@dataclass(frozen=True, slots=True)
class FlowWorth:
    """The increments of one flow, in each way of counting."""

    last_in: Increment
    first_in: Increment
    mean: Increment


def flow_worlds(
    runs: WorldRuns, futures: Sequence[Future], flows: Sequence[int]
) -> dict[int, FlowWorlds]:
    """Return the worlds of each of the flows that are on."""
    found = {}
    for flow in flows:
        others = frozenset(flows) - {flow}
        found[flow] = FlowWorlds(
            tuple(runs.run(one.draws, others) for one in futures),
            tuple(runs.run(one.draws, {flow}) for one in futures),
        )
    return found


def worth(futures: Sequence[Future], worlds: FlowWorlds) -> FlowWorth:
    """Return what one flow adds to orders and profit."""
    return FlowWorth(
        last_in=_increment(_last_in(futures, worlds)),
        first_in=_increment(_first_in(futures, worlds)),
        mean=_increment(_mean(futures, worlds)),
    )


def mean_draws(futures: Sequence[Future], worlds: FlowWorlds) -> tuple[list[float], list[float]]:
    """Return draws of the expected orders and profit that a flow is worth."""
    found = _mean(futures, worlds)
    orders, profit = (
        expected_of_two(found[0][row].tolist(), found[-1][row].tolist()) for row in (0, 1)
    )
    return orders, profit


def rest(futures: Sequence[Future], worlds: Mapping[int, FlowWorlds]) -> Increment:
    """Return what the means of all flows leave of the total."""
    left = [_apart(one.whole, WITH, one.whole, WITHOUT) for one in futures]
    if not worlds:
        return NO_INCREMENT
    for flow in worlds.values():
        left = [a - b for a, b in zip(left, _mean(futures, flow), strict=True)]
    return _increment(left)


def last_in_profit(futures: Sequence[Future], without_it: Sequence[I64]) -> list[float]:
    """Return draws of the expected profit that a flow adds to all others, in minor units."""
    apart = [
        _apart(one.whole, WITH, less, WITH)[1]
        for one, less in zip(futures, without_it, strict=True)
    ]
    return expected_of_two(apart[0].tolist(), apart[-1].tolist())


def _last_in(futures: Sequence[Future], worlds: FlowWorlds) -> list[F64]:
    pairs = zip(futures, worlds.without_it, strict=True)
    return [_apart(one.whole, WITH, less, WITH) for one, less in pairs]


def _first_in(futures: Sequence[Future], worlds: FlowWorlds) -> list[F64]:
    pairs = zip(futures, worlds.alone, strict=True)
    return [_apart(alone, WITH, one.whole, WITHOUT) for one, alone in pairs]


def _mean(futures: Sequence[Future], worlds: FlowWorlds) -> list[F64]:
    last, first = _last_in(futures, worlds), _first_in(futures, worlds)
    return [(a + b) / 2 for a, b in zip(last, first, strict=True)]


def _apart(one: I64, world: int, other: I64, other_world: int) -> F64:
    """Return (2, draws): orders and profit of one world less another's."""
    return np.array(
        [
            order_draws(one, world) - order_draws(other, other_world),
            profit_draws(one, world) - profit_draws(other, other_world),
        ],
        dtype=np.float64,
    )


def _increment(futures: Sequence[F64]) -> Increment:
    """Return the estimates of orders and profit from their draws in each future."""
    orders, profit = (
        Estimate.of(expected_of_two(futures[0][row].tolist(), futures[-1][row].tolist()))
        for row in (0, 1)
    )
    return Increment(orders, profit)
