"""Write the compiled playbook as plan.json."""

from __future__ import annotations

import click

from playbook_compiler.plan import plan_text
from playbook_runtime.cli._findings import compiled_or_exit
from playbook_runtime.output.atomic import write_output


@click.command()
@click.argument("path", default=".")
@click.option(
    "-o",
    "--output",
    default="plan.json",
    show_default=True,
    metavar="FILE",
    help="Where the plan goes; - is standard output.",
)
@click.pass_context
def command(ctx: click.Context, path: str, output: str) -> None:
    """Write the compiled playbook at PATH (the current folder) as canonical JSON.

    Equal playbooks give equal bytes; nothing is written when there are errors.
    """
    quiet = bool(ctx.obj and ctx.obj["quiet"])
    compiled = compiled_or_exit(path, quiet=quiet)
    assert compiled.graph is not None
    write_output(output, plan_text(compiled.graph))
    if output != "-" and not quiet:
        click.echo(f"Wrote {click.format_filename(output)}", err=True)
