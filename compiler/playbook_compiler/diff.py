"""Two compiled playbooks compared by what they mean: by id, not by lines.

A pure function of two graphs. What a change does to the projection is no part of it: a projection
of both sides can be laid beside the entries by their kind and id.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from playbook_compiler.diff_entities import FLOW, KINDS, Entity, Key, entities
from playbook_compiler.diff_indirect import Reason, affected
from playbook_compiler.diff_spelling import spelled
from playbook_compiler.diff_steps import (
    ADDED,
    MODIFIED,
    REMOVED,
    RENAMED,
    StepDiff,
    all_steps,
    content,
    diff_steps,
)
from playbook_compiler.diff_values import Change, canonical, compare
from playbook_compiler.encode import encode
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.plan import digest_of
from playbook_compiler.records import Record
from playbook_compiler.source import Span
from playbook_compiler.values import dataclass

INDIRECT: Final = "indirectly-modified"
HOWS: Final = (ADDED, REMOVED, MODIFIED, RENAMED, INDIRECT)
# What has an id that other systems or random draws may go by; settings only have a name.
_CAN_BE_RENAMED = ("flow", "audience", "offer", "message", "checklist", "product", "experiment")


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one thing. `how` is one of HOWS; `was` is the former id of a renamed one.

    `text` spells an added or removed thing in one line; `changes` and `steps` say what differs,
    `reasons` why something that did not change itself is affected.
    """

    kind: str
    id: str
    how: str
    old_span: Span | None
    new_span: Span | None
    text: str = ""
    was: str = ""
    changes: tuple[Change, ...] = ()
    steps: tuple[StepDiff, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def is_direct(self) -> bool:
        """Whether the thing itself was changed."""
        return self.how != INDIRECT


@dataclass(frozen=True, slots=True)
class Diff:
    """All that differs, by kind and id; what is only affected stands last.

    A digest is empty where there is no playbook.
    """

    old_digest: str
    new_digest: str
    entries: tuple[Entry, ...]

    @property
    def is_empty(self) -> bool:
        """Whether both sides mean the same."""
        return not self.entries


def diff(old: TriggerGraph | None, new: TriggerGraph | None) -> Diff:
    """Compare two compiled playbooks; None is a side on which there is none.

    Equal digests mean equal playbooks. Its cost is linear in their size.
    """
    old_digest, new_digest = (digest_of(graph) if graph else "" for graph in (old, new))
    if old_digest == new_digest:
        return Diff(old_digest, new_digest, ())
    sides = entities(old), entities(new)
    if old is None or new is None:
        sides = _written(sides[0]), _written(sides[1])
    entries = list(_direct(*sides))
    changed = {(entry.kind, name) for entry in entries for name in (entry.id, entry.was) if name}
    for key, reasons in affected((old, new), sides, changed).items():
        old_span, new_span = (side[key].span for side in sides)
        entries.append(Entry(*key, INDIRECT, old_span, new_span, reasons=reasons))
    return Diff(old_digest, new_digest, tuple(sorted(entries, key=_order)))


def _written(side: Mapping[Key, Entity]) -> dict[Key, Entity]:
    """Leave out what is built in: beside no playbook at all, nobody added it."""
    return {
        key: entity
        for key, entity in side.items()
        if not isinstance(entity.value, Record) or entity.value.origin.has()
    }


def _order(entry: Entry) -> tuple[bool, int, str]:
    return not entry.is_direct, KINDS.index(entry.kind), entry.id


def _direct(old: Mapping[Key, Entity], new: Mapping[Key, Entity]) -> Iterator[Entry]:
    gone = [one for key, one in old.items() if key not in new and not one.is_filled_in]
    come = [one for key, one in new.items() if key not in old and not one.is_filled_in]
    former = _renamed(gone, come)
    for entity in gone:
        if entity.key not in former.values():
            yield _whole(entity, REMOVED)
    for entity in come:
        if entity.key not in former:
            yield _whole(entity, ADDED)
            continue
        was = old[former[entity.key]]
        yield Entry(entity.kind, entity.id, RENAMED, was.span, entity.span, was=was.id)
    for key, entity in new.items():
        if key in old:
            entry = _modified(old[key], entity)
            if entry is not None:
                yield entry


def _whole(entity: Entity, how: str) -> Entry:
    old, new = (entity.span, None) if how == REMOVED else (None, entity.span)
    steps = all_steps(entity.value.steps, how) if entity.kind == FLOW else ()
    text = spelled(entity.value, entity.value_kind)
    return Entry(entity.kind, entity.id, how, old, new, text=text, steps=steps)


def _modified(old: Entity, new: Entity) -> Entry | None:
    key = "" if hasattr(new.value, "origin") and type(old.value) is type(new.value) else new.id
    if isinstance(new.value, Mapping):
        key = ""
    places = (old.at, new.at)
    changes = tuple(compare(key, old.value, new.value, new.value_kind, places))
    steps = diff_steps(old.value.steps, new.value.steps) if new.kind == FLOW else ()
    if not changes and not steps:
        return None
    return Entry(new.kind, new.id, MODIFIED, old.span, new.span, changes=changes, steps=steps)


def _renamed(gone: Iterable[Entity], come: Iterable[Entity]) -> dict[Key, Key]:
    """Return the former key of each new thing that says just what one of the lost ones said."""
    lost: dict[str, list[Key]] = {}
    for entity in sorted(gone, key=lambda entity: entity.key, reverse=True):
        if entity.kind in _CAN_BE_RENAMED:
            lost.setdefault(_content(entity), []).append(entity.key)
    found: dict[Key, Key] = {}
    if lost:
        for entity in sorted(come, key=lambda entity: entity.key):
            same = lost.get(_content(entity)) if entity.kind in _CAN_BE_RENAMED else None
            if same:
                found[entity.key] = same.pop()
    return found


def _content(entity: Entity) -> str:
    """Return what a thing says, without its own id and those of its steps."""
    if entity.kind != FLOW:
        return json.dumps([entity.kind, canonical(entity.value)])
    steps: list[Any] = [content(step) for step in entity.value.steps]
    return json.dumps([entity.kind, encode(entity.value), steps], sort_keys=True)
