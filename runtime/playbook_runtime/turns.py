"""Who plays in which draw where a shop is too large for everybody to play in all of them.

One person in so many plays a draw, others in the next one, and each counts for as many (an integer,
so that what is counted stays whole). It is used for what each flow is worth and for what the profit
depends on, never for the headline (docs/decisions/0042-bounded-work.md).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from playbook_runtime.kernel.run import Piece, Task, counted, default_threads
from playbook_runtime.kernel.tables import I64


class Turns(NamedTuple):
    """One person in `one_in` plays a draw: in draw d those whose row leaves d + `shift` when it is
    divided by `one_in`. The n-th of them is told by his place n."""

    one_in: int = 1
    shift: int = 0

    def places(self, people: int) -> int:
        """Return how many places there are, the last of them empty in some draws."""
        return -(-people // self.one_in)

    def rows(self, draw: int, places: I64, people: int) -> I64:
        """Return the rows of those at some places of a draw who are there."""
        found = (draw + self.shift) % self.one_in + self.one_in * places
        return np.asarray(found[found < people])


EVERYBODY: Final = Turns()


def of_rows(task: Task, rows: NDArray[np.int64]) -> Task:
    """Return the task of these people only."""
    return task._replace(people=task.people[rows], people_floats=task.people_floats[rows])


def in_turns(task: Task, turns: Turns, threads: int) -> I64:
    """Return the counts of those who play, int64 (D, columns)."""
    people = len(task.people)
    places = np.arange(turns.places(people))

    def one(draw: int) -> I64:
        rows = turns.rows(draw, places, people)
        counts: I64 = counted(of_rows(task, rows), Piece(0, len(rows), draw, draw + 1))[0][0]
        return counts

    pool = ThreadPoolExecutor(threads or default_threads())
    try:
        return np.stack([*pool.map(one, range(len(task.draws)))])
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
