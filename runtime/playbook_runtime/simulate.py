"""The projection: two worlds by the kernel, what each flow adds, and what the numbers rest on.

The road is one function, `project`; everything random is keyed by the seed, so that the same input
gives the same bytes whatever the threads.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence

from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Flow
from playbook_compiler.plan import digest_of
from playbook_compiler.values import dataclass, replace
from playbook_runtime.accounts import checks, data_account, family_text
from playbook_runtime.attribution import (
    FlowWorlds,
    Future,
    flow_worlds,
    future_of,
    last_in_profit,
    rest,
    worth,
)
from playbook_runtime.break_even import break_even
from playbook_runtime.budget_shift import budget_shift
from playbook_runtime.diagnose.purchases import purchases_of
from playbook_runtime.expected import (
    expected_metrics,
    kept_share,
    luck_within,
    second_futures,
)
from playbook_runtime.flow_projections import flow_draws_of, flow_projection
from playbook_runtime.grades import grade_shares
from playbook_runtime.heard import has_points
from playbook_runtime.kernel.layout import WITH, WITHOUT, PerFlowMonth
from playbook_runtime.kernel.run import (
    CircleError,
    EndlessReferralError,
    RunawayError,
    layout_of,
)
from playbook_runtime.kernel.tables import I64, some_draws
from playbook_runtime.launching import Launched, launched
from playbook_runtime.levers import DRAWS as TORNADO_DRAWS
from playbook_runtime.levers import how_many
from playbook_runtime.month_report import told_months
from playbook_runtime.monthly import horizon_months, months_of
from playbook_runtime.notes import notes
from playbook_runtime.observed import Observed
from playbook_runtime.outcomes import Draws, Outcomes, estimates, subtracted
from playbook_runtime.points_ledger import points_ledger, reserve_of
from playbook_runtime.precision import Enough, enough_draws
from playbook_runtime.profit_report import money_parts
from playbook_runtime.programme_counts import programme_counts
from playbook_runtime.projected_cohorts import cohort_counts, cohorts_told, groups_told
from playbook_runtime.projected_tables import tables_told
from playbook_runtime.projection import BreakEven, Projection, Proof
from playbook_runtime.provable import proof_of
from playbook_runtime.referral import endless_referral
from playbook_runtime.requirements import Known, judged
from playbook_runtime.sent import pace_after, recipients
from playbook_runtime.settings import FLOW_DRAWS, Calendar, Settings
from playbook_runtime.simulated_findings import simulated_findings
from playbook_runtime.tornado import tornado
from playbook_runtime.turns import EVERYBODY, Turns
from playbook_runtime.visits import visits_of
from playbook_runtime.workload import (
    DETAIL_WORK,
    Bounded,
    second_draws,
    turns_for,
    workload_notes,
)
from playbook_runtime.world_runs import Counts, Progress, WorldRuns

__all__ = ["Progress", "project"]

# The standard error of the 10% quantile of a normal sample is 1.71 sd / sqrt(n).
QUANTILE_ERROR = 1.71
MONTH_DAYS = 30.4375


@dataclass(frozen=True, slots=True, eq=False)
class Headline:
    """The counts of all draws, of a second future of the first ones, and with unproven effects;
    `detail` has the columns by month and cohort too, of the first draws."""

    counts: I64
    again: I64
    unproven: I64
    detail: I64


@dataclass(frozen=True, slots=True)
class Levels:
    """The metrics of the headline by draw: futures of both worlds, and the expected difference."""

    without: Draws
    with_playbook: Draws
    with_unproven: Draws
    difference: Draws
    difference_unproven: Draws


@dataclass(frozen=True, slots=True, eq=False)
class Flows:
    """What was run for each flow: its worlds, where it pays, and what proves it."""

    futures: tuple[Future, ...]
    worlds: Mapping[int, FlowWorlds]
    pays: Mapping[int, BreakEven]
    proofs: Mapping[int, Proof]


def project(
    graph: TriggerGraph,
    data: Observed,
    settings: Settings,
    progress: Progress | None = None,
) -> tuple[Projection | None, list[Diagnostic]]:
    """Return the projection of a playbook over a shop's own orders."""
    found: tuple[Launched | None, list[Diagnostic]]
    enough: Enough | None = None
    if settings.precision is None:
        found = launched(graph, data, settings)
    else:
        try:
            enough, more = enough_draws(graph, data, settings, settings.precision, progress)
        except RunawayError as problem:
            return None, [_runaway(graph, problem)]
        except CircleError:
            return None, [_endless(graph)]
        found = (None if enough is None else enough.ready), more
    ready, findings = found
    if ready is None:
        return None, findings
    settings = replace(settings, draws=len(ready.prepared.headline.number))
    plan = ready.plan
    runs = WorldRuns(ready.program, ready.prepared, settings.threads, progress)
    numbers = {flow: n for n, flow in enumerate(sorted(graph.playbook.flows))}
    # What runs already is in both worlds: it adds nothing, and stays on in every world.
    on = {flow: n for flow, n in numbers.items() if _is_new(graph.playbook.flows[flow])}
    runs.begin(_draws_to_run(runs, settings, len(on), ready.bounded))
    try:
        second = second_draws(settings.draws, ready.bounded)
        headline = _headline(runs, second, None if enough is None else enough.counts)
        flows = _flows(runs, headline, on, ready.days, _holdout(graph))
        swings = tornado(runs, flows.futures[0])
        grades = grade_shares(runs, flows.futures, numbers)
        shift = budget_shift(runs, plan)
    except RunawayError as problem:
        return None, [*findings, _runaway(graph, problem)]
    except CircleError:
        return None, [*findings, _endless(graph)]
    findings = [
        *findings,
        *simulated_findings(
            graph, data, ready.prepared, plan.stages, headline.counts, ready.days.days
        ),
    ]
    base = int(ready.prepared.people.base.sum())
    outcomes = Outcomes(
        base,
        ready.days.days,
        plan.acquisition_cost,
        has_points(graph.playbook),
        visits_of(graph.playbook, ready.days.days),
    )
    levels = _levels(outcomes, headline)
    contact = outcomes.metrics(headline.counts, WITH, "contact")
    told = tuple(
        flow_projection(
            flow,
            graph.playbook.flows[flow].strategy,
            n,
            headline.counts,
            worth(flows.futures, flows.worlds[n]) if n in flows.worlds else None,
            flows.pays.get(n),
            flows.proofs.get(n),
        )
        for flow, n in numbers.items()
    )
    known = Known(
        {
            "without": levels.without | outcomes.metrics(headline.counts, WITHOUT, "contact"),
            "with": levels.with_playbook | contact,
            "difference": levels.difference
            | expected_metrics(
                outcomes.difference(headline.counts, "contact"),
                outcomes.difference(headline.again, "contact"),
            ),
        },
        {
            flow: flow_draws_of(headline.counts, n, flows.futures, flows.worlds.get(n))
            for flow, n in numbers.items()
        },
    )
    profit = levels.difference["profit"]
    layout, months = layout_of(ready.program), horizon_months(ready.days)
    purchases = purchases_of(data, None)
    cohorts = cohort_counts(layout, ready.prepared.launch.cohorts, months, data, purchases)
    projection = Projection(
        playbook=graph.playbook.name,
        digest=digest_of(graph),
        seed=settings.seed,
        as_of=data.as_of,
        horizon_days=ready.days.days,
        draws=settings.draws,
        flow_draws=len(flows.futures[0].whole),
        currency=graph.playbook.currency,
        decimals=graph.playbook.decimals,
        family=family_text(ready.fitted.fits),
        without=estimates(levels.without),
        with_playbook=estimates(levels.with_playbook),
        difference=estimates(levels.difference),
        with_unproven=estimates(levels.with_unproven),
        difference_unproven=estimates(levels.difference_unproven),
        probability_profit_positive=sum(one > 0 for one in profit) / len(profit),
        monte_carlo_error=_monte_carlo_error(profit),
        contact=estimates(contact),
        flows=told,
        backtest=checks(ready.fitted.tested),
        assumptions=ready.prepared.assumptions,
        data=data_account(data),
        notes=(
            *workload_notes(ready.prepared, ready.bounded, flows.futures[0].turns),
            *notes(graph, data, ready.prepared, headline.counts, findings),
        ),
        luck=_luck(outcomes, headline),
        conservative=settings.conservative,
        rest=rest(flows.futures, flows.worlds),
        money=money_parts(headline.counts, headline.again, plan.acquisition_cost),
        tornado=swings,
        grades=grades,
        requirements=judged(graph.playbook.require, known),
        months=months_of(layout, ready.days, headline.detail, headline.again),
        points=(
            points_ledger(
                layout,
                [one.name for one in months],
                headline.detail,
                reserve_of(graph.playbook, levels.with_playbook),
            )
            if has_points(graph.playbook)
            else None
        ),
        programmes=programme_counts(graph.playbook, headline.counts, headline.unproven),
        cohorts=cohorts_told(cohorts, headline.detail, headline.again),
        cohort_groups=groups_told(cohorts, headline.detail, headline.again),
        again=tables_told(cohorts, purchases, headline.detail, headline.again),
        stages=told_months(graph.playbook, plan, ready.prepared, ready.admission),
        shift=shift,
        precision=None if enough is None else enough.precision,
    )
    return projection, findings


def _draws_to_run(runs: WorldRuns, settings: Settings, flows: int, fewer: Bounded | None) -> int:
    """Return how many draws of all people will be run, for the progress bar."""
    again = second_draws(settings.draws, fewer)
    headline = settings.draws * (2 if runs.prepared.has_unproven else 1) + again
    return headline + _draws_of_detail(runs, min(FLOW_DRAWS, settings.draws), flows)


def _draws_of_detail(runs: WorldRuns, some: int, flows: int) -> int:
    """Return how many draws the worlds of so many flows, the tornado and the grades take at most,
    each flow on so many draws."""
    swings = 2 * how_many(runs.prepared, runs.program) * min(TORNADO_DRAWS, some)
    grades = len({prior.grade for prior in runs.prepared.expected.priors}) * 4 * some
    return (2 + flows * (4 + 2)) * some + swings + grades


def _turns(runs: WorldRuns, some: int, flows: int) -> Turns:
    """Return who of all people is run for the worlds of single flows."""
    on, people = int(runs.program.flow_on.sum()), len(runs.prepared.people.key)
    return turns_for(people, on, _draws_of_detail(runs, some, flows), DETAIL_WORK)


def _headline(runs: WorldRuns, second: int, known: Counts | None) -> Headline:
    """Return the counts of the headline, with so many second futures; `known` are those of its
    draws, if they were run."""
    prepared = runs.prepared
    counts = runs.counts(prepared.headline) if known is None else known
    again = runs.run(second_futures(prepared.headline, second))
    unproven = runs.counts(prepared.unproven) if prepared.has_unproven else counts
    return Headline(counts.totals, again, unproven.totals, counts.detail)


def _flows(
    runs: WorldRuns, headline: Headline, on: Mapping[str, int], days: Calendar, holdout: float
) -> Flows:
    """Return the worlds of each flow that is on, where it pays and what proves it."""
    number = min(FLOW_DRAWS, len(headline.counts))
    whole = runs.prepared.headline
    turns = _turns(runs, number, len(on))
    # Those who play the second futures are others, so that this luck is told as luck, too.
    others = turns._replace(shift=number if turns != EVERYBODY else 0)
    again = headline.again[:number]
    known = turns == EVERYBODY and len(again) == number
    futures = (
        future_of(runs, some_draws(whole, 0, number), headline.counts[:number], turns),
        future_of(runs, second_futures(whole, number), again if known else None, others),
    )
    worlds = flow_worlds(runs, futures, sorted(on.values()))
    pays = {
        n: break_even(runs, futures[0], flow, n, worlds[n].without_it[0]) for flow, n in on.items()
    }
    proofs = {
        n: proof_of(
            recipients(
                futures[0].touched.sent[n],
                number / turns.one_in,
                holdout,
                _pace_after(runs, headline, days, n),
            ),
            last_in_profit(futures, worlds[n]),
            days.days / MONTH_DAYS,
            holdout,
        )
        for n in on.values()
    }
    return Flows(futures, worlds, pays, proofs)


def _pace_after(runs: WorldRuns, headline: Headline, days: Calendar, flow: int) -> float:
    """Return the pace of a flow's entries after the horizon, over their mean pace within."""
    layout, months = layout_of(runs.program), horizon_months(days)
    columns = [
        layout.flow_month_column(flow, month, PerFlowMonth.ENTERED) for month in range(len(months))
    ]
    entered = headline.detail[:, columns].mean(axis=0).tolist()
    return pace_after(entered, [month.days for month in months])


def _is_new(flow: Flow) -> bool:
    return flow.enabled and flow.running is None


def _holdout(graph: TriggerGraph) -> float:
    guardrails = graph.playbook.guardrails
    return float(guardrails.holdout.fraction) if guardrails is not None else 0.0


def _levels(outcomes: Outcomes, headline: Headline) -> Levels:
    without = outcomes.metrics(headline.counts, WITHOUT)
    with_playbook = outcomes.metrics(headline.counts, WITH)
    with_unproven = (
        with_playbook
        if headline.unproven is headline.counts
        else outcomes.metrics(headline.unproven, WITH)
    )
    first, second = subtracted(with_playbook, without), outcomes.difference(headline.again)
    return Levels(
        without,
        with_playbook,
        with_unproven,
        expected_metrics(first, second),
        expected_metrics(first, second, subtracted(with_unproven, without)),
    )


def _luck(outcomes: Outcomes, headline: Headline) -> float:
    """Return the share of the variance of the profit difference that is luck."""
    first = outcomes.difference(headline.counts)["profit"]
    second = outcomes.difference(headline.again)["profit"]
    return 1 - kept_share(first, luck_within(first, second), len(second)) ** 2


def _monte_carlo_error(values: Sequence[float]) -> float:
    if len(values) < 2:
        return 0.0
    return QUANTILE_ERROR * statistics.stdev(values) / math.sqrt(len(values))


def _runaway(graph: TriggerGraph, problem: RunawayError) -> Diagnostic:
    """Return the error for orders, or recommendations, that feed on themselves."""
    if isinstance(problem, EndlessReferralError):
        return endless_referral(graph.playbook)
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
