"""The conditions of a campaign as steps: what stands in front of our own actions becomes the flow's
`audience` and `exit_when`; the rest branches, splits, ladders, waits for events, and forks."""

from __future__ import annotations

import re
from typing import Final

from playbook_compiler.importing.engines.mautic.choices import ALLOWED, TURN, ladder, rotation
from playbook_compiler.importing.engines.mautic.conditions import Asking
from playbook_compiler.importing.engines.mautic.filters import complement
from playbook_compiler.importing.engines.mautic.forks import Chain, Fork, arms, chains, gate, joined
from playbook_compiler.importing.engines.mautic.reading import Reading
from playbook_compiler.importing.engines.mautic.ways import Ways, going
from playbook_compiler.importing.imported import Data
from playbook_compiler.importing.structure import NOTHING, Block, Way
from playbook_compiler.printing_yaml import Bare, Written
from playbook_compiler.targets.mautic.logic import ALWAYS
from playbook_compiler.units import parse_duration, plain
from playbook_compiler.values import dataclass

# What a wait for an event is called that a decision of Mautic's own cannot say.
_AWAITED = re.compile(r"([a-z][a-z0-9_.]*) within (\w+)")
ALL: Final = "orders >= 0"  # what everybody passes
_EXIT, _HELD, _ENTRY = "~exit-when", "~holdout", "may-enter"


@dataclass(slots=True)
class Choosing:
    """The conditions of one campaign while they become steps. `where` is what its trigger asks;
    `audience` and `exit_when` are what they say of the whole flow."""

    reading: Reading
    asking: Asking
    ways: Ways
    where: str = ""
    audience: str = ""
    exit_when: str = ""

    def read(self, first: str | None) -> None:
        """Make the blocks of all conditions; `first` is the first block of the flow."""
        joined(self.ways.forks, self.ways.resolve, lambda target: self.ways.coming(target, first))
        self.entered(first)
        self.ended()
        self.climbed()
        self.forked(first)

    def entered(self, first: str | None) -> None:
        """Read who may enter out of the condition in front of our own flows."""
        id_ = self.ways.resolve(first)
        one = self.ways.forks.get(id_) if id_ is not None else None
        found = gate(one, self.ways.resolve, ends=False) if one is not None else None
        if one is None or id_ is None or one.wanted != _ENTRY or found is None:
            return
        formula, target = found
        if not self.where or not self.asking.says(self.where, formula):
            self.audience = self.asking.condition(formula, one.path)
        self.ways.passed(id_, target)

    def ended(self) -> None:
        """Read the condition that ends runs: the same one is asked before each action."""
        for id_, one in [*self.ways.forks.items()]:
            if one.wanted.endswith(_HELD) and one.formula == ALWAYS:
                self.ways.passed(id_, one.yes)
        gates = {
            id_: found
            for id_, one in self.ways.forks.items()
            if one.wanted.endswith(_EXIT)
            and (found := gate(one, self.ways.resolve, ends=True)) is not None
        }
        texts = set()
        for id_, (formula, _) in gates.items():
            one = self.ways.forks[id_]
            hint = one.name.removeprefix("exit when ")
            texts.add(self.asking.condition(formula, one.path, hint))
        asked_of = {self.ways.forks[id_].wanted.removesuffix(_EXIT) for id_ in gates}
        acting = {
            block.wanted.partition("~")[0]
            for block in self.ways.blocks.values()
            if block.wanted and block.kind not in ("wait", NOTHING)
        }
        if len(texts) != 1 or not acting <= asked_of:
            return
        self.exit_when = texts.pop()
        for id_, (_, target) in gates.items():
            self.ways.passed(id_, target)

    def climbed(self) -> None:
        """Make the blocks of our own ladders and rotations; their messages go at the same hours."""
        for id_, one in [*self.ways.forks.items()]:
            if id_ not in self.ways.forks or not one.wanted.endswith((ALLOWED, TURN)):
                continue
            read = ladder if one.wanted.endswith(ALLOWED) else rotation
            found = read(id_, self.ways.blocks, self.ways.forks, self.ways.resolve)
            if found is None:
                continue
            sends = [self.ways.blocks[place].data for place in found.sends]
            hours = [each for each in self.reading.windows if any(each[0] is it for it in sends)]
            if len({each[1] for each in hours}) > 1 or len(hours) not in (0, len(sends)):
                continue
            for each in hours:
                self.reading.windows.remove(each)
            if hours:
                self.reading.windows.append((found.block.data, hours[0][1], hours[0][2]))
            for place in found.forks:
                self.ways.passed(place, None)
            self.ways.blocks[id_] = found.block

    def forked(self, first: str | None) -> None:
        """Make the blocks of the conditions: branches and splits of ours, else forks."""
        for id_, one in self.ways.forks.items():
            other = complement(one.formula)
            if other is not None and self.asking.says(one.name, other):
                self.ways.forks[id_] = one.turned(other)
        counts = {one: self.ways.coming(one, first) for one in self.ways.forks}
        for chain in chains(
            self.ways.forks, self.ways.resolve, lambda target: counts.get(target, 0)
        ):
            if not self.split(chain):
                self.branch(chain)
        for id_, one in [*self.ways.forks.items()]:
            if not self.awaited(id_, one, counts[id_]):
                self.ways.blocks[id_] = self.fork(one)
        self.ways.forks.clear()

    def awaited(self, id_: str, one: Fork, coming: int) -> bool:
        """Make the block of a wait for an event out of a wait and a look at it; False where it is
        none."""
        said = _AWAITED.fullmatch(one.name) if one.wanted else None
        before = [
            place
            for place, block in self.ways.blocks.items()
            if block.kind == "wait" and self.ways.resolve(block.ways[0].target) == id_
        ]
        if said is None or coming != 1 or len(before) != 1:
            return False
        length = self.ways.blocks[before[0]].data["wait"]
        if not isinstance(length, Bare) or not _within(length.text, said[2]):
            return False
        if not self.asking.says(f"event({said[1]}) within {said[2]}", one.formula):
            return False
        if length.text != said[2]:
            self.reading.notes.changed(
                one.path, f"a wait for `{said[1]}` that looks {said[2]} back",
                "what came since the action before counts here", "see whether that is meant",
            )  # fmt: skip
        data: Data = {"wait": {"until": said[1], "at_most": length}}
        ways = (Way("happened", one.yes), Way("timed_out", one.no))
        self.ways.blocks[before[0]] = Block("wait", data, ways, one.wanted)
        self.ways.blocks[id_] = going(None)
        return True

    def split(self, chain: Chain) -> bool:
        """Make the block of a split; False where the chain is none."""
        found = arms(chain, self.ways.forks, self.ways.below)
        if found is None:
            return False
        targets = [*(self.ways.forks[one].yes for one in chain.ids), chain.otherwise]
        data: Data = {
            "split": chain.name.rpartition(".")[2],
            "variants": {name: {"share": Bare(f"{plain(share)}%")} for name, share in found},
        }
        ways = tuple(Way(name, way) for (name, _), way in zip(found, targets, strict=True))
        self.made(chain, Block("split", data, ways, chain.name))
        return True

    def branch(self, chain: Chain) -> None:
        """Make the block of a branch."""
        several = [self.ways.forks[one] for one in chain.ids]
        cases: list[Written] = [{"if": self.text(one) or ALL} for one in several]
        ways = [Way(f"case-{number}", one.yes) for number, one in enumerate(several, 1)]
        ways.append(Way("else", chain.otherwise))
        self.made(chain, Block("branch", {"branch": cases}, tuple(ways), chain.name))

    def made(self, chain: Chain, block: Block) -> None:
        for one in chain.ids:
            del self.ways.forks[one]
        self.ways.blocks[chain.ids[0]] = block

    def fork(self, one: Fork) -> Block:
        """Return a condition as a fork; one that asks for nothing goes on."""
        other = complement(one.formula)
        if (
            other is not None
            and self.ways.resolve(one.yes) is None
            and self.ways.resolve(one.no) is not None
        ):
            one = one.turned(other)
        text = self.text(one)
        if not text:
            return going(one.yes)
        return Block("if", {"if": text}, (Way("then", one.yes), Way("else", one.no)), one.wanted)

    def text(self, one: Fork) -> str:
        return self.asking.condition(one.formula, one.path, one.name)


def _within(length: str, window: str) -> bool:
    """Return whether a wait is no longer than the time that is looked back."""
    one, other = parse_duration(length), parse_duration(window)
    if isinstance(one, str) or isinstance(other, str):
        return False
    return one.nominal_days <= other.nominal_days
