"""Write a playbook for an e-mail engine: requests, payloads and what was lost."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import click

from playbook_compiler.export.bundle import ExportBundle
from playbook_compiler.export.registry import all_targets
from playbook_runtime.cli._findings import compiled_or_exit, show_findings
from playbook_runtime.cli._targets import target_named
from playbook_runtime.counted import count_of
from playbook_runtime.output.diagnostics import summary
from playbook_runtime.output.folder import NotAnExport, write_export
from playbook_runtime.output.lowering import capability_list, lowering_summary, matrix

# Files that are named one by one.
FEW = 6
# Kinds of object whose plural takes more than an s.
PLURALS = {"contact-property": "contact properties", "user-property": "user properties"}


@click.command()
@click.argument("target", required=False)
@click.argument("path", default=".")
@click.option(
    "-o",
    "--output",
    metavar="FOLDER",
    help="The folder to write; by default export/TARGET. An earlier export there is replaced.",
)
@click.option(
    "--allow-lossy",
    is_flag=True,
    help="Leave out or approximate what the target cannot say, and record it.",
)
@click.option(
    "--list",
    "list_",
    is_flag=True,
    help="Show what all targets can say; with TARGET, what it can say and how.",
)
@click.pass_context
def command(
    ctx: click.Context,
    target: str | None,
    path: str,
    output: str | None,
    allow_lossy: bool,
    list_: bool,
) -> None:
    """Write the playbook at PATH (the current folder) for TARGET, as drafts only.

    TARGET is an e-mail or loyalty engine, a checklist for people (manual), or a view: mermaid, dot,
    markdown, json. What it cannot say is an error at its line, unless --allow-lossy. Nothing is
    sent anywhere: the folder holds the requests in their order, and lowering.json says what became
    of every construct.
    """
    if list_:
        text = capability_list(target_named(target)) if target else matrix(all_targets())
        click.echo(text, nl=False)
        return
    if target is None:
        raise click.UsageError(f"Name a target. There are: {', '.join(all_targets())}.")
    chosen = target_named(target)
    quiet = bool(ctx.obj and ctx.obj["quiet"])
    compiled = compiled_or_exit(path, quiet=quiet)
    assert compiled.graph is not None
    bundle, findings = chosen.export(compiled.graph, allow_lossy=allow_lossy)
    show_findings(findings, compiled.sources, sys.stderr)
    if bundle is None:
        click.echo(f"\n{summary(findings)}", err=True)
        ctx.exit(1)
    folder = output or f"export/{target}"
    _write(folder, bundle)
    if not quiet:
        click.echo(f"Wrote {_written(bundle)} to {click.format_filename(folder)}.")
        click.echo(lowering_summary(bundle), nl=False)


def _written(bundle: ExportBundle) -> str:
    """Return what an export holds in words: drafts for the engine, else files."""
    kinds = Counter(request.kind for request in bundle.requests)
    drafts = ", ".join(
        count_of(count, kind.replace("-", " "), PLURALS.get(kind, ""))
        for kind, count in kinds.items()
    )
    if drafts:
        return f"{drafts} as drafts"
    few = len(bundle.files) <= FEW
    return ", ".join(bundle.files) if few else count_of(len(bundle.files), "file")


def _write(folder: str, bundle: ExportBundle) -> None:
    name = click.format_filename(folder)
    try:
        write_export(Path(folder), bundle.files)
    except NotAnExport as problem:
        raise click.UsageError(
            f"{name} cannot be replaced: {problem}. Choose another folder with -o."
        ) from problem
    except OSError as problem:
        raise click.ClickException(
            f"{name} cannot be written: {problem.strerror or problem}. Choose another folder with"
            " -o."
        ) from problem
