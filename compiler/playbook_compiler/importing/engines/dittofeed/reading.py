"""What is shared while one workspace is read: names, notes, messages, offers, guardrails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playbook_compiler.export.logic import Tree
from playbook_compiler.facts import IdKind
from playbook_compiler.importing.engines.dittofeed.conditions import (
    condition_of,
    length_of,
)
from playbook_compiler.importing.engines.dittofeed.texts import Text, text_of
from playbook_compiler.importing.engines.dittofeed.words import Words
from playbook_compiler.importing.engines.dittofeed.workspace import Resource
from playbook_compiler.importing.imported import Notes
from playbook_compiler.importing.names import id_of
from playbook_compiler.model import Playbook
from playbook_compiler.printing_yaml import Bare, Written
from playbook_compiler.targets.dittofeed.segments import definition_of
from playbook_compiler.values import dataclass, field


@dataclass(slots=True)
class Import:
    """One import while it runs. `windows` are times of sending by flow/step."""

    words: Words
    notes: Notes
    shell: Playbook
    ids: dict[IdKind, frozenset[str]]
    messages: dict[str, dict[str, Text]] = field(default_factory=dict)
    offers: dict[str, int] = field(default_factory=dict)
    windows: dict[str, str] = field(default_factory=dict)
    caps: list[Written] = field(default_factory=list)
    cap_delay: str = ""
    holdout: str = ""
    quiet_end: str = ""

    def condition(self, segment: Any, path: str, event: str, key: str, hint: str = "") -> str:
        """Return the condition of a segment; a fact stands for one that cannot be said."""
        resource = self.words.workspace.of("segment").get(str(segment))
        name = f"segment {segment}"
        if resource is None:
            return self.unsaid(name, str(segment), "it is not in the input", path)
        return self.part(resource.definition, name, path, event, key, hint, resource.name)

    def part(
        self,
        definition: Mapping[str, Any],
        name: str,
        path: str,
        event: str,
        key: str,
        hint: str = "",
        title: str = "",
    ) -> str:
        """Return the condition of a segment's definition, or of a part of one."""
        found = condition_of(definition, self.words, self.shell, self.ids, event, key, hint)
        if found is None:
            return self.unsaid(name, title or name, "the language cannot say it", path)
        if not found.exact:
            self.notes.changed(
                path,
                f"the segment `{found.text}`",
                "who has no value for what it asks may be treated otherwise",
                "compare it with the segment in Dittofeed",
            )
        return found.text

    def tree(self, tree: Tree, name: str, path: str, event: str, key: str, hint: str = "") -> str:
        """Return the condition of a tree of tests."""
        return self.part(definition_of(tree), name, path, event, key, hint)

    def unsaid(self, name: str, title: str, why: str, path: str) -> str:
        """Return the fact that stands for a segment, and note it."""
        fact = self.words.stand_in(name)
        advice = f"`{fact}` stands for it: fill it in for each customer, or write the condition"
        self.notes.left(path, f"the segment `{title}`", why, advice)
        return fact

    def message(
        self, node: Mapping[str, Any], resource: Resource | None, path: str
    ) -> tuple[str, str]:
        """Return (message, offer) of a message node, its texts kept."""
        title = str(node.get("name") or (resource.name if resource is not None else "message"))
        message, _, carried = title.partition("+")
        if resource is None:
            self.notes.left(
                path, f"the text of `{title}`", "its template is not in the input", "write it"
            )
            text = Text("email", "marketing", "", "", "", path, "", 0, ("", ""), "")
        else:
            marketing = bool(node.get("subscriptionGroupId"))
            text = text_of(
                resource.definition, self.words, self.notes, resource.path, marketing=marketing
            )
        offer = text.offer
        if offer:
            self.offers[offer] = text.days or self.offers.get(offer, 0)
        if carried and carried != offer:
            self.notes.left(
                path, f"the offer `{carried}`", "its code stands in the text, its worth nowhere",
                "define it under `offers:` and send the message with it",
            )  # fmt: skip
            message = title
        name = id_of(message, "message")
        number = 2
        while True:
            said = self.messages.setdefault(name, {})
            if offer not in said or said[offer].body == text.body:
                said.setdefault(offer, text)
                return name, offer
            name = f"{id_of(message, 'message')[:58]}-{number}"
            number += 1

    def read_holdout(self, segment: Any) -> None:
        """Read the share of the holdout."""
        resource = self.words.workspace.of("segment").get(str(segment))
        entry = resource.definition.get("entryNode") if resource is not None else None
        share = entry.get("percent") if isinstance(entry, dict) else None
        if isinstance(share, int | float) and 0 < share < 1:
            self.holdout = f"{share * 100:g}%"

    def read_cap(self, segment: Any) -> None:
        """Read a frequency cap out of the segment of those who had enough."""
        resource = self.words.workspace.of("segment").get(str(segment))
        if resource is None:
            return
        entry, nodes = resource.definition.get("entryNode"), resource.definition.get("nodes")
        for one in [entry, *(nodes if isinstance(nodes, list) else ())]:
            if not isinstance(one, dict) or one.get("type") != "Performed":
                continue
            length, times = length_of(one.get("withinSeconds")), one.get("times")
            listed = one.get("properties")
            first = listed[0] if isinstance(listed, list) and listed else {}
            operator = first.get("operator") if isinstance(first, dict) else {}
            is_one = isinstance(operator, dict) and operator.get("type") == "Equals"
            channel = resource.name.rpartition("~")[2] if is_one else ""
            cap: dict[str, Written] = {"at_most": times, "per": Bare(length)}
            cap = {"channel": channel, **cap} if channel else cap
            if length and isinstance(times, int) and cap not in self.caps:
                self.caps.append(cap)
