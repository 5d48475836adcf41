"""Say what past orders tell: stage, metrics, segments, and what they cannot tell."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import click

from playbook_runtime.cli._day import DAY
from playbook_runtime.cli.order_options import (
    order_options,
    refuse_quarantine,
    refuse_wrong_options,
)
from playbook_runtime.orders.options import OrderInput

if TYPE_CHECKING:
    from playbook_compiler.driver import Compiled

MAIN_FILE: Final = "playbook.yaml"
WIDEST: Final = 100


@click.command()
@click.argument("orders", metavar="ORDERS", type=click.Path(path_type=Path))
@click.option(
    "--playbook",
    "path",
    metavar="PATH",
    type=click.Path(),
    help="Whose stages, matrix and economics hold. Default: playbook.yaml here, if there is one.",
)
@click.option(
    "--as-of",
    type=DAY,
    help="Look from the end of this day; later orders are left out. Default: the last order.",
)
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the diagnosis is shown.",
)
@order_options
@click.pass_context
def command(
    ctx: click.Context,
    orders: Path,
    path: str | None,
    as_of: date | None,
    output_format: Literal["text", "json"],
    order_input: OrderInput,
) -> None:
    """Say what ORDERS tell: stage, metrics, who comes back, segments, and what they cannot tell.

    By month, by cohort and by channel, shares with their intervals. Nothing is projected, and no
    playbook is needed; one brings its stages, margins and marks. Findings go to standard error.
    Exits with 0 when there is a diagnosis, 1 when playbook or orders allow none, 2 on wrong usage.
    """
    from playbook_compiler.diagnostics import has_errors
    from playbook_runtime.checked import as_wanted
    from playbook_runtime.cli._findings import show_findings
    from playbook_runtime.diagnose.road import diagnose
    from playbook_runtime.read_data import read_data, read_files

    quiet = bool(ctx.obj and ctx.obj["quiet"])
    compiled = _compiled(path)
    sources = compiled.sources if compiled is not None else ()
    refuse_quarantine(order_input, orders, (source.path for source in sources))
    playbook = None
    if compiled is not None and compiled.graph is not None:
        playbook = compiled.graph.playbook
        data, found = read_data(playbook, orders, order_input, as_of)
    else:
        data, found = read_files(orders, order_input, as_of)
    refuse_wrong_options(found, order_input)
    if compiled is not None:
        found = as_wanted(found, compiled)
    show_findings([one for one in found if one.is_error or not quiet], sources, sys.stderr)
    if data is None or has_errors(found):
        ctx.exit(1)
    diagnosis = diagnose(data, playbook)
    if output_format == "json":
        from playbook_runtime.output.diagnose_json import diagnosis_json

        click.echo(diagnosis_json(diagnosis), nl=False)
        return
    from shutil import get_terminal_size

    from playbook_runtime.output.diagnose_text import diagnosis_text
    from playbook_runtime.output.diagnostics import colour_wanted

    width = get_terminal_size((WIDEST, 24)).columns
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(diagnosis_text(diagnosis, width, colour_wanted(sys.stdout), encoding), nl=False)


def _compiled(path: str | None) -> Compiled | None:
    """Return the playbook that is named, or found in the current folder; its errors end with exit
    1, its warnings are for `check` to tell."""
    from playbook_runtime.cli._findings import compiled_or_exit

    if path is None and not Path(MAIN_FILE).is_file():
        return None
    return compiled_or_exit(path if path is not None else ".", quiet=True)
