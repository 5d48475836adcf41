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
    flag_words,
    world_column,
)
from playbook_runtime.kernel.run import CHUNK, Piece, counted, counted_each, default_threads
from playbook_runtime.kernel.tables import I64, Draws
from playbook_runtime.outcomes import VALUES, values_of
from playbook_runtime.sent import Sent, no_one_sent, sent_of, sent_together
from playbook_runtime.world_runs import WorldRuns

BLOCK: Final = 256  # persons whose lives are held at once
Bits = NDArray[np.uint8]
T = TypeVar("T")


class Cells(NamedTuple):
    """Persons and draws: `bits` (N, bytes) has a bit for each draw, `values` (D, values) what they
    amount to in the world with all flows."""

    bits: Bits
    values: I64


class Touched(NamedTuple):
    """Whom each flow touched, whom any flow did, and who would be sent each flow."""

    flows: tuple[Cells, ...]
    any: Cells
    sent: tuple[Sent, ...]


def touched(runs: WorldRuns, draws: Draws) -> Touched:
    """Return whom the flows touched on these draws, from a run that counts each person."""
    task = runs.task(draws)
    flows, count = len(runs.program.flow_first), len(draws.number)
    anyway, first_flag = world_column(WITHOUT, World.CONTRIBUTION_MICRO), 2 * WORLD

    def block(first: int, last: int) -> Touched:
        lives = counted_each(task, Piece(first, last, 0, count)).transpose(1, 0, 2)  # (N, D, ..)
        runs.advance((last - first) * count)
        values = values_of(lives, WITH)
        entered = [_flagged(lives, first_flag, flow) for flow in range(flows)]
        anyone: NDArray[np.bool_] = np.zeros(lives.shape[:2], dtype=np.bool_)
        for mask in entered:
            anyone |= mask
        sent = [_flagged(lives, first_flag + flag_words(flows), flow) for flow in range(flows)]
        return Touched(
            tuple(_cells(mask, values) for mask in entered),
            _cells(anyone, values),
            tuple(sent_of(mask, lives[:, :, anyway]) for mask in sent),
        )

    parts = in_blocks(len(runs.prepared.people.key), runs.threads, block)
    nobody = Cells(
        np.zeros((0, -(-count // 8)), dtype=np.uint8), np.zeros((count, VALUES), dtype=np.int64)
    )
    return Touched(
        tuple(_joined([nobody, *(part.flows[flow] for part in parts)]) for flow in range(flows)),
        _joined([nobody, *(part.any for part in parts)]),
        tuple(
            sent_together([no_one_sent(), *(part.sent[flow] for part in parts)])
            for flow in range(flows)
        ),
    )


def union(cells: Sequence[Cells], of: Collection[int]) -> Bits:
    """Return the bits of those that any of these flows touched."""
    found = np.zeros_like(cells[0].bits)
    for flow in sorted(of):
        found |= cells[flow].bits
    return found


def rerun(
    runs: WorldRuns,
    draws: Draws,
    bits: Bits,
    on: Collection[int] | None = None,
    program: Program | None = None,
) -> I64:
    """Return what these persons in these draws amount to in the world with, (D, values)."""
    task = runs.task(draws, on, program)
    count = len(draws.number)

    def one(draw: int, _: int) -> I64:
        mine = np.flatnonzero(bits[:, draw // 8] & (0x80 >> draw % 8))
        total = np.zeros(VALUES, dtype=np.int64)
        for first in range(0, len(mine), CHUNK):
            those = mine[first : first + CHUNK]
            some = task._replace(people=task.people[those], people_floats=task.people_floats[those])
            piece = Piece(0, len(those), draw, draw + 1)
            total += values_of(counted(some, piece)[0][0], WITH)
        runs.advance(len(bits))
        return total

    parts = in_blocks(count, runs.threads, one, 1)
    return np.stack(parts) if parts else np.zeros((0, VALUES), dtype=np.int64)


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
