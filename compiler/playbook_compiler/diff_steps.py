"""The steps of one flow on two sides: which belong together, and what became of each.

Ids come from content, so that an edited condition renames its `if` and all steps inside. Steps are
therefore paired by id, then by equal content, then, where they hold other steps, by their place.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from playbook_compiler.diff_spelling import spelled
from playbook_compiler.diff_values import At, Change, Written, compare
from playbook_compiler.encode import Json, encode
from playbook_compiler.source import Span
from playbook_compiler.steps import Step, children
from playbook_compiler.values import dataclass

ADDED: Final = "added"
REMOVED: Final = "removed"
MODIFIED: Final = "modified"
RENAMED: Final = "renamed"
MOVED: Final = "moved"
# What is told otherwise: the id as a renaming, the place as a move.
_NOT_CONTENT = frozenset({"id"})
WAIT_BEFORE: Final = "wait-before-"


@dataclass(frozen=True, slots=True)
class StepDiff:
    """What became of one step. `how` is the most that happened: modified, renamed or moved.

    `was` is the former id where it differs; `follows` tells one that has a new id only because the
    step that it is named after has: the one around it, or the one after a wait. `old` is None for
    an added step, `new` for a removed one.
    """

    kind: str
    id: str
    how: str
    old: Step | None
    new: Step | None
    changes: tuple[Change, ...] = ()
    was: str = ""
    moved: bool = False
    follows: bool = False

    @property
    def text(self) -> str:
        """What the step says, without those inside it."""
        step = self.new or self.old
        assert step is not None
        said = spelled(step, without=_NOT_CONTENT)
        return self.kind if said == "{}" else said

    @property
    def old_span(self) -> Span | None:
        """Where it stood."""
        return None if self.old is None else self.old.origin.key_span(self.old.kind)

    @property
    def new_span(self) -> Span | None:
        """Where it stands."""
        return None if self.new is None else self.new.origin.key_span(self.new.kind)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A step, its place in the order of the flow, and the list that it stands in."""

    step: Step
    number: int
    parent: int  # number of the step around it, -1 at the top
    way: str

    @property
    def prefix(self) -> str:
        return self.step.id.rpartition(f".{self.way}.")[0] + f".{self.way}." if self.way else ""


def diff_steps(old: Sequence[Step], new: Sequence[Step]) -> tuple[StepDiff, ...]:
    """Return what became of the steps of a flow, in the order of the new one; a removed step stands
    after the one that it followed. Unchanged steps are left out."""
    before, after = list(_placed(old)), list(_placed(new))
    pairs = _pairs(before, after)
    moved = _moved(before, after, pairs)
    partner = {b: a for a, b in pairs.items()}
    found: list[tuple[tuple[int, int], StepDiff]] = []
    last = -1
    for placed in before:
        if placed.number in pairs:
            last = pairs[placed.number]
        else:
            step = placed.step
            gone = StepDiff(step.kind, step.id, REMOVED, step, None)
            found.append(((last, placed.number + 1), gone))
    for placed in after:
        if placed.number not in partner:
            step = placed.step
            found.append(((placed.number, 0), StepDiff(step.kind, step.id, ADDED, None, step)))
            continue
        was = before[partner[placed.number]]
        told = _told(was, placed, placed.number in moved, pairs)
        if told is not None:
            found.append(((placed.number, 0), told))
    return tuple(one for _, one in sorted(found, key=lambda item: item[0]))


def all_steps(steps: Sequence[Step], how: str) -> tuple[StepDiff, ...]:
    """Return every step of a flow that was added or removed as a whole."""
    gone = how == REMOVED
    return tuple(
        StepDiff(one.step.kind, one.step.id, how, *((one.step, None) if gone else (None, one.step)))
        for one in _placed(steps)
    )


def content(step: Step) -> str:
    """Return what a step and all inside it say, whatever they are called."""
    return json.dumps(_content(step), sort_keys=True)


def _content(step: Step) -> Json:
    inner: list[Json] = [
        [way, [_content(one) for one in steps]] for way, steps in children(step) if steps
    ]
    return [step.kind, encode(step, without=_NOT_CONTENT | _own_name(step)), inner]


def _own_name(step: Step) -> frozenset[str]:
    """The key that only names the step: a split is called by its kind key."""
    return frozenset({"split"}) if step.kind == "split" else frozenset()


def _placed(steps: Sequence[Step]) -> Iterator[_Placed]:
    """Yield the steps in the order of the text, a step before those inside it."""
    number = 0

    def under(inner: Sequence[Step], parent: int, way: str) -> Iterator[_Placed]:
        nonlocal number
        for step in inner:
            here = number
            number += 1
            yield _Placed(step, here, parent, way)
            for name, further in children(step):
                yield from under(further, here, name)

    return under(steps, -1, "")


def _pairs(before: Sequence[_Placed], after: Sequence[_Placed]) -> dict[int, int]:
    """Return which steps belong together, by their numbers."""
    pairs: dict[int, int] = {}
    by_id = {placed.step.id: placed.number for placed in after}
    for placed in before:
        if placed.step.id in by_id:
            pairs[placed.number] = by_id[placed.step.id]
    taken = set(pairs.values())
    if len(taken) == len(before) == len(after):
        return pairs
    old_in, new_in = _by_list(before), _by_list(after)
    # A step is told apart by its own list first; what is left may have moved to another one.
    for (parent, way), list_ in old_in.items():
        partner = pairs.get(parent, -1 if parent == -1 else None)
        if partner is not None:
            _pair_list(list_, new_in.get((partner, way), []), pairs, taken)
    _pair_equal(before, after, pairs, taken)
    return pairs


def _by_list(placed: Sequence[_Placed]) -> dict[tuple[int, str], list[_Placed]]:
    """Return the lists of steps, an outer one before those inside it."""
    found: dict[tuple[int, str], list[_Placed]] = {}
    for one in placed:
        found.setdefault((one.parent, one.way), []).append(one)
    return dict(sorted(found.items(), key=lambda item: item[0][0]))


def _pair_list(
    old: Sequence[_Placed], new: Sequence[_Placed], pairs: dict[int, int], taken: set[int]
) -> None:
    """Pair the steps of one list: by the id but for the step around, by what they say, by some step
    inside, and waits by the step that they are named after."""
    local = {_local(one): one for one in new if one.number not in taken}
    for one in old:
        same = local.get(_local(one))
        if one.number not in pairs and same is not None and same.step.kind == one.step.kind:
            _pair(one, same, pairs, taken)
    _pair_equal([one for one in old if not _is_plain_wait(one)], new, pairs, taken)
    left = [
        (one, inside) for one in new if one.number not in taken and (inside := _inside(one.step))
    ]
    for one in old if left else ():
        inside = _inside(one.step) if one.number not in pairs else frozenset()
        for candidate, its in left if inside else ():
            # One that holds others is the same one edited where some step inside is the same.
            if candidate.step.kind == one.step.kind and not inside.isdisjoint(its):
                left.remove((candidate, its))
                _pair(one, candidate, pairs, taken)
                break
    _pair_waits(old, new, pairs, taken)
    _pair_equal(old, new, pairs, taken)


def _pair_waits(
    old: Sequence[_Placed], new: Sequence[_Placed], pairs: dict[int, int], taken: set[int]
) -> None:
    """Pair the waits that are named after the same step."""
    before = {b.number: a for a, b in pairwise(new) if _is_plain_wait(a)}
    for one, following in pairwise(old):
        same = before.get(pairs.get(following.number, -1))
        free = one.number not in pairs and same is not None and same.number not in taken
        if same is not None and free and _is_plain_wait(one):
            _pair(one, same, pairs, taken)


def _is_plain_wait(placed: _Placed) -> bool:
    return _local(placed).startswith(WAIT_BEFORE)


def _pair_equal(
    old: Sequence[_Placed], new: Sequence[_Placed], pairs: dict[int, int], taken: set[int]
) -> None:
    """Pair the steps that say the same and have no partner yet, in their order."""
    lonely = [one for one in old if one.number not in pairs]
    if not lonely:
        return
    waiting: dict[str, list[_Placed]] = {}
    for one in reversed(new):
        if one.number not in taken:
            waiting.setdefault(content(one.step), []).append(one)
    for one in lonely:
        equal = waiting.get(content(one.step))
        if equal:
            _pair(one, equal.pop(), pairs, taken)


def _pair(one: _Placed, other: _Placed, pairs: dict[int, int], taken: set[int]) -> None:
    pairs[one.number] = other.number
    taken.add(other.number)


def _inside(step: Step) -> frozenset[str]:
    """Return what the steps right inside a step say."""
    return frozenset(content(inner) for _, steps in children(step) for inner in steps)


def _local(placed: _Placed) -> str:
    """Return the id without what it has from the step around it."""
    return placed.step.id.removeprefix(placed.prefix)


def _moved(
    before: Sequence[_Placed], after: Sequence[_Placed], pairs: dict[int, int]
) -> frozenset[int]:
    """Return the new numbers of the steps that changed their list, or their order within it: the
    fewest that explain the new order."""
    moved: set[int] = set()
    staying: dict[tuple[int, str], list[int]] = {}
    for one in before:
        if one.number not in pairs:
            continue
        other = after[pairs[one.number]]
        around = pairs.get(one.parent, -1 if one.parent == -1 else None)
        if around == other.parent and one.way == other.way:
            staying.setdefault((one.parent, one.way), []).append(other.number)
        else:
            moved.add(other.number)
    for numbers in staying.values():
        moved.update(set(numbers) - set(_longest_rise(numbers)))
    return frozenset(moved)


def _longest_rise(numbers: Sequence[int]) -> list[int]:
    """Return a longest increasing subsequence (Fredman 1975), in n log n."""
    ends: list[int] = []  # the smallest end of a rise of each length
    places: list[int] = []
    before: list[int] = []
    for index, number in enumerate(numbers):
        length = bisect_left(ends, number)
        before.append(places[length - 1] if length else -1)
        if length == len(ends):
            ends.append(number)
            places.append(index)
        else:
            ends[length], places[length] = number, index
    rise: list[int] = []
    index = places[-1] if places else -1
    while index >= 0:
        rise.append(numbers[index])
        index = before[index]
    return rise


def _told(
    was: _Placed,
    now: _Placed,
    moved: bool,
    pairs: dict[int, int],
) -> StepDiff | None:
    """Return what became of a step that stands on both sides, None if nothing."""
    old, new = was.step, now.step
    places = (At(old.origin), At(new.origin))
    without = _NOT_CONTENT | _own_name(old)
    if type(old) is type(new):
        changes = tuple(compare("", old, new, None, places, without))
    else:
        sides = (
            Written(spelled(one, without=_NOT_CONTENT), one.origin.span()) for one in (old, new)
        )
        changes = (Change("step", *sides),)
    if changes:
        how = MODIFIED
    elif old.id != new.id:
        how = RENAMED
    elif moved:
        how = MOVED
    else:
        return None
    follows = how == RENAMED and not moved and _is_named_after(was, now, pairs)
    former = old.id if old.id != new.id else ""
    return StepDiff(new.kind, new.id, how, old, new, changes, former, moved, follows)


def _is_named_after(was: _Placed, now: _Placed, pairs: dict[int, int]) -> bool:
    """Whether a renamed step said nothing for its new id: another step did."""
    one, other = _local(was), _local(now)
    if one == other:
        return was.parent >= 0 and pairs.get(was.parent) == now.parent
    return one.startswith(WAIT_BEFORE) and other.startswith(WAIT_BEFORE)
