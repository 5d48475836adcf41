"""What each of 20 flows is worth, beside the headline: 10,000 made-up customers for a year.

The headline is 1,000 draws of both worlds; the worth of F flows takes 2F + 2 worlds of 100 draws
in two futures, of which only the customers whom a flow touched are run again. It is to take at
most five times the headline's time. The flows are those of `six_flows.yaml` over and over: a
customer is in many of them, so that few are untouched.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
from tests.benchmarks.bench_simulate import with_flows
from tests.benchmarks.rows import Row, Time, best, duration
from tests.benchmarks.synthetic import SIX_FLOWS, Past, Shop, customers, graph_of, shop

from playbook_runtime.attribution import flow_worlds, future_of
from playbook_runtime.expected import second_futures
from playbook_runtime.kernel.tables import I64, some_draws
from playbook_runtime.prepare import Prepared
from playbook_runtime.program import build_program
from playbook_runtime.settings import DEFAULT_DRAWS, FLOW_DRAWS
from playbook_runtime.world_runs import WorldRuns

CUSTOMERS, FLOWS = 10_000, 20
FIVE_TIMES = 1 / 5


def main(quick: bool) -> list[Row]:
    """Return the time of the attribution against the headline's; `quick` has a tenth of all
    draws."""
    with tempfile.TemporaryDirectory() as folder:
        text = with_flows(SIX_FLOWS.read_text(encoding="utf-8"), FLOWS)
        graph = graph_of(text, Path(folder))
    part = 10 if quick else 1
    headline, some = DEFAULT_DRAWS // part, FLOW_DRAWS // part
    runs = runs_of(shop(graph, Past(*customers(CUSTOMERS)), draws=headline))
    runs.run(some_draws(runs.prepared.headline, 0, 1))  # compiled, or read from the cache
    counts: list[I64] = []
    whole = best(lambda: counts.append(runs.run(runs.prepared.headline)), 1)
    again = runs.run(second_futures(runs.prepared.headline, some))

    def attribution() -> None:
        futures = (
            future_of(runs, some_draws(runs.prepared.headline, 0, some), counts[0][:some]),
            future_of(runs, second_futures(runs.prepared.headline, some), again),
        )
        found = flow_worlds(runs, futures, range(FLOWS))
        assert len(found) == FLOWS
        shares.extend(share_touched(futures[0].touched.flows[n].bits, some) for n in range(FLOWS))

    shares: list[float] = []
    worth = best(attribution, 1)
    note = (
        f"a flow touches {min(shares):.0%} to {max(shares):.0%} of customers in a draw;"
        f" {(2 * FLOWS + 2) * 2} worlds of {some} draws,"
        f" {duration(worth.wall / ((2 * FLOWS + 2) * 2 * some * CUSTOMERS))} a customer of each"
    )
    task = f"worth of {FLOWS} flows, {CUSTOMERS:,} customers, {some} draws in two futures"
    told = f"headline, {headline:,} draws"
    return [
        Row(told, Time(whole.wall, whole.cpu)),
        Row(task, worth, told, whole.wall, FIVE_TIMES, note),
    ]


def runs_of(of: Shop) -> WorldRuns:
    """Return the runs of a made-up shop: of what is prepared they read people and draws only."""
    program, findings = build_program(of.graph, of.launch)
    assert not findings
    prepared = SimpleNamespace(launch=of.launch, people=of.people, headline=of.draws)
    return WorldRuns(program, cast(Prepared, prepared), 0, None)


def share_touched(bits: np.ndarray, draws: int) -> float:
    """Return the share of customers and draws whose bit is set."""
    return float(np.unpackbits(bits, axis=1, count=draws).mean())
