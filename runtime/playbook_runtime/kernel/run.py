"""The kernel on many people: chunks of under a second on threads, added up as integers.

Every chunk writes its own counts and integers add up in any order, so that the result depends
neither on threads nor on how people and draws are cut.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import NamedTuple

import numpy as np

from playbook_runtime.kernel.instructions import Program
from playbook_runtime.kernel.layout import width
from playbook_runtime.kernel.loop import simulate
from playbook_runtime.kernel.scratch import OVERFLOW, TRACED, Scratch, scratch
from playbook_runtime.kernel.tables import (
    I64,
    Draws,
    People,
    Zones,
    rows,
    some_draws,
)

CHUNK = 100_000  # persons times draws
FIRST_ROOM = 64
MOST_ROOM = 1 << 20


class Horizon(NamedTuple):
    """The seed and the moments between which a simulation runs, [start, end)."""

    seed: int
    start: int
    end: int


def default_threads() -> int:
    """Return how many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else (os.cpu_count() or 1)


def run(
    program: Program,
    zones: Zones,
    people: People,
    draws: Draws,
    horizon: Horizon,
    *,
    threads: int = 0,
    chunk: int = CHUNK,
    progress: Callable[[int], None] | None = None,
) -> I64:
    """Return the counts of all people, int64 (D, columns of layout).

    `progress` is told how many persons times draws have been done since it was told last.
    """
    total = np.zeros((len(draws.number), width(len(program.flow_first))), dtype=np.int64)
    workers = threads or default_threads()
    pieces = _pieces(len(people.key), len(draws.number), chunk)
    pool = ThreadPoolExecutor(workers)
    waiting: dict[Future[I64], tuple[int, int, int, int]] = {}
    try:
        for piece in pieces:
            waiting[pool.submit(_chunk, program, zones, people, draws, horizon, piece)] = piece
            if len(waiting) >= 2 * workers:
                _collect(waiting, total, progress)
        while waiting:
            _collect(waiting, total, progress)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return total


def _collect(
    waiting: dict[Future[I64], tuple[int, int, int, int]],
    total: I64,
    progress: Callable[[int], None] | None,
) -> None:
    done, _ = wait(waiting, return_when=FIRST_COMPLETED)
    for future in done:
        first, last, first_draw, last_draw = waiting.pop(future)
        total[first_draw:last_draw] += future.result()
        if progress is not None:
            progress((last - first) * (last_draw - first_draw))


def _pieces(people: int, draws: int, chunk: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield (first person, last person, first draw, last draw) of pieces of about a chunk."""
    many = min(draws, max(1, chunk // 64))
    step = max(1, chunk // max(many, 1))
    for first in range(0, people, step):
        for first_draw in range(0, draws, many):
            yield first, min(first + step, people), first_draw, min(first_draw + many, draws)


def _chunk(
    program: Program,
    zones: Zones,
    people: People,
    draws: Draws,
    horizon: Horizon,
    piece: tuple[int, int, int, int],
) -> I64:
    first, last, first_draw, last_draw = piece
    some, part = rows(people, first, last), some_draws(draws, first_draw, last_draw)
    return counted(program, zones, some, part, horizon)[0]


def counted(
    program: Program,
    zones: Zones,
    people: People,
    draws: Draws,
    horizon: Horizon,
    trace_rows: int = 0,
) -> tuple[I64, I64]:
    """Return (counts, trace) of one chunk on this thread. Room that ran out is doubled."""
    room = FIRST_ROOM
    while True:
        memory = _memory(program, people, room, trace_rows)
        out = np.zeros((len(draws.number), width(len(program.flow_first))), dtype=np.int64)
        simulate(
            program,
            zones,
            people,
            draws,
            np.uint64(horizon.seed),
            horizon.start,
            horizon.end,
            memory,
            out,
        )
        if not memory.reg[OVERFLOW]:
            return out, memory.trace[: memory.reg[TRACED]]
        if room > MOST_ROOM:
            raise MemoryError(f"one person has more than {MOST_ROOM:,} things at once to remember")
        room *= 2
        trace_rows *= 2


def _memory(program: Program, people: People, room: int, trace_rows: int) -> Scratch:
    return scratch(
        room,
        flows=len(program.flow_first),
        messages=program.messages,
        channels=people.consent.shape[1],
        events=people.last_event.shape[1],
        offers=len(program.offer_kind),
        sources=len(program.source_event),
        statics=people.static.shape[1],
        waits=int(program.event_wait.max(initial=-1)) + 1,
        trace_rows=trace_rows,
    )
