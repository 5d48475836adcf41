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
from playbook_runtime.outcomes import orders_and_profit, values_of
from playbook_runtime.projection import NO_INCREMENT, Increment
from playbook_runtime.touched import Touched, rerun, touched
from playbook_runtime.world_runs import WorldRuns


@dataclass(frozen=True, slots=True, eq=False)
class Future:
    """One future of the flow draws: orders and profit of all flows, of none, and of the world
    without (D, values), and whom each flow touched.

    Programmes are on in all but the world without, so that no flow is given what they bring.
    """

    draws: Draws
    whole: I64
    none: I64
    without: I64
    touched: Touched


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


def future_of(runs: WorldRuns, draws: Draws, counts: I64) -> Future:
    """Return a future from the counts of the headline's runs on these draws."""
    whole, without, found = (
        values_of(counts, WITH),
        values_of(counts, WITHOUT),
        touched(runs, draws),
    )
    none = without
    if runs.program.programmes:
        anyone = found.any
        none = whole - anyone.values + rerun(runs, draws, anyone.bits, frozenset())
    return Future(draws, whole, none, without, found)


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
            mine, anyone = one.touched.flows[flow], one.touched.any
            rest_of = one.whole - mine.values
            without_it.append(rest_of + rerun(runs, one.draws, mine.bits, others))
            nobody = one.whole - anyone.values
            alone.append(nobody + rerun(runs, one.draws, anyone.bits, {flow}))
        found[flow] = FlowWorlds(tuple(without_it), tuple(alone))
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
