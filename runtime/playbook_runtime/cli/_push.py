"""What the commands that talk to an engine share: its name, its address, and how a stop is told."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

from playbook_compiler.diagnostics import nearest, shown

if TYPE_CHECKING:
    from playbook_runtime.push.adapter import Adapter
    from playbook_runtime.push.clock import Clock
    from playbook_runtime.push.exchange import Line
    from playbook_runtime.push.run import Files, Push


WAIT_TOLD: Final = 5.0


def adapter_named(name: str) -> Adapter:
    """Return the engine of a name; a usage error says which there are."""
    from playbook_runtime.push.adapter import all_adapters

    adapters = all_adapters()
    if name in adapters:
        return adapters[name]
    guess = nearest(name, adapters)
    meant = f" Did you mean `{guess}`?" if guess else ""
    raise click.UsageError(
        f"Nothing can be pushed to `{shown(name)}`.{meant} There are: {', '.join(adapters)}."
        " For the other targets, `playbook export` writes what a person loads."
    )


def pushed_files(path: str, target: str) -> Files:
    """Return the files beside a playbook that was pushed. Raises UsageProblem where no such path
    is: its playbook is not read, so that nobody else would tell."""
    from playbook_runtime.push.problems import UsageProblem
    from playbook_runtime.push.run import files_of

    if not os.path.lexists(path):
        raise UsageProblem(
            f"There is no file or folder `{shown(path)}`. Name the one that was pushed."
        )
    return files_of(path, target)


def address_of(adapter: Adapter) -> str:
    """Return the engine's address: its own, or that of the environment."""
    from playbook_runtime.push.keys import read_base

    return read_base(adapter.base, adapter.base_variable, os.environ)


def line_to(push: Push, clock: Clock) -> Line:
    """Return the way to the engine, with the keys of the environment."""
    from playbook_runtime.push.keys import read_keys
    from playbook_runtime.push.run import open_line
    from playbook_runtime.push.transport import make_transport

    adapter = push.adapter
    keys = read_keys(adapter.secrets, os.environ, adapter.title)
    transport = make_transport(push.base, adapter.headers(keys.values))
    return open_line(push, transport, clock, keys)


class TellingClock:
    """A clock that says on standard error when a push waits for long."""

    def __init__(self, clock: Clock, title: str) -> None:
        self._clock = clock
        self._title = title

    def now(self) -> float:
        """Return the seconds since 1970, UTC."""
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        """Wait, and say so if it is long enough to wonder."""
        if seconds >= WAIT_TOLD:
            click.echo(f"Waiting {seconds:.0f} s for {self._title} ...", err=True)
        self._clock.sleep(seconds)


@contextmanager
def stops_told() -> Iterator[None]:
    """Tell what stops a push, and leave with its exit code: 2 is wrong usage, 1 all else."""
    from playbook_runtime.push.problems import PushError

    try:
        yield
    except PushError as problem:
        # Not a ClickException: the command line ends all of those with 2.
        click.echo(f"Error: {sentence(problem)}", err=True)
        raise click.exceptions.Exit(problem.exit_code) from None


def sentence(problem: Exception) -> str:
    """Return what stopped a push, behind the place of the object that it is about."""
    place = getattr(problem, "place", "")
    return f"{place}: {problem}" if place else str(problem)
