"""A campaign as a flow: events in a tree, joined by jumps, as steps to be."""

from __future__ import annotations

import re
from typing import Final

from playbook_compiler.importing.engines.mautic.choices import ALLOWED, TURN, ladder, rotation
from playbook_compiler.importing.engines.mautic.conditions import Asking
from playbook_compiler.importing.engines.mautic.deeds import Acting
from playbook_compiler.importing.engines.mautic.filters import asked, complement, told
from playbook_compiler.importing.engines.mautic.forks import (
    Chain,
    Fork,
    Forks,
    arms,
    chains,
    gate,
    joined,
)
from playbook_compiler.importing.engines.mautic.reading import Reading, Row, listed
from playbook_compiler.importing.engines.mautic.times import Moment, moment_of, patience_of
from playbook_compiler.importing.engines.mautic.vocabulary import OURS
from playbook_compiler.importing.imported import Data
from playbook_compiler.importing.names import fact_name
from playbook_compiler.importing.structure import NOTHING, Block, Way
from playbook_compiler.printing_yaml import Bare, Written
from playbook_compiler.targets.mautic.logic import ALWAYS
from playbook_compiler.units import parse_duration, plain
from playbook_compiler.values import dataclass, field

# What a wait for an event is called that a decision of Mautic's own cannot say.
_AWAITED = re.compile(r"([a-z][a-z0-9_.]*) within (\w+)")
_DECISIONS: Final = {"email.click": "link_clicked", "email.open": "message_opened"}
ALL: Final = "orders >= 0"  # what everybody passes
_EXIT, _HELD, _ENTRY = "~exit-when", "~holdout", "may-enter"


@dataclass(slots=True)
class Campaign:
    """One campaign while it is read. `own` is the id that the flow had in our own export, `where`
    what its trigger asks. `audience` and `exit_when` are what it says of them."""

    reading: Reading
    data: Row
    path: str
    asking: Asking
    acting: Acting
    own: str = ""
    where: str = ""
    audience: str = ""
    exit_when: str = ""
    events: dict[str, Row] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    children: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)
    forks: Forks = field(default_factory=dict)

    def read(self) -> str | None:
        """Make the blocks of the campaign, and return the first."""
        for number, event in enumerate(listed(self.data, "campaign_event")):
            id_ = str(event.get("id"))
            self.events.setdefault(id_, event)
            self.paths.setdefault(id_, f"{self.path}/campaign_event/{number}")
        for id_, event in self.events.items():
            parent = event.get("parent_id")
            way = str(event.get("decisionPath") or "")
            key = str(parent) if parent else ""
            self.children.setdefault(key, {}).setdefault(way, []).append(id_)
        first = self.way("", "")
        for id_ in self.events:
            self.make(id_)
        self.settle()
        joined(self.forks, self.resolve, lambda target: self.coming(target, first))
        self.entered(first)
        self.ended()
        self.climbed()
        self.forked(first)
        return first

    def way(self, id_: str, path: str) -> str | None:
        """Return the event on a way out of another one; several side by side are noted."""
        found = self.children.get(id_, {}).get(path, [])
        for other in found[1:]:
            self.reading.notes.left(
                self.paths[other], f"the event `{self.events[other].get('name')}`",
                "it runs beside another one: a flow goes one way at a time",
                "put it after the other, or into a flow of its own",
            )  # fmt: skip
        return found[0] if found else None

    def make(self, id_: str) -> None:
        """Make the blocks of an event, with the waits in front of it."""
        event = self.events[id_]
        moment = moment_of(self.reading, event, self.paths[id_])
        if event.get("event_type") == "decision":
            moment = Moment()
        own = f"{id_}~do" if moment.waits else id_
        self.do(id_, own, event, moment.hours)
        target = own
        for number, wait in reversed([*enumerate(moment.waits)]):
            place = f"{id_}~wait-{number}" if number else id_
            self.blocks[place] = Block("wait", {"wait": wait}, (Way("", target),))
            target = place

    def do(self, id_: str, own: str, event: Row, hours: str) -> None:
        """Make the blocks of an event under the name `own`, without its waits."""
        kind, path = str(event.get("type")), self.paths[id_]
        wanted = self.wanted(event)
        after = self.way(id_, "")
        if kind == "campaign.jump_to_event":
            target = str(told(event).get("jumpToEvent"))
            self.blocks[own] = _going(target if target in self.events else None)
        elif event.get("event_type") == "condition":
            formula = asked(self.reading, self.data, event, path)
            yes, no = self.way(id_, "yes"), self.way(id_, "no")
            name = str(event.get("name") or "")
            self.forks[own] = Fork(formula, yes, no, wanted, name, path)
        elif event.get("event_type") == "decision":
            self.blocks[own] = self.decision(id_, kind, wanted)
        else:
            deed = self.acting.deed(event, path)
            self.deeds(own, [*deed.steps], None if deed.ends else after, wanted)
            if hours:
                self.hours(own, hours, path, event)
            elif self.blocks[own].kind == "send":
                self.reading.at_once.add(str(self.blocks[own].data["send"]))

    def wanted(self, event: Row) -> str:
        """Return the step that an event of our own export belongs to, with its part."""
        said = str(event.get("description") or "").partition("\n")[0]
        prefix = f"{OURS}{self.own}/"
        return said.removeprefix(prefix) if self.own and said.startswith(prefix) else ""

    def deeds(self, own: str, steps: list[Data], after: str | None, wanted: str) -> None:
        """Make the blocks of steps that follow each other."""
        if not steps:
            self.blocks[own] = _going(after)
            return
        for number in range(len(steps), 1, -1):
            place, step = f"{own}~step-{number}", steps[number - 1]
            self.blocks[place] = Block(next(iter(step)), step, (Way("", after),))
            after = place
        self.blocks[own] = Block(next(iter(steps[0])), steps[0], (Way("", after),), wanted)

    def hours(self, own: str, hours: str, path: str, event: Row) -> None:
        """Keep the hours of a send; other steps have none."""
        block = self.blocks[own]
        if block.kind == "send":
            self.reading.windows.append((block.data, hours, path))
            return
        self.reading.notes.left(
            path, f"the hours of `{event.get('name')}`: {hours}",
            "only messages are sent at some hours alone", "put `wait: {until: 09:00}` before it",
        )  # fmt: skip

    def decision(self, id_: str, kind: str, wanted: str) -> Block:
        """Return a wait for an event; what happens `no` later is waited for by it."""
        event = _DECISIONS.get(kind)
        if event is None:
            event = fact_name(kind.replace(".", "_"), "event")
            self.reading.names.event(event)
            self.reading.notes.changed(
                self.paths[id_], f"the decision `{kind}`",
                "an event of the shop's own stands for it", f"send `{event}` when it happens",
            )  # fmt: skip
        late = self.way(id_, "no")
        length = patience_of(self.events[late]) if late is not None else ""
        limit = length or "7d"
        if length:
            late = f"{late}~late"
        else:
            self.reading.notes.assumed(
                self.paths[id_], f"`at_most: {limit}`",
                "Mautic waits without end, or goes on at once", "write how long it waits",
            )  # fmt: skip
        data: dict[str, Written] = {"wait": {"until": event, "at_most": Bare(limit)}}
        ways = (Way("happened", self.way(id_, "yes")), Way("timed_out", late))
        return Block("wait", data, ways, wanted)

    def settle(self) -> None:
        """Point the time-outs of decisions past the wait that they are; make equal waits one."""
        for id_ in self.events:
            block = self.blocks.get(id_)
            if block is not None and block.kind == "wait" and not block.ways[0].name:
                self.blocks[f"{id_}~late"] = _going(block.ways[0].target)
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
                    self.blocks[id_] = _going(first)
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
        self.blocks[id_] = _going(target)

    def entered(self, first: str | None) -> None:
        """Read who may enter out of the condition in front of our own flows."""
        id_ = self.resolve(first)
        one = self.forks.get(id_) if id_ is not None else None
        found = gate(one, self.resolve, ends=False) if one is not None else None
        if one is None or id_ is None or one.wanted != _ENTRY or found is None:
            return
        formula, target = found
        if not self.where or not self.asking.says(self.where, formula):
            self.audience = self.asking.condition(formula, one.path)
        self.passed(id_, target)

    def ended(self) -> None:
        """Read the condition that ends runs: the same one is asked before each action."""
        for id_, one in [*self.forks.items()]:
            if one.wanted.endswith(_HELD) and one.formula == ALWAYS:
                self.passed(id_, one.yes)
        gates = {
            id_: found
            for id_, one in self.forks.items()
            if one.wanted.endswith(_EXIT)
            and (found := gate(one, self.resolve, ends=True)) is not None
        }
        texts = set()
        for id_, (formula, _) in gates.items():
            one = self.forks[id_]
            hint = one.name.removeprefix("exit when ")
            texts.add(self.asking.condition(formula, one.path, hint))
        asked_of = {self.forks[id_].wanted.removesuffix(_EXIT) for id_ in gates}
        acting = {
            block.wanted.partition("~")[0]
            for block in self.blocks.values()
            if block.wanted and block.kind not in ("wait", NOTHING)
        }
        if len(texts) != 1 or not acting <= asked_of:
            return
        self.exit_when = texts.pop()
        for id_, (_, target) in gates.items():
            self.passed(id_, target)

    def climbed(self) -> None:
        """Make the blocks of our own ladders and rotations; their messages go at the same hours."""
        for id_, one in [*self.forks.items()]:
            if id_ not in self.forks or not one.wanted.endswith((ALLOWED, TURN)):
                continue
            read = ladder if one.wanted.endswith(ALLOWED) else rotation
            found = read(id_, self.blocks, self.forks, self.resolve)
            if found is None:
                continue
            sends = [self.blocks[place].data for place in found.sends]
            hours = [each for each in self.reading.windows if any(each[0] is it for it in sends)]
            if len({each[1] for each in hours}) > 1 or len(hours) not in (0, len(sends)):
                continue
            for each in hours:
                self.reading.windows.remove(each)
            if hours:
                self.reading.windows.append((found.block.data, hours[0][1], hours[0][2]))
            for place in found.forks:
                self.passed(place, None)
            self.blocks[id_] = found.block

    def forked(self, first: str | None) -> None:
        """Make the blocks of the conditions: branches and splits of ours, else forks."""
        for id_, one in self.forks.items():
            other = complement(one.formula)
            if other is not None and self.asking.says(one.name, other):
                self.forks[id_] = one.turned(other)
        counts = {one: self.coming(one, first) for one in self.forks}
        for chain in chains(self.forks, self.resolve, lambda target: counts.get(target, 0)):
            if not self.split(chain):
                self.branch(chain)
        for id_, one in [*self.forks.items()]:
            if not self.awaited(id_, one, counts[id_]):
                self.blocks[id_] = self.fork(one)
        self.forks.clear()

    def awaited(self, id_: str, one: Fork, coming: int) -> bool:
        """Make the block of a wait for an event out of a wait and a look at it; False where it is
        none."""
        said = _AWAITED.fullmatch(one.name) if one.wanted else None
        before = [
            place
            for place, block in self.blocks.items()
            if block.kind == "wait" and self.resolve(block.ways[0].target) == id_
        ]
        if said is None or coming != 1 or len(before) != 1:
            return False
        length = self.blocks[before[0]].data["wait"]
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
        self.blocks[before[0]] = Block("wait", data, ways, one.wanted)
        self.blocks[id_] = _going(None)
        return True

    def split(self, chain: Chain) -> bool:
        """Make the block of a split; False where the chain is none."""
        found = arms(chain, self.forks, self.below)
        if found is None:
            return False
        targets = [*(self.forks[one].yes for one in chain.ids), chain.otherwise]
        data: Data = {
            "split": chain.name.rpartition(".")[2],
            "variants": {name: {"share": Bare(f"{plain(share)}%")} for name, share in found},
        }
        ways = tuple(Way(name, way) for (name, _), way in zip(found, targets, strict=True))
        self.made(chain, Block("split", data, ways, chain.name))
        return True

    def branch(self, chain: Chain) -> None:
        """Make the block of a branch."""
        several = [self.forks[one] for one in chain.ids]
        cases: list[Written] = [{"if": self.text(one) or ALL} for one in several]
        ways = [Way(f"case-{number}", one.yes) for number, one in enumerate(several, 1)]
        ways.append(Way("else", chain.otherwise))
        self.made(chain, Block("branch", {"branch": cases}, tuple(ways), chain.name))

    def made(self, chain: Chain, block: Block) -> None:
        for one in chain.ids:
            del self.forks[one]
        self.blocks[chain.ids[0]] = block

    def fork(self, one: Fork) -> Block:
        """Return a condition as a fork; one that asks for nothing goes on."""
        other = complement(one.formula)
        if other is not None and self.resolve(one.yes) is None and self.resolve(one.no) is not None:
            one = one.turned(other)
        text = self.text(one)
        if not text:
            return _going(one.yes)
        return Block("if", {"if": text}, (Way("then", one.yes), Way("else", one.no)), one.wanted)

    def text(self, one: Fork) -> str:
        return self.asking.condition(one.formula, one.path, one.name)

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


def _within(length: str, window: str) -> bool:
    """Return whether a wait is no longer than the time that is looked back."""
    one, other = parse_duration(length), parse_duration(window)
    if isinstance(one, str) or isinstance(other, str):
        return False
    return one.nominal_days <= other.nominal_days


def _going(target: str | None) -> Block:
    return Block(NOTHING, {}, (Way("", target),))
