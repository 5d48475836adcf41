"""Test the purchase model on the shop's own past."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from playbook_runtime.cli._day import DAY
from playbook_runtime.cli._until import EPOCH, until_of
from playbook_runtime.cli._whole import Whole
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
    from playbook_compiler.units import Duration
    from playbook_runtime.behaviour.seasonality import Given
    from playbook_runtime.orders.model import Orders
    from playbook_runtime.output.backtest_report import BacktestReport


@click.command()
@click.argument("orders", metavar="ORDERS", type=click.Path(path_type=Path))
@click.option(
    "--horizon",
    default="12mo",
    show_default=True,
    help="How far projections are to reach: 12mo, 90d. Held back is as much, or what there is.",
)
@click.option(
    "--until",
    type=DAY,
    help="Leave out later orders. Default: the day of the file's last order.",
)
@click.option(
    "--draws",
    type=Whole(2, 100_000),
    default=400,
    show_default=True,
    help="Number of draws behind each band.",
)
@click.option(
    "--seed",
    type=Whole(0, 2**63 - 1),
    default=1,
    show_default=True,
    help="Where chance starts from; the same seed gives the same numbers.",
)
@season_option
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the backtest is shown.",
)
@order_options
@click.pass_context
def command(
    ctx: click.Context,
    orders: Path,
    horizon: str,
    until: date | None,
    draws: int,
    seed: int,
    seasonality: str,
    output_format: Literal["text", "json"],
    order_input: OrderInput,
) -> None:
    """Hold the latest of ORDERS back, predict them from the rest, and compare.

    Two or three times where the orders reach far enough back. Beside the model stand two forecasts
    that need none: each customer's own past rate, and his purchases of the last stretch. Findings
    go to standard error. Exits with 0 when something could be tested, 1 when not, 2 on wrong usage.
    """
    from playbook_runtime.cli._findings import show_findings
    from playbook_runtime.cli._horizon import horizon_of
    from playbook_runtime.orders.read import read_orders
    from playbook_runtime.output.backtest_json import backtest_json
    from playbook_runtime.output.backtest_text import backtest_text

    length = horizon_of(horizon)
    season = season_or_exit(seasonality)
    refuse_quarantine(order_input, orders)
    read, found = read_orders(orders, order_input.options)
    refuse_wrong_options(found, order_input)
    found += unused_files(order_input, str(orders), "a backtest")
    report = None
    if read is not None:
        report, more = _tested(read, until, length, season, draws, seed)
        found += more
    quiet = bool(ctx.obj and ctx.obj["quiet"])
    show_findings([one for one in found if one.is_error or not quiet], (), sys.stderr)
    if report is None:
        ctx.exit(1)
    click.echo(
        backtest_json(report) if output_format == "json" else backtest_text(report), nl=False
    )


def _tested(
    orders: Orders,
    until: date | None,
    length: Duration,
    season: Given,
    draws: int,
    seed: int,
) -> tuple[BacktestReport | None, list[Diagnostic]]:
    """Return the backtest of orders until a day; None, with findings, where none is possible."""
    from playbook_runtime.behaviour.backtest import backtest, origins_for
    from playbook_runtime.behaviour.findings import diagnostics_of
    from playbook_runtime.behaviour.seasonality import seasonality_of
    from playbook_runtime.behaviour.window import (
        after_last_order,
        told_of_last_month,
        window_findings,
    )
    from playbook_runtime.history import history_of
    from playbook_runtime.output.backtest_report import BacktestReport
    from playbook_runtime.settings import calendar

    reading = orders.reading
    until = until_of(until, reading)
    until_day = (until - EPOCH).days
    horizon = calendar(until, length, "UTC").days
    hashes = orders.customer_hash[orders.customer]
    history = history_of(orders.day, hashes, orders.value_minor, until_day)
    tested, findings = backtest(
        orders.day,
        hashes,
        orders.value_minor,
        until_day=until_day,
        origins=origins_for(reading.first_day, until_day, horizon),
        horizon_days=horizon,
        season=season,
        seed=seed,
        draws=draws,
    )
    findings = [
        *after_last_order(reading.last_day, until_day),
        *window_findings(history),
        *findings,
    ]
    if not tested.origins:
        return None, diagnostics_of(findings, reading.file)
    sentences = (seasonality_of(history, season).told, told_of_last_month(until_day))
    report = BacktestReport(
        sanity_line=reading.sanity_line(),
        rows=reading.rows,
        orders=int(history.orders.sum()),
        customers=len(history),
        quarantined=reading.quarantined,
        until=until,
        horizon_days=horizon,
        seed=seed,
        draws=draws,
        told=tuple(one for one in sentences if one),
        tested=tested,
    )
    return report, diagnostics_of(findings, reading.file)
