"""Project what a playbook brings, on the shop's own past orders."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Literal

import click

from playbook_compiler.vocabulary import STAGES
from playbook_runtime.cli._command_line import given
from playbook_runtime.cli._day import DAY
from playbook_runtime.cli._horizon import horizon_of
from playbook_runtime.cli._part import PartValue
from playbook_runtime.cli._sweep import SweepValue, sweep_of
from playbook_runtime.cli._whole import Whole
from playbook_runtime.cli.order_options import (
    order_options,
    refuse_quarantine,
    refuse_wrong_options,
)
from playbook_runtime.cli.season_option import season_option, season_or_exit
from playbook_runtime.orders.options import OrderInput
from playbook_runtime.sweep_request import SweepRequest

WIDEST = 100


@click.command()
@click.argument("path", default=".")
@click.option(
    "--orders",
    type=click.Path(path_type=Path),
    required=True,
    help="The shop's past orders: CSV, TSV, Parquet, gzip; a Shopify export or named columns.",
)
@click.option("--horizon", default="12mo", show_default=True, help="How far to project: 12mo, 90d.")
@click.option(
    "--draws",
    type=Whole(2, 100_000),
    default=1_000,
    show_default=True,
    help="Number of draws; more make the interval's ends surer, not the shop. Left out, a shop with"
    " very many people and flows takes fewer, and says so.",
)
@click.option(
    "--precision",
    type=PartValue(),
    help="Take as many draws as it needs instead, 200 to 10,000: until each end of the interval of"
    " the profit is known to within this part of the interval's width: 5%.",
)
@click.option(
    "--seed",
    type=Whole(0, 2**63 - 1),
    default=1,
    show_default=True,
    help="Where chance starts from; the same seed gives the same numbers.",
)
@click.option(
    "--as-of",
    type=DAY,
    help="Project from the end of this day; later orders are left out. Default: the last order.",
)
@click.option(
    "--threads",
    type=Whole(0, 256),
    default=0,
    help="Threads; 0 takes all. The result is the same.",
)
@click.option(
    "--stage",
    type=click.Choice(STAGES),
    help="Project as in this stage, whatever the playbook says of it.",
)
@click.option(
    "--sweep",
    type=SweepValue(),
    help="Print profit against a number moved from end to end instead: split=0..100:10 (the share"
    " for winning customers), monthly_budget=2000..8000, holdout=0..50.",
)
@click.option(
    "--conservative",
    is_flag=True,
    help="Hold every effect at its worse quartile instead of drawing it.",
)
@click.option(
    "--check",
    is_flag=True,
    help="Exit with 1 where a line of `require:` is not met, and name it.",
)
@click.option(
    "--trace",
    metavar="CUSTOMER",
    help="Print one customer's life in both worlds instead: the id as in the orders file.",
)
@click.option(
    "--draw", type=Whole(0, 99_999), default=0, help="The draw that --trace shows. Default: 0."
)
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the projection is shown.",
)
@season_option
@order_options
@click.pass_context
def command(
    ctx: click.Context,
    path: str,
    orders: Path,
    horizon: str,
    draws: int,
    precision: float | None,
    seed: int,
    as_of: date | None,
    threads: int,
    seasonality: str,
    stage: str | None,
    sweep: SweepRequest | None,
    conservative: bool,
    check: bool,
    trace: str | None,
    draw: int,
    output_format: Literal["text", "json"],
    order_input: OrderInput,
) -> None:
    """Run the playbook at PATH over past orders, with and without it, and project the difference.

    PATH is a folder with playbook.yaml or one file; left out, the current folder. Findings and
    progress go to standard error. Exits with 0 when there is a projection, 1 when playbook or
    orders allow none, or with --check where a requirement is not met, 2 on wrong usage.
    """
    if precision is not None and (given(ctx, ("draws",)) or sweep is not None):
        raise click.UsageError("--precision takes the place of --draws, and goes not with --sweep.")
    from playbook_compiler.diagnostics import Diagnostic, has_errors
    from playbook_runtime.checked import as_wanted
    from playbook_runtime.cli._findings import compiled_or_exit, show_findings
    from playbook_runtime.cli._progress import progress_bar

    length = horizon_of(horizon)
    quiet = bool(ctx.obj and ctx.obj["quiet"])
    compiled = compiled_or_exit(path, quiet=quiet)
    graph = compiled.graph
    assert graph is not None

    from playbook_runtime.output.projection_json import projection_json
    from playbook_runtime.output.projection_text import projection_text
    from playbook_runtime.output.sweep_json import sweep_json
    from playbook_runtime.output.sweep_text import sweep_text
    from playbook_runtime.read_data import read_data
    from playbook_runtime.settings import Settings
    from playbook_runtime.simulate import project

    def show(found: list[Diagnostic]) -> None:
        told = [one for one in found if one.is_error or not quiet]
        show_findings(told, compiled.sources, sys.stderr)

    refuse_quarantine(order_input, orders, (source.path for source in compiled.sources))
    data, found = read_data(graph.playbook, orders, order_input, as_of)
    refuse_wrong_options(found, order_input)
    found = as_wanted(found, compiled)
    show(found)
    if data is None or has_errors(found):
        ctx.exit(1)
    season = season_or_exit(seasonality)
    settings = Settings(
        length,
        draws,
        seed,
        as_of,
        threads,
        stage or "",
        conservative,
        season,
        precision,
        bounded=not given(ctx, ("draws",))
        and precision is None
        and trace is None
        and sweep is None,
    )
    if trace is not None:
        from playbook_runtime.cli._trace import show_life

        show_life(ctx, graph, data, settings, trace, draw, output_format, show)
        return
    if sweep is not None:
        with progress_bar(quiet) as progress:
            swept, found = sweep_of(graph, data, settings, sweep, progress)
        show(as_wanted(found, compiled))
        if swept is None:
            ctx.exit(1)
        if output_format == "json":
            click.echo(sweep_json(swept), nl=False)
        else:
            click.echo(sweep_text(swept, _width(), sys.stdout.encoding or "utf-8"), nl=False)
        return
    with progress_bar(quiet) as progress:
        projection, found = project(graph, data, settings, progress)
    found = as_wanted(found, compiled)
    show(found)
    if projection is None or has_errors(found):
        ctx.exit(1)
    if output_format == "json":
        click.echo(projection_json(projection), nl=False)
    else:
        from playbook_runtime.output.diagnostics import colour_wanted

        text = projection_text(
            projection, _width(), colour_wanted(sys.stdout), sys.stdout.encoding or "utf-8"
        )
        click.echo(text, nl=False)
    if check:
        from playbook_runtime.requirements import findings

        judgements = findings(graph.playbook.require, projection.requirements, projection.decimals)
        found = as_wanted(judgements, compiled)
        show(found)
        if has_errors(found):
            ctx.exit(1)


def _width() -> int:
    """Return how wide the text may be: as the terminal is; 100 columns where there is none."""
    from shutil import get_terminal_size

    return get_terminal_size((WIDEST, 24)).columns
