"""Every person's own outcome in every draw: what holdouts scatter by, and whom a flow touches."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

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
from playbook_runtime.kernel.run import CHUNK, Horizon, Piece, counted_each, in_pieces, task_of
from playbook_runtime.kernel.tables import I64, Draws, People, Zones
from playbook_runtime.profit_parts import PARTS

MICRO = 10_000
Flags = npt.NDArray[np.bool_]


class PerPerson(IntEnum):
    """Columns of a person's outcome: money in minor units, `_micro` in ten-thousandths of one.

    Behind them stand the words of bits of the flows that he entered, then of those that sent him
    something: `entered` and `messaged` read them.
    """

    PROFIT_MICRO_WITHOUT = 0
    PROFIT_MICRO_WITH = 1
    ORDERS_WITHOUT = 2
    ORDERS_WITH = 3
    REVENUE_WITHOUT = 4
    REVENUE_WITH = 5


def run_persons(
    program: Program,
    zones: Zones,
    people: People,
    draws: Draws,
    horizon: Horizon,
    threads: int = 0,
    chunk: int = CHUNK,
) -> I64:
    """Return each person's outcome, int64 (D, N, columns of PerPerson, then words of bits).

    Newcomers that do not come in a draw have zeros. The same integers as `run` adds up; the array
    is as large as it says, so give few draws or few people.
    """
    task = task_of(program, zones, people, draws, horizon)
    columns = len(PerPerson) + 2 * flag_words(task.layout.flows)
    found = np.zeros((len(draws.number), len(people.key), columns), dtype=np.int64)

    def keep(piece: Piece, each: I64) -> None:
        found[piece.first_draw : piece.last_draw, piece.first : piece.last] = each

    def outcome(piece: Piece) -> I64:
        return _outcomes(counted_each(task, piece), columns)

    in_pieces(task, outcome, keep, threads=threads, chunk=chunk)
    return found


def entered(persons: I64, flows: int) -> Flags:
    """Return who entered which flow, bool (D, N, F), from an outcome of `run_persons`."""
    return _bits(persons[..., len(PerPerson) :], flows)


def messaged(persons: I64, flows: int) -> Flags:
    """Return whom which flow sent something, bool (D, N, F)."""
    return _bits(persons[..., len(PerPerson) + flag_words(flows) :], flows)


def touched(persons: I64, flows: int) -> Flags:
    """Return which people entered which flow in any of the draws, bool (F, N).

    Whoever never enters a flow lives the same life without it, so that without this flow only the
    others need to be run again.
    """
    words = np.bitwise_or.reduce(persons[..., len(PerPerson) :], axis=0)
    return _bits(words, flows).T


def _bits(words: I64, flows: int) -> Flags:
    of = np.arange(flows)
    found: Flags = (words[..., of // FLAGS] >> (of % FLAGS)) & 1 > 0
    return found


def _outcomes(each: I64, columns: int) -> I64:
    """Return the columns of PerPerson and the bits from the kernel's counts of each person."""
    found = np.zeros((*each.shape[:2], columns), dtype=np.int64)
    for world, profit, orders, revenue in (
        (
            WITHOUT,
            PerPerson.PROFIT_MICRO_WITHOUT,
            PerPerson.ORDERS_WITHOUT,
            PerPerson.REVENUE_WITHOUT,
        ),
        (WITH, PerPerson.PROFIT_MICRO_WITH, PerPerson.ORDERS_WITH, PerPerson.REVENUE_WITH),
    ):
        for part in PARTS:
            if part.column is not None:
                scale = 1 if part.micro else MICRO
                found[..., profit] += (
                    each[..., world_column(world, part.column)] * part.sign * scale
                )
        found[..., orders] = each[..., world_column(world, World.ORDERS)]
        found[..., revenue] = each[..., world_column(world, World.REVENUE)]
    found[..., len(PerPerson) :] = each[..., 2 * WORLD :]
    return found
