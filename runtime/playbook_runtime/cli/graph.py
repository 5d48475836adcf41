"""Draw a playbook's flows as a graph."""

from __future__ import annotations

import click

from playbook_compiler import views
from playbook_compiler.family import members
from playbook_runtime.cli._findings import compiled_or_exit
from playbook_runtime.output.atomic import write_output
from playbook_runtime.output.own_files import is_picture


@click.command()
@click.argument("path", default=".")
@click.option(
    "--format",
    "form",
    type=click.Choice(sorted(members(views))),
    default="mermaid",
    show_default=True,
    help="The language of the picture.",
)
@click.option(
    "-o",
    "--output",
    default="-",
    metavar="FILE",
    help="Where it goes; left out, standard output.",
)
@click.pass_context
def command(ctx: click.Context, path: str, form: str, output: str) -> None:
    """Draw the flows of the playbook at PATH (the current folder)."""
    compiled = compiled_or_exit(path, quiet=True)
    assert compiled.graph is not None
    text = members(views)[form].render(compiled.graph)
    write_output(output, text, is_picture, (source.path for source in compiled.sources))
    if output != "-" and not (ctx.obj and ctx.obj["quiet"]):
        click.echo(f"Wrote {click.format_filename(output)}", err=True)
