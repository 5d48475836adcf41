"""A Mautic archive as a playbook."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.importing.engines.mautic.archive import read_entities
from playbook_compiler.importing.engines.mautic.campaign import Campaign
from playbook_compiler.importing.engines.mautic.noted import joined, noted
from playbook_compiler.importing.engines.mautic.reading import Reading, Row, head_of, reading_of
from playbook_compiler.importing.finishing import Tree, finished
from playbook_compiler.importing.given import Given
from playbook_compiler.importing.imported import Answers, Data, Imported, Notes
from playbook_compiler.importing.law import with_law
from playbook_compiler.importing.names import fact_name, id_of
from playbook_compiler.importing.structure import Tangled, structured
from playbook_compiler.printing_yaml import Bare, Written
from playbook_compiler.values import dataclass

_FIRES = re.compile(r"playbook: .*the trigger `(\w+): ([^`]+)` fires")
_HAPPENS = re.compile(
    r"playbook: put the contact in when `([a-z_.]+)` happens(?: (\d+) times within (\w+))?(.*)",
    re.DOTALL,
)
_TAKEN_OUT = re.compile(r"; take him out at ([a-z_]+(?:, [a-z_]+)*)")
_KINDS = ("inactive_for", "date", "replenishment", "every")


@dataclass(frozen=True, slots=True)
class MauticImporter:
    """Mautic's campaigns and e-mails, from the ZIP that it exports or from our export."""

    name: str = "mautic"
    title: str = "Mautic"
    takes: str = "the ZIP of an exported campaign"
    suffixes: tuple[str, ...] = (".zip", ".json")

    def read(self, given: Given, answers: Answers) -> tuple[Imported | None, list[Diagnostic]]:
        """Return the playbook, or located findings where the input cannot be read."""
        campaigns, findings = read_entities(given)
        if campaigns is None:
            return None, findings
        return playbook_of(campaigns, answers), []


def playbook_of(campaigns: Sequence[Row], answers: Answers) -> Imported:
    """Return campaigns as a playbook."""
    known = noted(campaigns)
    reading = reading_of(campaigns)
    reading.messages.update(known.messages)
    trees: dict[str, Tree] = {}
    heads: set[str] = set()
    for number, data in enumerate(campaigns):
        if number in known.flows:
            continue
        head = head_of(data)
        title, own = str(head.get("name") or "campaign"), _own_id(head)
        if number in known.stale:
            reading.notes.changed(
                f"/{number}", f"the campaign `{title}`",
                "it no longer does what the playbook says that it was exported from",
                "its steps are read as they stand in Mautic: compare them",
            )  # fmt: skip
        flow = id_of(own or title, "flow", {*trees, *known.flows.values()})
        heads.add(title.removesuffix(f": {own}") if own else "")
        tree = _flow(reading, data, flow, f"/{number}")
        if tree is not None:
            trees[flow] = tree
    # What the names of all campaigns of an export begin with is the playbook's.
    name = heads.pop() if len(heads) == 1 else ""
    told = {"name": name or "imported from Mautic", **known.settings}
    sections = _sections(reading, trees, told, answers)
    return finished("mautic", joined((known.sections, sections)), trees, {}, reading.notes)


def _own_id(head: Row) -> str:
    """Return the id of the flow that a campaign of our own export was, else nothing."""
    told = str(head.get("description") or "").partition("\n")[0]
    return (
        told.removeprefix("playbook: ").partition(" - ")[0] if told.startswith("playbook: ") else ""
    )


def _flow(reading: Reading, data: Row, flow: str, path: str) -> Tree | None:
    """Return one campaign as a flow; None, noted, where it cannot be written as steps."""
    head, notes = head_of(data), reading.notes
    title = str(head.get("name") or "campaign")
    campaign = Campaign(reading, data, flow, path)
    first = campaign.read()
    try:
        made = structured(campaign.blocks, first)
    except Tangled as problem:
        notes.left(path, f"the campaign `{title}`", str(problem), "write it by hand")
        return None
    keys: Data = {} if _own_id(head) else {"about": title[:1_000]}
    keys["trigger"] = _trigger(data, flow, path, notes, reading.events)
    again = head.get("allow_restart") in (True, 1)
    keys["entry"] = "always" if again else "once"
    keys["exit_on"] = _exits(data)
    return Tree(keys, made.steps, path)


def _sections(reading: Reading, trees: Mapping[str, Tree], told: Data, answers: Answers) -> Data:
    """Return the sections of the playbook but its flows. `told` are settings that are known."""
    notes, messages = reading.notes, reading.messages
    whole: Data = {"playbook": 1, "name": told["name"]}
    for what, answer, likely in (
        ("currency", told.get("currency") or answers.currency, "EUR"),
        ("timezone", told.get("timezone") or answers.timezone, "UTC"),
    ):
        if not answer:
            notes.assumed(
                "archive", f"`{what}: {likely}`", "the input does not tell it",
                f"import again with --{what}",
            )  # fmt: skip
        whole[what] = answer or likely
    if messages and "sender" not in told:
        whole["sender"] = _sender(reading)
    if messages and "guardrails" not in told:
        whole["guardrails"] = {"consent": {"email": "opt-in"}}
    if reading.held_out and "guardrails" not in told:
        notes.left(
            reading.held_out[0], "the holdout", "its share is drawn by the shop",
            "write `guardrails: {holdout: 10%}`",
        )  # fmt: skip
    used = set(re.findall(r"[a-z][a-z0-9_.]*", str([messages, trees]).replace("customer.", " ")))
    whole["facts"] = {
        one: "text" if kind == "?" else kind
        for one, kind in sorted(reading.names.facts.items())
        if one in used
    }
    whole["events"] = reading.events
    whole["messages"] = {one: messages[one] for one in sorted(messages)}
    return {one: value for one, value in whole.items() if value}


def _sender(reading: Reading) -> Data:
    """Return the sender that most e-mails have; marketing mails get what law asks for."""
    counted = Counter(one for one in reading.senders if "@" in one[0])
    mail, label = "", ""
    if counted:
        (mail, label), _ = min(counted.items(), key=lambda one: (-one[1], one[0]))
    else:
        mail = "hello@shop.example"
        reading.notes.assumed(
            "archive", "the sender's address", "the input does not tell it", "write it"
        )
    name = label or next((one for _, one in reading.senders if one), "") or mail.partition("@")[2]
    address = with_law(
        reading.notes, reading.messages, name, reading.addresses, {}, "Mautic adds it by itself"
    )
    return {"name": name, "email": mail, **({"address": address} if address else {})}


def _exits(data: Mapping[str, Any]) -> list[Written]:
    """Return the events that take a contact out of our own campaign again."""
    lists = data.get("lists")
    for one in lists if isinstance(lists, list) else ():
        said = _TAKEN_OUT.search(str(one.get("description"))) if isinstance(one, dict) else None
        if said is not None:
            return [*said[1].split(", ")]
    return []


def _trigger(
    data: Mapping[str, Any], flow: str, path: str, notes: Notes, events: dict[str, Written]
) -> Any:
    """Return what brings contacts into a campaign: the segment of an export of ours says it."""
    lists = data.get("lists")
    for one in lists if isinstance(lists, list) else ():
        said = _FIRES.match(str(one.get("description") or "")) if isinstance(one, dict) else None
        happens = (
            _HAPPENS.match(str(one.get("description") or "")) if isinstance(one, dict) else None
        )
        if happens is not None:
            if happens[1] not in BUILT_IN.events:
                events[happens[1]] = {}
            rest = _TAKEN_OUT.sub("", happens[4]).strip()
            if rest:
                notes.left(
                    f"{path}/lists", f"the rest of the trigger: `{rest[:150]}`",
                    "it stands in the segment's description alone", "write it under `where:`",
                )  # fmt: skip
            often = {"at_least": int(happens[2]), "within": Bare(happens[3])} if happens[2] else {}
            return {"event": happens[1], **often}
        if said is not None and said[1] in _KINDS:
            return {said[1]: Bare(said[2])}
    event = fact_name(f"entered {flow}", "event", events)
    events[event] = {}
    notes.changed(
        f"{path}/lists", "the segments of a campaign", "an event stands for them",
        f"send `{event}`, or write another trigger",
    )  # fmt: skip
    return {"event": event}


IMPORTER = MauticImporter()
