"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import click


class UnwritableError(click.ClickException):
    """The place that was named for a result cannot be written: wrong usage."""

    exit_code = 2


def write_output(name: str, text: str) -> None:
    """Write text as UTF-8 to the file `name`, or to standard output for `-`.

    Raises UnwritableError with a sentence where the file cannot be written.
    """
    if name == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
        return
    try:
        write_atomically(Path(name), text.encode())
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise UnwritableError(f"{click.format_filename(name)}: {reason}") from problem


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
