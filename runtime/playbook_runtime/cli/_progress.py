"""A progress bar on standard error, for terminals only."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from playbook_runtime.simulate import Progress


def announce_compilation() -> None:
    """Say on standard error that the kernel will be compiled first, if so."""
    from playbook_runtime.kernel.cache import is_warm

    if not is_warm():
        click.echo("Compiling the simulation once for this machine: about a minute ...", err=True)


@contextmanager
def progress_bar(quiet: bool) -> Iterator[Progress | None]:
    """Give a Progress that draws a bar with the time left; None where nobody looks."""
    from playbook_runtime.simulate import Progress

    if not quiet:
        announce_compilation()
    if quiet or not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1, label="Simulating", file=sys.stderr, show_eta=True) as bar:

        def begin(total: int) -> None:
            bar.length = total

        yield Progress(begin, bar.update)
