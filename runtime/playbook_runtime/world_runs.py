"""Runs of the kernel that differ in one thing: which flows are on, or what is assumed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

import numpy as np

from playbook_compiler.values import dataclass
from playbook_runtime.kernel.instructions import Program
from playbook_runtime.kernel.run import Horizon, Task, layout_of, run, task_of
from playbook_runtime.kernel.tables import I64, Draws, some_draws
from playbook_runtime.prepare import Prepared

DETAIL_DRAWS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Progress:
    """Told how much work there is and how much has been done, in persons times draws."""

    begin: Callable[[int], None]
    advance: Callable[[int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """What was counted on many draws: `totals` (D, columns before the months) of every draw,
    `detail` (at most DETAIL_DRAWS, all columns) of the first ones. The columns by month and cohort
    are thousands, so that memory would grow with draws that tell nothing more of them."""

    totals: I64
    detail: I64

    def followed_by(self, more: Counts) -> Counts:
        """Return these and the counts of the draws that come next."""
        return Counts(
            np.concatenate([self.totals, more.totals]),
            np.concatenate([self.detail, more.detail])[:DETAIL_DRAWS],
        )


@dataclass(frozen=True, slots=True, eq=False)
class WorldRuns:
    """A program and its people, to be run on any draws. Flows are numbered in order of ids."""

    program: Program
    prepared: Prepared
    threads: int
    progress: Progress | None

    def run(self, draws: Draws, program: Program | None = None) -> I64:
        """Return counts by draw, of all people and all flows."""
        launch = self.prepared.launch
        return run(
            self.program if program is None else program,
            launch.zones,
            self.prepared.people,
            draws,
            self._horizon(),
            threads=self.threads,
            progress=self.progress.advance if self.progress is not None else None,
        )

    def counts(self, draws: Draws) -> Counts:
        """Return what is kept of any number of draws, run DETAIL_DRAWS at a time."""
        kept = layout_of(self.program).by_month
        totals = np.zeros((len(draws.number), kept), dtype=np.int64)
        detail: I64 | None = None
        for first in range(0, len(totals), DETAIL_DRAWS):
            some = self.run(some_draws(draws, first, first + DETAIL_DRAWS))
            totals[first : first + len(some)] = some[:, :kept]
            detail = some if detail is None else detail
            del some  # else the next thousand stand beside it
        assert detail is not None, "a projection has draws"
        return Counts(totals, detail)

    def task(
        self, draws: Draws, on: Collection[int] | None = None, program: Program | None = None
    ) -> Task:
        """Return what runs persons on these draws, with only the flows of `on`, if given, and those
        that run already."""
        used = self.program if program is None else program
        if on is not None:
            flow_on = used.flow_on * used.flow_running
            flow_on[sorted(on)] = used.flow_on[sorted(on)]
            used = used._replace(flow_on=flow_on)
        people, zones = self.prepared.people, self.prepared.launch.zones
        return task_of(used, zones, people, draws, self._horizon())

    def begin(self, draws: int) -> None:
        """Tell how many draws will be run, over all runs."""
        if self.progress is not None:
            self.progress.begin(draws * len(self.prepared.people.key))

    def advance(self, done: int) -> None:
        """Tell that so many persons times draws are done."""
        if self.progress is not None:
            self.progress.advance(done)

    def _horizon(self) -> Horizon:
        launch = self.prepared.launch
        return Horizon(launch.seed, launch.start, launch.end)
