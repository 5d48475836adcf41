"""Compare two revisions of a playbook by what they mean."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from playbook_compiler.diagnostics import Diagnostic, Label, shown
from playbook_compiler.diff import diff
from playbook_compiler.driver import Compiled
from playbook_compiler.include import MAIN_NAMES
from playbook_compiler.source import SourceFile, Span
from playbook_compiler.values import dataclass, replace
from playbook_runtime.checked import compile_and_check
from playbook_runtime.cli._command_line import given
from playbook_runtime.cli._day import DAY
from playbook_runtime.cli._findings import show_findings
from playbook_runtime.cli._horizon import horizon_of
from playbook_runtime.cli._whole import Whole
from playbook_runtime.cli.order_options import order_options
from playbook_runtime.cli.season_option import season_option, season_or_exit
from playbook_runtime.orders.options import OrderInput
from playbook_runtime.output import diff_json, diff_markdown, diff_text
from playbook_runtime.output.atomic import write_output
from playbook_runtime.output.diagnostics import colour_wanted
from playbook_runtime.output.diff_words import WORK_TREE, Comparison, Side
from playbook_runtime.revisions import RevisionError, Snapshot, find_repository, snapshot

ERRORS = 1
CHANGES = 2
SHOWN_ERRORS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """The comparison, the playbook's path in git, and both sides as they compiled (None: none)."""

    found: Comparison
    at: str
    old: Compiled | None
    new: Compiled | None


@click.command()
@click.argument("revisions", metavar="REV [REV]", nargs=-1, required=True)
@click.option(
    "--path",
    default=".",
    show_default=True,
    metavar="PATH",
    help="The playbook: a folder with playbook.yaml, or one file.",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How it is shown; markdown is the comment of a pull request.",
)
@click.option(
    "--detailed-exitcode", is_flag=True, help="Exit with 2 where the two differ, 0 where not."
)
@click.option(
    "--orders",
    type=click.Path(path_type=Path),
    help="The shop's past orders: adds what the change does to the projection on them.",
)
@click.option("--horizon", default="12mo", show_default=True, help="How far to project: 12mo, 90d.")
@click.option(
    "--draws",
    type=Whole(2, 100_000),
    default=1_000,
    show_default=True,
    help="Number of draws of the projection.",
)
@click.option(
    "--seed",
    type=Whole(0, 2**63 - 1),
    default=1,
    show_default=True,
    help="Where chance starts from: the same luck on both sides.",
)
@click.option(
    "--as-of", type=DAY, help="Project from the end of this day. Default: the last order."
)
@click.option("--threads", type=Whole(0, 256), default=0, help="Threads; 0 takes all.")
@season_option
@order_options
@click.pass_context
def command(
    ctx: click.Context,
    revisions: tuple[str, ...],
    path: str,
    output_format: str,
    detailed_exitcode: bool,
    orders: Path | None,
    horizon: str,
    draws: int,
    seed: int,
    as_of: date | None,
    threads: int,
    seasonality: str,
    order_input: OrderInput,
) -> None:
    """Compare a git revision of a playbook with the work tree, or two revisions with each other.

    Shows by id, not by lines, what was added, removed, modified, and what is affected through
    something that it uses. Exits with 0, and with 1 where a revision is unknown or has errors; with
    --detailed-exitcode 0 means no change and 2 changes. Wrong usage is 2 too, but prints nothing on
    standard output.

    With --orders both sides are simulated on them, on the same draws and with the same luck, and
    the projected difference and the guardrails stand beside the changes.
    """
    if orders is None and (options := given(ctx, _WITH_ORDERS)):
        raise click.UsageError(f"{' and '.join(options)} needs --orders FILE.")
    length = horizon_of(horizon)
    if len(revisions) > 2:
        raise click.UsageError("Name one revision, or two; the playbook goes with --path PATH.")
    try:
        with TemporaryDirectory(prefix="playbook-", ignore_cleanup_errors=True) as folder:
            compared = _compared(revisions, path, Path(folder))
        effect = None
        if compared is not None and orders is not None:
            from playbook_runtime.cli._effect import effect_of
            from playbook_runtime.settings import Settings

            season = season_or_exit(seasonality)
            settings = Settings(length, draws, seed, as_of, threads, season=season)
            sides = (compared.old, compared.new)
            changed = compared.found.diff.entries
            effect = effect_of(ctx, sides, changed, orders, order_input, settings)
    except RevisionError as problem:
        click.echo(f"error: {problem}", err=True)
        if problem.help:
            click.echo(f"  = help: {problem.help}", err=True)
        ctx.exit(ERRORS)
    if compared is None or (orders is not None and effect is None):
        ctx.exit(ERRORS)
    found = compared.found
    if output_format == "json":
        text = diff_json.render(found, effect)
    elif output_format == "markdown":
        text = diff_markdown.render(found, compared.at, effect)
    else:
        encoding = sys.stdout.encoding or "utf-8"
        text = diff_text.render(found, colour_wanted(sys.stdout), encoding, effect)
    write_output("-", text)
    ctx.exit(CHANGES if detailed_exitcode and not found.diff.is_empty else 0)


# What only a projection reads: parameters of the command, by their names.
_WITH_ORDERS = (
    *("horizon", "draws", "seed", "as_of", "threads", "seasonality"),
    *("mapped", "source", "encoding", "skip_lines", "date_format", "currency", "timezone"),
    *("max_rejects", "quarantine", "customers", "events"),
)


def _compared(revisions: tuple[str, ...], path: str, folder: Path) -> Compared | None:
    """Return the comparison, None where a side has errors."""
    repository = find_repository(path)
    snapshots = [
        snapshot(repository, revision, folder / name)
        for revision, name in zip(revisions, ("old", "new"), strict=False)
    ]
    old, new = (
        _of_revision(snapshots[0]),
        (_of_revision(snapshots[1]) if len(snapshots) > 1 else _of_work_tree(path)),
    )
    if old is None and new is None:
        where = ", and none in ".join(f"`{one.revision}`" for one in snapshots)
        raise RevisionError(
            f"there is no playbook `{shown(path)}` in {where}",
            "name the folder that holds playbook.yaml, or one file: --path PATH",
        )
    sides = (_side(snapshots[0], old), _side(snapshots[1] if len(snapshots) > 1 else None, new))
    if _told_errors(old, sides[0]) | _told_errors(new, sides[1]):
        return None
    graphs = [None if one is None else one.graph for one in (old, new)]
    named = next(graph.playbook.name for graph in reversed(graphs) if graph is not None)
    untouched = old is not None and new is not None and _texts(old) == _texts(new)
    found = Comparison(diff(*graphs), *sides, named, untouched)
    return Compared(found, repository.path, old, new)


def _texts(compiled: Compiled) -> list[tuple[str, str]]:
    """Return the names and texts of the files of a side, to compare with the other's."""
    return sorted((Path(one.path).name, one.text) for one in compiled.sources)


def _of_revision(found: Snapshot) -> Compiled | None:
    return _shown(compile_and_check(found.path), found) if found.path else None


def _of_work_tree(path: str) -> Compiled | None:
    """Compile the playbook of the work tree; None where there is no such file, or a folder
    without playbook.yaml."""
    place = Path(path)
    if place.is_dir():
        is_there = any(os.path.lexists(place / name) for name in MAIN_NAMES)
    else:
        is_there = place.exists()
    return compile_and_check(path) if is_there else None


def _side(found: Snapshot | None, compiled: Compiled | None) -> Side:
    exists = compiled is not None
    if found is None:
        return Side(WORK_TREE, "", exists, str)
    return Side(found.revision, found.commit, exists, found.shown)


def _told_errors(compiled: Compiled | None, side: Side) -> bool:
    """Show the errors of a side that does not compile, and return whether there are any."""
    if compiled is None or compiled.graph is not None:
        return False
    click.echo(f"{side.name} does not compile:", err=True)
    errors = [found for found in compiled.diagnostics if found.is_error]
    show_findings(errors[:SHOWN_ERRORS], compiled.sources, sys.stderr)
    if len(errors) > SHOWN_ERRORS:
        click.echo(f"\nand {len(errors) - SHOWN_ERRORS} more errors", err=True)
    return True


def _shown(compiled: Compiled, side: Snapshot) -> Compiled:
    """Return findings and sources with the paths that git has for them."""
    return replace(
        compiled,
        sources=tuple(SourceFile(side.shown(one.path), one.text) for one in compiled.sources),
        diagnostics=tuple(_finding(one, side) for one in compiled.diagnostics),
    )


def _finding(found: Diagnostic, side: Snapshot) -> Diagnostic:
    return replace(
        found,
        message=side.shown(found.message),
        span=_span(found.span, side),
        caption=side.shown(found.caption),
        help=side.shown(found.help),
        labels=tuple(Label(_span(one.span, side), one.message) for one in found.labels),
        fix=None,
    )


def _span(span: Span, side: Snapshot) -> Span:
    return span._replace(file=side.shown(span.file))
