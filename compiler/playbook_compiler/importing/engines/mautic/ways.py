"""The blocks of one campaign while it is read, and the ways between them."""

from __future__ import annotations

from collections.abc import Iterable

from playbook_compiler.importing.engines.mautic.forks import Forks
from playbook_compiler.importing.structure import NOTHING, Block, Way
from playbook_compiler.values import dataclass, field


@dataclass(frozen=True, slots=True)
class Ways:
    """The steps to be of one campaign by the event's number, and its conditions, which become
    blocks at the end."""

    blocks: dict[str, Block] = field(default_factory=dict)
    forks: Forks = field(default_factory=dict)

    def settle(self, events: Iterable[str]) -> None:
        """Point the time-outs of decisions past the wait that they are; make equal waits one."""
        for id_ in events:
            block = self.blocks.get(id_)
            if block is not None and block.kind == "wait" and not block.ways[0].name:
                self.blocks[f"{id_}~late"] = going(block.ways[0].target)
        changed = True
        while changed:
            changed = False
            waits: dict[str, str] = {}
            for id_, block in [*self.blocks.items()]:
                if block.kind != "wait" or len(block.ways) != 1:
                    continue
                key = f"{block.data} {self.resolve(block.ways[0].target)}"
                first = waits.setdefault(key, id_)
                if first != id_:
                    self.blocks[id_] = going(first)
                    changed = True

    def resolve(self, id_: str | None) -> str | None:
        """Return the block that a way leads to, past those that are no step."""
        seen = 0
        while id_ is not None and seen <= len(self.blocks):
            seen += 1
            block = self.blocks.get(id_)
            if block is None or block.kind != NOTHING:
                return id_
            id_ = block.ways[0].target
        return id_

    def coming(self, target: str, first: str | None) -> int:
        """Return how many ways lead to a block."""
        ways = [
            way.target
            for block in self.blocks.values()
            if block.kind != NOTHING
            for way in block.ways
        ]
        ways += [way for one in self.forks.values() for way in (one.yes, one.no)]
        return sum(self.resolve(one) == target for one in (*ways, first))

    def passed(self, id_: str, target: str | None) -> None:
        """Put a way in place of a condition."""
        del self.forks[id_]
        self.blocks[id_] = going(target)

    def below(self, id_: str | None) -> list[str]:
        """Return the ids of the steps that follow a block, near ones first."""
        found: list[str] = []
        waiting, seen = [self.resolve(id_)], set()
        while waiting:
            one = waiting.pop(0)
            if one is None or one in seen:
                continue
            seen.add(one)
            if one in self.forks:
                fork = self.forks[one]
                found.append(fork.wanted)
                waiting += [self.resolve(fork.yes), self.resolve(fork.no)]
            elif one in self.blocks:
                found.append(self.blocks[one].wanted)
                waiting += [self.resolve(way.target) for way in self.blocks[one].ways]
        return found


def going(target: str | None) -> Block:
    """Return a block that is no step: a run goes on after it."""
    return Block(NOTHING, {}, (Way("", target),))
