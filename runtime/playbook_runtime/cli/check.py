"""Find mistakes in playbooks."""

from __future__ import annotations

import sys

import click

from playbook_compiler.diagnostics import Diagnostic, Severity, has_errors, in_order
from playbook_compiler.source import SourceFile
from playbook_compiler.values import replace
from playbook_runtime.checked import compile_and_check
from playbook_runtime.cli._findings import show_findings
from playbook_runtime.output.diagnostics import OutputFormat, summary


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option(
    "--output-format",
    type=click.Choice(["full", "concise", "json"]),
    default="full",
    show_default=True,
    help="How findings are shown.",
)
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@click.pass_context
def command(
    ctx: click.Context, paths: tuple[str, ...], output_format: OutputFormat, strict: bool
) -> None:
    """Find mistakes in playbooks: each PATH is a folder with playbook.yaml, or one file.

    Left out, PATH is the current folder. Exits with 0 when clean or with warnings only, 1 on
    errors, 2 on wrong usage.
    """
    found: list[Diagnostic] = []
    sources: list[SourceFile] = []
    for path in dict.fromkeys(paths or (".",)):
        compiled = compile_and_check(path)
        found.extend(compiled.diagnostics)
        sources.extend(compiled.sources)
    if strict:
        found = [_strict(one) for one in found]
    ordered = in_order(found)
    show_findings(ordered, sources, sys.stdout, output_format)
    quiet = bool(ctx.obj and ctx.obj["quiet"])
    if output_format == "full" and not quiet:
        click.echo(("\n" if ordered else "") + summary(ordered))
    ctx.exit(1 if has_errors(ordered) else 0)


def _strict(found: Diagnostic) -> Diagnostic:
    return replace(found, severity=Severity.ERROR) if _is_warning(found) else found


def _is_warning(found: Diagnostic) -> bool:
    return found.severity is Severity.WARNING
