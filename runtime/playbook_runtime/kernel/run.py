"""The kernel on many people: chunks of under a second on threads, added up as integers.

Every chunk writes its own counts and integers add up in any order, so that the result depends
neither on threads nor on how people and draws are cut.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import NamedTuple, TypeVar

import numpy as np

from playbook_runtime.kernel import scratch as m
from playbook_runtime.kernel.fields import packed_draws, packed_people, packed_program
from playbook_runtime.kernel.instructions import Program
from playbook_runtime.kernel.layout import WORLD, Layout, each_width
from playbook_runtime.kernel.loop import simulate
from playbook_runtime.kernel.scratch import Sizes, working_memory
from playbook_runtime.kernel.tables import F64, I64, REFERRED, Draws, People, Zones, nobody

CHUNK = 100_000  # persons times draws
LEAST_CHUNK = 500  # smaller ones cost more to hand out than they save
PIECES_A_THREAD = 4  # of little work, so that threads end at about the same time
FIRST_ROOM = 512  # enough for nearly every chunk: one that finds too little is run twice
MOST_ROOM = 1 << 20
INT64_BITS = 1 << 64
FIRST_TRACE = 1 << 16  # rows
_PERSON_COLUMN = np.array([0, 1, 0, 0, 0, 0, 0, 0])

Result = TypeVar("Result")


class RunawayError(Exception):
    """Somebody ordered without end: the messages that an order brings bring more than one order."""


class CircleError(Exception):
    """Somebody entered flows without end: flows start each other, or themselves, at once."""


class EndlessReferralError(RunawayError):
    """Recommendations without end: those who are recommended bring more than one friend each."""


class Horizon(NamedTuple):
    """The seed and the moments between which a simulation runs, [start, end)."""

    seed: int
    start: int
    end: int


class Recorded(NamedTuple):
    """What people did: their orders and events, person after person, each by moment, orders first.

    Columns of `items` as in kernel/scratch.py: moment, -1 for an order or the event's number, value
    and discount in minor units and the mark (-1 unknown).
    """

    first: I64  # (N + 1,): where a person's items begin; the next one's first ends them
    items: I64  # (K, ITEM_WIDTH)


class Task(NamedTuple):
    """All that the kernel needs, packed, and where its counts stand."""

    program: I64
    already: I64  # the program with only the flows that run already; empty where none does
    program_floats: F64
    people: I64
    people_floats: F64
    draws: I64
    draw_floats: F64
    sizes: Sizes
    horizon: Horizon
    layout: Layout
    friend: I64  # a packed person who was recommended, with nothing known of him
    recorded: Recorded | None = None


class Piece(NamedTuple):
    """Persons [first, last) in draws [first_draw, last_draw)."""

    first: int
    last: int
    first_draw: int
    last_draw: int


def default_threads() -> int:
    """Return how many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else (os.cpu_count() or 1)


def layout_of(program: Program) -> Layout:
    """Return where the counts of a program stand."""
    return Layout(len(program.flow_first), len(program.month_start), program.cohorts)


def task_of(
    program: Program,
    zones: Zones,
    people: People,
    draws: Draws,
    horizon: Horizon,
    recorded: Recorded | None = None,
) -> Task:
    """Return everything packed."""
    friend = packed_people(nobody(people, REFERRED))[0][0]
    sizes = Sizes(
        flows=len(program.flow_first),
        messages=program.messages,
        channels=people.consent.shape[1],
        events=people.last_event.shape[1],
        offers=len(program.offer_kind),
        sources=len(program.source_event),
        statics=people.static.shape[1],
        waits=int(program.event_wait.max(initial=-1)) + 1,
        slots=draws.effect.shape[1],
        sends=draws.redemption.shape[1],
        counted=int(program.flow_count[:, 0].sum()),
        turns=program.turns,
        told=program.told,
        watches=len(program.watches),
        marks=len(program.mark_margin),
        market_sends=program.market_sends,
        earned=program.earn_log,
        rewarded=program.reward_most,
        person=len(friend),
    )
    integers, floats = packed_program(program, zones)
    already = np.zeros(0, dtype=np.int64)
    running = program.flow_on * program.flow_running
    if running.any():
        already = packed_program(program._replace(flow_on=running, programmes=0), zones)[0]
    return Task(
        integers,
        already,
        floats,
        *packed_people(people),
        *packed_draws(draws),
        sizes,
        horizon,
        layout_of(program),
        friend,
        recorded,
    )


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
    task = task_of(program, zones, people, draws, horizon)
    total = np.zeros((len(draws.number), task.layout.width), dtype=np.int64)

    def add(piece: Piece, counts: I64) -> None:
        total[piece.first_draw : piece.last_draw] += counts
        if progress is not None:
            progress((piece.last - piece.first) * (piece.last_draw - piece.first_draw))

    in_pieces(task, lambda piece: counted(task, piece)[0], add, threads=threads, chunk=chunk)
    return total


def in_pieces(
    task: Task,
    work: Callable[[Piece], Result],
    take: Callable[[Piece, Result], None],
    *,
    threads: int = 0,
    chunk: int = CHUNK,
) -> None:
    """Do work on every piece of about `chunk` persons times draws at most, on threads, and hand
    over what comes of it on this thread, in any order.

    Whatever ends it early does not wait for the pieces at work: somebody has pressed Ctrl-C.
    """
    workers = threads or default_threads()
    share = len(task.people) * len(task.draws) // (PIECES_A_THREAD * workers) + 1
    chunk = min(chunk, max(LEAST_CHUNK, share)) if workers > 1 else chunk
    pool = ThreadPoolExecutor(workers)
    waiting: dict[Future[Result], Piece] = {}
    try:
        for piece in _pieces(len(task.people), len(task.draws), chunk):
            waiting[pool.submit(work, piece)] = piece
            if len(waiting) >= 2 * workers:
                _collect(waiting, take)
        while waiting:
            _collect(waiting, take)
    finally:
        pool.shutdown(wait=not waiting, cancel_futures=True)


def _collect(waiting: dict[Future[Result], Piece], take: Callable[[Piece, Result], None]) -> None:
    done, _ = wait(waiting, return_when=FIRST_COMPLETED)
    for future in done:
        take(waiting.pop(future), future.result())


def _pieces(people: int, draws: int, chunk: int) -> Iterator[Piece]:
    """Yield pieces of about `chunk` persons times draws, many persons before many draws."""
    persons = max(1, min(people, chunk))
    many = max(1, chunk // persons)
    for first in range(0, people, persons):
        for first_draw in range(0, draws, many):
            yield Piece(
                first,
                min(first + persons, people),
                first_draw,
                min(first_draw + many, draws),
            )


def counted(task: Task, piece: Piece, trace_rows: int = 0) -> tuple[I64, I64]:
    """Return (counts, trace) of one piece on this thread; no trace where `trace_rows` is 0.

    The world without is that of the flows which run already, where there are any: they are run
    alone, and their world with is it.
    """
    counts, _, trace = _simulated(task, task.program, piece, trace_rows=trace_rows)
    if len(task.already):
        alone, _, _ = _simulated(task, task.already, piece)
        without, with_them = task.layout.world_columns(0), task.layout.world_columns(1)
        counts[:, without] = alone[:, with_them]
    return counts, trace


def counted_each(task: Task, piece: Piece) -> I64:
    """Return each person's own counts, int64 (D, N, each_width), of one piece on this thread."""
    each = _simulated(task, task.program, piece, apart=True)[1]
    if len(task.already):
        alone = _simulated(task, task.already, piece, apart=True)[1]
        each[:, :, :WORLD] = alone[:, :, WORLD : 2 * WORLD]
    return each


def replayed(
    task: Task,
    *,
    threads: int = 0,
    chunk: int = 2_000,
    progress: Callable[[int], None] | None = None,
) -> tuple[I64, I64]:
    """Return (counts, int64 (columns,), trace) of what is recorded in the task; the rows of the
    trace person by person, each in the order in which things happened."""
    total = np.zeros(task.layout.width, dtype=np.int64)
    traces: dict[int, I64] = {}

    def work(piece: Piece) -> tuple[I64, I64]:
        return counted(task, piece, FIRST_TRACE)

    def take(piece: Piece, found: tuple[I64, I64]) -> None:
        counts, rows = found
        total[:] += counts[0]
        traces[piece.first] = rows + piece.first * _PERSON_COLUMN
        if progress is not None:
            progress(piece.last - piece.first)

    in_pieces(task, work, take, threads=threads, chunk=chunk)
    empty = np.zeros((0, m.TRACE_WIDTH), dtype=np.int64)
    return total, np.concatenate([empty, *(traces[first] for first in sorted(traces))])


def _simulated(
    task: Task, program: I64, piece: Piece, *, trace_rows: int = 0, apart: bool = False
) -> tuple[I64, I64, I64]:
    """Return (counts, counts of each person, trace). Room that ran out is doubled."""
    room = FIRST_ROOM
    people = slice(piece.first, piece.last)
    draws = slice(piece.first_draw, piece.last_draw)
    many = piece.last_draw - piece.first_draw
    columns = each_width(task.layout.flows)
    first, items = np.zeros(0, np.int64), np.zeros((0, m.ITEM_WIDTH), np.int64)
    if task.recorded is not None:
        first = task.recorded.first[piece.first : piece.last + 1]
        items = task.recorded.items
    while True:
        memory = working_memory(task.sizes, room, trace_rows)
        set_registers(task, memory.integers)
        place = memory.integers[m.FRIEND]
        memory.integers[place : place + len(task.friend)] = task.friend
        out = np.zeros((1 if apart else many, task.layout.width), dtype=np.int64)
        shape = (many, piece.last - piece.first, columns) if apart else (0, 0, 0)
        each = np.zeros(shape, dtype=np.int64)
        simulate(
            program,
            task.program_floats,
            task.people[people],
            task.people_floats[people],
            task.draws[draws],
            task.draw_floats[draws],
            memory.integers,
            memory.floats,
            out,
            each,
            first,
            items,
        )
        overflow = memory.integers[m.OVERFLOW]
        if not overflow:
            return out, each, memory.trace()
        if overflow == m.ENDLESS:
            raise EndlessReferralError
        if overflow == m.RUNAWAY:
            raise RunawayError
        if overflow == m.CIRCLE:
            raise CircleError
        if overflow == m.NO_TRACE:
            trace_rows *= 2
            continue
        if room > MOST_ROOM:
            raise MemoryError(f"one person has more than {MOST_ROOM:,} things at once to remember")
        room *= 2


def set_registers(task: Task, registers: I64) -> None:
    """Set what the kernel reads of the seed, the horizon and where counts stand."""
    seed = task.horizon.seed % INT64_BITS
    registers[m.SEED_ID] = seed - INT64_BITS if seed >= INT64_BITS // 2 else seed
    registers[m.START] = task.horizon.start
    registers[m.FINISH] = task.horizon.end
    registers[m.BY_MONTH] = task.layout.by_month
    registers[m.BY_FLOW_MONTH] = task.layout.by_flow_month
    registers[m.BY_COHORT] = task.layout.by_cohort
    registers[m.BY_ORDERS] = task.layout.by_orders
