"""From a playbook and its data to what the kernel runs: the part that every projection shares."""

from __future__ import annotations

from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.source import Span
from playbook_compiler.values import dataclass, replace
from playbook_runtime.admission import Admission, admitted, with_months
from playbook_runtime.assumed import DATA, OWN
from playbook_runtime.behaviour.seasonality import Seasonality
from playbook_runtime.credits import with_credits
from playbook_runtime.fitted import Fitted, fitted
from playbook_runtime.kernel.instructions import Program
from playbook_runtime.month_plan import MonthPlan, planned
from playbook_runtime.observed import Observed
from playbook_runtime.prepare import Prepared, prepare
from playbook_runtime.program import build_program
from playbook_runtime.projection import Assumption
from playbook_runtime.settings import Calendar, Settings, calendar
from playbook_runtime.unsimulated import unsimulated
from playbook_runtime.workload import Bounded, bounded


@dataclass(frozen=True, slots=True, eq=False)
class Launched:
    """All that a projection is run on: the days, the fitted models, people and draws, the plan of
    the months, whom the budget admits, and the program."""

    days: Calendar
    fitted: Fitted
    prepared: Prepared
    plan: MonthPlan
    program: Program
    admission: Admission | None
    bounded: Bounded | None = None  # why there are fewer draws than asked for


def launched(
    graph: TriggerGraph, data: Observed, settings: Settings, known: Fitted | None = None
) -> tuple[Launched | None, list[Diagnostic]]:
    """Return what a projection is run on, or None where these orders allow none.

    `known` are the models of the same orders, horizon and settings, if they were fitted before.
    """
    graph = with_credits(graph)
    playbook, file = graph.playbook, data.orders.reading.file
    days = calendar(data.as_of, settings.horizon, playbook.timezone)
    if days.days < 1:
        return None, [error("bad-horizon", "the horizon has no day", Span.of_file(file))]
    findings = unsimulated(playbook)
    if known is None:
        known, found = fitted(data, days, playbook.decimals, settings)
        if known is None:
            return None, [*findings, *found]
    findings += known.findings
    season = known.seasonality.season
    prepared = prepare(
        graph, data, days, settings, known.fits, known.spend, known.tested.drift, season
    )
    season_line = _season_line(known.seasonality)
    prepared = replace(prepared, assumptions=(*prepared.assumptions, *season_line))
    findings += prepared.findings
    if any(one.is_error for one in prepared.findings):
        return None, findings
    program, unread = build_program(graph, prepared.launch)
    findings += unread
    plan, prepared = planned(playbook, data, settings, prepared, program)
    fewer = None
    if settings.bounded:
        prepared, fewer = bounded(prepared, program)
    program, admission = admitted(graph, program, prepared, plan, settings.threads)
    prepared = replace(prepared, launch=with_months(prepared.launch, graph.playbook, program))
    return Launched(days, known, prepared, plan, program, admission, fewer), findings


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
