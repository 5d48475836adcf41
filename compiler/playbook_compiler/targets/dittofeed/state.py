"""One export while it runs: the graph, the account of losses, and the objects that flows need."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from playbook_compiler.export.bundle import stable_uuid
from playbook_compiler.export.dialect import Reading
from playbook_compiler.export.logic import Tree
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.export.quoting import brings, senders, unquoted
from playbook_compiler.export.wording import Wording, word
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Guardrails, Message, Playbook
from playbook_compiler.targets.dittofeed import terms
from playbook_compiler.targets.dittofeed.scope import Needs
from playbook_compiler.targets.dittofeed.segments import definition_of
from playbook_compiler.targets.dittofeed.starts import quoted_event, starts_by_event
from playbook_compiler.targets.dittofeed.template import CODE, EVENT, dialect, property_name
from playbook_compiler.units import TimeOfDay
from playbook_compiler.values import dataclass, field


@dataclass(frozen=True, slots=True)
class Export:
    """What the flows of one export share. The collections fill while flows are lowered, each from
    the name of an object to its definition; `updates` are the traits that steps set."""

    graph: TriggerGraph
    lowering: Lowering
    needs: Needs = field(default_factory=Needs)
    segments: dict[str, dict[str, Any]] = field(default_factory=dict)
    properties: dict[str, dict[str, Any]] = field(default_factory=dict)
    wordings: dict[tuple[str, str], Wording] = field(default_factory=dict)
    templates: dict[str, dict[str, Any]] = field(default_factory=dict)
    updates: dict[str, tuple[str, Any]] = field(default_factory=dict)
    audiences: set[str] = field(default_factory=set)
    offers: set[str] = field(default_factory=set)

    @property
    def playbook(self) -> Playbook:
        """The playbook that is exported."""
        return self.graph.playbook

    @property
    def guardrails(self) -> Guardrails | None:
        """The playbook's guardrails."""
        return self.graph.playbook.guardrails

    @property
    def quiet_end(self) -> TimeOfDay | None:
        """The end of the quiet hours."""
        quiet = self.guardrails.quiet_hours if self.guardrails is not None else None
        return None if quiet is None else quiet.end

    def segment(self, name: str, tree: Tree) -> str:
        """Make a segment of a tree, and return its id."""
        self.segments[name] = definition_of(tree)
        return stable_uuid(terms.TARGET, "segment", name)

    def template(self, name: str, definition: dict[str, Any]) -> str:
        """Make a template, and return its id."""
        self.templates[name] = definition
        return stable_uuid(terms.TARGET, "template", name)

    def trait_property(self, trait: str) -> str:
        """Make the user property that reads a trait, and return its name."""
        if trait not in terms.DEFAULT_PROPERTIES:
            self.properties[trait] = {"type": "Trait", "path": trait}
        return trait

    def group(self, channel: str) -> str:
        """Return the id of the subscription group of a channel's marketing."""
        self.needs.groups.add(channel)
        return stable_uuid(terms.TARGET, "subscription-group", terms.group_name(channel))

    def wording(self, message: Message, offer: str) -> Wording:
        """Return what a message with an offer says, made once."""
        key = (message.id, offer)
        if key not in self.wordings:
            self.wordings[key] = word(
                self.playbook,
                dialect(self._property),
                self.lowering,
                message,
                self.playbook.offers.get(offer),
                unquoted(self.graph, message.id, starts_by_event),
            )
        return self.wordings[key]

    def _property(self, kind: str, name: str, reading: Reading) -> str:
        """Make the user property that a text reads, and return its name; "" where none can be.

        `name` is the trait or offer, or the variable that quotes the run's event.
        """
        if kind == EVENT:
            catalogue = self.playbook.catalogue
            runs = [
                quoted_event(self.playbook, flow)
                for flow in senders(self.graph, reading.message.id)
                if brings(flow, name, catalogue)
            ]
            path = name.removeprefix("trigger.")
            return self.event_property(path, runs) if all(event for event, _ in runs) else ""
        trait = property_name(kind, name)
        note = "a trait of the customer that the shop keeps"
        if kind == CODE:
            note = f"the customer's own code for the offer {name}, issued by the shop"
        self.lowering.need("trait", trait, note)
        return self.trait_property(trait)

    def event_property(self, path: str, runs: Iterable[tuple[str, str]]) -> str:
        """Make the user property that quotes the event of a run, and return its name.

        `runs` are the events with the keys of the flows that quote it.
        """
        name = property_name(EVENT, path)
        known = self.properties.get(name, {"nodes": []})
        inner = known.get("nodes", [known])
        nodes = {(one["event"], one["key"]) for one in inner if "event" in one}
        self.properties[name] = _quoting(path, sorted(nodes | set(runs)))
        return name


def _quoting(path: str, events: list[tuple[str, str]]) -> dict[str, Any]:
    """Return the definition of a user property that reads a property of some events."""
    nodes = [
        {"type": "KeyedPerformed", "event": event, "path": path, "key": key}
        for event, key in events
    ]
    if len(nodes) == 1:
        return nodes[0]
    ids = [str(number) for number in range(1, len(nodes) + 1)]
    inner = [{"id": id_, **node} for id_, node in zip(ids, nodes, strict=True)]
    any_of = {"id": "0", "type": "AnyOf", "children": ids}
    return {"type": "Group", "entry": "0", "nodes": [any_of, *inner]}
