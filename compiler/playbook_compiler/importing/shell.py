"""A playbook with names and nothing else: what is needed to read a condition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from playbook_compiler.driver import load
from playbook_compiler.importing.imported import Data
from playbook_compiler.model import Playbook
from playbook_compiler.printing_yaml import yaml_text

_MAIN = "names.yaml"


def shell_of(
    facts: Mapping[str, str],
    events: Mapping[str, Mapping[str, str]],
    audiences: Iterable[str],
    conditions: Mapping[str, str] = MappingProxyType({}),
) -> Playbook:
    """Return a playbook that declares facts, events and audiences, these with their conditions as
    far as they are known."""
    data: Data = {"playbook": 1, "name": "names", "currency": "EUR", "timezone": "UTC"}
    if facts:
        data["facts"] = {name: facts[name] for name in sorted(facts)}
    if events:
        data["events"] = {name: {**events[name]} for name in sorted(events)}
    named = {name: conditions.get(name, "orders >= 0") for name in sorted(audiences)}
    if named:
        data["audiences"] = {**named}
    loaded = load(_MAIN, given={_MAIN: yaml_text(data).encode()})
    if loaded.playbook is None and conditions:  # they name flows or messages, which are not here
        return shell_of(facts, events, audiences)
    assert loaded.playbook is not None, [one.message for one in loaded.diagnostics]
    return loaded.playbook
