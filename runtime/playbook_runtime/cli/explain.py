"""Say what a finding means, with an example that fails and one that is mended."""

from __future__ import annotations

import sys

import click

from playbook_compiler.rules import rule, rule_names
from playbook_runtime.cli._rules import known_rule
from playbook_runtime.output.diagnostics import colour_wanted
from playbook_runtime.output.page import rendered, rule_list


@click.command()
@click.argument("name", metavar="[RULE]", required=False)
@click.option("--list", "every", is_flag=True, help="List all rules, a line each.")
@click.pass_context
def command(ctx: click.Context, name: str | None, every: bool) -> None:
    """Explain a rule: what it finds, why that matters, and what to write instead.

    RULE is the name in brackets: no-holdout in `warning[no-holdout]`.
    """
    colour = colour_wanted(sys.stdout)
    encoding = sys.stdout.encoding or "utf-8"
    if every:
        text = rule_list([rule(one) for one in rule_names()], colour)
    elif name is not None:
        text = rendered(rule(known_rule(name.strip("[]`"))).page, colour)
    else:
        raise click.UsageError("Name a rule, or list all of them with --list.")
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
    ctx.exit(0)
