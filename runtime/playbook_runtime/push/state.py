"""What stands in the engine by our pushing: `.playbook/state.TARGET.json`, to be committed.

It holds ids and digests and no secret. `intent` is the object that a call may be under way for:
written before the call, taken away when its outcome is known.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from playbook_compiler.diagnostics import shown
from playbook_compiler.export.bundle import to_bytes
from playbook_compiler.values import dataclass, field, replace
from playbook_runtime.push.clock import seconds_of, stamp
from playbook_runtime.push.problems import UsageProblem

VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Pushed:
    """One object as it was last pushed.

    `where` is the engine's list that it is in, `remote` its id there, `title` its name there.
    `content` is the digest of the payload with its placeholders, `values` what these stood for,
    `seen` the digest of the object as the engine showed it right after. `version` counts the
    drafts of what cannot be changed in place, `earlier` are the ids of those before, and `held`
    the ids of the objects that these refer to.
    """

    uuid: str
    where: str
    remote: str
    title: str
    content: str
    values: Mapping[str, str] = field(default_factory=dict)
    seen: str = ""
    version: int = 1
    earlier: tuple[str, ...] = ()
    held: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Intent:
    """A call that is about to be made for an object; without `remote` it creates it."""

    id: str
    at: float
    pushed: Pushed


@dataclass(frozen=True, slots=True)
class State:
    """The whole file. `base` is the address that was pushed to, so that accounts do not mix, and
    `source` the main file of the playbook, so that two in one folder do not."""

    target: str
    base: str = ""
    source: str = ""
    objects: Mapping[str, Pushed] = field(default_factory=dict)
    lookups: Mapping[str, str] = field(default_factory=dict)
    intent: Intent | None = None


def with_object(state: State, name: str, pushed: Pushed) -> State:
    """Return the state after an object was pushed; nothing is under way any more."""
    return replace(state, objects={**state.objects, name: pushed}, intent=None)


def state_bytes(state: State) -> bytes:
    """Return the file, sorted, so that a commit shows what changed."""
    return to_bytes(
        {
            "version": VERSION,
            "target": state.target,
            "base": state.base,
            "source": state.source,
            "objects": {name: _object_data(state.objects[name]) for name in sorted(state.objects)},
            "lookups": dict(sorted(state.lookups.items())),
            "intent": None
            if state.intent is None
            else {
                "id": state.intent.id,
                "at": stamp(state.intent.at),
                **_object_data(state.intent.pushed),
            },
        }
    )


def state_digest(state: State) -> str:
    """Return the digest of all that a plan depends on."""
    return "sha256:" + hashlib.sha256(state_bytes(state)).hexdigest()


def read_state(path: Path, target: str) -> State:
    """Return what was pushed; nothing where there is no file. Raises UsageProblem if damaged."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return State(target)
    except OSError as problem:
        raise UsageProblem(f"{shown(path)}: {problem.strerror}") from None
    try:
        data = json.loads(raw)
        if type(data["version"]) is int and data["version"] > VERSION:
            raise UsageProblem(
                f"{shown(path)} was written by a newer playbook, which keeps more in it. Install"
                " that version here too: pip install --upgrade playbook-compiler."
            )
        return _state_of(data, target)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UsageProblem(
            f"{shown(path)} is damaged: it is no state of a push to {target}. Take it from the last"
            " commit again. Do not delete it: without it everything would be made a second time."
        ) from None


def _state_of(data: dict[str, Any], target: str) -> State:
    if data["version"] != VERSION or data["target"] != target:
        raise ValueError("another version or another target")
    intent = data["intent"]
    return State(
        target,
        _text(data["base"]),
        _text(data["source"]),
        {_text(name): _object_of(one) for name, one in data["objects"].items()},
        {_text(name): _text(one) for name, one in data["lookups"].items()},
        None
        if intent is None
        else Intent(_text(intent["id"]), seconds_of(intent["at"]), _object_of(intent)),
    )


def _object_data(pushed: Pushed) -> dict[str, Any]:
    return {
        "uuid": pushed.uuid,
        "where": pushed.where,
        "remote": pushed.remote,
        "title": pushed.title,
        "content": pushed.content,
        "values": dict(sorted(pushed.values.items())),
        "seen": pushed.seen,
        "version": pushed.version,
        "earlier": list(pushed.earlier),
        "held": list(pushed.held),
    }


def _object_of(data: dict[str, Any]) -> Pushed:
    version = data["version"]
    if type(version) is not int:
        raise TypeError("a version is a number")
    return Pushed(
        _text(data["uuid"]),
        _text(data["where"]),
        _text(data["remote"]),
        _text(data["title"]),
        _text(data["content"]),
        {_text(name): _text(one) for name, one in data["values"].items()},
        _text(data["seen"]),
        version,
        tuple(_text(one) for one in data["earlier"]),
        tuple(_text(one) for one in data.get("held", ())),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is wanted")
    return value
