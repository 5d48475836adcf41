"""Print the JSON Schema of playbooks, for editors; or of what the commands print."""

from __future__ import annotations

from typing import Any

import click

from playbook_runtime.output.atomic import write_output
from playbook_runtime.output.own_files import is_schema

OF = (
    "playbook",
    "plan",
    "diagnostics",
    "diff",
    "projection",
    "evidence",
    "diagnosis",
    "backtest",
    "replay",
)


@click.command()
@click.option(
    "--of",
    "what",
    type=click.Choice(OF),
    default="playbook",
    show_default=True,
    help="What authors write; what `compile` writes; the JSON of `check`, `diff`, `simulate`,"
    " `evidence`, `diagnose`, `backtest` or `replay`.",
)
@click.option(
    "-o",
    "--output",
    default="-",
    metavar="FILE",
    help="Where it goes; left out, standard output.",
)
@click.pass_context
def command(ctx: click.Context, what: str, output: str) -> None:
    """Print the JSON Schema (2020-12) of playbooks.

    In an editor, put this line at the top of playbook.yaml:
    `# yaml-language-server: $schema=./playbook.schema.json`
    """
    from playbook_compiler.schema import schema_text

    write_output(output, schema_text(_schema(what)), is_schema)
    if output != "-" and not (ctx.obj and ctx.obj["quiet"]):
        click.echo(f"Wrote {click.format_filename(output)}", err=True)


def _schema(what: str) -> dict[str, Any]:
    match what:
        case "plan":
            from playbook_compiler.plan import plan_schema

            return plan_schema()
        case "diagnostics":
            from playbook_runtime.output.formats.json import diagnostics_schema

            return diagnostics_schema()
        case "diff":
            from playbook_runtime.output.diff_json import diff_schema

            return diff_schema()
        case "backtest":
            from playbook_runtime.output.backtest_json import backtest_schema

            return backtest_schema()
        case "projection":
            from playbook_runtime.output.projection_schema import projection_schema

            return projection_schema()
        case "evidence":
            from playbook_runtime.output.evidence_json import evidence_schema

            return evidence_schema()
        case "diagnosis":
            from playbook_runtime.output.diagnose_schema import diagnosis_schema

            return diagnosis_schema()
        case "replay":
            from playbook_runtime.output.replay_json import replay_schema

            return replay_schema()
        case _:
            from playbook_compiler.schema import playbook_schema

            return playbook_schema()
