"""Pushing to the server of the tests: as the command does it, on virtual time; and being killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.faults.bundles import bundle
from tests.faults.clock import VirtualClock
from tests.faults.engines import APP, ENGINES, KEY
from tests.faults.server import LoopbackServer, World

from playbook_compiler.values import replace
from playbook_runtime.push import run
from playbook_runtime.push.adapter import Adapter, all_adapters
from playbook_runtime.push.calls import Answer, Call, Transport
from playbook_runtime.push.clock import Clock
from playbook_runtime.push.keys import Keys
from playbook_runtime.push.lock import acquire, read_lock, release, unlock
from playbook_runtime.push.plan import Step
from playbook_runtime.push.problems import PushError, UsageProblem
from playbook_runtime.push.run import Files, Push, carry_out, open_line
from playbook_runtime.push.transport import make_transport
from playbook_runtime.push.wanted import Wanted, digest, lookups_needed, wanted_objects

# Files in memory where there is such a place: a push writes many, and waits for the disk each time.
MEMORY = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else None
TIMEOUT = 0.15
PUSHES_AT_MOST = 12
SECRETS = {
    "klaviyo": {"PLAYBOOK_KLAVIYO_KEY": KEY},
    "voucherify": {"PLAYBOOK_VOUCHERIFY_KEY": KEY, "PLAYBOOK_VOUCHERIFY_ID": APP},
    "dittofeed": {"PLAYBOOK_DITTOFEED_KEY": KEY},
}


class Killed(BaseException):
    """Stands for kill -9 within this process: nothing of ours may catch it."""


@dataclass
class Told:
    """Everything that a user or a log could see of the pushes."""

    lines: list[str] = field(default_factory=list)
    stopped: int = 0
    refused: int = 0
    killed: int = 0

    def say(self, step: Step) -> None:
        self.lines.append(repr(step))

    def error(self, problem: BaseException) -> None:
        self.lines.append(f"{problem!s} {problem!r} {problem.__cause__!r} {problem.__context__!r}")


def the_push(target: str, folder: Path, base: str, *, edited: bool = False) -> Push:
    """Return the push of the test's playbook from a folder; or of the playbook, edited since."""
    adapter = all_adapters()[target]
    objects = wanted_objects(bundle(target))
    if edited:
        objects = tuple(
            edited_object(adapter, wanted) if n % 2 else wanted for n, wanted in enumerate(objects)
        )
    given = tuple(
        f"{one}=given-{n}"
        for n, one in enumerate(lookups_needed(objects))
        if one.partition(".")[0] not in adapter.resolvable
    )
    files = Files(folder / run.FOLDER, target)
    return Push(adapter, files, base, "playbook.yaml", objects, given)


def edited_object(adapter: Adapter, wanted: Wanted) -> Wanted:
    """Return an object as if its author had given it another title."""
    if wanted.kind == "coupon":
        return wanted  # its title is its id
    payload = adapter.titled(wanted.payload, adapter.title_in(wanted.payload) + ", edited")
    return replace(wanted, payload=payload, content=digest([wanted.path, payload]))


def keys_of(adapter: Adapter) -> Keys:
    return Keys(SECRETS[adapter.name])


def push_once(push: Push, clock: Clock, told: Told, *, dies: Dies | None = None) -> bool:
    """Push as the command does; return whether it came to its end.

    With `dies`, the process is thought to end there: the lock stays, as it does after kill -9.
    """
    keys = keys_of(push.adapter)
    transport = make_transport(push.base, push.adapter.headers(keys.values), seconds=TIMEOUT)
    if dies is not None:
        transport = dies.transport(transport)
    try:
        lock = acquire(push.files.lock, push.adapter.name, clock)
    except UsageProblem as problem:
        told.refused += 1
        told.error(problem)
        return False
    try:
        line = open_line(push, transport, clock, keys)
        told.lines.append(repr((push, line.rates, keys)))
        carry_out(push, line, told.say)
    except PushError as problem:
        told.stopped += 1
        told.error(problem)
        release(push.files.lock, lock)
        return False
    except Killed:
        told.killed += 1
        return False
    release(push.files.lock, lock)
    return True


@dataclass
class Dies:
    """The end of a process at its n-th moment: before or after a call, before or after a write."""

    left: int
    unheard: bool = False

    def moment(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Killed

    def transport(self, send: Transport) -> Transport:
        def dying(call: Call) -> Answer:
            self.moment()
            self.unheard = True  # if it ends now, nobody has heard the answer
            try:
                return send(call)
            finally:
                self.moment()
                self.unheard = False

        return dying

    def write(self, path: Path, content: bytes) -> None:
        self.unheard = True  # heard, and not written down
        self.moment()
        _WRITE(path, content)
        self.unheard = False
        self.moment()


_WRITE = run.write_atomically


def one_push(push: Push, clock: VirtualClock, told: Told) -> None:
    """Push; where a push stops with a sentence, push again, as it says."""
    for _ in range(PUSHES_AT_MOST):
        if push_once(push, clock, told):
            return
    raise AssertionError(f"no end after {PUSHES_AT_MOST} pushes: {told.lines[-1]}")


def two_at_once(push: Push, clock: VirtualClock, told: Told) -> None:
    """Two pushes start together, each in a thread; then one goes to the end."""
    together = threading.Barrier(2)

    def start() -> None:
        together.wait()
        push_once(push, clock, told)

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    one_push(push, clock, told)


def killed_and_again(push: Push, world: World, told: Told, random: Random) -> None:
    """Up to three times the process ends at a random moment: the next is refused, then unlocked."""
    for _ in range(random.randint(1, 3)):
        dies = Dies(random.randint(0, 12 * len(push.objects)))
        run.write_atomically = dies.write  # type: ignore[assignment]
        try:
            ended = push_once(push, world.clock, told, dies=dies)
        finally:
            run.write_atomically = _WRITE
        if dies.unheard:
            world.forgive()
        unlock_left(push, world.clock, told)
        if ended:
            break
    one_push(push, world.clock, told)


def killed_for_real(
    push: Push, server: LoopbackServer, told: Told, random: Random, root: Path
) -> None:
    """A process of its own is killed with SIGKILL by the server at a random call."""
    world = server.world
    for _ in range(2):
        victim = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.faults.victim",
                push.adapter.name,
                str(push.files.folder.parent),
                push.base,
            ],
            cwd=root,
            env=os.environ | SECRETS[push.adapter.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        at = world.calls + random.randint(1, 3 * len(push.objects))
        world.victim = (victim.pid, at, random.random() < 0.5)
        said, _ = victim.communicate("go\n", timeout=60)
        world.victim = None
        world.forgive()
        told.lines.append(said)
        if victim.returncode == -signal.SIGKILL:
            told.killed += 1
        elif victim.returncode != 0:
            assert "Traceback" not in said, said
        unlock_left(push, world.clock, told)
    one_push(push, world.clock, told)


def unlock_left(push: Push, clock: VirtualClock, told: Told) -> None:
    """After a kill the lock is there: a push is refused by it, and its id opens it."""
    held = read_lock(push.files.lock)
    if held is None:
        return
    before = told.refused
    assert not push_once(push, clock, told)
    assert told.refused == before + 1
    unlock(push.files.lock, push.adapter.name, held.id)


def verdict(push: Push, world: World, told: Told) -> dict[str, int]:
    """Return what is wrong in the engine after a push that came to its end: all must be 0."""
    world.settle()
    engine = world.engine
    state = run.read_state(push.files.state, push.adapter.name)
    held = [one for one in engine.objects.values() if one.id not in _remotes(state)]
    titles = {one.remote: one.title for one in state.objects.values()}
    missing = sum(
        wanted.id not in state.objects
        or f"{_plain(state.objects[wanted.id].where)}/{state.objects[wanted.id].remote}"
        not in engine.objects
        for wanted in push.objects
    )
    visible = "\n".join(told.lines) + "".join(
        file.read_text(encoding="utf-8") for file in push.files.folder.rglob("*") if file.is_file()
    )
    return {
        "duplicates": len(held),
        "missing": missing,
        "under another title": sum(
            titles.get(one.id, one.title) != one.title for one in engine.objects.values()
        ),
        "active": sum(engine.is_active(one) for one in engine.objects.values()),
        "unfinished": int(state.intent is not None),
        "unread": sum(not one.seen for one in state.objects.values()),
        "over the limit": world.too_many,
        "before Retry-After": world.impatient,
        "wrong key": world.wrong_key,
        "key shown": sum(visible.count(secret) for secret in engine.secrets),
        "locks left": int(push.files.lock.exists()),
    }


def _remotes(state: Any) -> set[str]:
    return {remote for one in state.objects.values() for remote in (one.remote, *one.earlier)}


def _plain(where: str) -> str:
    return where.partition("?")[0].rstrip("/")


def new_world(target: str, seed: str, **more: Any) -> World:
    return World(ENGINES[target](), seed, **more)
