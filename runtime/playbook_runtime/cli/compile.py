"""Write the compiled playbook: as plan.json for programs, or written out in full as plan.yaml."""

from __future__ import annotations

from typing import Final

import click

from playbook_compiler.graph import TriggerGraph
from playbook_compiler.plan import plan_text
from playbook_runtime.cli._findings import compiled_or_exit
from playbook_runtime.output.atomic import write_output
from playbook_runtime.output.own_files import is_plan, is_written_out, marked_written_out

JSON: Final = "json"
YAML: Final = "yaml"


@click.command()
@click.argument("path", default=".")
@click.option(
    "--format",
    "output_format",
    type=click.Choice((JSON, YAML)),
    default=JSON,
    show_default=True,
    help="json is the plan that programs read, yaml a playbook to read: files joined, tactics and"
    " defaults written out.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Where the plan goes; - is standard output.  [default: plan.json or plan.yaml]",
)
@click.pass_context
def command(ctx: click.Context, path: str, output_format: str, output: str | None) -> None:
    """Write the compiled playbook at PATH (the current folder) as canonical JSON.

    Equal playbooks give equal bytes; nothing is written when there are errors, and never over a
    file that is not an earlier plan. With --format yaml
    it is one playbook file in which all stands that PATH leaves to files, tactics and defaults.
    """
    quiet = bool(ctx.obj and ctx.obj["quiet"])
    compiled = compiled_or_exit(path, quiet=quiet)
    assert compiled.graph is not None
    target = output or f"plan.{output_format}"
    ours = is_plan if output_format == JSON else is_written_out
    text = _text(compiled.graph, output_format)
    write_output(target, text, ours, (source.path for source in compiled.sources))
    if target != "-" and not quiet:
        click.echo(f"Wrote {click.format_filename(target)}", err=True)


def _text(graph: TriggerGraph, output_format: str) -> str:
    if output_format == JSON:
        return plan_text(graph)
    from playbook_compiler.printing import print_playbook

    return marked_written_out(print_playbook(graph.playbook, full=True))
