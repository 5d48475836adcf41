"""Show a message as a sample customer gets it."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path
from typing import Final

import click

from playbook_compiler.diagnostics import nearest, shown
from playbook_compiler.export.wording import dialect_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Message, Offer
from playbook_runtime.cli._findings import compiled_or_exit
from playbook_runtime.cli._targets import target_named
from playbook_runtime.output.atomic import write_output
from playbook_runtime.output.preview_text import (
    is_preview,
    left_out_text,
    marked_page,
    preview_text,
    unused_text,
    values_text,
)
from playbook_runtime.preview import (
    Preview,
    as_page,
    offers_of,
    preview,
    preview_in,
    samples,
)
from playbook_runtime.preview_values import BadValuesError, unread_names, values_in, values_set

TEXT: Final = "text"
HTML: Final = "html"
NO_OFFER: Final = "none"


@click.command()
@click.argument("message")
@click.argument("path", default=".")
@click.option(
    "--customer",
    metavar="FILE",
    help="Values as JSON or YAML: {customer: {first_name: Ada}, order: {total: 59.00}}. What is not"
    " in it is missing, but for the offer's code and last day.",
)
@click.option(
    "--set", "pairs", metavar="NAME=VALUE", multiple=True, help="One value. May be repeated."
)
@click.option(
    "--offer",
    metavar="OFFER",
    help="The offer that the message carries; none for none.  [default: as the flows send it]",
)
@click.option(
    "--target", metavar="TARGET", help="Show the text as this engine gets it, variables and all."
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice((TEXT, HTML)),
    help="text is the plain text with subject and preview line, html the page.  [default: text, or"
    " html for a FILE.html]",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    default="-",
    show_default=True,
    help="Where it goes; - is standard output.",
)
@click.pass_context
def command(
    ctx: click.Context,
    message: str,
    path: str,
    customer: str | None,
    pairs: tuple[str, ...],
    offer: str | None,
    target: str | None,
    output_format: str | None,
    output: str,
) -> None:
    """Show MESSAGE of the playbook at PATH (the current folder) as one customer gets it.

    Without --customer the values are samples. What was filled in, and what is missing, is told on
    standard error. Nothing is sent, and nothing is fetched.
    """
    quiet = bool(ctx.obj and ctx.obj["quiet"])
    if target is not None and (customer is not None or pairs):
        raise click.UsageError("--target shows variables, not values: leave out --customer, --set.")
    engine = target_named(target) if target is not None else None
    dialect = dialect_of(engine) if engine is not None else None
    if engine is not None and dialect is None:
        raise click.UsageError(
            f"{engine.title} has no words of its own for what is filled in: leave out --target to"
            " see the text."
        )
    compiled = compiled_or_exit(path, quiet=True)
    graph = compiled.graph
    assert graph is not None
    chosen = _message(graph, message)
    carried, others = _offer(graph, chosen, offer)
    how = f", with the offer {carried.id}" if carried else ""
    if engine is not None and dialect is not None:
        result = preview_in(graph, chosen, carried, engine, dialect)
        how, told = f"{how}, as {engine.name} gets it", left_out_text(result, engine.title)
    else:
        result, source, given = _filled(graph, chosen, carried, customer, pairs)
        told = values_text(result, source)
        told += unused_text(given, result)
    if others:
        told += f"It is also sent {others}: --offer shows that.\n"
    wanted = output_format or (HTML if output.endswith((".html", ".htm")) else TEXT)
    if wanted == HTML:
        told = _lines(result) + told
        text = marked_page(as_page(chosen, result.wording))
    else:
        text = preview_text(chosen, result, how)
    inputs = [*(source.path for source in compiled.sources), *([customer] if customer else [])]
    write_output(output, text, is_preview, inputs)
    if not quiet:
        sys.stdout.flush()
        click.echo(f"\n{told}" if output == "-" and told else told, err=True, nl=False)
        if output != "-":
            click.echo(f"Wrote {click.format_filename(output)}", err=True)


def _filled(
    graph: TriggerGraph,
    message: Message,
    offer: Offer | None,
    customer: str | None,
    pairs: tuple[str, ...],
) -> tuple[Preview, str, Collection[str]]:
    """Return the preview with values, where they come from, and the names that --set gave.

    The offer's code and last day are samples where a file about a customer has none: they come
    into being with the message.
    """
    try:
        given = values_set(pairs, graph.playbook)
    except BadValuesError as problem:
        raise click.BadParameter(str(problem), param_hint="--set") from problem
    values, source = samples(graph, message, offer), "samples"
    if customer is not None:
        source = name = click.format_filename(customer)
        try:
            in_file = values_in(Path(customer))
        except BadValuesError as problem:
            raise click.BadParameter(f"{name}: {problem}", param_hint="--customer") from problem
        for unread in unread_names(in_file, graph.playbook):
            click.echo(f"{name}: {unread}", err=True)
        of_offer = {one: value for one, value in values.items() if one.startswith("offer.")}
        if of_offer.keys() - in_file.keys():
            source = f"{name}, samples for the offer"
        values = of_offer | in_file
    if given:
        source = f"{source}, and --set"
    elif customer is None:
        source = "samples; --customer FILE and --set NAME=VALUE give others"
    return preview(graph, message, offer, values | given), source, given


def _message(graph: TriggerGraph, name: str) -> Message:
    messages = graph.playbook.messages
    if name in messages:
        return messages[name]
    raise click.UsageError(
        f"No such message `{shown(name)}`.{_choice(name, tuple(messages), 'messages')}"
    )


def _offer(graph: TriggerGraph, message: Message, name: str | None) -> tuple[Offer | None, str]:
    """Return the offer to show, and in words how else the flows send the message."""
    offers = graph.playbook.offers
    if name is None:
        sent = offers_of(graph, message.id)
        shown_now = next((one for one in sent if one), "")
        rest = [f"with {one}" if one else "without an offer" for one in sent if one != shown_now]
        return offers.get(shown_now), ", ".join(rest)
    if name == NO_OFFER and name not in offers:
        return None, ""
    if name not in offers:
        raise click.UsageError(
            f"No such offer `{shown(name)}`.{_choice(name, tuple(offers), 'offers')}"
        )
    return offers[name], ""


def _choice(name: str, known: tuple[str, ...], what: str) -> str:
    guess = nearest(name, known)
    if guess:
        return f" Did you mean `{guess}`?"
    few = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
    return f" There are: {few}." if known else f" The playbook has no {what}."


def _lines(result: Preview) -> str:
    """Return the lines of the inbox, which stand on no page."""
    wording = result.wording
    lines = {"Subject": wording.subject, "Preview": wording.preview}
    return "".join(f"{name}: {shown(line)}\n" for name, line in lines.items() if line)
