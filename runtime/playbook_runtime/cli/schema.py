"""Print the JSON Schema of playbooks, for editors."""

from __future__ import annotations

import click

from playbook_compiler.plan import plan_schema
from playbook_compiler.schema import playbook_schema, schema_text
from playbook_runtime.output.atomic import write_output


@click.command()
@click.option(
    "--of",
    "what",
    type=click.Choice(["playbook", "plan"]),
    default="playbook",
    show_default=True,
    help="What authors write, or what `playbook compile` writes.",
)
@click.option(
    "-o",
    "--output",
    default="-",
    metavar="FILE",
    help="Where it goes; left out, standard output.",
)
def command(what: str, output: str) -> None:
    """Print the JSON Schema (2020-12) of playbooks.

    In an editor, put this line at the top of playbook.yaml:
    `# yaml-language-server: $schema=./playbook.schema.json`
    """
    schema = playbook_schema() if what == "playbook" else plan_schema()
    write_output(output, schema_text(schema))
