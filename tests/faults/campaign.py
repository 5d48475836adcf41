"""One run: a target, a seed and a way to push; and what is wrong afterwards."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.faults.engines import names
from tests.faults.pushing import (
    MEMORY,
    Told,
    killed_and_again,
    killed_for_real,
    new_world,
    one_push,
    the_push,
    two_at_once,
    verdict,
)
from tests.faults.server import LoopbackServer, World

from playbook_runtime.push import run
from playbook_runtime.push.run import Push

ROOT = Path(__file__).parents[2]
TARGETS = tuple(names())
# "killed" ends the process's work by an exception that nothing catches, at any moment of it;
# "kill -9" is a real process and a real signal.
MODES = ("one push", "two at once", "killed and again")
REAL = "kill -9 and again"


@dataclass
class Result:
    """What a run, or many, came to."""

    runs: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    objects: int = 0
    stopped: int = 0
    refused: int = 0
    killed: int = 0
    failed: list[str] = field(default_factory=list)

    def add(self, other: Result) -> None:
        self.runs += other.runs
        self.wrong.update(other.wrong)
        self.faults.update(other.faults)
        self.calls += other.calls
        self.objects += other.objects
        self.stopped += other.stopped
        self.refused += other.refused
        self.killed += other.killed
        self.failed += other.failed


def run_one(
    server: LoopbackServer, target: str, mode: str, seed: int, *, refusals: float = 0.0
) -> Result:
    """Push in one way under one seed; then the edited playbook in the same way; then once more,
    which must send nothing new."""
    told = Told()
    random = Random(f"{target}/{mode}/{seed}")
    world = server.world = new_world(target, f"{target}/{mode}/{seed}", refusals=refusals)
    wrong: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        first = the_push(target, Path(folder), server.base)
        edited = the_push(target, Path(folder), server.base, edited=True)
        if mode == REAL:
            killed_for_real(first, server, told, random, ROOT)
        else:
            _push(mode, first, world, told, random)
        wrong |= verdict(first, world, told)
        _push(MODES[0] if mode == REAL else mode, edited, world, told, random)
        wrong |= verdict(edited, world, told)
        made, state = world.engine.made, edited.files.state.read_bytes()
        one_push(edited, world.clock, told)
        wrong |= verdict(edited, world, told)
        wrong["made again"] = world.engine.made - made
        wrong["state changed"] = int(edited.files.state.read_bytes() != state)
        drafts = sum(
            "(v2)" in one.title
            for one in run.read_state(edited.files.state, target).objects.values()
        )
    wanted = len(first.objects) + drafts
    wrong["more than wanted"] = max(0, len(world.engine.objects) - wanted)
    wrong["fewer than wanted"] = max(0, wanted - len(world.engine.objects))
    bad = +wrong
    return Result(
        1,
        bad,
        Counter(world.seen),
        world.calls,
        len(first.objects),
        told.stopped,
        told.refused,
        told.killed,
        [f"{target}, {mode}, seed {seed}: {dict(bad)}"] if bad else [],
    )


def _push(mode: str, push: Push, world: World, told: Told, random: Random) -> None:
    if mode == "two at once":
        two_at_once(push, world.clock, told)
    elif mode == "killed and again":
        killed_and_again(push, world, told, random)
    else:
        one_push(push, world.clock, told)
