"""The flag `--seasonality` of every command that fits a model to orders."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from playbook_runtime.behaviour.seasonality import Given

AUTO, OFF = "auto", "off"


def season_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the flag to a click command; it gets `seasonality`, for `season_or_exit`."""
    return click.option(
        "--seasonality",
        metavar="auto|off|FILE",
        default=AUTO,
        show_default=True,
        help="How buying goes up and down within a year: auto estimates it where the orders cover"
        " two years; off takes all weeks alike; FILE is a CSV of yours, `week,index`, 52 weeks.",
    )(command)


def season_or_exit(seasonality: str) -> Given:
    """Return what was asked for; findings on the file go to stderr, and end with exit 1."""
    if seasonality in (AUTO, OFF):
        return "auto" if seasonality == AUTO else "off"
    from playbook_runtime.behaviour.season import season_of_index
    from playbook_runtime.cli._findings import show_findings
    from playbook_runtime.season_file import read_index

    index, found = read_index(Path(seasonality))
    show_findings(found, (), sys.stderr)
    if index is None:
        click.get_current_context().exit(1)
    return season_of_index(index)
