"""The projection: fit, backtest, two worlds by the kernel, and what each flow adds.

The road is one function, `project`; everything random is keyed by the seed, so that the same input
gives the same bytes whatever the threads.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import numpy as np

from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.plan import digest_of
from playbook_compiler.source import Span
from playbook_compiler.values import dataclass
from playbook_runtime.behaviour.backtest import Backtest, backtest, origins_for
from playbook_runtime.behaviour.findings import diagnostics_of
from playbook_runtime.behaviour.fit import akaike_weights, fit_families
from playbook_runtime.behaviour.model import FAMILIES, Finding, FittedBehaviour
from playbook_runtime.behaviour.spend import fit_spend
from playbook_runtime.estimate import Estimate
from playbook_runtime.kernel.instructions import Program
from playbook_runtime.kernel.layout import WITH, WITHOUT, PerFlow, World, flow_column, world_column
from playbook_runtime.kernel.run import CircleError, Horizon, RunawayError, run
from playbook_runtime.kernel.tables import I64, Draws, some_draws
from playbook_runtime.metric_values import Kind, metric_values
from playbook_runtime.notes import notes
from playbook_runtime.observed import Observed
from playbook_runtime.prepare import Prepared, prepare
from playbook_runtime.program import build_program
from playbook_runtime.projection import (
    Check,
    DataAccount,
    Estimates,
    FlowProjection,
    Projection,
    WorldCounts,
)
from playbook_runtime.settings import EPOCH, FLOW_DRAWS, Calendar, Settings, calendar
from playbook_runtime.unsimulated import unsimulated

MICRO = 10_000
# The standard error of the 10% quantile of a normal sample is 1.71 sd / sqrt(n).
QUANTILE_ERROR = 1.71
HELD = {
    "holdout": PerFlow.HELD_HOLDOUT,
    "consent": PerFlow.HELD_CONSENT,
    "suppressed": PerFlow.HELD_SUPPRESSED,
    "offer": PerFlow.HELD_OFFER,
    "zone": PerFlow.HELD_ZONE,
    "cap": PerFlow.HELD_CAP,
}


@dataclass(frozen=True, slots=True)
class Progress:
    """Told how much work there is and how much has been done, in persons times draws."""

    begin: Callable[[int], None]
    advance: Callable[[int], None]


def project(
    graph: TriggerGraph,
    data: Observed,
    settings: Settings,
    progress: Progress | None = None,
) -> tuple[Projection | None, list[Diagnostic]]:
    """Return the projection of a playbook over a shop's own orders."""
    playbook, file = graph.playbook, data.orders.reading.file
    days = calendar(data.as_of, settings.horizon, playbook.timezone)
    if days.days < 1:
        return None, [error("bad-horizon", "the horizon has no day", Span.of_file(file))]
    fits, found = fit_families(data.history, FAMILIES, with_weak_prior=True)
    spend, more = fit_spend(data.history, 10**playbook.decimals, with_weak_prior=True)
    findings = unsimulated(playbook)
    findings += diagnostics_of([*found, *(fits[0].findings if fits else ()), *more], file)
    if not fits or spend is None:
        return None, [*findings, _no_projection(file, spend is None)]
    tested, told = _backtest(data, days, settings)
    findings += diagnostics_of(told, file)
    prepared = prepare(graph, data, days, settings, fits, spend, tested.drift)
    findings += prepared.findings
    program, unread = build_program(graph, prepared.launch)
    findings += unread
    flow_draws = min(FLOW_DRAWS, settings.draws)
    flows = sorted(playbook.flows)
    on = [flow for flow in flows if playbook.flows[flow].enabled]
    if progress is not None:
        passes = settings.draws * (2 if prepared.has_unproven else 1) + flow_draws * len(on)
        progress.begin(passes * len(prepared.people.key))
    kernel = _Kernel(program, prepared, settings.threads, progress)
    some = some_draws(prepared.headline, 0, flow_draws)
    try:
        counts = kernel.run(prepared.headline)
        unproven = kernel.run(prepared.unproven) if prepared.has_unproven else counts
        without_flow = {flow: kernel.run(some, off=flows.index(flow)) for flow in on}
    except RunawayError:
        return None, [*findings, _runaway(graph)]
    except CircleError:
        return None, [*findings, _endless(graph)]
    base = int(prepared.people.base.sum())
    worlds = _Worlds(base, days.days, flow_draws)
    without = worlds.metrics(counts, WITHOUT)
    with_playbook = worlds.metrics(counts, WITH)
    with_unproven = worlds.metrics(unproven, WITH)
    difference = _subtracted(with_playbook, without)
    profit = difference["profit"]
    projection = Projection(
        playbook=playbook.name,
        digest=digest_of(graph),
        seed=settings.seed,
        as_of=data.as_of,
        horizon_days=days.days,
        draws=settings.draws,
        flow_draws=flow_draws,
        currency=playbook.currency,
        decimals=playbook.decimals,
        family=_family_text(fits),
        without=_estimates(without),
        with_playbook=_estimates(with_playbook),
        difference=_estimates(difference),
        with_unproven=_estimates(with_unproven),
        difference_unproven=_estimates(_subtracted(with_unproven, without)),
        probability_profit_positive=sum(one > 0 for one in profit) / len(profit),
        monte_carlo_error=_monte_carlo_error(profit),
        contact=_estimates(worlds.metrics(counts, WITH, "contact")),
        flows=tuple(
            _flow(playbook.flows[flow].strategy, flow, n, counts, without_flow.get(flow), worlds)
            for n, flow in enumerate(flows)
        ),
        backtest=_checks(tested),
        assumptions=prepared.assumptions,
        data=_account(data),
        notes=notes(graph, data, prepared, counts, findings),
    )
    return projection, findings


def _runaway(graph: TriggerGraph) -> Diagnostic:
    """Return the error for orders that feed on themselves."""
    return error(
        "runaway-orders",
        "the messages that follow an order are expected to bring more than one further order, so"
        " that orders would grow without end",
        graph.playbook.origin.key_span("flows"),
        caption="some flow here starts with an order and expects too much",
        help="lower the `expect` of flows that start with an order, or limit their entry with"
        " `entry: {again_after: 30d}`",
    )


def _endless(graph: TriggerGraph) -> Diagnostic:
    """Return the error for flows that start each other at one moment."""
    return error(
        "endless-runs",
        "flows start each other, or themselves, at the same moment over and over",
        graph.playbook.origin.key_span("flows"),
        caption="some flow here starts again as soon as it ends",
        help="put a wait of a day into the circle, or limit the entry: `entry: {again_after: 30d}`",
    )


def _no_projection(file: str, without_spend: bool) -> Diagnostic:
    """Return the error that ends a run: what is missing is told by the findings before it."""
    what = "what an order is worth" if without_spend else "how often customers buy"
    return error(
        "no-projection",
        f"these orders do not tell {what}, so that nothing can be projected",
        Span.of_file(file),
        help="give a longer history: a few hundred customers, some of whom bought again",
    )


@dataclass(frozen=True, slots=True)
class _Kernel:
    """The kernel with everything but the draws and the flow that is left out."""

    program: Program
    prepared: Prepared
    threads: int
    progress: Progress | None

    def run(self, draws: Draws, off: int | None = None) -> I64:
        """Return counts by draw, with flow number `off` switched off."""
        program = self.program
        if off is not None:
            flow_on = program.flow_on.copy()
            flow_on[off] = 0
            program = program._replace(flow_on=flow_on)
        launch = self.prepared.launch
        return run(
            program,
            launch.zones,
            self.prepared.people,
            draws,
            Horizon(launch.seed, launch.start, launch.end),
            threads=self.threads,
            progress=self.progress.advance if self.progress is not None else None,
        )


@dataclass(frozen=True, slots=True)
class _Worlds:
    """From counts to what they mean."""

    base_customers: int
    horizon_days: int
    flow_draws: int

    def of(self, row: Sequence[int], world: int) -> WorldCounts:
        """Return one draw's counts of one world, costs rounded half-even to minor units."""

        def count(what: World) -> int:
            return int(row[world_column(world, what)])

        return WorldCounts(
            orders=count(World.ORDERS),
            revenue=count(World.REVENUE),
            contribution=_minor(count(World.CONTRIBUTION_MICRO)),
            message_cost=_minor(count(World.MESSAGE_COST_MICRO)),
            offer_cost=count(World.OFFER_COST),
            active_customers=count(World.ACTIVE_CUSTOMERS),
            retained_customers=count(World.RETAINED_CUSTOMERS),
            base_customers=self.base_customers,
            customers=count(World.CUSTOMERS),
            repeat_customers=count(World.REPEAT_CUSTOMERS),
            newcomers=count(World.NEWCOMERS),
            messages=count(World.MESSAGES),
            horizon_days=self.horizon_days,
        )

    def metrics(self, counts: I64, world: int, kind: Kind = "outcome") -> dict[str, list[float]]:
        """Return the values by draw of each metric of a kind."""
        found = [metric_values(self.of(row, world), kind) for row in counts.tolist()]
        return {name: [values[name] for values in found] for name in found[0]}


def _minor(micro: int) -> int:
    """Return ten-thousandths of a minor unit as minor units, rounded half to even."""
    whole, rest = divmod(micro, MICRO)
    return whole + (rest > MICRO // 2 or (rest == MICRO // 2 and whole % 2 == 1))


def _estimates(values: Mapping[str, list[float]]) -> Estimates:
    return {name: Estimate.of(draws) for name, draws in values.items()}


def _subtracted(
    one: Mapping[str, list[float]], other: Mapping[str, list[float]]
) -> dict[str, list[float]]:
    return {
        name: [a - b for a, b in zip(values, other[name], strict=True)]
        for name, values in one.items()
    }


def _monte_carlo_error(values: list[float]) -> float:
    if len(values) < 2:
        return 0.0
    return QUANTILE_ERROR * statistics.stdev(values) / math.sqrt(len(values))


def _flow(
    strategy: str, flow: str, number: int, counts: I64, without_it: I64 | None, worlds: _Worlds
) -> FlowProjection:
    """Return what a flow does; its increments are with all flows less with all but it."""

    def told(what: PerFlow) -> Estimate:
        return Estimate.of(counts[:, flow_column(number, what)].tolist())

    held = {name: counts[:, flow_column(number, what)] for name, what in HELD.items()}
    orders = profit = Estimate.exactly(0.0)
    if without_it is not None:
        whole = worlds.metrics(counts[: worlds.flow_draws], WITH)
        less = worlds.metrics(without_it, WITH)
        orders = Estimate.of(_subtracted(whole, less)["orders"])
        profit = Estimate.of(_subtracted(whole, less)["profit"])
    return FlowProjection(
        flow=flow,
        strategy=strategy,
        entered=told(PerFlow.ENTERED),
        sent=told(PerFlow.SENT),
        held_back=Estimate.of(np.sum(list(held.values()), axis=0).tolist()),
        held_back_by={name: Estimate.of(values.tolist()) for name, values in held.items()},
        delayed=told(PerFlow.DELAYED),
        offers_used=told(PerFlow.OFFERS_USED),
        subsidised=told(PerFlow.SUBSIDISED),
        orders=orders,
        profit=profit,
    )


def _backtest(data: Observed, days: Calendar, settings: Settings) -> tuple[Backtest, list[Finding]]:
    first = int(data.history.first_day.min())
    origins = origins_for(first, data.as_of_day, days.days)
    return backtest(
        data.day,
        data.customer_hash,
        data.value_minor,
        until_day=data.as_of_day,
        origins=origins,
        horizon_days=days.days,
        seed=settings.seed,
    )


def _checks(tested: Backtest) -> tuple[Check, ...]:
    return tuple(
        Check(
            origin=EPOCH + timedelta(days=one.origin_day),
            horizon_days=one.horizon_days,
            predicted=one.predicted,
            actual=int(one.actual),
            naive=one.naive,
            inside=one.inside,
        )
        for one in tested.origins
    )


def _family_text(fits: tuple[FittedBehaviour, ...]) -> str:
    weights = akaike_weights(fits)
    return ", ".join(
        f"{fitted.parameters.family} {weight:.0%}"
        for fitted, weight in zip(fits, weights, strict=True)
    )


def _account(data: Observed) -> DataAccount:
    """Return the account of what was used: rows are of the whole file, orders and customers those
    up to the as-of date."""
    reading = data.orders.reading
    return DataAccount(
        file=reading.file,
        sha256=reading.digest,
        rows=reading.rows,
        orders=len(data.day),
        customers=len(data.history),
        quarantined=reading.quarantined,
        later_orders=int((data.orders.day > data.as_of_day).sum()),
        sanity_line=reading.sanity_line(),
        details=reading.details(),
        first_day=EPOCH + timedelta(days=reading.first_day),
        last_day=min(data.as_of, EPOCH + timedelta(days=reading.last_day)),
    )
