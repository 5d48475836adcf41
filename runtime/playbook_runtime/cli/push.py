"""Send a playbook to its engine, switched off; without --apply, show what would be sent."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from playbook_runtime.cli._findings import compiled_or_exit, show_findings
from playbook_runtime.cli._push import (
    TellingClock,
    adapter_named,
    address_of,
    line_to,
    sentence,
    stops_told,
)

if TYPE_CHECKING:
    from playbook_compiler.export.bundle import ExportBundle, Lookup
    from playbook_runtime.push.plan import Step
    from playbook_runtime.push.run import Push


@click.command()
@click.argument("target")
@click.argument("path", default=".")
@click.option("--apply", "apply_", is_flag=True, help="Really send it.")
@click.option(
    "--plan",
    "plan_file",
    metavar="FILE",
    help="Keep the plan in FILE; with --apply, carry out the plan in FILE only if nothing has"
    " changed since.",
)
@click.option(
    "--lookup",
    "lookups",
    metavar="KIND.NAME=VALUE",
    multiple=True,
    help="Something of the account that the playbook cannot know; kept in the state file.",
)
@click.option(
    "--allow-lossy",
    is_flag=True,
    help="Leave out or approximate what the target cannot say.",
)
@click.option(
    "--adopt",
    is_flag=True,
    help="Take over objects of the same name that the state file does not know.",
)
@click.option(
    "--overwrite",
    is_flag=True,
    help="Write over changes made by hand in the engine since the last push.",
)
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people or for programs.",
)
@click.pass_context
def command(
    ctx: click.Context,
    target: str,
    path: str,
    apply_: bool,
    plan_file: str | None,
    lookups: tuple[str, ...],
    allow_lossy: bool,
    adopt: bool,
    overwrite: bool,
    output_format: str,
) -> None:
    """Send the playbook at PATH (the current folder) to TARGET: klaviyo, voucherify or dittofeed.

    Without --apply nothing is sent: what would be created and changed is shown, compared with the
    state file .playbook/state.TARGET.json beside the playbook. Everything is made switched off;
    nothing is ever deleted. The key is read from the environment, as PLAYBOOK_KLAVIYO_KEY.
    """
    from playbook_compiler.values import replace
    from playbook_runtime.push.run import make_push, plan_push

    adapter = adapter_named(target)
    quiet = bool(ctx.obj and ctx.obj["quiet"])
    compiled = compiled_or_exit(path, quiet=quiet)
    assert compiled.graph is not None
    from playbook_runtime.cli._targets import target_named

    bundle, findings = target_named(target).export(compiled.graph, allow_lossy=allow_lossy)
    show_findings(findings, compiled.sources, sys.stderr)
    if bundle is None:
        ctx.exit(1)
    with stops_told():
        made = make_push(adapter, address_of(adapter), bundle, compiled.graph, path)
        push = replace(made, lookups=lookups, adopt=adopt, overwrite=overwrite)
        if apply_:
            saved = None if plan_file is None else _read_plan(plan_file)
            _apply(ctx, push, saved, output_format, quiet=quiet)
            return
        plan, _ = plan_push(push)
    from playbook_runtime.output.atomic import write_output
    from playbook_runtime.output.push_json import is_push_plan, plan_json
    from playbook_runtime.output.push_text import after_plan, plan_text

    by_hand = _by_hand(bundle, push)
    if plan_file is not None:
        write_output(plan_file, plan_json(plan, by_hand, push.notes), is_push_plan)
    if output_format == "json":
        click.echo(plan_json(plan, by_hand, push.notes), nl=False)
        return
    click.echo(plan_text(plan, adapter.title, by_hand, push.notes), nl=False)
    if not quiet:
        given = {"--allow-lossy": allow_lossy, "--adopt": adopt, "--overwrite": overwrite}
        options = [name for name, wanted in given.items() if wanted]
        click.echo(f"\n{after_plan(plan, target, path, options, overwrite=overwrite)}")


def _apply(
    ctx: click.Context,
    push: Push,
    saved: dict[str, Any] | None,
    output_format: str,
    *,
    quiet: bool,
) -> None:
    """Take the lock, carry the plan out and tell each object as it is done."""
    from playbook_runtime.output.push_json import applied_json
    from playbook_runtime.output.push_text import after_apply, step_line
    from playbook_runtime.push.clock import SystemClock
    from playbook_runtime.push.lock import locked
    from playbook_runtime.push.plan import Action
    from playbook_runtime.push.problems import PushError
    from playbook_runtime.push.run import carry_out

    clock = SystemClock() if quiet else TellingClock(SystemClock(), push.adapter.title)
    line = line_to(push, clock)
    done: list[Step] = []
    width = max((len(one.id) for one in push.objects), default=0)

    def say(step: Step) -> None:
        done.append(step)
        if output_format == "text" and step.action is not Action.UNCHANGED:
            click.echo(step_line(step, width))

    try:
        with locked(push.files.lock, push.adapter.name, clock):
            carry_out(push, line, say, saved)
    except PushError as problem:
        if output_format == "json":
            click.echo(applied_json(push.adapter.name, done, sentence(problem)), nl=False)
            ctx.exit(problem.exit_code)
        raise
    except KeyboardInterrupt:
        click.echo(
            "\nStopped. What was sent is written down, and nothing is lost: push again, and it goes"
            " on from there.",
            err=True,
        )
        raise
    if output_format == "json":
        click.echo(applied_json(push.adapter.name, done, ""), nl=False)
    elif not quiet:
        state = click.format_filename(push.files.state)
        click.echo(after_apply(done, push.adapter.title, state))


def _by_hand(bundle: ExportBundle, push: Push) -> tuple[Lookup, ...]:
    """Return what the account needs that stands in no payload: a person sees to it."""
    from playbook_runtime.push.wanted import lookups_needed

    needed = lookups_needed(push.objects)
    return tuple(one for one in bundle.lookups if f"{one.kind}.{one.name}" not in needed)


def _read_plan(name: str) -> dict[str, Any]:
    """Return a saved plan. Raises UsageProblem."""
    from playbook_runtime.output.push_json import is_push_plan
    from playbook_runtime.push.problems import UsageProblem

    try:
        raw = Path(name).read_bytes()
    except OSError as problem:
        raise UsageProblem(f"{click.format_filename(name)}: {problem.strerror}") from None
    if not is_push_plan(raw):
        raise UsageProblem(
            f"{click.format_filename(name)} is no plan of a push: make it with"
            " playbook push TARGET --plan FILE."
        )
    plan: dict[str, Any] = json.loads(raw)
    return plan
