"""docs/reference/cli.md: every command with its arguments, options and exit codes, from click."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click
from tests.reference.prose import paragraph

from playbook_runtime.cli.main import group

_ONE = (
    "Errors in a playbook or in orders; for `fmt --check`: a file would change; for `push`: it was"
    " stopped; for `drift`: there is some."
)
EXITS = (
    ("0", "Clean, or warnings only. There is a result."),
    ("1", _ONE),
    ("2", "Wrong usage, or an internal error. For `diff --detailed-exitcode`: there are changes."),
    ("130", "Interrupted with Ctrl-C: nothing is printed any more, within two seconds."),
    ("141", "The reader of the output went away, as in `playbook check \\| head`."),
    ("143", "Ended by SIGTERM, likewise."),
)
VARIABLES = (
    ("`NO_COLOR`", "Set to anything: no colours."),
    (
        "`PLAYBOOK_KLAVIYO_KEY`",
        "The key for `push` and `drift`; for the others see [Push](push.md).",
    ),
    ("`PLAYBOOK_DEBUG`", "Set to `1`: an internal error shows where it happened."),
)


def commands() -> Iterator[tuple[str, click.Command, click.Context]]:
    """Yield every command with its name and a context to ask it in."""
    with click.Context(group, info_name="playbook") as outer:
        for name in group.list_commands(outer):
            command = group.get_command(outer, name)
            assert command is not None
            yield name, command, click.Context(command, info_name=name, parent=outer)


def cli_page() -> str:
    """Return the whole page."""
    found = list(commands())
    lines = [
        "# Commands",
        "",
        *paragraph(
            "`playbook COMMAND --help` (`-h`) shows the same on the command line. PATH is a folder",
            "with `playbook.yaml`, or one file; left out, the current folder. Results go to",
            "standard output, progress and what is said about it to standard error.",
        ),
        "| command | what it does |",
        "|---|---|",
        *(f"| [`{name}`](#playbook-{name}) | {_summary(command)} |" for name, command, _ in found),
        "",
        "Before the command may stand `--quiet` (`-q`), which prints results and errors only, and",
        "`--version`.",
        "",
        "## Exit codes",
        "",
        "| code | meaning |",
        "|---|---|",
        *(f"| {code} | {meaning} |" for code, meaning in EXITS),
        "",
        "## Environment",
        "",
        "| variable | meaning |",
        "|---|---|",
        *(f"| {name} | {meaning} |" for name, meaning in VARIABLES),
    ]
    for name, command, context in found:
        lines += ["", f"## playbook {name}", "", "```text", _usage(context), "```"]
        for said in _paragraphs(command):
            lines += ["", said]
        rows = [_row(one) for one in options(command)]
        if rows:
            lines += ["", "| option | meaning |", "|---|---|", *rows]
    return "\n".join(lines) + "\n"


def options(command: click.Command) -> list[click.Option]:
    """Return a command's options but `--help`, which all have."""
    return [one for one in command.params if isinstance(one, click.Option)]


def _usage(context: click.Context) -> str:
    pieces = context.command.collect_usage_pieces(context)
    return " ".join([context.command_path, *pieces])


def _paragraphs(command: click.Command) -> list[str]:
    text = inspect.cleandoc(command.help or "").partition("\f")[0]
    return [_escaped(" ".join(part.split())) for part in text.split("\n\n")]


def _summary(command: click.Command) -> str:
    """Return the first sentence of what a command says about itself."""
    return re.split(r"(?<=\.)\s", _paragraphs(command)[0])[0]


def _row(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in option.opts)
    value = "" if option.is_flag else f" {_value(option)}"
    said = [_escaped(option.help or "")]
    if option.required:
        said.append("**Required.**")
    if option.default is not None and not option.is_flag and _is_shown(option):
        said.append(f"Default: `{option.default}`.")
    if option.multiple and not said[0].endswith("May be repeated."):
        said.append("May be repeated.")
    return f"| {names}{value} | {' '.join(part for part in said if part)} |"


def _is_shown(option: click.Option) -> bool:
    return bool(option.show_default) and isinstance(option.default, str | int | float)


def _value(option: click.Option) -> str:
    """Return what stands after an option's name."""
    if option.metavar is not None:
        return f"`{option.metavar}`"
    kind = option.type
    if isinstance(kind, click.Choice):
        return " · ".join(f"`{choice}`" for choice in kind.choices)
    if isinstance(kind, click.IntRange):
        ends = [str(end) if end is not None else "" for end in (kind.min, kind.max)]
        least, most = ends
        return f"`N` ({least} to {most})" if most else f"`N` (from {least})"
    return f"`{kind.name.upper()}`"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
