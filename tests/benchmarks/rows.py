"""What a benchmark tells: rows of ours against theirs, timed the same way, and their table."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version


@dataclass(frozen=True, slots=True)
class Time:
    """Seconds of one piece of work: on the wall, and of this process on all its threads."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Row:
    """One task: our time, a peer's on the same data, and how many times faster is to be reached.

    `at_least` None means that the ratio is only to be known.
    """

    task: str
    ours: Time
    peer: str = ""
    theirs: float | None = None  # seconds on the wall
    at_least: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Return the peer's time over ours: above 1 we are faster."""
        return None if self.theirs is None else self.theirs / self.ours.wall

    @property
    def reached(self) -> bool | None:
        """Return whether the ratio is what it must be; None where nothing is demanded."""
        if self.at_least is None or self.ratio is None:
            return None
        return self.ratio >= self.at_least


def best(
    work: Callable[[], object], repeats: int, *, calls: int = 1, warm_up: bool = False
) -> Time:
    """Return the least wall and the least processor time of a call, over some runs of `calls`."""
    if warm_up:
        work()
    times = [_once(work, calls) for _ in range(repeats)]
    return Time(min(one.wall for one in times), min(one.cpu for one in times))


def _once(work: Callable[[], object], calls: int) -> Time:
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(calls):
        work()
    return Time((time.perf_counter() - wall) / calls, (time.process_time() - cpu) / calls)


def duration(seconds: float) -> str:
    """Return seconds in the unit that reads best."""
    if seconds < 1e-6:
        return f"{seconds * 1e9:.0f} ns"
    if seconds < 1e-3:
        return f"{seconds * 1e6:.1f} us"
    if seconds < 1.0:
        return f"{seconds * 1e3:.1f} ms"
    return f"{seconds:.2f} s"


HEAD = ("task", "wall", "cpu", "against", "its time", "ratio", "to reach", "note")


def cells(row: Row) -> tuple[str, ...]:
    """Return a row as the words of its columns."""
    ratio = "" if row.ratio is None else f"{row.ratio:.3g}x"
    demand = (
        "" if row.at_least is None else f"{row.at_least:.3g}x: {'yes' if row.reached else 'NO'}"
    )
    theirs = "" if row.theirs is None else duration(row.theirs)
    ours = row.ours
    return (
        row.task, duration(ours.wall), duration(ours.cpu), row.peer, theirs, ratio, demand, row.note
    )  # fmt: skip


def table(rows: Sequence[Row]) -> str:
    """Return rows as a Markdown table, padded so that a terminal reads it too."""
    grid = [HEAD, *map(cells, rows)]
    widths = [max(len(line[column]) for line in grid) for column in range(len(HEAD))]
    rule = "|".join("-" * (width + 2) for width in widths)
    padded = [
        [cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in grid
    ]
    lines = [f"| {' | '.join(line)} |" for line in padded]
    return "\n".join([lines[0], f"|{rule}|", *lines[1:]])


def machine() -> str:
    """Return what the times depend on: processors, their load, and the versions at work."""
    load = os.getloadavg()
    names = ("numpy", "numba", "duckdb", "scipy", "PyYAML", "lifetimes", "pandas")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"Python {platform.python_version()} on {platform.machine()}, {os.cpu_count()} processors, "
        f"load {load[0]:.2f} over the last minute and {load[1]:.2f} over the last five. {versions}."
    )
