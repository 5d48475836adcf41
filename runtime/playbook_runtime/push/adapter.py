"""What `push` must know of an engine: its address, keys and limits, and five small functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from playbook_compiler.values import dataclass
from playbook_runtime.push.calls import Ask, Call
from playbook_runtime.push.rates import Rate
from playbook_runtime.push.wanted import Wanted


@dataclass(frozen=True, slots=True)
class Remote:
    """An object as the engine shows it: `owned` are the fields that a push sets, for a digest.

    `active` objects reach customers: a push never makes one so, and never writes over one.
    """

    id: str
    title: str
    owned: Any
    active: bool = False


@dataclass(frozen=True, slots=True)
class Adapter:
    """An engine.

    - `where(wanted, payload, path)`: the engine's list that the object is in, with its query
    - `titled(payload, title)`: the payload under another name; `title_in(payload)`: its name
    - `find(where, title, uuid, ask)`: the ids of what is in that list under that name, to learn
      what became of a call; `read(where, id, ask)`: one object, None if it is not there any more
    - `create(wanted, path, payload)`, `update(where, id, payload)`: the calls
    - `made(answer, uuid)`: the id of what was created
    - `resolve(kind, name, ask)`: the ids that a lookup may mean, with a word on each; `resolvable`
      are the kinds that it knows
    - `drafts`: the kinds that cannot be changed in place: a new draft is made under a new title;
      `copied`: those of which another one is made while something switched on uses them
    - `switched`: the kinds that a person can switch on
    - `fields(payload)`: what an object that holds this payload would show, to compare the two
    """

    name: str
    title: str
    base: str
    base_variable: str
    secrets: tuple[str, ...]
    headers: Callable[[Mapping[str, str]], Mapping[str, str]]
    rates: tuple[Rate, ...]
    where: Callable[[Wanted, Any, str], str]
    title_in: Callable[[Any], str]
    titled: Callable[[Any, str], Any]
    find: Callable[[str, str, str, Ask], tuple[str, ...]]
    read: Callable[[str, str, Ask], Remote | None]
    create: Callable[[Wanted, str, Any], Call]
    update: Callable[[str, str, Any], Call]
    made: Callable[[Any, str], str]
    fields: Callable[[Any], Any]
    resolve: Callable[[str, str, Ask], tuple[tuple[str, str], ...]]
    resolvable: frozenset[str] = frozenset()
    drafts: frozenset[str] = frozenset()
    copied: frozenset[str] = frozenset()
    switched: frozenset[str] = frozenset()


def all_adapters() -> dict[str, Adapter]:
    """Return every engine that can be pushed to, by its target's name."""
    from playbook_compiler.family import members
    from playbook_runtime.push import adapters

    found: dict[str, Adapter] = {
        module.ADAPTER.name: module.ADAPTER for module in members(adapters).values()
    }
    return {name: found[name] for name in sorted(found)}


def owned(data: Any, keys: tuple[str, ...], volatile: frozenset[str]) -> Any:
    """Return the named fields of an engine's object, without what changes by itself."""
    return {
        key: _steady(data[key], volatile) for key in keys if key in data and key not in volatile
    }


def _steady(data: Any, volatile: frozenset[str]) -> Any:
    match data:
        case dict():
            return {
                name: _steady(value, volatile)
                for name, value in data.items()
                if name not in volatile
            }
        case list():
            return [_steady(value, volatile) for value in data]
        case _:
            return data
