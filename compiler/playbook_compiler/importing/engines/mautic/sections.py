"""The sections of an imported playbook around its flows: sender, guardrails, facts, messages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from playbook_compiler.importing.engines.mautic.reading import Reading
from playbook_compiler.importing.finishing import Tree
from playbook_compiler.importing.imported import Answers, Data, settled
from playbook_compiler.importing.law import with_law
from playbook_compiler.importing.variations import message_data
from playbook_compiler.printing_yaml import Bare, Written


def sections_of(
    reading: Reading,
    trees: Mapping[str, Tree],
    told: Data,
    worth: Mapping[str, Data],
    answers: Answers,
) -> tuple[Data, dict[str, str]]:
    """Return the sections of the playbook but its flows, and the places of messages in the input.
    `told` are settings that are known, `worth` offers."""
    notes, messages = reading.notes, message_data(reading.messages)
    paths = {
        f"messages/{name}": next(iter(said.values())).path
        for name, said in reading.messages.items()
    }
    whole: Data = {"playbook": 1, "name": told["name"]}
    whole |= settled(answers, notes, "archive", told)
    if messages and "sender" not in told:
        whole["sender"] = _sender(reading, messages)
    guardrails = told.get("guardrails")
    rules = guardrails if isinstance(guardrails, dict) else {}
    made = _guardrails(reading, messages, rules.get("quiet_hours"))
    if "guardrails" not in told:
        whole["guardrails"] = made
    if reading.held_out and "guardrails" not in told:
        notes.left(
            reading.held_out[0], "the holdout", "its share is drawn by the shop",
            "write `guardrails: {holdout: 10%}`",
        )  # fmt: skip
    if reading.points:
        whole["programmes"] = {"points": {"earn": []}}
        notes.assumed(
            reading.points[0], "`programmes: {points: {earn: []}}`",
            "Mautic counts points and does not tell how else they are earned and redeemed",
            "write how points are earned, redeemed and lost",
        )  # fmt: skip
    text = str([reading.audiences, messages, trees]).replace("customer.", " ")
    used = set(re.findall(r"[a-z][a-z0-9_.]*", text))
    facts = reading.names.declared()
    whole["facts"] = {one: facts[one] for one in sorted(facts) if one in used}
    events = {one: fields for one, fields in reading.names.events.items() if one in used}
    whole["events"] = {
        one: {name: "text" if kind == "?" else kind for name, kind in sorted(fields.items())}
        for one, fields in sorted(events.items())
    }
    whole["audiences"] = {one: reading.audiences[one] for one in sorted(reading.audiences)}
    whole["offers"] = _offers(reading, worth)
    whole["messages"] = {one: messages[one] for one in sorted(messages)}
    kept: Data = {one: value for one, value in whole.items() if value}
    return kept, paths


def _offers(reading: Reading, worth: Mapping[str, Data]) -> Data:
    """Return the offers of whose codes texts tell; their worth is nowhere but in notes of ours."""
    offers: Data = {}
    for name, until in sorted(reading.offers.items()):
        if name in worth:
            offers[name] = dict(worth[name])
            continue
        offers[name] = {
            "gift": f"what the code of {name} gives", "code": "unique",
            **({"valid": Bare("30d")} if until else {}),
        }  # fmt: skip
        notes = reading.notes
        notes.left(
            "archive", f"what the offer `{name}` is worth", "Mautic holds its codes alone",
            "write percent_off, amount_off or free_shipping in place of the gift",
        )  # fmt: skip
        if until:
            notes.assumed(
                "archive", f"`valid: 30d` of the offer `{name}`",
                "texts show its last day, and the input does not tell how it comes about",
                "write how long a code is good for",
            )  # fmt: skip
    return offers


def _guardrails(reading: Reading, messages: Mapping[str, Data], known: Written) -> Data:
    """Return consent rules and quiet hours; sends at other hours keep them as `at`."""
    data: Data = {}
    quiet = known if isinstance(known, dict) else {}
    hours = f"{_text(quiet.get('to'))}-{_text(quiet.get('from'))}" if quiet else ""
    if not known:
        hours = _open_hours(reading, messages)
        if hours:
            start, _, stop = hours.partition("-")
            data["quiet_hours"] = {"from": Bare(stop), "to": Bare(start)}
    for step, own, _ in reading.windows:
        if own != hours:
            step["at"] = Bare(own)
    channels = {str(one["channel"]) for one in messages.values() if one.get("kind") == "marketing"}
    if channels:
        data["consent"] = dict.fromkeys(sorted({*channels, "email"}), "opt-in")
    return data


def _text(value: Written) -> str:
    return value.text if isinstance(value, Bare) else str(value)


def _open_hours(reading: Reading, messages: Mapping[str, Data]) -> str:
    """Return the hours in which all marketing messages go out, where several have the same."""
    counted = Counter(own for _, own, _ in reading.windows)
    if not counted:
        return ""
    hours, times = min(counted.items(), key=lambda one: (-one[1], one[0]))
    start, _, stop = hours.partition("-")
    ends = [own.split("-") for own in counted]
    inside = all(start <= begins and ends_ <= stop for begins, ends_ in ends)
    at_once = set(reading.at_once) & {
        name for name, one in messages.items()
        if one.get("kind") == "marketing" or one.get("channel") != "email"
    }  # fmt: skip
    return hours if times > 1 and inside and not at_once else ""


def _sender(reading: Reading, messages: Mapping[str, Data]) -> Data:
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
    paths = {one: next(iter(said.values())).path for one, said in reading.messages.items()}
    address = with_law(
        reading.notes, messages, name, reading.addresses, paths, "Mautic adds it by itself"
    )
    return {"name": name, "email": mail, **({"address": address} if address else {})}
