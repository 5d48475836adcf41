"""Whether what was pushed still stands in the engine as it was."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from playbook_compiler.values import dataclass
from playbook_runtime.push.adapter import Adapter
from playbook_runtime.push.calls import Ask
from playbook_runtime.push.in_use import earlier_versions, switched_on
from playbook_runtime.push.state import State
from playbook_runtime.push.wanted import digest


class Drift(StrEnum):
    """What became of one object."""

    UNCHANGED = "unchanged"
    CHANGED = "changed remotely"
    MISSING = "missing remotely"
    UNKNOWN = "never read back"


@dataclass(frozen=True, slots=True)
class Found:
    """One object that was pushed, as it is now; `active` if it reaches customers, and which of
    its earlier drafts do."""

    id: str
    drift: Drift
    remote: str
    active: bool = False
    earlier_active: tuple[str, ...] = ()

    @property
    def is_drift(self) -> bool:
        """Whether it is not as it was pushed."""
        return self.drift in (Drift.CHANGED, Drift.MISSING)


def drift_of(adapter: Adapter, state: State, ask: Ask) -> Iterator[Found]:
    """Yield every object of the state, read anew, by id. Switching one on is no drift."""
    for name in sorted(state.objects):
        pushed = state.objects[name]
        there = adapter.read(pushed.where, pushed.remote, ask)
        on = switched_on(adapter, earlier_versions(name, pushed), ask)
        earlier = tuple(one.remote for one in on)
        if there is None:
            yield Found(name, Drift.MISSING, pushed.remote, earlier_active=earlier)
            continue
        if not pushed.seen:
            kind = Drift.UNKNOWN
        elif digest(there.owned) == pushed.seen:
            kind = Drift.UNCHANGED
        else:
            kind = Drift.CHANGED
        yield Found(name, kind, pushed.remote, there.active, earlier)
