"""A Dittofeed workspace as a playbook."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.facts import IdKind
from playbook_compiler.importing.engines.dittofeed.conditions import condition_of
from playbook_compiler.importing.engines.dittofeed.journey import Journey
from playbook_compiler.importing.engines.dittofeed.reading import Import
from playbook_compiler.importing.engines.dittofeed.starts import special
from playbook_compiler.importing.engines.dittofeed.words import Words
from playbook_compiler.importing.engines.dittofeed.workspace import read_workspace
from playbook_compiler.importing.finishing import Tree, finished
from playbook_compiler.importing.given import Given
from playbook_compiler.importing.imported import Answers, Data, Imported, Notes, settled
from playbook_compiler.importing.law import with_law
from playbook_compiler.importing.names import id_of
from playbook_compiler.importing.shell import shell_of
from playbook_compiler.importing.structure import Tangled, structured
from playbook_compiler.importing.variations import message_data
from playbook_compiler.printing_yaml import Bare
from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class DittofeedImporter:
    """Dittofeed's journeys, segments and templates, from its admin API or from our export."""

    name: str = "dittofeed"
    title: str = "Dittofeed"
    takes: str = "a JSON file of resources of its admin API, or the folder of an export"
    suffixes: tuple[str, ...] = (".json",)

    def read(self, given: Given, answers: Answers) -> tuple[Imported | None, list[Diagnostic]]:
        """Return the playbook, or located findings where the input cannot be read."""
        workspace, findings = read_workspace(given)
        if workspace is None:
            return None, findings
        words, notes = Words(workspace), Notes()
        for id_, one in workspace.of("journey").items():
            words.journeys[id_] = id_of(one.name or "flow", "flow", words.journeys.values())
        entered = {
            str(entry.get("segment"))
            for one in workspace.of("journey").values()
            if isinstance(entry := one.definition.get("entryNode"), dict)
        }
        for id_, one in workspace.of("segment").items():
            foreign = "~" not in one.name
            if foreign or (id_ in entered and special(one.definition) is None):
                words.audiences[id_] = id_of(
                    one.name or "audience", "audience", words.audiences.values()
                )
        for id_, one in workspace.of("template").items():
            words.messages[id_] = id_of(one.name.partition("+")[0] or "message", "message")
        found = _started(words, notes)
        trees: dict[str, Tree] = {}
        for id_, one in workspace.of("journey").items():
            journey = Journey(found, one, words.journeys[id_])
            data, first = journey.read()
            try:
                made = structured(journey.blocks, first)
            except Tangled as problem:
                notes.left(one.path, f"the journey `{one.name}`", str(problem), "write it by hand")
                continue
            for repeated in made.repeated:
                notes.changed(
                    journey.paths.get(repeated, one.path), f"the step `{repeated}`",
                    "ways that cross cannot be written: it stands in the playbook once for each",
                    "see whether one of them is enough",
                )  # fmt: skip
            about = (
                {"about": one.name[:1_000]} if one.name and one.name != words.journeys[id_] else {}
            )
            trees[words.journeys[id_]] = Tree({**about, **data}, made.steps, one.path)
        sections, paths = _sections(found, trees, answers)
        return finished(self.name, sections, trees, paths, notes), []


def _started(words: Words, notes: Notes) -> Import:
    """Return the state of an import: names looked at once, so that their types are known."""
    audiences = words.audiences.values()
    ids = {
        IdKind.AUDIENCE: frozenset(audiences),
        IdKind.FLOW: frozenset(words.journeys.values()),
        IdKind.MESSAGE: frozenset(words.messages.values()),
    }
    empty = shell_of({}, {}, ())
    for one in words.workspace.of("segment").values():
        condition_of(one.definition, words, empty, ids)
    shell = _shell(words, {})
    conditions: dict[str, str] = {}
    for id_, name in words.audiences.items():
        said = condition_of(words.workspace.of("segment")[id_].definition, words, shell, ids)
        conditions[name] = said.text if said is not None else "orders >= 0"
    return Import(words, notes, _shell(words, conditions), ids)


def _shell(words: Words, conditions: dict[str, str]) -> Any:
    facts = {name: "text" if kind == "?" else kind for name, kind in words.facts.items()}
    events = {
        name: {field: "text" if kind == "?" else kind for field, kind in fields.items()}
        for name, fields in words.events.items()
    }
    return shell_of(facts, events, words.audiences.values(), conditions)


def _sections(
    found: Import, trees: dict[str, Tree], answers: Answers
) -> tuple[Data, dict[str, str]]:
    words, notes = found.words, found.notes
    segments = words.workspace.of("segment")
    audiences: Data = {
        name: found.condition(id_, segments[id_].path, "", "")
        for id_, name in sorted(words.audiences.items(), key=lambda one: one[1])
    }
    messages = message_data(found.messages)
    texts = [text for said in found.messages.values() for text in said.values()]
    paths = {name: next(iter(said.values())).path for name, said in found.messages.items()}
    senders = Counter(
        text.sender for text in texts if text.channel == "email" and "@" in text.sender[0]
    )
    sender: Data = {}
    if senders:
        (mail, label), _ = min(senders.items(), key=lambda one: (-one[1], one[0]))
        addresses = [text.address for text in texts if text.address]
        name = label or mail.partition("@")[2]
        why = "Dittofeed knows none"
        address = with_law(notes, messages, name, addresses, paths, why)
        sender = {"name": name, "email": mail, **({"address": address} if address else {})}
    data: Data = {"playbook": 1, "name": "imported from Dittofeed"}
    data |= settled(answers, notes, "workspace", {})
    used = set(
        re.findall(r"[a-z][a-z0-9_.]*", str([audiences, messages, trees]).replace("customer.", " "))
    )
    data |= {"sender": sender, "guardrails": _guardrails(found, messages)}
    data["facts"] = {
        name: "text" if kind == "?" else kind
        for name, kind in sorted(words.facts.items())
        if name in used
    }
    data["events"] = {
        name: {field: "text" if kind == "?" else kind for field, kind in fields.items()}
        for name, fields in sorted(words.events.items())
        if name in used
    }
    offers: Data = {}
    for name, days in sorted(found.offers.items()):
        offers[name] = {
            "gift": f"what the code of {name} gives", "code": "unique",
            **({"valid": Bare(f"{days}d")} if days else {}),
        }  # fmt: skip
        notes.left(
            "workspace", f"what the offer `{name}` is worth", "Dittofeed holds its codes alone",
            "write percent_off, amount_off or free_shipping in place of the gift",
        )  # fmt: skip
    data |= {"audiences": audiences, "offers": offers, "messages": {**messages}}
    places = {f"messages/{name}": path for name, path in paths.items()}
    return {name: value for name, value in data.items() if value}, places


def _guardrails(found: Import, messages: dict[str, Data]) -> Data:
    data: Data = {}
    if found.caps:
        data["frequency"] = found.caps
        data["when_capped"] = {"delay": Bare(found.cap_delay)} if found.cap_delay else "skip"
    if found.quiet_end:
        begins = "21:00" if found.quiet_end != "21:00" else "20:00"
        data["quiet_hours"] = {
            "from": Bare(begins),
            "to": Bare(found.quiet_end),
        }
        found.notes.assumed(
            "workspace",
            "quiet hours from 21:00",
            "only their end is known",
            "correct it",
        )
    channels = {str(one["channel"]) for one in messages.values() if one.get("kind") == "marketing"}
    if channels:
        data["consent"] = dict.fromkeys(sorted(channels), "opt-in")
    if found.holdout:
        data["holdout"] = Bare(found.holdout)
    return data


IMPORTER = DittofeedImporter()
