"""A push from end to end: the files beside the playbook, the plan, the lock, the calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from playbook_compiler.diagnostics import shown
from playbook_compiler.export.bundle import ExportBundle
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.values import dataclass, field, replace
from playbook_runtime.output.atomic import write_atomically
from playbook_runtime.push.adapter import Adapter
from playbook_runtime.push.apply import Session, apply_plan
from playbook_runtime.push.calls import Ask, Transport
from playbook_runtime.push.clock import Clock
from playbook_runtime.push.exchange import Line, ask, exchange
from playbook_runtime.push.keys import Keys
from playbook_runtime.push.lookups import given_lookups, missing_sentence, notes_of
from playbook_runtime.push.plan import Plan, Step, make_plan, what_changed
from playbook_runtime.push.problems import PushError, UsageProblem
from playbook_runtime.push.rates import Past, Rates, past_bytes, read_past
from playbook_runtime.push.state import State, read_state, state_bytes
from playbook_runtime.push.wanted import Wanted, lookups_needed, wanted_objects

FOLDER: Final = ".playbook"
_IGNORED: Final = b"# The state is to be committed; these are not.\nlock.*.json\ncalls.*.json\n"


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one target in `.playbook` beside the playbook."""

    folder: Path
    target: str

    @property
    def state(self) -> Path:
        """What was pushed: to be committed."""
        return self.folder / f"state.{self.target}.json"

    @property
    def lock(self) -> Path:
        """Who pushes now."""
        return self.folder / f"lock.{self.target}.json"

    @property
    def calls(self) -> Path:
        """When calls went out of late."""
        return self.folder / f"calls.{self.target}.json"


@dataclass(frozen=True, slots=True)
class Push:
    """What is to be pushed, from where, and to which address. `notes` say what each lookup is."""

    adapter: Adapter
    files: Files
    base: str
    source: str
    objects: tuple[Wanted, ...]
    lookups: tuple[str, ...] = ()
    adopt: bool = False
    overwrite: bool = False
    notes: Mapping[str, str] = field(default_factory=dict)


def files_of(path: str, target: str) -> Files:
    """Return the files of a target for the playbook at `path`, a folder or a file."""
    place = Path(path)
    return Files((place if place.is_dir() else place.parent) / FOLDER, target)


def make_push(
    adapter: Adapter, base: str, bundle: ExportBundle, graph: TriggerGraph, path: str
) -> Push:
    """Return the push of an export of the playbook at `path`."""
    source = Path(graph.playbook.origin.document.source.path).name
    objects = wanted_objects(bundle, graph)
    files = files_of(path, adapter.name)
    return Push(adapter, files, base, source, objects, notes=notes_of(bundle))


def plan_push(push: Push) -> tuple[Plan, State]:
    """Return the plan and the state that it rests on. Nothing is asked of the engine."""
    state = read_state(push.files.state, push.adapter.name)
    _refuse_foreign(push, state)
    given = given_lookups(push.lookups, lookups_needed(push.objects), push.notes)
    state = replace(state, base=push.base, source=push.source)
    return make_plan(push.adapter, push.objects, state, given), state


def open_line(push: Push, transport: Transport, clock: Clock, keys: Keys) -> Line:
    """Return the way to the engine, with the calls of late counted in."""
    path = push.files.calls

    def keep(past: Past) -> None:
        _write(push.files, path, past_bytes(past))

    rates = Rates(push.adapter.rates, keep, read_past(path))
    adapter = push.adapter
    return Line(adapter.title, transport, rates, clock, keys, adapter.secrets)


def asking(line: Line) -> Ask:
    """Return what reads from the engine."""
    return lambda path: ask(line, path, f"read {path.partition('?')[0]}")


def carry_out(
    push: Push,
    line: Line,
    say: Callable[[Step], None],
    saved: Mapping[str, Any] | None = None,
) -> State:
    """Carry out the plan as it is now; the caller holds the lock. `saved` is a plan of `--plan`.

    Raises PushError. Whatever was done until then stands in the state file.
    """
    plan, state = plan_push(push)
    changed = () if saved is None else what_changed(saved, plan)
    if changed:
        names = "\n".join(f"  {shown(one)}" for one in changed)
        raise UsageProblem(
            f"This plan is stale: since it was made, this is no longer the same:\n{names}\nNothing"
            " was sent. Make the plan anew, and look at it."
        )
    if plan.missing:
        raise UsageProblem(missing_sentence(push.adapter.title, plan.missing, push.notes))

    def save(fresh: State) -> None:
        _write(push.files, push.files.state, state_bytes(fresh))

    session = Session(
        push.adapter,
        lambda call: exchange(line, call),
        asking(line),
        save,
        line.clock,
        say,
        push.objects,
        push.adopt,
        push.overwrite,
    )
    return apply_plan(session, plan, push.objects, state)


def _refuse_foreign(push: Push, state: State) -> None:
    """Refuse a state that belongs to another address or another playbook."""
    name = shown(push.files.state)
    if state.objects and state.base != push.base:
        raise UsageProblem(
            f"{name} is of {shown(state.base)}, and this push goes to {shown(push.base)}. Ids"
            " differ from account to account: keep a copy of the playbook's folder for each."
        )
    if state.objects and state.source != push.source:
        raise UsageProblem(
            f"{name} is of {shown(state.source)}, and this push is of {shown(push.source)}. Keep"
            " each playbook that is pushed in a folder of its own. If the file was only renamed,"
            " change `source` in the state file."
        )


def _write(files: Files, path: Path, content: bytes) -> None:
    try:
        files.folder.mkdir(parents=True, exist_ok=True)
        ignore = files.folder / ".gitignore"
        if not ignore.exists():
            write_atomically(ignore, _IGNORED)
        write_atomically(path, content)
    except OSError as problem:
        raise PushError(
            f"{shown(path)} cannot be written: {problem.strerror}. The push stops here, before"
            " anything is sent that could not be written down."
        ) from None
