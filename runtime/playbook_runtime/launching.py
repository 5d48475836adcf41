"""From a playbook and its data to what the kernel runs: the part that every projection shares."""

from __future__ import annotations

from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.source import Span
from playbook_compiler.values import dataclass, replace
from playbook_runtime.admission import Admission, admitted, with_months
from playbook_runtime.assumed import DATA, OWN
from playbook_runtime.behaviour.backtest import Backtest, backtest, origins_for
from playbook_runtime.behaviour.findings import diagnostics_of
from playbook_runtime.behaviour.fit import fit_families
from playbook_runtime.behaviour.model import FAMILIES, KS, Finding, FittedBehaviour
from playbook_runtime.behaviour.seasonality import Seasonality, seasonality_of
from playbook_runtime.behaviour.spend import fit_spend
from playbook_runtime.behaviour.window import window_findings
from playbook_runtime.kernel.instructions import Program
from playbook_runtime.month_plan import MonthPlan, planned
from playbook_runtime.observed import Observed
from playbook_runtime.prepare import Prepared, prepare
from playbook_runtime.program import build_program
from playbook_runtime.projection import Assumption
from playbook_runtime.settings import Calendar, Settings, calendar
from playbook_runtime.unsimulated import unsimulated


@dataclass(frozen=True, slots=True, eq=False)
class Launched:
    """All that a projection is run on: the days, the fitted models and how well they would have
    done, people and draws, the plan of the months, whom the budget admits, and the program."""

    days: Calendar
    fits: tuple[FittedBehaviour, ...]
    tested: Backtest
    prepared: Prepared
    plan: MonthPlan
    program: Program
    admission: Admission | None


def launched(
    graph: TriggerGraph, data: Observed, settings: Settings
) -> tuple[Launched | None, list[Diagnostic]]:
    """Return what a projection is run on, or None where these orders allow none."""
    playbook, file = graph.playbook, data.orders.reading.file
    days = calendar(data.as_of, settings.horizon, playbook.timezone)
    if days.days < 1:
        return None, [error("bad-horizon", "the horizon has no day", Span.of_file(file))]
    seasonality = seasonality_of(data.history, settings.season)
    season = seasonality.season
    fits, found = fit_families(data.history, FAMILIES, with_weak_prior=True, ks=KS, season=season)
    spend, more = fit_spend(data.history, 10**playbook.decimals, with_weak_prior=True)
    findings = unsimulated(playbook)
    edges = window_findings(data.history)
    findings += diagnostics_of([*found, *(fits[0].findings if fits else ()), *edges, *more], file)
    if not fits or spend is None:
        return None, [*findings, _no_projection(file, spend is None)]
    tested, told = _backtest(data, days, settings)
    findings += diagnostics_of(told, file)
    prepared = prepare(graph, data, days, settings, fits, spend, tested.drift, season)
    prepared = replace(prepared, assumptions=(*prepared.assumptions, *_season_line(seasonality)))
    findings += prepared.findings
    program, unread = build_program(graph, prepared.launch)
    findings += unread
    plan, prepared = planned(playbook, data, settings, prepared, program)
    program, admission = admitted(graph, program, prepared, plan, settings.threads)
    prepared = replace(prepared, launch=with_months(prepared.launch, graph.playbook, program))
    return Launched(days, fits, tested, prepared, plan, program, admission), findings


def _season_line(seasonality: Seasonality) -> tuple[Assumption, ...]:
    """Return the line on the season that a projection rests on, where there is one."""
    season = seasonality.season
    if season is None:
        return ()
    estimated = season.source == "estimated"
    return (
        Assumption(
            id="season",
            effect="how buying goes up and down within a year",
            source="orders" if estimated else "--seasonality",
            grade=DATA if estimated else OWN,
            value=f"{min(season.index):.2f}..{max(season.index):.2f} of the mean week",
            in_headline=True,
            used_by=("all orders",),
        ),
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
        season=settings.season,
        seed=settings.seed,
    )
