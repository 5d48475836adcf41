"""A Mautic archive as a playbook."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.importing.engines.mautic.archive import read_entities
from playbook_compiler.importing.engines.mautic.campaign import Campaign, Names
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
        names, notes = Names(), Notes()
        messages: dict[str, dict[str, Written]] = {}
        addresses: list[str] = []
        senders: list[tuple[str, str]] = []
        events: dict[str, Written] = {}
        trees: dict[str, Tree] = {}
        held_out: list[str] = []
        labels = {
            str(one.get("alias")): str(one.get("label"))
            for data in campaigns
            for one in data.get("lead_field") or ()
            if isinstance(one, dict)
        }
        booleans = frozenset(
            str(one.get("alias"))
            for data in campaigns
            for one in data.get("lead_field") or ()
            if isinstance(one, dict) and one.get("type") == "boolean"
        )
        heads: set[str] = set()
        for number, data in enumerate(campaigns):
            listed = data.get("campaign")
            head = listed[0] if isinstance(listed, list) and listed else listed
            head = head if isinstance(head, dict) else {}
            title = str(head.get("name") or "campaign")
            ours = str(head.get("description") or "")
            own = (
                ours.removeprefix("playbook: ").partition(" - ")[0]
                if ours.startswith("playbook: ")
                else ""
            )
            flow = id_of(own or title, "flow", trees)
            campaign = Campaign(
                data,
                flow,
                f"/{number}",
                names,
                notes,
                messages,
                addresses,
                senders,
                labels,
                held_out,
                booleans,
            )
            heads.add(title.removesuffix(f": {own}") if own else "")
            first = campaign.read()
            try:
                made = structured(campaign.blocks, first)
            except Tangled as problem:
                notes.left(
                    f"/{number}", f"the campaign `{title}`", str(problem), "write it by hand"
                )
                continue
            keys: dict[str, Any] = {} if own else {"about": title[:1_000]}
            keys["trigger"] = _trigger(data, flow, f"/{number}", notes, events)
            again = head.get("allow_restart") in (True, 1)
            keys["entry"] = "always" if again else "once"
            keys["exit_on"] = _exits(data)
            trees[flow] = Tree(keys, made.steps, f"/{number}")
        counted = Counter(one for one in senders if "@" in one[0])
        (mail, label), _ = (
            min(counted.items(), key=lambda one: (-one[1], one[0])) if counted else (("", ""), 0)
        )
        # What the names of all campaigns of an export begin with is the playbook's.
        name = heads.pop() if len(heads) == 1 else ""
        whole: Data = {"playbook": 1, "name": name or "imported from Mautic"}
        for what, answer, likely in (
            ("currency", answers.currency, "EUR"),
            ("timezone", answers.timezone, "UTC"),
        ):
            if not answer:
                notes.assumed(
                    "archive",
                    f"`{what}: {likely}`",
                    "the input does not tell it",
                    f"import again with --{what}",
                )
            whole[what] = answer or likely
        if messages:
            if not mail:
                mail = "hello@shop.example"
                notes.assumed(
                    "archive", "the sender's address", "the input does not tell it", "write it"
                )
            name = label or next((one for _, one in senders if one), "") or mail.partition("@")[2]
            address = with_law(notes, messages, name, addresses, {}, "Mautic adds it by itself")
            whole["sender"] = {
                "name": name,
                "email": mail,
                **({"address": address} if address else {}),
            }
            whole["guardrails"] = {"consent": {"email": "opt-in"}}
        if held_out:
            notes.left(
                held_out[0],
                "the holdout",
                "its share is drawn by the shop",
                "write `guardrails: {holdout: 10%}`",
            )
        text = str([messages, trees])
        used = set(re.findall(r"[a-z][a-z0-9_.]*", text.replace("customer.", " ")))
        whole["facts"] = {
            one: "text" if kind == "?" else kind
            for one, kind in sorted(names.facts.items())
            if one in used
        }
        whole["events"] = events
        whole["messages"] = {one: messages[one] for one in sorted(messages)}
        return finished(
            self.name, {one: value for one, value in whole.items() if value}, trees, {}, notes
        ), []


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
