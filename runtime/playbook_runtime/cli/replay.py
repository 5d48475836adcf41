"""Run a playbook over past orders as they were: what would have gone out, and to whom."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path

import click

from playbook_compiler.diagnostics import Diagnostic, has_errors
from playbook_runtime.cli._day import DAY
from playbook_runtime.cli._findings import compiled_or_exit, show_findings
from playbook_runtime.cli._progress import announce_compilation
from playbook_runtime.cli._whole import Whole
from playbook_runtime.cli.order_options import (
    order_options,
    refuse_quarantine,
    refuse_wrong_options,
)
from playbook_runtime.orders.options import OrderInput

WIDEST = 100


@click.command()
@click.argument("path", default=".")
@click.option(
    "--orders",
    type=click.Path(path_type=Path),
    required=True,
    help="The shop's past orders: CSV, TSV, Parquet, gzip; a Shopify export or named columns.",
)
@click.option("--from", "first", type=DAY, required=True, help="The first day of the replay.")
@click.option(
    "--to", "last", type=DAY, help="Its last day; nothing later is used. Default: the last order's."
)
@click.option(
    "--messages",
    metavar="FILE",
    help="Write every message as CSV to this file, customers by the hash of their id.",
)
@click.option(
    "--threads", type=Whole(0, 256), default=0, help="Threads; 0 takes all. The result is the same."
)
@click.option(
    "--output-format",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
    help="How the replay is shown; csv lists the messages.",
)
@order_options
@click.pass_context
def command(
    ctx: click.Context,
    path: str,
    orders: Path,
    first: date,
    last: date | None,
    messages: str | None,
    threads: int,
    output_format: str,
    order_input: OrderInput,
) -> None:
    """Run the playbook at PATH over orders that were really placed.

    Says who would have entered which flow, what would have been sent on which day, what holdout,
    consent, caps and quiet hours would have held back, where flows collide, and which codes would
    have gone to customers who bought anyway. What is known before the first day is taken from the
    orders before it. Exits with 1 on errors in the playbook or the files, 2 on wrong usage.
    """
    quiet = bool(ctx.obj and ctx.obj["quiet"])
    compiled = compiled_or_exit(path, quiet=quiet)
    graph = compiled.graph
    assert graph is not None

    from playbook_runtime.checked import as_wanted
    from playbook_runtime.output.atomic import refuse_target, write_output
    from playbook_runtime.output.replay_csv import is_replay_csv, replay_csv
    from playbook_runtime.output.replay_json import replay_json
    from playbook_runtime.output.replay_text import replay_text
    from playbook_runtime.read_data import read_data
    from playbook_runtime.replay import last_order_day, replay

    sources = [source.path for source in compiled.sources]
    beside = [one for one in (order_input.customers, order_input.events) if one is not None]
    inputs: list[str | Path] = [orders, *beside, *sources]
    refuse_quarantine(order_input, orders, sources)
    if messages is not None and messages != "-":
        refuse_target(messages, is_replay_csv, inputs)

    def show(found: list[Diagnostic]) -> list[Diagnostic]:
        wanted = as_wanted(found, compiled)
        told = [one for one in wanted if one.is_error or not quiet]
        show_findings(told, compiled.sources, sys.stderr)
        return wanted

    data, found = read_data(graph.playbook, orders, order_input, first - timedelta(days=1))
    refuse_wrong_options(found, order_input)
    found = show(found)
    if data is None or has_errors(found):
        ctx.exit(1)
    if not quiet:
        announce_compilation()
    replayed, found = replay(graph, data, last or last_order_day(data), threads=threads)
    found = show(found)
    if replayed is None or has_errors(found):
        ctx.exit(1)
    if messages is not None:
        write_output(messages, replay_csv(replayed), is_replay_csv, inputs)
    match output_format:
        case "json":
            text = replay_json(replayed)
        case "csv":
            text = replay_csv(replayed)
        case _:
            text = replay_text(replayed, _width())
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding), nl=False)


def _width() -> int:
    from shutil import get_terminal_size

    return get_terminal_size((WIDEST, 24)).columns
