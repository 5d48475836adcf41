"""The models of a shop's own orders, and how well they would have done: the same for any playbook
and any number of draws."""

from __future__ import annotations

from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.source import Span
from playbook_compiler.values import dataclass
from playbook_runtime.behaviour.backtest import Backtest, backtest, origins_for
from playbook_runtime.behaviour.findings import diagnostics_of
from playbook_runtime.behaviour.fit import fit_families
from playbook_runtime.behaviour.model import FAMILIES, KS, Finding, FittedBehaviour, FittedSpend
from playbook_runtime.behaviour.seasonality import Seasonality, seasonality_of
from playbook_runtime.behaviour.spend import fit_spend
from playbook_runtime.behaviour.window import window_findings
from playbook_runtime.observed import Observed
from playbook_runtime.settings import Calendar, Settings


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """How often customers buy and what an order is worth, the season, and the backtest."""

    fits: tuple[FittedBehaviour, ...]
    spend: FittedSpend
    seasonality: Seasonality
    tested: Backtest
    findings: tuple[Diagnostic, ...]


def fitted(
    data: Observed, days: Calendar, decimals: int, settings: Settings
) -> tuple[Fitted | None, list[Diagnostic]]:
    """Return the models, or None and why these orders allow none."""
    file = data.orders.reading.file
    seasonality = seasonality_of(data.history, settings.season)
    season = seasonality.season
    fits, found = fit_families(data.history, FAMILIES, with_weak_prior=True, ks=KS, season=season)
    spend, more = fit_spend(data.history, 10**decimals, with_weak_prior=True)
    edges = window_findings(data.history)
    told = diagnostics_of([*found, *(fits[0].findings if fits else ()), *edges, *more], file)
    if not fits or spend is None:
        return None, [*told, _no_projection(file, spend is None)]
    tested, tests = _backtest(data, days, settings)
    told += diagnostics_of(tests, file)
    return Fitted(fits, spend, seasonality, tested, tuple(told)), []


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
