"""A campaign as a flow: events in a tree, joined by jumps, as steps to be."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Final

from playbook_compiler.importing.engines.mautic.deeds import Acting
from playbook_compiler.importing.engines.mautic.filters import asked, told
from playbook_compiler.importing.engines.mautic.foreign import is_set
from playbook_compiler.importing.engines.mautic.forks import Fork
from playbook_compiler.importing.engines.mautic.reading import Reading, Row, listed
from playbook_compiler.importing.engines.mautic.times import Moment, moment_of, patience_of
from playbook_compiler.importing.engines.mautic.vocabulary import OURS
from playbook_compiler.importing.engines.mautic.ways import Ways, going
from playbook_compiler.importing.imported import Data
from playbook_compiler.importing.names import fact_name
from playbook_compiler.importing.structure import Block, Way
from playbook_compiler.printing_yaml import Bare, Written
from playbook_compiler.values import dataclass, field

_DECISIONS: Final = {"email.click": "link_clicked", "email.open": "message_opened"}


@dataclass(slots=True)
class Campaign:
    """One campaign while it is read. `own` is the id that the flow had in our own export, `beside`
    are the events that run beside others."""

    reading: Reading
    data: Row
    path: str
    acting: Acting
    own: str = ""
    events: dict[str, Row] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    children: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    ways: Ways = field(default_factory=Ways)
    beside: set[str] = field(default_factory=set)

    def read(self) -> str | None:
        """Make the blocks of the campaign, and return the first."""
        for number, event in enumerate(listed(self.data, "campaign_event")):
            id_, path = str(event.get("id")), f"{self.path}/campaign_event/{number}"
            if id_ in self.events:
                self.left(path, event, "another one has its number", "see the campaign in Mautic")
                continue
            self.events[id_], self.paths[id_] = event, path
        for id_, event in self.events.items():
            parent = event.get("parent_id")
            way = str(event.get("decisionPath") or "")
            key = str(parent) if parent else ""
            self.children.setdefault(key, {}).setdefault(way, []).append(id_)
        first = self.way("", "")
        made = self.reached(first)
        for id_ in self.events:
            if id_ not in made and id_ not in self.beside:
                self.left(
                    self.paths[id_], self.events[id_],
                    "no way leads to it from the start of the campaign",
                    "put it behind another event in Mautic and export again, or leave it out",
                )  # fmt: skip
        self.ways.settle(made)
        return first

    def reached(self, first: str | None) -> dict[str, None]:
        """Make the blocks of all events that a way leads to, in the order of the list, and return
        them: what hangs on nothing does not come in."""
        order = {id_: place for place, id_ in enumerate(self.events)}
        ids, made = [*self.events], dict[str, None]()
        due = [] if first is None else [order[first]]
        while due:
            id_ = ids[heappop(due)]
            if id_ in made:
                continue
            made[id_] = None
            for target in self.make(id_):
                heappush(due, order[target])
        return made

    def left(self, path: str, event: Row, why: str, advice: str) -> None:
        self.reading.notes.left(path, f"the event `{event.get('name')}`", why, advice)

    def way(self, id_: str, path: str) -> str | None:
        """Return the event on a way out of another one; several side by side are noted."""
        found = self.children.get(id_, {}).get(path, [])
        for other in found[1:]:
            self.beside.add(other)
            self.left(
                self.paths[other], self.events[other],
                "it runs beside another one: a flow goes one way at a time",
                "put it after the other, or into a flow of its own",
            )  # fmt: skip
        return found[0] if found else None

    def make(self, id_: str) -> list[str]:
        """Make the blocks of an event, with the waits in front of it, and return what follows."""
        event = self.events[id_]
        moment = moment_of(self.reading, event, self.paths[id_])
        if event.get("event_type") == "decision":
            moment = Moment()
        own = f"{id_}~do" if moment.waits else id_
        after = self.do(id_, own, event, moment.hours)
        target = own
        for number, wait in reversed([*enumerate(moment.waits)]):
            place = f"{id_}~wait-{number}" if number else id_
            self.ways.blocks[place] = Block("wait", {"wait": wait}, (Way("", target),))
            target = place
        return [one for one in after if one is not None]

    def do(self, id_: str, own: str, event: Row, hours: str) -> list[str | None]:
        """Make the blocks of an event under the name `own`, without its waits, and return the
        events that follow."""
        kind, path = str(event.get("type")), self.paths[id_]
        wanted = self.wanted(event)
        if kind == "campaign.jump_to_event":
            number = str(told(event).get("jumpToEvent"))
            target = number if number in self.events else None
            if target is None:
                why = "the event that it jumps to is not there: the run ends here"
                self.left(path, event, why, "see where it should go on")
            self.ways.blocks[own] = going(target)
            return [target]
        if event.get("event_type") in ("condition", "decision"):
            yes, no = self.way(id_, "yes"), self.way(id_, "no")
            if event["event_type"] == "condition":
                formula = asked(self.reading, self.data, event, path)
                name = str(event.get("name") or "")
                self.ways.forks[own] = Fork(formula, yes, no, wanted, name, path)
            else:
                self.ways.blocks[own] = self.decision(id_, kind, yes, no, wanted)
            return [yes, no]
        deed = self.acting.deed(event, path)
        after = None if deed.ends else self.way(id_, "")
        self.deeds(own, [*deed.steps], after, wanted)
        if hours:
            self.hours(own, hours, path, event)
        elif self.ways.blocks[own].kind == "send":
            self.reading.at_once.add(str(self.ways.blocks[own].data["send"]))
        return [after]

    def wanted(self, event: Row) -> str:
        """Return the step that an event of our own export belongs to, with its part."""
        said = str(event.get("description") or "").partition("\n")[0]
        prefix = f"{OURS}{self.own}/"
        return said.removeprefix(prefix) if self.own and said.startswith(prefix) else ""

    def deeds(self, own: str, steps: list[Data], after: str | None, wanted: str) -> None:
        """Make the blocks of steps that follow each other."""
        if not steps:
            self.ways.blocks[own] = going(after)
            return
        for number in range(len(steps), 1, -1):
            place, step = f"{own}~step-{number}", steps[number - 1]
            self.ways.blocks[place] = Block(next(iter(step)), step, (Way("", after),))
            after = place
        self.ways.blocks[own] = Block(next(iter(steps[0])), steps[0], (Way("", after),), wanted)

    def hours(self, own: str, hours: str, path: str, event: Row) -> None:
        """Keep the hours of a send; other steps have none."""
        block = self.ways.blocks[own]
        if block.kind == "send":
            self.reading.windows.append((block.data, hours, path))
            return
        self.reading.notes.left(
            path, f"the hours of `{event.get('name')}`: {hours}",
            "only messages are sent at some hours alone", "put `wait: {until: 09:00}` before it",
        )  # fmt: skip

    def decision(
        self, id_: str, kind: str, yes: str | None, late: str | None, wanted: str
    ) -> Block:
        """Return a wait for an event; what happens `no` later is waited for by it."""
        event = _DECISIONS.get(kind)
        if event is None:
            event = fact_name(kind.replace(".", "_"), "event")
            self.reading.names.event(event)
            self.reading.notes.changed(
                self.paths[id_], f"the decision `{kind}`",
                "an event of the shop's own stands for it", f"send `{event}` when it happens",
            )  # fmt: skip
        elif is_set(told(self.events[id_]).get("urls")):
            self.reading.notes.changed(
                self.paths[id_], f"the addresses of `{self.events[id_].get('name')}`",
                "a click on any link of any message counts here", "see whether that is meant",
            )  # fmt: skip
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
        ways = (Way("happened", yes), Way("timed_out", late))
        return Block("wait", data, ways, wanted)
