"""A graph of actions with links as steps within steps: ways that part and join again.

A join is the first action that every way of a fork comes to, or ends before. Where ways cross, what
they share is written twice. A way that ends while others go on ends with `exit`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from playbook_compiler.importing.imported import Data
from playbook_compiler.printing_yaml import Written
from playbook_compiler.values import dataclass, field

BLOCKS_LIMIT: Final = 400
STEPS_LIMIT: Final = 1_000
NOTHING: Final = "nothing"  # a block that is no step: a run goes on after it
DEPTH_LIMIT: Final = 24  # of YAML's 32 levels; the rest is for what stands around steps
_LEVELS: Final = {"if": 2, "wait": 2, "branch": 4, "split": 4}
_FROM_CONTENT = re.compile(r"(?:send|wait|if|branch|task|update|audience|call|start|grant)\b")


class Tangled(Exception):
    """A graph that cannot be written as steps; the text says why."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way out of a block: what it is called in the step, and the block that it leads to."""

    name: str
    target: str | None


@dataclass(frozen=True, slots=True)
class Block:
    """One step to be: its data without inner steps. `wanted` is the id that it had, if one is
    known. A block with one way of no name goes straight on."""

    kind: str
    data: Data
    ways: tuple[Way, ...]
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A step with the steps on its ways."""

    block: Block
    lists: tuple[tuple[str, tuple[Made, ...]], ...] = ()


EXIT: Final = Block("exit", {"exit": "the run ends here"}, ())


@dataclass(frozen=True, slots=True)
class Structured:
    """A flow's steps, and the blocks that stand in it more than once."""

    steps: tuple[Made, ...]
    repeated: tuple[str, ...]


def structured(blocks: Mapping[str, Block], entry: str | None) -> Structured:
    """Return the steps of a graph from its entry on. Raises Tangled."""
    if len(blocks) > BLOCKS_LIMIT:
        raise Tangled(f"it has more than {BLOCKS_LIMIT} steps")
    building = _Building(blocks, _in_order(blocks, entry))
    steps = building.steps(entry, None, 0)
    repeated = sorted(name for name, count in building.written.items() if count > 1)
    return Structured(steps, tuple(repeated))


def _in_order(blocks: Mapping[str, Block], entry: str | None) -> dict[str, int]:
    """Return the blocks that can be reached, numbered so that each stands after those before it."""
    done: list[str] = []
    state: dict[str, int] = {}
    waiting = [(entry, False)]
    while waiting:
        name, leaving = waiting.pop()
        if name is None:
            continue
        if leaving:
            state[name] = 2
            done.append(name)
            continue
        if state.get(name) == 1:
            raise Tangled("its steps go round in a circle")
        if name in state:
            continue
        state[name] = 1
        waiting.append((name, True))
        for way in reversed(blocks[name].ways):
            if state.get(way.target or "") == 1:
                raise Tangled("its steps go round in a circle")
            waiting.append((way.target, False))
    return {name: number for number, name in enumerate(reversed(done))}


@dataclass(slots=True)
class _Building:
    """The steps of one graph while they are made."""

    blocks: Mapping[str, Block]
    order: Mapping[str, int]
    written: dict[str, int] = field(default_factory=dict)
    reach: dict[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in sorted(self.order, key=lambda one: -self.order[one]):
            targets = {way.target for way in self.blocks[name].ways if way.target is not None}
            below = frozenset().union(*(self.reach[one] for one in targets))
            self.reach[name] = below | {name}

    def steps(self, name: str | None, stop: str | None, depth: int) -> tuple[Made, ...]:
        """Return the steps from a block until `stop`; a run that ends before it exits."""
        if depth > DEPTH_LIMIT:
            raise Tangled("its ways part too often within each other")
        made: list[Made] = []
        while name is not None and name != stop:
            block = self.blocks[name]
            self.written[name] = self.written.get(name, 0) + 1
            if sum(self.written.values()) > STEPS_LIMIT:
                raise Tangled(
                    f"its ways cross so often that it would have over {STEPS_LIMIT} steps"
                )
            if len(block.ways) == 1 and not block.ways[0].name:
                if block.kind != NOTHING:
                    made.append(Made(block))
                name = block.ways[0].target
                continue
            join = self.join(block, stop)
            lists = tuple(
                (way.name, self.steps(way.target, join, depth + _LEVELS[block.kind]))
                for way in block.ways
            )
            made.append(Made(block, lists))
            name = join
        if name is None and stop is not None:
            made.append(Made(EXIT))
        return tuple(made)

    def join(self, block: Block, stop: str | None) -> str | None:
        """Return where the ways of a fork come together, `stop` where they do not before it."""
        targets = [way.target for way in block.ways]
        below = frozenset().union(*(self.reach[one] for one in targets if one is not None))
        candidates = sorted(below, key=lambda one: self.order[one])
        for one in candidates:
            coming = sum(target is not None and one in self.reach[target] for target in targets)
            if coming > 1 and self.is_join(one, targets, stop):
                return one
        hinted = self.hinted(block, candidates)
        if hinted is not None and self.is_join(hinted, targets, stop):
            return hinted
        return stop

    def hinted(self, block: Block, candidates: Sequence[str]) -> str | None:
        """Return the first block after a fork whose own id says that it stands outside of it."""
        if not block.wanted:
            return None
        prefix, _, own = block.wanted.rpartition(".")
        if not _FROM_CONTENT.match(own) and block.kind != "split":
            return None  # an id of the author's own: it does not tell where the step stands
        for one in candidates:
            beside, _, own = self.blocks[one].wanted.rpartition(".")
            if beside == prefix and _FROM_CONTENT.match(own):
                return one
        return None

    def is_join(self, name: str, targets: Sequence[str | None], stop: str | None) -> bool:
        """Return whether no way goes past a block to what comes after it."""
        before: set[str] = set()
        waiting = [one for one in targets if one is not None]
        while waiting:
            one = waiting.pop()
            if one == name or one in before:
                continue
            before.add(one)
            waiting += [way.target for way in self.blocks[one].ways if way.target is not None]
        if stop is not None and stop in before and stop != name:
            return False
        return before.isdisjoint(self.reach[name])


def as_data(steps: Sequence[Made], ids: Mapping[int, str]) -> list[Written]:
    """Return steps as they are written; `ids` are their own ids by identity."""
    found: list[Written] = []
    for made in steps:
        if made.block is EXIT and id(made) not in ids:
            found.append("exit")
            continue
        data: Data = dict(made.block.data)
        if id(made) in ids:
            data["id"] = ids[id(made)]
        lists = {name: as_data(inner, ids) for name, inner in made.lists}
        match made.block.kind:
            case "if":
                data["then"] = lists["then"]
                if lists["else"]:
                    data["else"] = lists["else"]
            case "branch":
                cases = made.block.data["branch"]
                assert isinstance(cases, list)
                data["branch"] = [
                    {**case, "then": lists[f"case-{number}"]}
                    for number, case in enumerate(cases, 1)
                    if isinstance(case, dict)
                ]
                if lists["else"]:
                    data["else"] = lists["else"]
            case "split":
                arms = made.block.data["variants"]
                assert isinstance(arms, dict)
                data["variants"] = {
                    name: {**arm, **({"steps": lists[name]} if lists[name] else {})}
                    for name, arm in arms.items()
                    if isinstance(arm, dict)
                }
            case "wait" if made.lists:
                for name in ("happened", "timed_out"):
                    if lists[name]:
                        data[name] = lists[name]
        found.append(data)
    return found
