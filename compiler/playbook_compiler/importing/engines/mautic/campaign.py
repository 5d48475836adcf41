"""A campaign as a flow: events in a tree, joined by jumps, as steps to be."""

from __future__ import annotations

from typing import Final

from playbook_compiler.importing.engines.mautic.deeds import Acting
from playbook_compiler.importing.engines.mautic.filters import asked, told
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
    """One campaign while it is read. `own` is the id that the flow had in our own export."""

    reading: Reading
    data: Row
    path: str
    acting: Acting
    own: str = ""
    events: dict[str, Row] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    children: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    ways: Ways = field(default_factory=Ways)

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
        self.ways.settle(self.events)
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
            self.ways.blocks[place] = Block("wait", {"wait": wait}, (Way("", target),))
            target = place

    def do(self, id_: str, own: str, event: Row, hours: str) -> None:
        """Make the blocks of an event under the name `own`, without its waits."""
        kind, path = str(event.get("type")), self.paths[id_]
        wanted = self.wanted(event)
        after = self.way(id_, "")
        if kind == "campaign.jump_to_event":
            target = str(told(event).get("jumpToEvent"))
            self.ways.blocks[own] = going(target if target in self.events else None)
        elif event.get("event_type") == "condition":
            formula = asked(self.reading, self.data, event, path)
            yes, no = self.way(id_, "yes"), self.way(id_, "no")
            name = str(event.get("name") or "")
            self.ways.forks[own] = Fork(formula, yes, no, wanted, name, path)
        elif event.get("event_type") == "decision":
            self.ways.blocks[own] = self.decision(id_, kind, wanted)
        else:
            deed = self.acting.deed(event, path)
            self.deeds(own, [*deed.steps], None if deed.ends else after, wanted)
            if hours:
                self.hours(own, hours, path, event)
            elif self.ways.blocks[own].kind == "send":
                self.reading.at_once.add(str(self.ways.blocks[own].data["send"]))

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
