"""Compare two revisions of a playbook by what they mean."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from playbook_compiler.diagnostics import Diagnostic, Label, shown
from playbook_compiler.diff import diff
from playbook_compiler.driver import Compiled
from playbook_compiler.include import MAIN_NAMES
from playbook_compiler.source import SourceFile, Span
from playbook_compiler.values import replace
from playbook_runtime.checked import compile_and_check
from playbook_runtime.cli._findings import show_findings
from playbook_runtime.output import diff_json, diff_markdown, diff_text
from playbook_runtime.output.atomic import write_output
from playbook_runtime.output.diagnostics import colour_wanted
from playbook_runtime.output.diff_words import WORK_TREE, Comparison, Side
from playbook_runtime.revisions import RevisionError, Snapshot, find_repository, snapshot

ERRORS = 1
CHANGES = 2
SHOWN_ERRORS = 20


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
@click.pass_context
def command(
    ctx: click.Context,
    revisions: tuple[str, ...],
    path: str,
    output_format: str,
    detailed_exitcode: bool,
) -> None:
    """Compare a git revision of a playbook with the work tree, or two revisions with each other.

    Shows by id, not by lines, what was added, removed, modified, and what is affected through
    something that it uses. Exits with 0, and with 1 where a revision is unknown or has errors; with
    --detailed-exitcode 0 means no change and 2 changes. Wrong usage is 2 too, but prints nothing on
    standard output.
    """
    if len(revisions) > 2:
        raise click.UsageError("Name one revision, or two; the playbook goes with --path PATH.")
    try:
        with TemporaryDirectory(prefix="playbook-", ignore_cleanup_errors=True) as folder:
            found, at = _compared(revisions, path, Path(folder))
    except RevisionError as problem:
        click.echo(f"error: {problem}", err=True)
        if problem.help:
            click.echo(f"  = help: {problem.help}", err=True)
        ctx.exit(ERRORS)
    if found is None:
        ctx.exit(ERRORS)
    if output_format == "json":
        text = diff_json.render(found)
    elif output_format == "markdown":
        text = diff_markdown.render(found, at)
    else:
        encoding = sys.stdout.encoding or "utf-8"
        text = diff_text.render(found, colour_wanted(sys.stdout), encoding)
    write_output("-", text)
    ctx.exit(CHANGES if detailed_exitcode and not found.diff.is_empty else 0)


def _compared(revisions: tuple[str, ...], path: str, folder: Path) -> tuple[Comparison | None, str]:
    """Return the comparison, None where a side has errors, and the playbook's path in git."""
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
        return None, repository.path
    graphs = [None if one is None else one.graph for one in (old, new)]
    named = next(graph.playbook.name for graph in reversed(graphs) if graph is not None)
    untouched = old is not None and new is not None and _texts(old) == _texts(new)
    return Comparison(diff(*graphs), *sides, named, untouched), repository.path


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
