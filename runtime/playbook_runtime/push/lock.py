"""One push at a time: `.playbook/lock.TARGET.json`, made exclusively and taken away at the end.

Without it two pushes at once make most objects twice. It names the command, its process and when
it began, and nothing of the machine or its user.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import Final
from uuid import uuid4

from playbook_compiler.diagnostics import shown
from playbook_compiler.export.bundle import to_bytes
from playbook_compiler.values import dataclass
from playbook_runtime.push.clock import Clock, stamp
from playbook_runtime.push.problems import UsageProblem

_UNREADABLE: Final = "unreadable"


@dataclass(frozen=True, slots=True)
class Lock:
    """Who holds the lock: its id, and what to tell of it."""

    id: str
    pid: int
    since: str
    what: str


def acquire(path: Path, target: str, clock: Clock) -> Lock:
    """Take the lock. Raises UsageProblem, with the id of the one that holds it."""
    lock = Lock(uuid4().hex[:12], os.getpid(), stamp(clock.now()), f"playbook push {target}")
    content = to_bytes({"id": lock.id, "pid": lock.pid, "since": lock.since, "what": lock.what})
    if path.parent.is_file():
        raise UsageProblem(
            f"{shown(path.parent)} is a file: move it away, a push keeps files there."
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:
        raise UsageProblem(held_by(read_lock(path), target, path)) from None
    except OSError as problem:
        raise UsageProblem(f"{shown(path)}: {problem.strerror}") from None
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return lock


def release(path: Path, lock: Lock) -> None:
    """Give the lock back, unless somebody has unlocked it and another push holds it now."""
    held = read_lock(path)
    if held is not None and held.id == lock.id:
        path.unlink(missing_ok=True)


@contextmanager
def locked(path: Path, target: str, clock: Clock) -> Iterator[Lock]:
    """Hold the lock for the length of a block."""
    lock = acquire(path, target, clock)
    try:
        yield lock
    finally:
        release(path, lock)


def read_lock(path: Path) -> Lock | None:
    """Return who holds the lock; None where nobody does."""
    try:
        data = json.loads(path.read_bytes())
        return Lock(str(data["id"]), int(data["pid"]), str(data["since"]), str(data["what"]))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError):
        # Made and not yet written, or cut off: it holds all the same.
        return Lock(_UNREADABLE, 0, "", "")


def unlock(path: Path, target: str, given: str) -> Lock:
    """Take away a lock whose push is gone. Raises UsageProblem where the id is another one."""
    held = read_lock(path)
    if held is None:
        raise UsageProblem(f"There is no lock for {target}: nothing to unlock.")
    if held.id != given:
        raise UsageProblem(
            f"The lock for {target} has the id {shown(held.id)}, not {shown(given)}. Nothing was"
            " unlocked. The id stands in the message of the push that was refused."
        )
    try:
        path.unlink(missing_ok=True)
    except OSError as problem:
        raise UsageProblem(f"{shown(path)} cannot be taken away: {problem.strerror}.") from None
    return held


def held_by(lock: Lock | None, target: str, path: Path) -> str:
    """Return the sentence of a push that finds the lock taken; `path` is the lock's file."""
    if lock is None:
        return f"Another push to {target} has just ended. Try again."
    folder = path.parent.parent
    where = "" if folder == Path() else f" {shown(quote(str(folder)))}"
    begun = f" since {shown(lock.since)} (process {lock.pid})" if lock.since else ""
    return (
        f"Another push to {target} is under way{begun}. Wait for it. If it is no longer running:"
        f" playbook unlock {target} {shown(lock.id)}{where}"
    )
