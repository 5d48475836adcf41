"""A progress bar on standard error, for terminals only: how far, how long yet, how fast."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from time import time
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from playbook_runtime.simulate import Progress

_STEPS: Final = 1_000  # how often the bar is drawn, at most


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

    def rate(_: object) -> str | None:
        """Return how many lives of customers are simulated in a second."""
        seconds = bar.time_per_iteration
        return f"{_rounded(1 / seconds):,} customers a second" if seconds else None

    bar = click.progressbar(
        length=1, label="Simulating", file=sys.stderr, show_eta=True, item_show_func=rate
    )
    with bar:
        lock = Lock()  # pieces of work are told of from several threads

        def begin(total: int) -> None:
            with lock:
                bar.length = max(1, total)
                bar.finished = False
                if not bar.pos:  # what was read and fitted before is no pace
                    bar.start = bar.last_eta = time()
                bar.update_min_steps = max(1, total // _STEPS)

        def advance(done: int) -> None:
            with lock:
                bar.update(done)

        yield Progress(begin, advance)


def _rounded(rate: float) -> int:
    """Return a rate at two digits: it changes all the time."""
    return int(float(f"{rate:.2g}"))
