"""Say what a finding means; or all that was filled in where a playbook says nothing."""

from __future__ import annotations

import sys

import click

from playbook_compiler.rules import rule, rule_names
from playbook_runtime.cli._rules import known_rule
from playbook_runtime.output.diagnostics import colour_wanted
from playbook_runtime.output.page import rendered, rule_list

# Stands below a page with examples.
PARTS = """
An example without `playbook: 1` is a part of a playbook: its head (name, currency, timezone,
sender, guardrails) and a message `hello` are assumed.
"""


@click.command()
@click.argument("name", metavar="[RULE]", required=False)
@click.option("--list", "every", is_flag=True, help="List all rules, a line each.")
@click.option(
    "--defaults",
    "path",
    metavar="PATH",
    help="Show all that was filled in where the playbook at PATH says nothing.",
)
@click.pass_context
def command(ctx: click.Context, name: str | None, every: bool, path: str | None) -> None:
    """Explain a rule: what it finds, why that matters, and what to write instead.

    RULE is the name in brackets: no-holdout in `warning[no-holdout]`. With --defaults, the values
    that a playbook gets from defaults, tactics, shipped messages and the evidence library.
    """
    if path is not None:
        if name is not None or every:
            raise click.UsageError("--defaults stands alone: it explains a playbook, not a rule.")
        ctx.exit(_defaults(path))
    colour = colour_wanted(sys.stdout)
    encoding = sys.stdout.encoding or "utf-8"
    if every:
        text = rule_list([rule(one) for one in rule_names()], colour)
    elif name is not None:
        page = rule(known_rule(_bare(name))).page
        text = rendered(page + PARTS if "```yaml" in page else page, colour)
    else:
        raise click.UsageError("Name a rule, or list all of them with --list.")
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
    ctx.exit(0)


def _bare(name: str) -> str:
    """Return the name of a rule as findings show it: NO-HOLDOUT, `warning[no-holdout]`."""
    _, _, inner = name.rpartition("[")
    return inner.strip("[]`: ").lower().replace("_", "-")


def _defaults(path: str) -> int:
    from playbook_compiler.driver import load
    from playbook_compiler.filled_in import Filled, filled_in
    from playbook_compiler.lower import lower
    from playbook_runtime.cli._findings import show_findings
    from playbook_runtime.evidence.findings import effect_findings
    from playbook_runtime.evidence.sends import send_effects
    from playbook_runtime.library import folder
    from playbook_runtime.output.filled_in_text import filled_in_text

    loaded = load(path, library=folder())
    if loaded.playbook is None:
        show_findings(loaded.diagnostics, loaded.sources, sys.stderr)
        return 1
    unusable = [found for found in effect_findings(loaded.playbook) if found.is_error]
    if unusable:
        show_findings(unusable, loaded.sources, sys.stderr)
        return 1
    filled = filled_in(loaded.playbook, loaded.uses)
    graph, _ = lower(loaded.playbook)
    assert graph is not None
    for effects in send_effects(graph):
        if effects.evidence_id:
            where = f"flows.{graph.nodes[effects.node].flow}.{graph.nodes[effects.node].step_id}"
            filled.append(Filled(f"{where}.expect", effects.evidence_id, "the evidence library's"))
    text = filled_in_text(loaded.playbook.name, filled)
    sys.stdout.write(text.encode(sys.stdout.encoding or "utf-8", "replace").decode())
    return 0
