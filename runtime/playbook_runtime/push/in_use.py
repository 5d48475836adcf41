"""What is switched on and makes use of an object: such an object is not changed in place.

An object uses those whose ids stand in what was pushed of it, as a flow its templates, and it is
used by what it is made inside of, as a tier by its structure. Earlier drafts count: a flow that is
switched on is often one that a newer draft stands beside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from playbook_compiler.diagnostics import shown
from playbook_compiler.values import dataclass
from playbook_runtime.push.adapter import Adapter
from playbook_runtime.push.calls import Ask
from playbook_runtime.push.state import Pushed, State
from playbook_runtime.push.wanted import Wanted, filled, filled_path, looked_up, referred


@dataclass(frozen=True, slots=True)
class Version:
    """One object in the engine: an object of the state, or an earlier draft of it."""

    name: str
    remote: str
    where: str
    earlier: bool = False

    @property
    def kind(self) -> str:
        """The kind, which the name begins with."""
        return self.name.partition(".")[0]

    @property
    def told(self) -> str:
        """How it is told to a person."""
        which = "the earlier " if self.earlier else ""
        return f"{shown(self.name)} ({which}{shown(self.remote)})"


def references(pushed: Pushed) -> frozenset[str]:
    """Return the ids of the objects that stand in what was pushed."""
    return frozenset(value for placeholder, value in pushed.values.items() if referred(placeholder))


def earlier_versions(name: str, pushed: Pushed) -> tuple[Version, ...]:
    """Return the drafts before the one that the state is about."""
    return tuple(Version(name, remote, pushed.where, True) for remote in pushed.earlier)


def users_of(state: State, name: str) -> tuple[Version, ...]:
    """Return all that makes use of an object, by other objects as well; sorted."""
    begin = state.objects[name]
    reached = {begin.remote, *_inside_of(begin)}
    found: dict[str, Version] = {}
    growing = True
    while growing:
        before = len(reached)
        for other in sorted(state.objects):
            pushed = state.objects[other]
            for version, its in _versions(other, pushed):
                if version.remote == begin.remote or not (
                    its & reached or version.remote in reached
                ):
                    continue
                found[version.remote] = version
                reached |= {version.remote, *_inside_of(pushed)}
        growing = len(reached) > before
    return tuple(sorted(found.values(), key=lambda one: (one.name, one.remote)))


def named_users(
    adapter: Adapter, objects: tuple[Wanted, ...], state: State, name: str, ask: Ask
) -> Iterator[Version]:
    """Yield what makes use of an object and is in the engine without the state knowing it.

    As after a state file that was lost: the playbook says what refers to what, and each is looked
    for by its name.
    """
    reached = {name}
    for other in objects:  # each refers to objects before it only
        if not reached & {referred(one) for one in other.needs}:
            continue
        reached.add(other.id)
        if other.id in state.objects or other.kind not in adapter.switched:
            continue
        values = {
            one: state.objects[referred(one)].remote
            if referred(one) in state.objects
            else state.lookups.get(looked_up(one), one)
            for one in other.needs
        }
        path, payload = filled_path(other.path, values), filled(other.payload, values)
        if "${" in path:
            continue  # it would be inside something that is not there
        where = adapter.where(other, payload, path)
        for remote in adapter.find(where, adapter.title_in(payload), other.uuid, ask):
            yield Version(other.id, remote, where)


def copies(adapter: Adapter, kind: str, users: Iterable[Version]) -> bool:
    """Return whether another object of a kind is made while its users are switched on."""
    return kind in adapter.copied and all(one.kind in adapter.drafts for one in users)


def switched_on(adapter: Adapter, versions: Iterable[Version], ask: Ask) -> Iterator[Version]:
    """Yield those that reach customers, each asked for."""
    for version in versions:
        if version.kind not in adapter.switched:
            continue
        there = adapter.read(version.where, version.remote, ask)
        if there is not None and there.active:
            yield version


def _versions(name: str, pushed: Pushed) -> Iterator[tuple[Version, frozenset[str]]]:
    """Yield an object and its earlier drafts, each with the ids that it refers to."""
    yield Version(name, pushed.remote, pushed.where), references(pushed)
    for version in earlier_versions(name, pushed):
        yield version, frozenset(pushed.held)


def _inside_of(pushed: Pushed) -> frozenset[str]:
    """Return the ids in an object's path: of what it is made inside of."""
    return frozenset(pushed.where.partition("?")[0].split("/")[1:])
