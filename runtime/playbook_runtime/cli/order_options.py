"""The flags of every command that reads orders: one decorator, so that they never differ."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import click

from playbook_compiler.diagnostics import Diagnostic, hint
from playbook_compiler.source import Span
from playbook_runtime.cli._whole import Whole
from playbook_runtime.orders.options import OrderInput, OrderOptions

# Rules of findings -> the option that they are about.
_ABOUT_OPTIONS: Final = {
    "unknown-field": "map",
    "unknown-source": "source",
    "unknown-encoding": "encoding",
    "date-format": "date_format",
    "unknown-currency": "currency",
    "unknown-timezone": "timezone",
}
_FILE: Final = click.Path(path_type=Path)


def order_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the flags to a click command; it gets them as one argument, `order_input: OrderInput`."""

    @functools.wraps(command)
    def with_input(
        *arguments: Any,
        mapped: tuple[tuple[str, str], ...],
        source: str | None,
        encoding: str | None,
        skip_lines: int,
        date_format: str | None,
        currency: str | None,
        timezone: str | None,
        max_rejects: int | None,
        quarantine: Path | None,
        customers: Path | None,
        events: Path | None,
        **others: Any,
    ) -> Any:
        options = OrderOptions(
            map=dict(mapped),
            source=source,
            encoding=encoding,
            skip_lines=skip_lines,
            date_format=date_format,
            currency=currency,
            timezone=timezone,
            max_rejects=max_rejects,
            quarantine=quarantine,
        )
        read = OrderInput(options, customers, events)
        return command(*arguments, order_input=read, **others)

    for flag in reversed(_FLAGS):
        with_input = flag(with_input)
    return with_input


def _pairs(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    pairs = []
    for value in values:
        field, equals, column = value.partition("=")
        if not equals or not field.strip() or not column.strip():
            raise click.BadParameter(f"{value!r}: write it like customer_id=Kunde")
        pairs.append((field.strip(), column.strip()))
    if len({field for field, _ in pairs}) < len(pairs):
        raise click.BadParameter("a field is mapped twice")
    return tuple(pairs)


def refuse_quarantine(
    order_input: OrderInput, orders: Path, sources: Iterable[str | Path] = ()
) -> None:
    """Raise UnwritableError if rows set aside would be written over a file of the user's own.

    `sources` are the files of the playbook. Asked before anything is read, since reading writes.
    """
    from playbook_runtime.orders.quarantine import is_quarantine, quarantine_file
    from playbook_runtime.output.atomic import refuse_target

    beside = [one for one in (order_input.customers, order_input.events) if one is not None]
    inputs = [orders, *beside, *sources]
    targets = [quarantine_file(str(orders), order_input.options.quarantine)]
    for target in (*targets, *(quarantine_file(str(one), None) for one in beside)):
        refuse_target(target, is_quarantine, inputs)


def refuse_wrong_options(found: Iterable[Diagnostic], order_input: OrderInput) -> None:
    """Raise BadParameter for the first finding that is about an option, not about a file."""
    for one in found:
        flag = _ABOUT_OPTIONS.get(one.rule, "")
        given = getattr(order_input.options, flag, None)
        if given and one.is_error and one.span == Span.of_file(one.span.file):
            said = f"{one.message}; {one.help}" if one.help else one.message
            raise click.BadParameter(said, param_hint=f"'--{flag.replace('_', '-')}'")


def unused_files(order_input: OrderInput, file: str, reader: str) -> list[Diagnostic]:
    """Return a hint for each optional file that was given and that `reader` does not read."""
    given = (("customers", order_input.customers), ("events", order_input.events))
    return [
        hint(
            "unused-input",
            f"--{flag} is not used here: {reader} reads orders only",
            Span.of_file(file),
            help=f"leave --{flag} out, or use `playbook simulate`",
        )
        for flag, path in given
        if path is not None
    ]


_FLAGS: Final = (
    click.option(
        "--map",
        "mapped",
        metavar="FIELD=COLUMN",
        multiple=True,
        callback=_pairs,
        help="Which column a field is in, e.g. customer_id=Kunde. May be repeated.",
    ),
    click.option("--source", metavar="NAME", help="The shop system: generic, shopify. Else found."),
    click.option("--encoding", metavar="NAME", help="The text encoding when it is not UTF-8."),
    click.option(
        "--skip-lines",
        metavar="N",
        type=Whole(min=0),
        default=0,
        help="Lines before the header.",
    ),
    click.option("--date-format", metavar="FORMAT", help="How dates are written: DD/MM/YYYY."),
    click.option(
        "--currency", metavar="CODE", help="The currency of the file, or the one to read."
    ),
    click.option("--timezone", metavar="ZONE", help="The shop's zone, e.g. Europe/Berlin."),
    click.option(
        "--max-rejects",
        metavar="N",
        type=Whole(min=0),
        help="How many rows may be set aside. Default: 20, or 1% if that is more.",
    ),
    click.option("--quarantine", metavar="FILE", type=_FILE, help="Where rows set aside go."),
    click.option(
        "--customers", metavar="FILE", type=_FILE, help="Consent, birthday, zone, country, channel."
    ),
    click.option("--events", metavar="FILE", type=_FILE, help="Sign-ups, carts, opens, clicks."),
)
