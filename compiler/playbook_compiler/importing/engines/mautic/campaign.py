"""A campaign as a flow: events in a tree, joined by jumps, as steps to be."""

from __future__ import annotations

import re
from typing import Final

from playbook_compiler.importing.engines.mautic.conditions import Asking
from playbook_compiler.importing.engines.mautic.mails import message_of
from playbook_compiler.importing.engines.mautic.reading import Reading, Row, listed, mapping
from playbook_compiler.importing.structure import NOTHING, Block, Way
from playbook_compiler.printing_yaml import Bare, Written
from playbook_compiler.values import dataclass, field

_UNITS: Final = {"i": "min", "h": "h", "d": "d", "m": "mo", "y": "y"}
_OURS = re.compile(r"playbook: ([^/\n]*)/([^\n]*)")
_DECISIONS: Final = {"email.click": "link_clicked", "email.open": "message_opened"}


@dataclass(slots=True)
class Campaign:
    """One campaign while it is read: `flow` is its id, `path` its place in the input."""

    reading: Reading
    data: Row
    flow: str
    path: str
    events: dict[str, Row] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    children: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)

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
        """Make the block of an event, with the wait in front of it."""
        event = self.events[id_]
        interval, unit = (
            event.get("trigger_interval"),
            _UNITS.get(str(event.get("trigger_interval_unit"))),
        )
        waits = (
            event.get("trigger_mode") == "interval" and isinstance(interval, int) and interval > 0
        )
        block = self.block(id_, event)
        if not (waits and unit) or (block.kind == "wait" and block.ways and len(block.ways) == 2):
            self.blocks[id_] = block
            return
        self.blocks[f"{id_}~do"] = block
        self.blocks[id_] = Block(
            "wait", {"wait": Bare(f"{interval}{unit}")}, (Way("", f"{id_}~do"),)
        )

    def block(self, id_: str, event: Row) -> Block:
        kind, said = str(event.get("type")), _OURS.match(str(event.get("description") or ""))
        wanted = said[2] if said is not None else ""
        properties = mapping(event.get("properties"))
        after = self.way(id_, "")
        if kind == "campaign.jump_to_event":
            target = str(properties.get("jumpToEvent"))
            return Block(NOTHING, {}, (Way("", target if target in self.events else None),))
        if wanted and event.get("name") == "leave the flow":  # it ends there anyway
            return Block(NOTHING, {}, (Way("", None),))
        if event.get("event_type") == "condition":
            asking = Asking(self.reading, self.data, self.flow, self.path)
            text = asking.condition(id_, event, properties, self.paths[id_])
            if not text:  # the holdout alone
                return Block(NOTHING, {}, (Way("", self.way(id_, "yes")),))
            return Block(
                "if",
                {"if": text},
                (Way("then", self.way(id_, "yes")), Way("else", self.way(id_, "no"))),
                wanted,
            )
        if kind in _DECISIONS:
            late = self.way(id_, "no")
            waited = self.events[late] if late is not None else {}
            interval, unit = (
                waited.get("trigger_interval"),
                _UNITS.get(str(waited.get("trigger_interval_unit"))),
            )
            length = (
                f"{interval}{unit}" if isinstance(interval, int) and interval > 0 and unit else "7d"
            )
            if late is not None:
                after_late = f"{late}~do"
                late = after_late if unit and interval else late
            data: dict[str, Written] = {
                "wait": {"until": _DECISIONS[kind], "at_most": Bare(length)}
            }
            return Block(
                "wait",
                data,
                (Way("happened", self.way(id_, "yes")), Way("timed_out", late)),
                wanted,
            )
        match kind:
            case "email.send":
                return Block(
                    "send",
                    {"send": message_of(self.reading, self.data, properties, self.paths[id_])},
                    (Way("", after),),
                    wanted,
                )
            case "lead.changetags":
                return self.tags(id_, properties, after, wanted)
        yes = self.way(id_, "yes") or after
        self.reading.notes.left(
            self.paths[id_], f"an event of the type `{kind}` (`{event.get('name')}`)",
            "the language has no such step", "the flow goes on without it",
        )  # fmt: skip
        return Block(NOTHING, {}, (Way("", yes),))

    def tags(self, id_: str, properties: Row, after: str | None, wanted: str) -> Block:
        steps: list[dict[str, Written]] = []
        for key, deed in (("add_tags", "tag"), ("remove_tags", "untag")):
            for tag in properties.get(key) or ():
                text = str(tag)
                if text.startswith("task: ") and deed == "tag":
                    steps.append({"task": text.removeprefix("task: ")[:1_000]})
                elif text.strip() and text.isprintable():
                    steps.append({"update": {deed: text[:100]}})
        if not steps:
            return Block(NOTHING, {}, (Way("", after),))
        for number in range(len(steps), 1, -1):
            place = f"{id_}~step-{number}"
            self.blocks[place] = Block(
                next(iter(steps[number - 1])), steps[number - 1], (Way("", after),)
            )
            after = place
        return Block(next(iter(steps[0])), steps[0], (Way("", after),), wanted)
