"""Two playbooks on the same orders, draws and luck: what one brings more than the other.

Each side is launched and run as `simulate` runs it, and draws are paired by number. All luck is
keyed by customer and by the ids of flows and steps (common random numbers, Glasserman & Yao 1992,
Management Science 38(6)), so that what both sides share cancels exactly: an unchanged playbook
differs by 0 in every draw.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.diff import Entry
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Playbook
from playbook_compiler.plan import digest_of
from playbook_compiler.values import dataclass
from playbook_runtime.accounts import data_account
from playbook_runtime.attribution import FlowWorlds, Future, flow_worlds, future_of
from playbook_runtime.estimate import Estimate
from playbook_runtime.expected import (
    SECOND_FUTURES,
    expected_metrics,
    expected_of_two,
    second_futures,
)
from playbook_runtime.fitted import Fitted
from playbook_runtime.flow_projections import flow_draws_of
from playbook_runtime.guarded import rule_changes
from playbook_runtime.heard import has_points
from playbook_runtime.kernel.layout import WITH, WITHOUT
from playbook_runtime.kernel.tables import F64, I64, some_draws
from playbook_runtime.launching import Launched, launched
from playbook_runtime.metric_values import Kind, family
from playbook_runtime.observed import Observed
from playbook_runtime.outcomes import Draws, Outcomes, orders_and_profit, subtracted
from playbook_runtime.projected_change import (
    FlowChange,
    MetricChange,
    ProjectedChange,
    RequirementChange,
)
from playbook_runtime.projection import NO_INCREMENT, Increment, Judged
from playbook_runtime.requirements import Known, judged
from playbook_runtime.settings import FLOW_DRAWS, Settings
from playbook_runtime.visits import visits_of
from playbook_runtime.world_runs import Progress, WorldRuns


@dataclass(frozen=True, slots=True)
class ChangedFlow:
    """A flow that differs: its id, what became of it, and its id on either side (empty: none)."""

    flow: str
    how: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: how far and on which draws, the flows that differ, the command for the
    report."""

    settings: Settings
    flows: tuple[ChangedFlow, ...]
    command: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class _Launch:
    """One side, ready to run: without a playbook it is the other's with every flow off, and
    `playbook` is the other's. `on` are the flows that are new, `wanted` those of them whose worth
    is asked."""

    graph: TriggerGraph | None
    playbook: Playbook
    ready: Launched
    runs: WorldRuns
    wanted: tuple[int, ...]
    on: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """One side as it was run: metrics by draw in two futures, and the worlds of some flows."""

    launch: _Launch
    outcomes: Outcomes
    counts: I64
    again: I64
    unproven: I64
    futures: tuple[Future, ...]
    worlds: Mapping[int, FlowWorlds]


def projected_change(
    old: tuple[TriggerGraph | None, Observed],
    new: tuple[TriggerGraph | None, Observed],
    request: Request,
    progress: Progress | None = None,
) -> tuple[ProjectedChange | None, list[Diagnostic]]:
    """Return what the new side brings more than the old one; either may have no playbook.

    Findings are those of the new side, of the old one where there is no other. Raises RunawayError
    and CircleError as the kernel does.
    """
    asked = [_asked(graph, request, place) for place, (graph, _) in enumerate((old, new))]
    same = old[0] is not None and new[0] is not None and digest_of(old[0]) == digest_of(new[0])
    there = [side for side in (old, new) if side[0] is not None]
    found: list[Diagnostic] = []
    readies: dict[int, Launched] = {}
    known: dict[tuple[int, int], Fitted] = {}  # by orders, and by decimals of the currency
    for graph, data in there if not same else there[1:]:
        assert graph is not None
        models = (id(data), graph.playbook.decimals)
        ready, found = launched(graph, data, request.settings, known.get(models))
        if ready is None:
            return None, found
        known[models] = ready.fitted
        readies[id(graph)] = ready
    some, _ = there[-1]
    assert some is not None
    launches = []
    for (graph, _), flows in zip((old, new), asked, strict=True):
        playbook = (graph or some).playbook
        ready = readies.get(id(graph), readies[id(some)])
        launches.append(_launch(graph, playbook, ready, flows, request.settings, progress))
    if progress is not None:
        progress.begin(sum(_work(one, request.settings) for one in launches[same:]))
    second = _run(launches[1], request.settings)
    first = second if same else _run(launches[0], request.settings)
    return _compared(first, second, new[1] if new[0] is not None else old[1], request), found


def changed_flows(entries: Iterable[Entry]) -> tuple[ChangedFlow, ...]:
    """Return the flows that a diff names, with their id on either side."""
    return tuple(
        ChangedFlow(
            one.id,
            one.how,
            "" if one.old_span is None else one.was or one.id,
            "" if one.new_span is None else one.id,
        )
        for one in entries
        if one.kind == "flow"
    )


def _asked(graph: TriggerGraph | None, request: Request, place: int) -> frozenset[str]:
    """Return the flows of a side whose worth is asked: those that differ, those of `require:`."""
    if graph is None:
        return frozenset()
    differ = {(one.old, one.new)[place] for one in request.flows}
    required = {one.flow for one in graph.playbook.require}
    return frozenset((differ | required) & set(graph.playbook.flows))


def _launch(
    graph: TriggerGraph | None,
    playbook: Playbook,
    ready: Launched,
    wanted: Collection[str],
    settings: Settings,
    progress: Progress | None,
) -> _Launch:
    program = ready.program
    on: list[int] = []
    numbers: dict[str, int] = {}
    if graph is None:
        # What runs already runs also where no playbook says so.
        program = program._replace(flow_on=program.flow_on * program.flow_running)
    else:
        flows = graph.playbook.flows
        numbers = {flow: n for n, flow in enumerate(sorted(flows))}
        on = [n for flow, n in numbers.items() if flows[flow].enabled and not flows[flow].running]
    runs = WorldRuns(program, ready.prepared, settings.threads, progress)
    some = tuple(n for flow, n in numbers.items() if flow in wanted and n in on)
    return _Launch(graph, playbook, ready, runs, some, tuple(on))


def _work(launch: _Launch, settings: Settings) -> int:
    """Return how many persons times draws a side takes, for the progress bar."""
    prepared = launch.ready.prepared
    again = min(SECOND_FUTURES, settings.draws)
    draws = settings.draws * (2 if prepared.has_unproven else 1) + again
    if launch.wanted:
        draws += (2 + 4 * len(launch.wanted)) * min(FLOW_DRAWS, again)
    return draws * len(prepared.people.key)


def _run(launch: _Launch, settings: Settings) -> _Side:
    runs, prepared = launch.runs, launch.ready.prepared
    counts = runs.counts(prepared.headline).totals
    again = runs.run(second_futures(prepared.headline, min(SECOND_FUTURES, settings.draws)))
    unproven = runs.counts(prepared.unproven).totals if prepared.has_unproven else counts
    number = min(FLOW_DRAWS, len(again))
    futures: tuple[Future, ...] = ()
    if launch.wanted:
        futures = (
            future_of(runs, some_draws(prepared.headline, 0, number), counts[:number]),
            future_of(runs, second_futures(prepared.headline, number), again[:number]),
        )
    return _Side(
        launch,
        Outcomes(
            int(prepared.people.base.sum()),
            launch.ready.days.days,
            launch.ready.plan.acquisition_cost,
            has_points(launch.playbook),
            visits_of(launch.playbook, launch.ready.days.days),
        ),
        counts,
        again,
        unproven,
        futures,
        flow_worlds(runs, futures, launch.wanted, launch.on) if launch.wanted else {},
    )


def _compared(old: _Side, new: _Side, data: Observed, request: Request) -> ProjectedChange:
    graphs = [side.launch.graph for side in (old, new)]
    playbook = next(graph for graph in reversed(graphs) if graph is not None).playbook
    flows = [_flow_change(one, old, new) for one in request.flows]
    number = min(FLOW_DRAWS, len(new.again))
    return ProjectedChange(
        seed=request.settings.seed,
        draws=request.settings.draws,
        flow_draws=number,
        as_of=data.as_of,
        horizon_days=new.launch.ready.days.days,
        currency=playbook.currency,
        decimals=playbook.decimals,
        data=data_account(data),
        command=request.command,
        metrics=_metric_changes(old, new, "outcome"),
        contact=_metric_changes(old, new, "contact"),
        flows=tuple(change for change, _ in flows),
        rest=_rest(old, new, [worths for _, worths in flows], number),
        requirements=_requirement_changes(old, new),
        rules=rule_changes(*graphs),
        notes=tuple(_notes(old, new)),
    )


def _metric_changes(old: _Side, new: _Side, kind: Kind) -> tuple[MetricChange, ...]:
    """Return the metrics of a kind on both sides, and the expected difference of each."""
    before, now = (side.outcomes.metrics(side.counts, WITH, kind) for side in (old, new))
    again = subtracted(
        new.outcomes.metrics(new.again, WITH, kind), old.outcomes.metrics(old.again, WITH, kind)
    )
    apart = expected_metrics(subtracted(now, before), again)
    unproven: Draws = {}
    if any(side.unproven is not side.counts for side in (old, new)):
        raw = subtracted(
            new.outcomes.metrics(new.unproven, WITH, kind),
            old.outcomes.metrics(old.unproven, WITH, kind),
        )
        unproven = expected_metrics(subtracted(now, before), again, raw)
    units = {metric.name: metric.unit for metric in family()}
    return tuple(
        MetricChange(
            name,
            units[name],
            Estimate.of(before[name]),
            Estimate.of(now[name]),
            Estimate.of(values),
            sum(value > 0 for value in values) / len(values),
            Estimate.of(unproven[name]) if unproven else None,
        )
        for name, values in apart.items()
    )


def _flow_change(
    changed: ChangedFlow, old: _Side, new: _Side
) -> tuple[FlowChange, tuple[F64, F64] | None]:
    """Return what a flow is worth more than before, and its draws in both futures (None: 0)."""
    before, now = _worth(old, changed.old), _worth(new, changed.new)
    if now is None and before is None:
        return FlowChange(changed.flow, changed.how, NO_INCREMENT), None
    if now is None or before is None:
        sign = 1.0 if before is None else -1.0
        first, second = (sign * one for one in now or before or ())
    else:
        first, second = (a - b for a, b in zip(now, before, strict=True))
    return FlowChange(changed.flow, changed.how, _increment(first, second)), (first, second)


def _worth(side: _Side, flow: str) -> tuple[F64, F64] | None:
    """Return the mean of first-in and last-in of a flow by draw, (2, D) in each future; None where
    the side does not have the flow, or has it off."""
    graph = side.launch.graph
    if graph is None or flow not in graph.playbook.flows:
        return None
    worlds = side.worlds.get(sorted(graph.playbook.flows).index(flow))
    if worlds is None:
        return None
    first, second = (
        (
            orders_and_profit(one.whole)
            - orders_and_profit(less)
            + orders_and_profit(alone)
            - orders_and_profit(one.none)
        )
        / 2
        for one, less, alone in zip(side.futures, worlds.without_it, worlds.alone, strict=True)
    )
    return first, second


def _rest(
    old: _Side, new: _Side, worths: Sequence[tuple[F64, F64] | None], number: int
) -> Increment:
    """Return what the flows that differ leave of the whole difference, on the same draws."""
    left = []
    for place in (0, 1):
        totals = [_total(side, place, number) for side in (old, new)]
        apart = totals[1] - totals[0]
        for one in worths:
            if one is not None:
                apart = apart - one[place]
        left.append(apart)
    return _increment(*left)


def _total(side: _Side, place: int, number: int) -> F64:
    """Return (2, D): orders, and profit after the acquisition that a side plans, with its playbook,
    on the flow draws of a future."""
    counts = (side.counts, side.again)[place][:number]
    found = side.outcomes.metrics(counts, WITH)
    return np.array([found["orders"], found["profit"]])


def _increment(first: F64, second: F64) -> Increment:
    orders, profit = (
        Estimate.of(expected_of_two(first[row].tolist(), second[row].tolist())) for row in (0, 1)
    )
    return Increment(orders, profit)


def _requirement_changes(old: _Side, new: _Side) -> tuple[RequirementChange, ...]:
    """Return the requirements of either side, those of the new one first, in their order."""
    before, now = ({one.text: one for one in _verdicts(side)} for side in (old, new))
    return tuple(
        RequirementChange(text, before.get(text), now.get(text)) for text in {**now, **before}
    )


def _verdicts(side: _Side) -> tuple[Judged, ...]:
    graph = side.launch.graph
    if graph is None or not graph.playbook.require:
        return ()
    worlds: dict[str, Draws] = {}
    for name, world in (("without", WITHOUT), ("with", WITH)):
        worlds[name] = side.outcomes.metrics(side.counts, world)
        worlds[name] |= side.outcomes.metrics(side.counts, world, "contact")
    first = subtracted(worlds["with"], worlds["without"])
    again = side.outcomes.difference(side.again) | side.outcomes.difference(side.again, "contact")
    numbers = {flow: n for n, flow in enumerate(sorted(graph.playbook.flows))}
    asked = {one.flow for one in graph.playbook.require if one.flow}
    known = Known(
        {**worlds, "difference": expected_metrics(first, again)},
        {
            flow: flow_draws_of(side.counts, n, side.futures, side.worlds.get(n))
            for flow, n in numbers.items()
            if flow in asked
        },
    )
    return judged(graph.playbook.require, known)


def _notes(old: _Side, new: _Side) -> list[str]:
    """Return what else differs between the sides than their flows."""
    found = []
    one, other = (side.launch.ready for side in (old, new))
    if one.plan.stages != other.plan.stages:
        found.append("The two sides are in different stages in some months of the horizon.")
    if one.plan.acquisition_cost != other.plan.acquisition_cost:
        found.append(
            "The two sides spend differently on winning customers, so that newcomers differ too:"
            " the difference holds what they cost and bring."
        )
    if one.prepared.launch.occurrences != other.prepared.launch.occurrences:
        found.append("The two sides assume different events, or different rates of them.")
    return found
