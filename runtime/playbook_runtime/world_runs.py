"""Runs of the kernel that differ in one thing: which flows are on, or what is assumed."""

from __future__ import annotations

from collections.abc import Callable, Collection

from playbook_compiler.values import dataclass
from playbook_runtime.kernel.instructions import Program
from playbook_runtime.kernel.run import Horizon, Task, run, task_of
from playbook_runtime.kernel.tables import I64, Draws
from playbook_runtime.prepare import Prepared


@dataclass(frozen=True, slots=True)
class Progress:
    """Told how much work there is and how much has been done, in persons times draws."""

    begin: Callable[[int], None]
    advance: Callable[[int], None]


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
