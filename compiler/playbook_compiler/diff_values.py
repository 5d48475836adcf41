"""Two values of the model compared key by key: what each key said, what it says, and where."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from playbook_compiler.diff_spelling import is_nothing, spelled
from playbook_compiler.encode import encode
from playbook_compiler.kinds import ListOf, MapOf
from playbook_compiler.model import Margin
from playbook_compiler.reading import Kind, Origin
from playbook_compiler.records import Record, keys_of
from playbook_compiler.source import Span
from playbook_compiler.steps import STEP_LIST
from playbook_compiler.values import dataclass

# Items of longer lists are paired in their order instead of by what they have in common.
PAIRED_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Written:
    """What one side says: `text` in the language's spelling (empty: not said), and its place.

    `is_default` tells a value that the author left to the default; its place is then the record.
    """

    text: str
    span: Span
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One key that differs. `key` is dotted (`trigger.inactive_for`); items count from 1."""

    key: str
    old: Written
    new: Written


@dataclass(frozen=True, slots=True)
class At:
    """Where a value stands: the record that it belongs to, and the keys from there."""

    origin: Origin
    keys: tuple[str | int, ...] = ()

    def under(self, key: str | int) -> At:
        """Return the place of the value under `key`."""
        return At(self.origin, (*self.keys, key))

    @property
    def span(self) -> Span:
        """Where the key stands, or the key of the nearest thing around it that was written; the
        argument of a tactic where the shop wrote it."""
        keys = self.keys
        while keys and not self.origin.has(*keys):
            keys = keys[:-1]
        value, key = self.origin.span(*keys), self.origin.key_span(*keys)
        return key if value.file == key.file else value

    @property
    def is_written(self) -> bool:
        """Whether the author wrote it; a lone value that stands for a whole record counts."""
        if not self.keys or self.origin.has(*self.keys):
            return True
        place = self.origin.document.places.get(self.origin.path)
        return place is not None and (place.text is not None or len(self.keys) > 1)


def compare(
    key: str,
    old: Any,
    new: Any,
    kind: Kind | None,
    places: tuple[At, At],
    without: frozenset[str] = frozenset(),
) -> Iterator[Change]:
    """Yield what differs between two values under `key`, at the deepest keys both sides share.

    Inner steps are left out, and so are the keys `without` of a record. `places` are those of the
    old and the new value.
    """
    old_at, new_at = places
    if old is new or (type(old) is type(new) and isinstance(old, str | int) and old == new):
        return
    if isinstance(old, Record) and type(old) is type(new) and (not key or _share_keys(old, new)):
        for name, entry in keys_of(type(old)).items():
            inner = entry.metadata["kind"]
            if inner is not STEP_LIST and name not in without:
                yield from compare(
                    _joined(key, name),
                    getattr(old, entry.name),
                    getattr(new, entry.name),
                    inner,
                    (At(old.origin, (name,)), At(new.origin, (name,))),
                )
        return
    old, new = _by_category(old), _by_category(new)
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        inner = kind.value if isinstance(kind, MapOf) else None
        for name in sorted({*old, *new}):
            yield from compare(
                _joined(key, str(name)),
                old.get(name),
                new.get(name),
                inner,
                (old_at.under(name), new_at.under(name)),
            )
    elif _same(old, new):
        return
    elif _is_list_of_mappings(old) and _is_list_of_mappings(new):
        yield from _compare_lists(key, old, new, kind, places)
    else:
        yield change(key, old, new, kind, places)


def change(key: str, old: Any, new: Any, kind: Kind | None, places: tuple[At, At]) -> Change:
    """Return the change of one key as a whole."""
    return Change(key, written(old, kind, places[0]), written(new, kind, places[1]))


def written(value: Any, kind: Kind | None, at: At) -> Written:
    """Return what a value says and where."""
    return Written(spelled(value, kind), at.span, not is_nothing(value) and not at.is_written)


def _share_keys(old: Record, new: Record) -> bool:
    """Whether two records say some key both; else they are told as a whole."""
    one, other = encode(old), encode(new)
    assert isinstance(one, dict)
    assert isinstance(other, dict)
    return not one.keys().isdisjoint(other)


def _joined(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


def _by_category(value: Any) -> Any:
    if isinstance(value, Margin) and value.by_category:
        return {"default": value.default, **value.by_category}
    return value


def _same(old: Any, new: Any) -> bool:
    """Whether two values are the same to the plan's digest."""
    if is_nothing(old) or is_nothing(new):
        return is_nothing(old) and is_nothing(new)
    return canonical(old) == canonical(new)


def canonical(value: Any) -> str:
    """Return a value as the plan says it, to compare and to look up."""
    data = encode(value)
    return data if isinstance(data, str) else json.dumps(data, sort_keys=True)


def _is_list_of_mappings(value: Any) -> bool:
    return isinstance(value, list | tuple) and any(
        isinstance(item, Mapping | Record) for item in value
    )


def _compare_lists(
    key: str, old: Sequence[Any], new: Sequence[Any], kind: Kind | None, places: tuple[At, At]
) -> Iterator[Change]:
    """Yield what differs between the items of two lists; the order alone is a change of its own."""
    inner = kind.item if isinstance(kind, ListOf) else None
    pairs = _paired(old, new)
    if len(pairs) == len(old) == len(new) and all(_same(old[a], new[b]) for a, b in pairs):
        yield change(key, old, new, kind, places)
        return
    for a, b in sorted(pairs, key=lambda pair: pair[1]):
        at = (places[0].under(a), places[1].under(b))
        yield from compare(f"{key}[{b + 1}]", old[a], new[b], inner, at)
    from_old, from_new = {a for a, _ in pairs}, {b for _, b in pairs}
    for a in range(len(old)):
        if a not in from_old:
            at = (places[0].under(a), places[1])
            yield change(f"{key}[{a + 1}]", old[a], None, inner, at)
    for b in range(len(new)):
        if b not in from_new:
            at = (places[0], places[1].under(b))
            yield change(f"{key}[{b + 1}]", None, new[b], inner, at)


def _paired(old: Sequence[Any], new: Sequence[Any]) -> list[tuple[int, int]]:
    """Return which items belong together: the equal ones, then those with most in common."""
    waiting: dict[str, list[int]] = {}
    for b in reversed(range(len(new))):
        waiting.setdefault(canonical(new[b]), []).append(b)
    pairs: list[tuple[int, int]] = []
    rest: list[int] = []
    for a, item in enumerate(old):
        equal = waiting.get(canonical(item))
        if equal:
            pairs.append((a, equal.pop()))
        else:
            rest.append(a)
    free = sorted(b for left in waiting.values() for b in left)
    if len(rest) > PAIRED_LIMIT or len(free) > PAIRED_LIMIT:
        return pairs + list(zip(rest, free, strict=False))
    for a in rest:
        shared = [(_in_common(old[a], new[b]), -b) for b in free]
        most, minus = max(shared, default=(0, 0))
        if most:
            pairs.append((a, -minus))
            free.remove(-minus)
    return pairs


def _in_common(old: Any, new: Any) -> int:
    """Return how many keys say the same on both sides."""
    one, other = encode(old), encode(new)
    if not isinstance(one, dict) or not isinstance(other, dict):
        return 0
    return sum(name in other and other[name] == said for name, said in one.items())
