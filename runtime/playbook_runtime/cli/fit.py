"""Fit how often customers buy and what they spend."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from playbook_compiler.diagnostics import Diagnostic, hint
from playbook_compiler.source import Span
from playbook_runtime.cli._day import DAY
from playbook_runtime.cli.order_options import (
    order_options,
    refuse_quarantine,
    refuse_wrong_options,
)
from playbook_runtime.orders.options import OrderInput

if TYPE_CHECKING:
    from playbook_runtime.behaviour.model import Family
    from playbook_runtime.orders.model import Orders
    from playbook_runtime.output.fit_report import FitReport

_EPOCH = date(1970, 1, 1)
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
    output_format: Literal["text", "json"],
    order_input: OrderInput,
) -> None:
    """Fit how often customers buy (BG/NBD, MBG/NBD) and what they spend (Gamma-Gamma) in ORDERS.

    The numbers are maximum-likelihood estimates, comparable with published ones and with other
    tools. Findings go to standard error. Exits with 0 when there is a fit, 1 when the orders allow
    none, 2 on wrong usage.
    """
    from playbook_runtime.cli._findings import show_findings
    from playbook_runtime.orders.read import read_orders
    from playbook_runtime.output.fit_report import fit_json, fit_text

    report = None
    refuse_quarantine(order_input, orders)
    read, found = read_orders(orders, order_input.options)
    refuse_wrong_options(found, order_input)
    found += _unused(order_input, str(orders))
    if read is not None:
        report, more = _fit(read, until, time_unit, family)
        found += more
    quiet = bool(ctx.obj and ctx.obj["quiet"])
    show_findings([one for one in found if one.is_error or not quiet], (), sys.stderr)
    if report is None:
        ctx.exit(1)
    click.echo(fit_json(report) if output_format == "json" else fit_text(report), nl=False)


def _unused(order_input: OrderInput, file: str) -> list[Diagnostic]:
    """Return a hint for each optional file that was given and that a fit does not read."""
    given = (("customers", order_input.customers), ("events", order_input.events))
    return [
        hint(
            "unused-input",
            f"--{flag} is not used here: a fit reads orders only",
            Span.of_file(file),
            help=f"leave --{flag} out, or use `playbook simulate`",
        )
        for flag, path in given
        if path is not None
    ]


def _fit(
    orders: Orders,
    until: date | None,
    time_unit: Literal["week", "day"],
    family: Literal["bg-nbd", "mbg-nbd", "auto"],
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
    from playbook_runtime.behaviour.model import FAMILIES
    from playbook_runtime.behaviour.spend import fit_spend
    from playbook_runtime.history import history_of
    from playbook_runtime.orders.currency import exponent
    from playbook_runtime.output.fit_report import FitReport

    reading = orders.reading
    first, last = (_EPOCH + timedelta(days=day) for day in (reading.first_day, reading.last_day))
    until = until or last
    if until < first:
        raise click.BadParameter(
            f"{until} is before the first order; the orders run from {first} to {last}",
            param_hint="'--until'",
        )
    history = history_of(
        orders.day,
        orders.customer_hash[orders.customer],
        orders.value_minor,
        (until - _EPOCH).days,
    )
    families: tuple[Family, ...] = FAMILIES if family == "auto" else (family,)
    fits, findings = fit_families(history, families, _UNIT_DAYS[time_unit])
    if not fits:
        return None, diagnostics_of(findings, reading.file)
    spend, more = fit_spend(history, 10 ** exponent(orders.currency))
    findings = [*findings, *fits[0].findings, *more]
    daily = fits[0].parameters.in_days()
    rows = rows_of(history, 1.0)
    report = FitReport(
        sanity_line=reading.sanity_line(),
        until=until,
        currency=orders.currency,
        fits=fits,
        spend=spend,
        probably_alive=float((rows.count * probability_alive(daily, rows)).sum()),
        expected_year=float((rows.count * conditional_expected_purchases(daily, rows, 365)).sum()),
        newcomer_year=float(expected_purchases(daily, 365.0)),
    )
    return report, diagnostics_of(findings, reading.file)
