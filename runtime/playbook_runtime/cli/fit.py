"""Fit how often customers buy and what they spend."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from playbook_runtime.cli._day import DAY
from playbook_runtime.cli._until import EPOCH, until_of
from playbook_runtime.cli.order_options import (
    order_options,
    refuse_quarantine,
    refuse_wrong_options,
    unused_files,
)
from playbook_runtime.cli.season_option import season_option, season_or_exit
from playbook_runtime.orders.options import OrderInput

if TYPE_CHECKING:
    from playbook_compiler.diagnostics import Diagnostic
    from playbook_runtime.behaviour.model import Family
    from playbook_runtime.behaviour.seasonality import Given
    from playbook_runtime.orders.model import Orders
    from playbook_runtime.output.fit_report import FitReport

_UNIT_DAYS = {"week": 7.0, "day": 1.0}


@click.command()
@click.argument("orders", metavar="ORDERS", type=click.Path(path_type=Path))
@click.option(
    "--until",
    type=DAY,
    help="Leave out later orders; customers count as observed to the end of this day. "
    "Default: the day of the file's last order.",
)
@click.option(
    "--time-unit",
    type=click.Choice(["week", "day"]),
    default="week",
    show_default=True,
    help="Unit of alpha; a week is 7 days.",
)
@click.option(
    "--family",
    type=click.Choice(["bg-nbd", "mbg-nbd", "auto"]),
    default="auto",
    show_default=True,
    help="Purchase model; auto takes the one that fits better.",
)
@season_option
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the fit is shown.",
)
@order_options
@click.pass_context
def command(
    ctx: click.Context,
    orders: Path,
    until: date | None,
    time_unit: Literal["week", "day"],
    family: Literal["bg-nbd", "mbg-nbd", "auto"],
    seasonality: str,
    output_format: Literal["text", "json"],
    order_input: OrderInput,
) -> None:
    """Fit how often customers buy and what they spend in ORDERS.

    The models: (M)BG/CNBD-k, where k from 1 to 4 says how evenly customers buy (k = 1 is BG/NBD and
    MBG/NBD), and Gamma-Gamma. The numbers are maximum-likelihood estimates, comparable with
    published ones and with other tools; with a season, a week is one of its mean pace. Findings go
    to standard error. Exits with 0 when there is a fit, 1 when the orders allow none, 2 on wrong
    usage.
    """
    from playbook_runtime.cli._findings import show_findings
    from playbook_runtime.orders.read import read_orders
    from playbook_runtime.output.fit_report import fit_json, fit_text

    report = None
    season = season_or_exit(seasonality)
    refuse_quarantine(order_input, orders)
    read, found = read_orders(orders, order_input.options)
    refuse_wrong_options(found, order_input)
    found += unused_files(order_input, str(orders), "a fit")
    if read is not None:
        report, more = _fit(read, until, time_unit, family, season)
        found += more
    quiet = bool(ctx.obj and ctx.obj["quiet"])
    show_findings([one for one in found if one.is_error or not quiet], (), sys.stderr)
    if report is None:
        ctx.exit(1)
    click.echo(fit_json(report) if output_format == "json" else fit_text(report), nl=False)


def _fit(
    orders: Orders,
    until: date | None,
    time_unit: Literal["week", "day"],
    family: Literal["bg-nbd", "mbg-nbd", "auto"],
    asked: Given,
) -> tuple[FitReport | None, list[Diagnostic]]:
    """Return the report on orders until a day; None, with an error, where nothing can be fitted."""
    from playbook_runtime.behaviour.expectations import (
        conditional_expected_purchases,
        expected_purchases,
        probability_alive,
    )
    from playbook_runtime.behaviour.findings import diagnostics_of
    from playbook_runtime.behaviour.fit import fit_families
    from playbook_runtime.behaviour.likelihood import rows_of
    from playbook_runtime.behaviour.model import FAMILIES, KS
    from playbook_runtime.behaviour.season import horizon_days
    from playbook_runtime.behaviour.seasonality import seasonality_of
    from playbook_runtime.behaviour.spend import fit_spend
    from playbook_runtime.behaviour.window import (
        after_last_order,
        told_of_last_month,
        window_findings,
    )
    from playbook_runtime.history import history_of
    from playbook_runtime.orders.currency import exponent
    from playbook_runtime.output.fit_report import FitReport

    reading = orders.reading
    until = until_of(until, reading)
    until_day = (until - EPOCH).days
    history = history_of(
        orders.day,
        orders.customer_hash[orders.customer],
        orders.value_minor,
        until_day,
    )
    families: tuple[Family, ...] = FAMILIES if family == "auto" else (family,)
    seasonality = seasonality_of(history, asked)
    season = seasonality.season
    fits, findings = fit_families(history, families, _UNIT_DAYS[time_unit], ks=KS, season=season)
    findings = [*after_last_order(reading.last_day, until_day), *findings]
    if not fits:
        return None, diagnostics_of(findings, reading.file)
    spend, more = fit_spend(history, 10 ** exponent(orders.currency))
    findings = [*findings, *fits[0].findings, *window_findings(history), *more]
    daily = fits[0].parameters.in_days()
    rows = rows_of(history, 1.0, season=season)
    year = conditional_expected_purchases(daily, rows, horizon_days(season, until_day, 365))
    report = FitReport(
        sanity_line=reading.sanity_line(),
        until=until,
        currency=orders.currency,
        fits=fits,
        spend=spend,
        probably_alive=float((rows.count * probability_alive(daily, rows)).sum()),
        expected_year=float((rows.count * year).sum()),
        newcomer_year=float(expected_purchases(daily, 365.0).sum()),
        season=season,
        told=tuple(one for one in (seasonality.told, told_of_last_month(until_day)) if one),
    )
    return report, diagnostics_of(findings, reading.file)
