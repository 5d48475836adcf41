"""The sections beside the flows: sender, guardrails, facts, events, audiences, offers, messages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from playbook_compiler.importing.engines.klaviyo.account import text_of
from playbook_compiler.importing.engines.klaviyo.groups import groups_of
from playbook_compiler.importing.engines.klaviyo.offers import offer_data
from playbook_compiler.importing.engines.klaviyo.reading import Import
from playbook_compiler.importing.finishing import Tree
from playbook_compiler.importing.imported import Answers, Data, settled
from playbook_compiler.importing.law import with_law
from playbook_compiler.importing.variations import message_data
from playbook_compiler.printing_yaml import Bare, Written

_CAP: Final = re.compile(r"([0-9]+) ([a-z_]+) per ((?:[0-9]+(?:y|mo|d|h|min|s))+)")
_RULES: Final = ("double-opt-in", "opt-in")
_QUIET_BEGINS: Final = "21:00"


def audience_data(found: Import) -> Data:
    """Return the segments that are audiences."""
    audiences: Data = {}
    for key, name in sorted(found.words.audiences.items(), key=lambda one: one[1]):
        thing = found.account.of("segment")[key]
        groups = groups_of(thing.attributes.get("definition"))
        found.words.flow = ""
        condition = found.condition(groups, f"{thing.path}/definition", None, "")
        if condition is None:
            found.notes.left(
                thing.path,
                f"the segment `{thing.title}`",
                "the answer has no definition",
                f"ask for GET /api/segments/{key}; until then it holds those who ordered",
            )
            condition = "orders >= 1"
        audiences[name] = condition
    return audiences


def sections_of(
    found: Import, title: str, audiences: Data, trees: Mapping[str, Tree], answers: Answers
) -> tuple[Data, dict[str, str]]:
    """Return the playbook without its flows, and places in the input by `section/id`."""
    messages = message_data(found.messages)
    sender = _sender(found, messages)
    offers = {name: offer_data(found, name) for name in sorted(found.offers)}
    data: Data = {
        "playbook": 1,
        "name": " ".join(title.split())[:200] or "imported",
        **settled(answers, found.notes, "account", {"currency": found.currency}),
        "sender": sender,
        "guardrails": _guardrails(found, messages),
    }
    used = _used(
        found,
        [audiences, offers, messages, *(tree.head for tree in trees.values()), *_steps(trees)],
    )
    facts = found.words.types(
        {name: kind for name, kind in found.words.facts.items() if name in used}
    )
    data["facts"] = dict(sorted(facts.items()))
    data["events"] = {
        name: {**found.words.types(fields)}
        for name, fields in sorted(found.words.events.items())
        if name in used
    }
    data |= {"audiences": audiences, "offers": {**offers}, "messages": {**messages}}
    paths = {
        f"messages/{name}": next(iter(said.values())).path for name, said in found.messages.items()
    }
    things = found.account.of("segment")
    paths |= {f"audiences/{name}": things[key].path for key, name in found.words.audiences.items()}
    return {name: value for name, value in data.items() if value}, paths


def _steps(trees: Mapping[str, Tree]) -> list[Any]:
    found: list[Any] = []
    waiting = [made for tree in trees.values() for made in tree.steps]
    while waiting:
        made = waiting.pop()
        found.append(made.block.data)
        waiting += [one for _, inner in made.lists for one in inner]
    return found


def _used(found: Import, values: Iterable[Any]) -> set[str]:
    """Return the words that occur in data: of facts and events those that are written there."""
    words: set[str] = set()
    waiting = [*values]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list | tuple):
            waiting += [*value]
        elif isinstance(value, str | Bare):
            text = value if isinstance(value, str) else value.text
            words.update(re.findall(r"[a-z][a-z0-9_.]*", text))
            words.update(re.findall(r"(?<=customer\.)[a-z][a-z0-9_.]*", text))
    return words


def _sender(found: Import, messages: dict[str, Data]) -> Data:
    """Return who writes, and put what law asks for into marketing mails."""
    mails = [one for one in messages.values() if one.get("channel", "email") == "email"]
    if not mails and not found.senders:
        return {}
    counted = Counter(found.senders)
    (mail, label), _ = (
        min(counted.items(), key=lambda one: (-one[1], one[0])) if counted else (("", ""), 0)
    )
    if len(counted) > 1:
        found.notes.changed(
            "account",
            f"{len(counted) - 1} further senders",
            "a playbook has one",
            f"all mails come from {mail}",
        )
    if not mail:
        mail, label = "hello@shop.example", label or "Shop"
        found.notes.assumed(
            "account", "the sender's address", "the input does not tell it", "write it"
        )
    name = label or mail.partition("@")[2]
    paths = {one: next(iter(said.values())).path for one, said in found.messages.items()}
    address = with_law(found.notes, messages, name, found.addresses, paths, "Klaviyo adds it")
    sender: Data = {"name": name, "email": mail}
    if address:
        sender["address"] = address
    return sender


def _guardrails(found: Import, messages: Mapping[str, Data]) -> Data:
    """Return the rules that stand in the flows and messages."""
    data: Data = {}
    note = text_of(found.account.settings.get("Smart Sending window"))
    caps: list[Written] = []
    for count, channel, per in _CAP.findall(note):
        cap: Data = {"at_most": int(count), "per": Bare(per)}
        caps.append(cap if channel == "messages" else {"channel": channel, **cap})
    if True in found.capped and not caps:
        caps = [{"at_most": 1, "per": Bare("16h")}]
        found.notes.assumed(
            found.capped[True],
            "`frequency: 1 per 16h`",
            "the account's Smart Sending window is not in the input",
            "write your window; Klaviyo skips what comes too early",
        )
    if True in found.capped and False in found.capped:
        found.notes.changed(
            found.capped[False],
            "a message without Smart Sending",
            "caps are for all marketing messages here",
            "see whether it may be held back",
        )
    if caps:
        data["frequency"] = caps
        if not note:
            data["when_capped"] = "skip"
    quiet = found.quiet_end
    if quiet:
        begins = _QUIET_BEGINS if quiet != _QUIET_BEGINS else "20:00"
        data["quiet_hours"] = {"from": Bare(begins), "to": Bare(quiet)}
        found.notes.assumed(
            "account",
            f"quiet hours from {begins}",
            f"Klaviyo only knows that they end at {quiet}",
            "correct it",
        )
    consent = _consent(found, messages)
    if consent:
        data["consent"] = consent
    if found.holdouts:
        share = min(found.holdouts)
        data["holdout"] = Bare(f"{share}%")
        for other in sorted(set(found.holdouts) - {share}):
            found.notes.changed(
                found.holdouts[other],
                f"a holdout of {other}%",
                f"the playbook has one, of {share}%",
            )
    return data


def _consent(found: Import, messages: Mapping[str, Data]) -> Data:
    """Return the strictest rule that the messages of each channel ask for."""
    data: Data = {}
    for channel, rules in sorted(found.consents.items()):
        rule = next((one for one in _RULES if one in rules), "")
        if not rule:
            rule = "opt-out" if channel == "email" else "opt-in"
            if not (channel == "email" and found.account.ours):
                found.notes.assumed(
                    rules[""],
                    f"`consent: {{{channel}: {rule}}}`",
                    "the message has no filter of its own: Klaviyo leaves out the unsubscribed",
                    "write the rule that your law asks for",
                )
        elif len(rules) > 1:
            found.notes.changed(
                next(path for one, path in sorted(rules.items()) if one != rule),
                f"messages of {channel} under several rules of consent",
                f"a channel has one: `{rule}`, the strictest",
            )
        data[channel] = rule
    return data
