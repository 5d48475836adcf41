"""List what is known of effects, and what a playbook's numbers rest on."""

from __future__ import annotations

import sys

import click

from playbook_runtime.cli._findings import compiled_or_exit


@click.command()
@click.argument("path", required=False)
@click.option(
    "--output-format",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How the evidence is shown.",
)
def command(path: str | None, output_format: str) -> None:
    """List the evidence library; with PATH, what the playbook there rests on.

    For every step: what it is expected to change, who says so, how far that can be trusted, and
    whether the headline counts it. Then the shop's own experiments (`evidence:`) with what they
    changed and where they are used, and the messages of which nothing is known. Exits with 1 on
    errors in the playbook, 2 on wrong usage.
    """
    text = _library(output_format) if path is None else _playbook(path, output_format)
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))


def _library(output_format: str) -> str:
    from playbook_runtime.output import evidence_json, evidence_markdown, evidence_text

    match output_format:
        case "json":
            return evidence_json.render(None)
        case "markdown":
            return evidence_markdown.library_markdown()
        case _:
            return evidence_text.library_text()


def _playbook(path: str, output_format: str) -> str:
    from playbook_runtime.credits import with_credits
    from playbook_runtime.evidence.account import evidence_account
    from playbook_runtime.output import evidence_json, evidence_markdown, evidence_text

    compiled = compiled_or_exit(path, quiet=True)
    assert compiled.graph is not None
    account = evidence_account(with_credits(compiled.graph))
    match output_format:
        case "json":
            return evidence_json.render(account)
        case "markdown":
            return evidence_markdown.account_markdown(account)
        case _:
            return evidence_text.account_text(account)
