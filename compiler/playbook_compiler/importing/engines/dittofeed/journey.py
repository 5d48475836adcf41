"""A journey as a flow: nodes as steps to be, what stands in front of them folded back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from playbook_compiler.export.logic import all_of
from playbook_compiler.importing.engines.dittofeed.conditions import DAY, length_of, literal_of
from playbook_compiler.importing.engines.dittofeed.decisions import (
    decision,
    of_trigger,
    parts_of,
    reads_event,
)
from playbook_compiler.importing.engines.dittofeed.deeds import step_of
from playbook_compiler.importing.engines.dittofeed.exits import (
    ending_events,
    event_of_exit,
    exit_tests,
)
from playbook_compiler.importing.engines.dittofeed.reading import Import
from playbook_compiler.importing.engines.dittofeed.starts import YEARLY, special
from playbook_compiler.importing.engines.dittofeed.texts import CHANNELS
from playbook_compiler.importing.engines.dittofeed.workspace import Resource
from playbook_compiler.importing.names import fact_name, id_of, is_id
from playbook_compiler.importing.structure import NOTHING, Block, Way
from playbook_compiler.printing_yaml import Bare, Written
from playbook_compiler.values import dataclass, field

EXIT: Final = "ExitNode"
_AFTER = ("exit", "room", "capped", "capped-again", "holdout", "hours", "at")
_DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
Node = Mapping[str, Any]


@dataclass(slots=True)
class Journey:
    """One journey while it is read. `exits` are the segments that end a run, by what they say."""

    found: Import
    resource: Resource
    flow: str
    nodes: dict[str, Node] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)
    event: str = ""
    key: str = ""
    splits: set[str] = field(default_factory=set)
    exits: dict[str, str] = field(default_factory=dict)
    ending: frozenset[str] = frozenset()

    def read(self) -> tuple[dict[str, Any], str | None]:
        """Return the flow's keys without its steps, and the first block; blocks are filled."""
        path = f"{self.resource.path}/definition"
        listed = self.resource.definition.get("nodes")
        for number, node in enumerate(listed if isinstance(listed, list) else ()):
            place = f"{path}/nodes/{number}"
            id_ = node.get("id") if isinstance(node, dict) else None
            if not isinstance(id_, str) or id_ in self.nodes:
                self.found.notes.left(place, "a node", "it has no id of its own", "look at it")
                continue
            self.nodes[id_], self.paths[id_] = node, place
        entry = self.resource.definition.get("entryNode")
        entry = entry if isinstance(entry, dict) else {}
        trigger = self.trigger(entry, f"{path}/entryNode")
        data: dict[str, Any] = {"trigger": trigger}
        first = self.prologue(self.target(entry.get("child")), trigger, data)
        held = DAY if "trigger~hours" in self.nodes else 0
        self.ending = ending_events(first, self.nodes, self.found.words, held)
        waiting = [first]
        while waiting:
            id_ = waiting.pop()
            if id_ is None or id_ in self.blocks:
                continue
            before = len(self.blocks)
            self.blocks[id_] = self.block(id_)
            for made in [*self.blocks.values()][before:]:
                waiting += [way.target for way in made.ways]
        if "entry" not in data:
            again = self.resource.data.get("canRunMultiple") is True
            data["entry"] = "always" if again else "once"
        events = [one.removeprefix("event ") for one in self.exits if one.startswith("event ")]
        data["exit_on"] = [*events]
        rest = [one for one in self.exits if not one.startswith("event ")]
        if rest:
            data["exit_when"] = " or ".join(f"({one})" if " or " in one else one for one in rest)
        if [*trigger] == ["event"]:
            data["trigger"] = trigger["event"]
        return data, first

    def target(self, id_: Any) -> str | None:
        """Return a node that is there; None where the run ends."""
        return (
            id_ if isinstance(id_, str) and id_ in self.nodes and id_ != "end~next-year" else None
        )

    # What stands before the steps

    def trigger(self, entry: Node, path: str) -> dict[str, Any]:
        if entry.get("type") == "EventEntryNode" and isinstance(entry.get("event"), str):
            self.event = self.found.words.event(str(entry["event"]))
            self.key = str(entry.get("key") or "")
            return {"event": self.event}
        id_ = str(entry.get("segment"))
        if entry.get("child") == "trigger~date":
            dated = self.dated(id_)
            if dated is not None:
                return dated
        segment = self.found.words.workspace.of("segment").get(id_)
        made = special(segment.definition) if segment is not None else None
        if made is not None:
            return made
        if id_ in self.found.words.audiences:
            return {"enters": self.found.words.audiences[id_]}
        event = self.found.words.event(fact_name(f"entered segment {id_}", "segment"))
        self.found.notes.left(
            path, f"the segment {id_}", "it is not in the input", f"`{event}` stands for it"
        )
        return {"event": event}

    def dated(self, segment: str) -> dict[str, Any] | None:
        """Return the trigger of a date that a customer has, as the exporter waits for it."""
        resource = self.found.words.workspace.of("segment").get(segment)
        test = _mapping(resource.definition.get("entryNode")) if resource is not None else {}
        path = test.get("path")
        if test.get("type") != "Trait" or not isinstance(path, str):
            return None
        if path.startswith(YEARLY):
            name = path.removeprefix(YEARLY)
            if name not in ("birthday", "first_order"):
                fact = self.found.words.fact(name, "?")
                name = fact or name
                self.found.words.facts[name] = "yearly date"
            return {"date": name}
        fact = self.found.words.fact(path, "?")
        if fact is None:
            return None
        self.found.words.facts[fact] = "date"
        return {"date": fact}

    def prologue(
        self, id_: str | None, trigger: dict[str, Any], data: dict[str, Any]
    ) -> str | None:
        """Take the exporter's own first nodes away, and read the keys that made them."""
        while id_ is not None and id_.startswith("trigger~"):
            node = self.nodes[id_]
            variant = _mapping(node.get("variant"))
            kind = id_.removeprefix("trigger~").partition("~")[0]
            after = self.target(node.get("child"))
            if kind == "used-up":
                trigger.clear()
                trigger["replenishment"] = Bare(length_of(variant.get("seconds")) or "30d")
            elif kind == "date":
                shift = length_of(variant.get("offsetSeconds"))
                if shift:
                    key = "before" if variant.get("offsetDirection") == "before" else "after"
                    trigger[key] = Bare(shift)
            elif kind == "audience":
                after = self.gate(id_, variant, trigger, data)
            elif kind == "holdout":
                self.found.read_holdout(variant.get("segment"))
                after = self.target(variant.get("falseChild"))
            elif kind == "again":
                segment = self.found.words.workspace.of("segment").get(str(variant.get("segment")))
                node_ = _mapping(segment.definition.get("entryNode")) if segment is not None else {}
                length = length_of(node_.get("withinSeconds"))
                if length:
                    data["entry"] = {"again_after": Bare(length)}
                after = self.target(variant.get("falseChild"))
            elif kind == "hours":
                self.found.quiet_end = _clock(variant)
            id_ = after
        return id_

    def gate(
        self, id_: str, variant: Node, trigger: dict[str, Any], data: dict[str, Any]
    ) -> str | None:
        """Read who may enter: how often the event came, `where` of the event, the audience."""
        found, path = decision(id_, self.nodes, self.found.words.workspace), self.paths[id_]
        if found is None:
            text = self.found.condition(variant.get("segment"), path, self.event, self.key)
            data["audience"] = text
            return self.target(variant.get("trueChild"))
        parts = parts_of(found.tree)
        own = of_trigger(parts[0], trigger, self.found.words.event) if parts else None
        if own is not None:
            trigger |= own
            parts = parts[1:]
        where = [part for part in parts if reads_event(part)]
        rest = [part for part in parts if not reads_event(part)]
        for key, place, asked in (("where", trigger, where), ("audience", data, rest)):
            if asked:
                name = f"{self.flow}~{key}"
                place[key] = self.found.tree(all_of(asked), name, path, self.event, self.key)
        return self.target(found.yes)

    # Steps

    def block(self, id_: str) -> Block:
        node = self.nodes[id_]
        own, _, mark = id_.rpartition("~")
        if own and mark in _AFTER and own in self.nodes:
            return self.folded(id_, node, mark)
        match node.get("type"):
            case "DelayNode":
                return self.delay(id_, node)
            case "MessageNode":
                return self.message(id_, node)
            case "SegmentSplitNode":
                return self.fork(id_, node)
            case "WaitForNode":
                return self.wait(id_, node)
            case "RandomCohortNode":
                return self.cohorts(id_, node)
        return self.left(
            id_, f"a node of the type `{node.get('type')}`", "the language has no such step"
        )

    def folded(self, id_: str, node: Node, mark: str) -> Block:
        """Return a node that belongs to the one after it: exit, holdout, caps, hours."""
        variant = _mapping(node.get("variant"))
        if mark == "exit":
            self.read_exit(variant.get("segment"), id_)
        elif mark == "holdout":
            self.found.read_holdout(variant.get("segment"))
        elif mark == "room":
            self.found.read_cap(variant.get("segment"))
            waiting = self.nodes.get(str(variant.get("trueChild")), {})
            if str(variant.get("trueChild")).endswith("~capped"):
                seconds = _mapping(waiting.get("variant")).get("seconds")
                self.found.cap_delay = length_of(seconds)
        elif mark in ("hours", "at"):
            time = _clock(variant)
            if mark == "hours":
                self.found.quiet_end = time
            else:
                self.found.windows[f"{self.flow}/{id_.removesuffix('~at')}"] = time
        split = node.get("type") == "SegmentSplitNode"
        after = self.target(variant.get("falseChild") if split else node.get("child"))
        return Block(NOTHING, {}, (Way("", after),))

    def read_exit(self, segment: Any, id_: str) -> None:
        tests = exit_tests(segment, self.found.words)
        events = []
        for test in tests:
            event = event_of_exit(test, self.found.words)
            if event not in self.ending:
                break
            events.append(event)
        for event in events:
            self.exits.setdefault(f"event {event}", id_)
        if len(events) == len(tests) and events:
            return
        resource = self.found.words.workspace.of("segment").get(str(segment))
        rest = [str(test.get("id")) for test in tests[len(events) :]]
        if not events or resource is None:
            text = self.found.condition(segment, self.paths[id_], self.event, self.key)
        else:
            whole = {"type": "Or", "id": "rest", "children": rest}
            part = {"entryNode": whole, "nodes": resource.definition.get("nodes")}
            text = self.found.part(
                part, f"rest of {segment}", self.paths[id_], self.event, self.key
            )
        self.exits.setdefault(text, id_)

    def delay(self, id_: str, node: Node) -> Block:
        variant, after = _mapping(node.get("variant")), self.target(node.get("child"))
        match variant.get("type"):
            case "Second":
                length = length_of(variant.get("seconds"))
                waited = self.waited_for(id_, length, after)
                if waited is not None:
                    return waited
                if length:
                    return Block("wait", {"wait": Bare(length)}, (Way("", after),), id_)
            case "LocalTime" if _clock(variant):
                days = [
                    _DAYS[one] for one in variant.get("allowedDaysOfWeek") or () if one in range(7)
                ]
                moment = f"{days[0]} at {_clock(variant)}" if days else _clock(variant)
                if len(days) > 1:
                    self.found.notes.changed(
                        self.paths[id_], f"the wait until {', '.join(days)}",
                        "a wait is for one weekday", f"it waits for {days[0]}; choose another one",
                    )  # fmt: skip
                return Block("wait", {"wait": {"until": Bare(moment)}}, (Way("", after),), id_)
        return self.left(id_, "a wait", "the language has no wait of this kind")

    def waited_for(self, id_: str, length: str, after: str | None) -> Block | None:
        """Return the wait for an event that the exporter made of a delay and a split."""
        if after is None or after != f"{id_}~happened" or not length:
            return None
        variant = _mapping(self.nodes[after].get("variant"))
        event = self.one_event(str(variant.get("segment")))
        if not event:
            return None
        came, late = (self.target(variant.get(way)) for way in ("trueChild", "falseChild"))
        data: dict[str, Written] = {"wait": {"until": event, "at_most": Bare(length)}}
        return Block("wait", data, (Way("happened", came), Way("timed_out", late)), id_)

    def one_event(self, segment: str) -> str:
        """Return the event that a segment asks for and nothing else, empty for other segments."""
        resource = self.found.words.workspace.of("segment").get(segment)
        test = _mapping(resource.definition.get("entryNode")) if resource is not None else {}
        if test.get("type") == "KeyedPerformed" and not test.get("properties"):
            return self.found.words.event(str(test.get("event")))
        literal = literal_of({**test, "times": 1}, self.found.words)
        said = re.match(r"event\((\S+)\)", literal.yes.alone) if literal is not None else None
        return said[1] if said is not None else ""

    def message(self, id_: str, node: Node) -> Block:
        variant, after = _mapping(node.get("variant")), self.target(node.get("child"))
        template = str(variant.get("templateId"))
        resource = self.found.words.workspace.of("template").get(template)
        if variant.get("type") not in CHANNELS:
            body = str(resource.definition.get("body")) if resource is not None else ""
            step = step_of(body, self.found.words, self.event)
            if step is None:
                return self.left(
                    id_, f"the webhook `{node.get('name')}`", "what it does cannot be read"
                )
            return Block(step[0], step[1], (Way("", after),), id_)
        message, offer = self.found.message(node, resource, self.paths[id_])
        sent: dict[str, Written] = {"send": message}
        time = self.found.windows.get(f"{self.flow}/{id_}")
        if time:
            hour = int(time[:2]) + 1
            sent["at"] = Bare(f"{time}-{hour:02}:{time[3:]}" if hour < 24 else f"{time}-23:59")
            self.found.notes.assumed(
                self.paths[id_], f"the end of the window from {time}",
                "Dittofeed only knows when it begins", "write the hour at which it should close",
            )  # fmt: skip
        if offer:
            sent["offer"] = offer
        return Block("send", sent, (Way("", after),), id_)

    def fork(self, id_: str, node: Node) -> Block:
        variant = _mapping(node.get("variant"))
        hint = str(node.get("name") or "")
        yes, no = (self.target(variant.get(way)) for way in ("trueChild", "falseChild"))
        if no == f"{id_}~case-2":
            return self.branch(id_)
        path, found = self.paths[id_], decision(id_, self.nodes, self.found.words.workspace)
        if found is None or len(found.nodes) == 1:
            segment = variant.get("segment")
            text = self.found.condition(segment, path, self.event, self.key, hint)
        else:
            yes, no = self.target(found.yes), self.target(found.no)
            name = f"{self.flow}~{id_}"
            text = self.found.tree(found.tree, name, path, self.event, self.key, hint)
        return Block("if", {"if": text}, (Way("then", yes), Way("else", no)), id_)

    def branch(self, id_: str) -> Block:
        """Return the branch that the exporter made of splits one after the other."""
        cases: list[Written] = []
        ways: list[Way] = []
        here: str | None = id_
        while here is not None:
            node = self.nodes[here]
            variant = _mapping(node.get("variant"))
            hint = str(node.get("name") or "")
            segment = variant.get("segment")
            path = self.paths[here]
            cases.append({"if": self.found.condition(segment, path, self.event, self.key, hint)})
            ways.append(Way(f"case-{len(cases)}", self.target(variant.get("trueChild"))))
            here = self.target(variant.get("falseChild"))
            if here != f"{id_}~case-{len(cases) + 1}":
                break
        return Block("branch", {"branch": cases}, (*ways, Way("else", here)), id_)

    def wait(self, id_: str, node: Node) -> Block:
        children = [one for one in node.get("segmentChildren") or () if isinstance(one, dict)]
        late, length = self.target(node.get("timeoutChild")), length_of(node.get("timeoutSeconds"))
        event = ""
        if len(children) == 1:
            event = self.one_event(str(children[0].get("segmentId")))
        if not event or not length:
            block = self.left(id_, "a wait for a segment", "the language waits for one event")
            return Block(NOTHING, {}, (Way("", late),)) if late is not None else block
        ways = (Way("happened", self.target(children[0].get("id"))), Way("timed_out", late))
        return Block("wait", {"wait": {"until": event, "at_most": Bare(length)}}, ways, id_)

    def cohorts(self, id_: str, node: Node) -> Block:
        arms = [one for one in node.get("children") or () if isinstance(one, dict)]
        shares: list[Any] = [one.get("percent") for one in arms]
        fine = all(isinstance(one, int | float) and 0 < one <= 100 for one in shares)
        if len(arms) < 2 or not fine or abs(sum(shares) - 100) > 1e-9:
            return self.left(id_, "a random split", "its shares do not add up to 100%")
        own = id_.rpartition(".")[2]
        name = id_of(own if is_id(own) else "split", "split", self.splits)
        self.splits.add(name)
        names: list[str] = []
        for one in arms:
            names.append(id_of(str(one.get("name") or "arm"), "arm", names))
        variants: dict[str, Written] = {
            arm: {"share": Bare(f"{share:g}%")} for arm, share in zip(names, shares, strict=True)
        }
        ways = tuple(
            Way(arm, self.target(one.get("id"))) for arm, one in zip(names, arms, strict=True)
        )
        return Block("split", {"split": name, "variants": variants}, ways, id_)

    def left(self, id_: str, what: str, why: str) -> Block:
        self.found.notes.left(self.paths[id_], what, why, "the flow goes on without it")
        return Block(NOTHING, {}, (Way("", self.target(self.nodes[id_].get("child"))),))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _clock(variant: Mapping[str, Any]) -> str:
    hour, minute = variant.get("hour"), variant.get("minute", 0)
    fine = isinstance(hour, int) and isinstance(minute, int) and 0 <= hour < 24 and 0 <= minute < 60
    return f"{hour:02}:{minute:02}" if fine else ""
