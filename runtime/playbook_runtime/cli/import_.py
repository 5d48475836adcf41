"""Write a playbook from what an e-mail engine holds."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from playbook_compiler.diagnostics import nearest, shown
from playbook_compiler.importing.given import Given, read_given
from playbook_compiler.importing.imported import Answers, Imported, Importer, as_json
from playbook_compiler.importing.registry import all_importers
from playbook_compiler.source import SourceFile
from playbook_runtime.cli._findings import show_findings
from playbook_runtime.output.diagnostics import summary
from playbook_runtime.output.folder import write_export
from playbook_runtime.output.importing import import_summary

REPORT = "import.json"
_TEXT, _JSON = "text", "json"


def _lookups(
    ctx: click.Context, option: click.Parameter, values: tuple[str, ...]
) -> Mapping[str, str]:
    found = {}
    for value in values:
        name, sign, said = value.partition("=")
        kind, dot, _ = name.partition(".")
        if not sign or not dot or not kind or not said.strip():
            raise click.BadParameter(
                f'`{value}` is not understood: write metric.ABC123="Placed Order"', ctx, option
            )
        found[name] = said.strip()
    return found


def _currency(ctx: click.Context, option: click.Parameter, value: str) -> str:
    from playbook_compiler.currency import DECIMALS

    if value and value not in DECIMALS:
        guess = nearest(value, DECIMALS) or "EUR"
        raise click.BadParameter(
            f"`{shown(value)}` is no currency: write a code such as {guess}", ctx, option
        )
    return value


def _timezone(ctx: click.Context, option: click.Parameter, value: str) -> str:
    from zoneinfo import available_timezones

    if value and value not in available_timezones():
        zones = sorted(available_timezones())
        ends = [zone for zone in zones if zone.rpartition("/")[2].lower() == value.lower()]
        guess = ends[0] if ends else nearest(value, zones) or "Europe/Berlin"
        raise click.BadParameter(
            f"`{shown(value)}` is no time zone: write a name such as {guess}", ctx, option
        )
    return value


@click.command()
@click.argument("engine")
@click.argument("file")
@click.option(
    "-o",
    "--output",
    metavar="FOLDER",
    required=True,
    help="The folder to write; it must be new or empty: nothing is ever overwritten.",
)
@click.option(
    "--lookup",
    "lookups",
    multiple=True,
    metavar="KIND.ID=NAME",
    callback=_lookups,
    help='What an id of the account is called: --lookup metric.ABC123="Placed Order".',
)
@click.option(
    "--currency",
    default="",
    metavar="CODE",
    callback=_currency,
    help="The account's currency: EUR.",
)
@click.option(
    "--timezone",
    default="",
    metavar="ZONE",
    callback=_timezone,
    help="The account's zone: Europe/Berlin.",
)
@click.option(
    "--output-format",
    type=click.Choice((_TEXT, _JSON)),
    default=_TEXT,
    show_default=True,
    help="How the account of the import is shown; json is what import.json holds.",
)
@click.pass_context
def command(
    ctx: click.Context,
    engine: str,
    file: str,
    output: str,
    lookups: Mapping[str, str],
    currency: str,
    timezone: str,
    output_format: str,
) -> None:
    """Write a playbook from FILE, which ENGINE gave out or `playbook export` wrote.

    ENGINE is one of those listed in the guide, such as klaviyo. What the language cannot say is
    listed with its place in FILE, on the screen and in import.json: nothing is dropped silently.
    Nothing is sent anywhere.
    """
    importer = _importer(engine)
    _refuse_full(output)
    given, findings = read_given(file, importer.suffixes)
    imported: Imported | None = None
    if given is not None:
        _refuse_unknown(lookups, given)
        imported, findings = importer.read(given, Answers(lookups, currency, timezone))
    if imported is None:
        show_findings(findings, _sources(given, {one.span.file for one in findings}), sys.stderr)
        click.echo(f"\n{summary(findings)}", err=True)
        ctx.exit(1)
    report = json.dumps(as_json(imported), indent=2, ensure_ascii=False) + "\n"
    _write(output, imported, report)
    if output_format == _JSON:
        click.echo(report, nl=False)
    elif not (ctx.obj and ctx.obj["quiet"]):
        click.echo(import_summary(imported, click.format_filename(output)), nl=False)


def _importer(engine: str) -> Importer:
    from playbook_compiler.diagnostics import nearest

    known = all_importers()
    if engine not in known:
        guess = nearest(engine, known)
        meant = f" Did you mean `{guess}`?" if guess else ""
        raise click.UsageError(
            f"No engine `{engine}` can be imported.{meant} There are: {', '.join(known)}."
        )
    return known[engine]


def _refuse_unknown(lookups: Mapping[str, str], given: Given) -> None:
    """Refuse names of ids that the input does not have: a slip would be passed over else."""
    for name in lookups:
        id_ = name.partition(".")[2]
        if not any(id_.encode() in raw for raw in given.files.values()):
            raise click.UsageError(
                f"--lookup {name}: nothing in {click.format_filename(given.path)} has the id"
                f" `{id_}`. Ids that nobody names are listed by an import without --lookup."
            )


def _refuse_full(folder: str) -> None:
    """Refuse a folder that holds something: an import never writes over a file."""
    place, name = Path(folder), click.format_filename(folder)
    try:
        full = place.exists() and (not place.is_dir() or any(place.iterdir()))
    except (OSError, ValueError) as problem:
        raise click.UsageError(f"{name}: {getattr(problem, 'strerror', problem)}") from problem
    if full:
        raise click.UsageError(
            f"{name} is there already and holds something. Choose a new folder with -o:"
            " an import never writes over a file."
        )


def _sources(given: Given | None, shown: set[str]) -> list[SourceFile]:
    """Return the files that findings stand in, to show their lines."""
    files = given.files.items() if given is not None else ()
    named = [(given.shown(name), raw) for name, raw in files] if given is not None else []
    return [
        SourceFile(name, raw.decode("utf-8", "replace")) for name, raw in named if name in shown
    ]


def _write(folder: str, imported: Imported, report: str) -> None:
    from playbook_compiler.importing.writing import files_of

    try:
        write_export(Path(folder), {**files_of(imported), REPORT: report.encode()})
    except OSError as problem:
        name = click.format_filename(folder)
        raise click.ClickException(
            f"{name} cannot be written: {problem.strerror or problem}. Choose another folder with"
            " -o."
        ) from problem
