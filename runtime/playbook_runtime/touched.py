"""Whom each flow touched, in which draws, and runs of those only.

Whoever never enters a flow lives the same life without it, so that a world with one flow changed
differs from the whole only by the customers that the flow touched in that draw. Runs of them alone
give the same integers as runs of all people (exact once budget admission is fixed), in a fraction
of the time; they go draw by draw.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from playbook_runtime.kernel.instructions import Program
from playbook_runtime.kernel.layout import (
    FLAGS,
    WITH,
    WITHOUT,
    WORLD,
    World,
    each_width,
    flag_words,
    world_column,
)
from playbook_runtime.kernel.run import (
    CHUNK,
    Piece,
    Task,
    counted,
    counted_each,
    default_threads,
)
from playbook_runtime.kernel.tables import I64, Draws
from playbook_runtime.outcomes import VALUES, values_of
from playbook_runtime.sent import Sent, no_one_sent, sent_of, sent_together
from playbook_runtime.turns import EVERYBODY, Turns, of_rows
from playbook_runtime.world_runs import WorldRuns

BLOCK: Final = 256  # persons whose lives are held at once
FEW: Final = 16  # of them where people play in turns: there are not many
Bits = NDArray[np.uint8]
T = TypeVar("T")


class Cells(NamedTuple):
    """Places and draws: `bits` (N, bytes) has a bit for each draw, `values` (D, values) what they
    amount to in the world with all flows. A place is a person's row where everybody plays."""

    bits: Bits
    values: I64


class Touched(NamedTuple):
    """Whom each flow touched, whom another new flow than it did, whom any flow did, who would be
    sent each flow; and what all who played amount to, in both worlds (2, D, values)."""

    flows: tuple[Cells, ...]
    others: tuple[Cells, ...]
    any: Cells
    sent: tuple[Sent, ...]
    played: I64


def touched(runs: WorldRuns, draws: Draws, turns: Turns = EVERYBODY) -> Touched:
    """Return whom the flows touched on these draws, from a run that counts each person."""
    task = runs.task(draws)
    flows, count = len(runs.program.flow_first), len(draws.number)
    anyway, first_flag = world_column(WITHOUT, World.CONTRIBUTION_MICRO), 2 * WORLD
    new = [not one for one in runs.program.flow_running.tolist()]

    def block(first: int, last: int) -> Touched:
        lives = _lives(task, turns, first, last)
        runs.advance((last - first) * count * turns.one_in)
        values = values_of(lives, WITH)
        entered = [_flagged(lives, first_flag, flow) for flow in range(flows)]
        anyone = _any_of(entered, lives.shape[:2])
        others = [
            _any_of(
                [entered[one] for one in range(flows) if one != flow and new[one]], anyone.shape
            )
            for flow in range(flows)
        ]
        sent = [_flagged(lives, first_flag + flag_words(flows), flow) for flow in range(flows)]
        return Touched(
            tuple(_cells(mask, values) for mask in entered),
            tuple(_cells(mask, values) for mask in others),
            _cells(anyone, values),
            tuple(sent_of(mask, lives[:, :, anyway]) for mask in sent),
            np.stack([values_of(lives, WITHOUT).sum(axis=0), values.sum(axis=0)]),
        )

    places = turns.places(len(runs.prepared.people.key))
    parts = in_blocks(places, runs.threads, block, BLOCK if turns.one_in == 1 else FEW)
    nobody = Cells(
        np.zeros((0, -(-count // 8)), dtype=np.uint8), np.zeros((count, VALUES), dtype=np.int64)
    )
    return Touched(
        tuple(_joined([nobody, *(part.flows[flow] for part in parts)]) for flow in range(flows)),
        tuple(_joined([nobody, *(part.others[flow] for part in parts)]) for flow in range(flows)),
        _joined([nobody, *(part.any for part in parts)]),
        tuple(
            sent_together([no_one_sent(), *(part.sent[flow] for part in parts)])
            for flow in range(flows)
        ),
        sum((part.played for part in parts), np.zeros((2, count, VALUES), dtype=np.int64)),
    )


def union(cells: Sequence[Cells], of: Collection[int]) -> Bits:
    """Return the bits of those that any of these flows touched."""
    found = np.zeros_like(cells[0].bits)
    for flow in sorted(of):
        found |= cells[flow].bits
    return found


def cells_in(bits: Bits) -> int:
    """Return how many persons in draws there are."""
    return int(np.bitwise_count(bits).sum()) if bits.size else 0


def rerun(
    runs: WorldRuns,
    draws: Draws,
    bits: Bits,
    on: Collection[int] | None = None,
    program: Program | None = None,
    turns: Turns = EVERYBODY,
) -> I64:
    """Return what these persons in these draws amount to in the world with, (D, values)."""
    found: I64 = rerun_both(runs, draws, bits, on, program, turns)[1]
    return found


def rerun_both(
    runs: WorldRuns,
    draws: Draws,
    bits: Bits | None,
    on: Collection[int] | None = None,
    program: Program | None = None,
    turns: Turns = EVERYBODY,
) -> I64:
    """Return what these persons (None: all who play) in these draws amount to in the world without
    and in the world with, (2, D, values)."""
    task = runs.task(draws, on, program)
    count, people = len(draws.number), len(task.people)
    places = np.arange(turns.places(people))

    def one(draw: int, _: int) -> I64:
        mine = places
        if bits is not None:
            mine = np.flatnonzero(bits[:, draw // 8] & (0x80 >> draw % 8))
        rows = turns.rows(draw, mine, people)
        total = np.zeros((2, VALUES), dtype=np.int64)
        for first in range(0, len(rows), CHUNK):
            those = rows[first : first + CHUNK]
            piece = Piece(0, len(those), draw, draw + 1)
            counts = counted(of_rows(task, those), piece)[0][0]
            total += np.stack([values_of(counts, WITHOUT), values_of(counts, WITH)])
        runs.advance(people)
        return total

    parts = in_blocks(count, runs.threads, one, 1)
    return np.stack(parts, axis=1) if parts else np.zeros((2, 0, VALUES), dtype=np.int64)


def in_blocks(
    count: int, threads: int, block: Callable[[int, int], T], size: int = BLOCK
) -> list[T]:
    """Return what each block of so many gives, in order, whatever the number of threads."""
    pool = ThreadPoolExecutor(threads or default_threads())
    try:
        waiting = [
            pool.submit(block, first, min(first + size, count)) for first in range(0, count, size)
        ]
        return [future.result() for future in waiting]
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _lives(task: Task, turns: Turns, first: int, last: int) -> I64:
    """Return the counts of those at places [first, last) in each draw, (N, D, columns)."""
    people, count = len(task.people), len(task.draws)
    if turns.one_in == 1:
        return counted_each(task, Piece(first, last, 0, count)).transpose(1, 0, 2)
    places = np.arange(first, last)
    lives = np.zeros((len(places), count, each_width(task.layout.flows)), dtype=np.int64)
    for draw in range(count):
        rows = turns.rows(draw, places, people)
        piece = Piece(0, len(rows), draw, draw + 1)
        lives[: len(rows), draw] = counted_each(of_rows(task, rows), piece)[0]
    return lives


def _any_of(masks: Sequence[NDArray[np.bool_]], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return where any of some masks is set."""
    found: NDArray[np.bool_] = np.zeros(shape, dtype=np.bool_)
    for mask in masks:
        found |= mask
    return found


def _flagged(lives: I64, first: int, flow: int) -> NDArray[np.bool_]:
    """Return where the bit of a flow is set in the words that begin at a column."""
    found: NDArray[np.bool_] = (lives[..., first + flow // FLAGS] >> (flow % FLAGS)) & 1 > 0
    return found


def _cells(mask: NDArray[np.bool_], values: I64) -> Cells:
    """Return the cells of a mask (N, D) with what they amount to."""
    held = np.where(mask[:, :, np.newaxis], values, 0)
    return Cells(np.packbits(mask, axis=1), held.sum(axis=0))


def _joined(parts: Sequence[Cells]) -> Cells:
    values = np.zeros_like(parts[0].values)
    for part in parts:
        values += part.values
    return Cells(np.concatenate([part.bits for part in parts]), values)
