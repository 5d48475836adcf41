"""Writing a file whole or not at all, and never over a file of the user's own."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import click

from playbook_runtime.output.own_files import is_never


class UnwritableError(click.ClickException):
    """The place that was named for a result cannot be written: wrong usage."""

    exit_code = 2


def write_output(
    name: str,
    text: str,
    ours: Callable[[bytes], bool] = is_never,
    inputs: Iterable[str | Path] = (),
) -> None:
    """Write text as UTF-8 to the file `name`, or to standard output for `-`.

    Raises UnwritableError with a sentence where the file cannot be written, where it is one of the
    `inputs` of this run, and where there is a file that is not `ours` (own_files.py).
    """
    if name == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
        return
    refuse_target(name, ours, inputs)
    replace_file(name, text.encode())


def refuse_target(
    name: str | Path, ours: Callable[[bytes], bool], inputs: Iterable[str | Path] = ()
) -> None:
    """Raise UnwritableError if a result may not be written to the file `name`.

    It may where nothing is there, an empty file, a device or a pipe, or an earlier result of its
    kind, which `ours` recognises by its content; and never where an input of this run is.
    """
    target, shown = Path(name), click.format_filename(name)
    try:
        if not target.exists():
            return
        for given in map(Path, inputs):
            if given.exists() and given.samefile(target):
                raise UnwritableError(
                    f"{shown} is read by this command and is not written over; name another file"
                )
        if target.is_file() and target.stat().st_size and not ours(target.read_bytes()):
            raise UnwritableError(
                f"{shown} is there already and was not written by playbook as the same kind of"
                " file; name another file or move it away"
            )
    except (OSError, ValueError) as problem:
        raise _unwritable(name, problem) from problem


def replace_file(name: str | Path, content: bytes) -> None:
    """Write a file, also over one that is there. Raises UnwritableError with a sentence."""
    try:
        write_atomically(Path(name), content)
    except (OSError, ValueError) as problem:
        raise _unwritable(name, problem) from problem


def make_folder(name: str | Path) -> None:
    """Make a folder and those above it where they are missing. Raises UnwritableError."""
    try:
        Path(name).mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as problem:
        raise _unwritable(name, problem) from problem


def _unwritable(name: str | Path, problem: OSError | ValueError) -> UnwritableError:
    reason = problem.strerror if isinstance(problem, OSError) else None
    return UnwritableError(f"{click.format_filename(name)}: {reason or problem}")


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file through a temporary one beside it, so that a fault leaves the old file or none.

    A symbolic link is written through. Raises OSError.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        if target.is_dir():
            raise IsADirectoryError(21, "it is a folder", str(path))
        target.write_bytes(content)  # a device or a pipe: nothing to replace
        return
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files for their owner alone; a result is an ordinary file.
        temporary.chmod(target.stat().st_mode & 0o777 if target.exists() else _usual_mode())
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _usual_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
