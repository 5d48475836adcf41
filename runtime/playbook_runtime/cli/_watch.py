"""Doing something again whenever files change: by asking for their times, without a dependency."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

INTERVAL_SECONDS = 0.3


def watch(act: Callable[[], Iterable[Path]]) -> None:
    """Call `act` now and after every change of the files it returns; until Ctrl-C.

    The folders that hold them count too, so that a new file is noticed.
    """
    while True:
        files = frozenset(act())
        # What changes while `act` reads is noticed by the next round only if its time is later.
        seen = _times(files)
        while _times(files) == seen:
            time.sleep(INTERVAL_SECONDS)


def _times(files: Iterable[Path]) -> tuple[tuple[str, int, int], ...]:
    """Return when each file and folder changed, and its size; 0 for what is not there."""
    found = []
    for path in sorted({*files, *(file.parent for file in files)}):
        try:
            status = path.stat()
            size = status.st_size if path.is_file() else 0
            found.append((str(path), status.st_mtime_ns, size))
        except OSError:
            found.append((str(path), 0, 0))
    return tuple(found)
