"""What a simulation finds in a playbook and `check` cannot: it takes a shop's own orders."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from statistics import NormalDist
from typing import Final

import numpy as np

from playbook_compiler.checks._conditions import of_customers
from playbook_compiler.conditions import facts_read, nodes
from playbook_compiler.diagnostics import Diagnostic, hint, in_order, warning
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Flow, Playbook
from playbook_compiler.steps import Split, Step, Wait, children
from playbook_compiler.units import Duration
from playbook_runtime.counted import count_of, word_of
from playbook_runtime.kernel.layout import PerFlow, flow_column
from playbook_runtime.kernel.tables import HISTORY, I64, UNKNOWN
from playbook_runtime.observed import Observed
from playbook_runtime.population import STATIC_FACTS
from playbook_runtime.prepare import Prepared
from playbook_runtime.stage_timeline import AUTO
from playbook_runtime.unsimulated import flows_that_start

POWER: Final = 0.80
LEVEL: Final = 0.05  # two-sided


def simulated_findings(
    graph: TriggerGraph,
    data: Observed,
    prepared: Prepared,
    stages: Sequence[str],
    counts: I64,
    days: int,
) -> list[Diagnostic]:
    """Return all of them, in order of place; `stages` and `counts` are those of the headline."""
    playbook = graph.playbook
    return in_order(
        [
            *stage_mismatch(playbook, stages),
            *wait_beyond_horizon(playbook, days),
            *flow_without_customers(playbook, counts, stages),
            *fact_never_observed(graph, prepared),
            *split_undecidable(playbook, data, counts, days),
        ]
    )


def stage_mismatch(playbook: Playbook, stages: Sequence[str]) -> Iterator[Diagnostic]:
    """Yield flows of stages that these orders never bring the shop to, under `stage: auto`."""
    if playbook.stage != AUTO:
        return
    reached = list(dict.fromkeys(stages))
    for flow in playbook.flows.values():
        if not flow.enabled or not flow.origin.has("stages") or set(flow.stages) & set(reached):
            continue
        yield warning(
            "stage-mismatch",
            f"`{flow.id}` never starts: these orders put the shop into {' and '.join(reached)}",
            flow.origin.key_span("stages"),
            caption=f"for {', '.join(flow.stages)}",
            help=f"pause it with `enabled: false`, give it `stages: {reached[0]}+`, or look at it"
            f" with `--stage {flow.stages[0]}`",
        )


def wait_beyond_horizon(playbook: Playbook, days: int) -> Iterator[Diagnostic]:
    """Yield waits that nobody gets past before the horizon ends, even who enters at once."""
    for flow in playbook.flows.values():
        if flow.enabled:
            found, _ = _waits(flow.steps, 0.0, days)
            for step in found:
                yield hint(
                    "wait-beyond-horizon",
                    f"what follows this wait of `{flow.id}` does not happen within the"
                    f" {count_of(days, 'day')} that {word_of(days, 'is', 'are')} projected",
                    step.origin.key_span("wait"),
                    caption="ends after the horizon",
                    help="project further with `--horizon`, or wait less",
                )


def flow_without_customers(
    playbook: Playbook, counts: I64, stages: Sequence[str]
) -> Iterator[Diagnostic]:
    """Yield flows that could start and that nobody enters in any draw."""
    start = flows_that_start(playbook)
    for number, name in enumerate(sorted(playbook.flows)):
        flow = playbook.flows[name]
        if name not in start or not set(flow.stages) & set(stages):
            continue
        if not counts[:, flow_column(number, PerFlow.ENTERED)].any():
            yield warning(
                "flow-without-customers",
                f"nobody enters `{name}` in any of {len(counts):,} draws",
                flow.origin.key_span(),
                caption="projected without a single run",
                help="look at its trigger, its audience and `existing`; `playbook replay` shows who"
                " would have entered in the past",
            )


def fact_never_observed(graph: TriggerGraph, prepared: Prepared) -> Iterator[Diagnostic]:
    """Yield tests of facts that the files tell of no customer: nobody meets them."""
    people = prepared.people
    unknown = (people.static[people.kind == HISTORY] == UNKNOWN).all(axis=0)
    lost = {text for text, none in zip(prepared.launch.statics, unknown, strict=True) if none}
    told = set()
    for placed in of_customers(graph):
        tested = {str(leaf) for leaf in nodes(placed.condition)}
        if not tested & lost:
            continue
        for read in facts_read(placed.condition):
            if read.fact.name not in STATIC_FACTS or read.span in told:
                continue
            told.add(read.span)
            yield warning(
                "fact-never-observed",
                f"nobody's `{read.fact.name}` is told by these files, so that this is true of"
                " nobody",
                read.span,
                caption="unknown of all customers",
                help=f"bring a file with a column `{read.fact.name}` by `--customers`",
            )


def split_undecidable(
    playbook: Playbook, data: Observed, counts: I64, days: int
) -> Iterator[Diagnostic]:
    """Yield experiments whose smallest effect cannot be told at this number of customers.

    Per arm, a relative effect d on what a customer brings takes (z_0.975 + z_0.8)^2 v / d^2
    customers, with v the variance of it over its squared mean: at least (1 + c^2) / m for m orders
    in the goal's time, whose values have the coefficient of variation c. m is that of all
    customers, who buy more than those whom most flows are for: so more is needed than is said.
    """
    for number, name in enumerate(sorted(playbook.flows)):
        flow = playbook.flows[name]
        entered = float(counts[:, flow_column(number, PerFlow.ENTERED)].mean())
        for split in _splits(flow.steps):
            effect = split.experiment.smallest_effect if split.experiment is not None else None
            if not flow.enabled or effect is None or not effect.fraction or not entered:
                continue
            needed = customers_needed(
                float(effect.fraction),
                {arm: float(one.share.fraction) for arm, one in split.variants.items()},
                _orders_within(data, _goal_days(flow)),
                _variation(data) if _is_money(split) else 0.0,
            )
            if needed <= entered:
                continue
            yield warning(
                "split-undecidable",
                f"`{split.split}` cannot tell its winner: {_about(needed)} customers or more are"
                f" needed to see a difference of {effect}, and {entered:,.0f}"
                f" {word_of(round(entered), 'enters', 'enter')} in {count_of(days, 'day')}",
                split.origin.key_span("experiment"),
                caption="too few customers for so small an effect",
                help="compare what differs more, judge by a metric nearer to the message, or"
                " decide without a test",
            )


def customers_needed(
    effect: float, shares: Mapping[str, float], orders: float, variation: float
) -> float:
    """Return how many customers over all arms it takes to tell the two smallest arms apart by a
    relative effect, at 80% power and 5%, two-sided; infinite where nobody orders."""
    small = sorted(shares.values())[:2]
    if orders <= 0 or not all(small):
        return math.inf
    normal = NormalDist()
    z = normal.inv_cdf(1 - LEVEL / 2) + normal.inv_cdf(POWER)
    spread = (1 + variation * variation) / orders
    return z * z * spread * sum(1 / share for share in small) / (effect * effect)


def _waits(steps: Sequence[Step], elapsed: float, days: int) -> tuple[list[Wait], float]:
    """Return the waits that end after the horizon, the first on each way, and the least time that
    these steps take."""
    found: list[Wait] = []
    for step in steps:
        if isinstance(step, Wait) and isinstance(step.wait, Duration):
            before, elapsed = elapsed, elapsed + float(step.wait.nominal_days)
            if before < days <= elapsed:
                found.append(step)
        ways = [_waits(inner, elapsed, days) for _, inner in children(step)]
        found.extend(wait for more, _ in ways for wait in more)
        # Of ways that part, the shortest; a way without steps takes no time.
        elapsed = min((end for _, end in ways), default=elapsed)
    return found, elapsed


def _splits(steps: Sequence[Step]) -> Iterator[Split]:
    for step in steps:
        if isinstance(step, Split):
            yield step
        for _, inner in children(step):
            yield from _splits(inner)


def _goal_days(flow: Flow) -> float:
    return float(flow.goal.within.nominal_days) if flow.goal is not None else 14.0


def _orders_within(data: Observed, days: float) -> float:
    """Return a customer's mean repeat purchases in so many days of the history."""
    history = data.history
    return float(history.x.sum()) / max(1.0, float(history.T.sum())) * days


def _variation(data: Observed) -> float:
    """Return the coefficient of variation of the value of orders."""
    values = data.value_minor.astype(np.float64)
    return float(values.std() / values.mean()) if values.any() else 0.0


def _is_money(split: Split) -> bool:
    assert split.experiment is not None
    return split.experiment.metric not in ("orders", "repeat_purchase_rate", "conversion")


def _about(count: float) -> str:
    """Return a count at two digits, which is what it is sure of."""
    if math.isinf(count):
        return "more than any number of"
    exact = Decimal(f"{count:.2g}")
    return f"{int(exact):,}"
