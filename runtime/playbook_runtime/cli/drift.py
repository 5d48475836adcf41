"""Say whether what was pushed still stands in the engine as it was."""

from __future__ import annotations

import click

from playbook_compiler.diagnostics import shown
from playbook_runtime.cli._push import (
    adapter_named,
    address_of,
    line_to,
    pushed_files,
    stops_told,
)


@click.command()
@click.argument("target")
@click.argument("path", default=".")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people or for programs.",
)
@click.pass_context
def command(ctx: click.Context, target: str, path: str, output_format: str) -> None:
    """Compare what was pushed to TARGET from the playbook at PATH with what stands there now.

    Every object of the state file is read again; nothing is changed. Exit 1 if one was changed or
    deleted there. That somebody switched a flow on is told, and is no drift.
    """
    from playbook_runtime.output.push_json import drift_json
    from playbook_runtime.output.push_text import drift_text
    from playbook_runtime.push.clock import SystemClock
    from playbook_runtime.push.drift import drift_of
    from playbook_runtime.push.problems import UsageProblem
    from playbook_runtime.push.run import Push, asking
    from playbook_runtime.push.state import read_state

    adapter = adapter_named(target)
    with stops_told():
        files = pushed_files(path, target)
        base = address_of(adapter)
        state = read_state(files.state, target)
        if not state.objects:
            raise UsageProblem(
                f"Nothing was pushed to {adapter.title} from here yet: {shown(files.state)},"
                " which a push writes and you commit, is missing or names nothing. `playbook push"
                f" {target}` shows what would be sent."
            )
        if state.base != base:
            raise UsageProblem(f"{files.state} is of {state.base}, not of {base}.")
        line = line_to(Push(adapter, files, base, state.source, ()), SystemClock())
        found = tuple(drift_of(adapter, state, asking(line)))
    if output_format == "json":
        click.echo(drift_json(target, found), nl=False)
    else:
        click.echo(drift_text(found, adapter.title), nl=False)
    if any(one.is_drift for one in found):
        ctx.exit(1)
