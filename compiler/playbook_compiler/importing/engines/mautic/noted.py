"""Flows that an archive holds in their own words: the note that our export keeps in a campaign.

A note is trusted only where the export of what it says gives the campaign again. Whoever changes a
campaign in Mautic makes its note stale; then the campaign is read as it stands, and the note tells
only what a campaign cannot hold: a flow's priority and goal, settings, what offers are worth.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.document import Data as Value
from playbook_compiler.driver import compile_playbook
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.importing.engines.mautic.contents import Contents, contents, field_labels
from playbook_compiler.importing.engines.mautic.reading import Row, head_of, listed
from playbook_compiler.importing.finishing import MAIN, entries_of
from playbook_compiler.importing.imported import Data
from playbook_compiler.parse import parse
from playbook_compiler.printing_yaml import Bare, Written, yaml_text
from playbook_compiler.source import SourceFile
from playbook_compiler.targets.mautic import TARGET
from playbook_compiler.targets.mautic.archive import DATA_FILE
from playbook_compiler.units import plain
from playbook_compiler.values import dataclass, field

_FLOWS: Final = "flows"
_SETTINGS: Final = ("name", "currency", "timezone", "sender", "guardrails")
# Keys of a flow that no campaign holds, whatever is changed in it.
_UNSEEN: Final = ("strategy", "about", "enabled", "stages", "entry", "existing", "priority", "goal")
_SKIP: Final = "skip"
# What is taken from a stale note where something still uses it.
_BY_USE: Final = ("offers", "messages")
_CHANGED: Final = "it no longer does what the playbook says that it was exported from"
_OTHERWISE: Final = "another campaign of the archive says otherwise of the same things"


@dataclass(frozen=True, slots=True)
class Stale:
    """A note that is no longer believed: `why`, and what of its flow no campaign holds."""

    why: str
    unseen: Data


@dataclass(frozen=True, slots=True)
class Noted:
    """The flows that are known in their own words: `sections` of the playbook that holds them, with
    `flows`, and the flow of each campaign by the campaign's number. `stale` are other notes by the
    campaign's number; `besides` is what they say of settings, facts, events, offers and texts."""

    sections: Data = field(default_factory=dict)
    flows: Mapping[int, str] = field(default_factory=dict)
    stale: Mapping[int, Stale] = field(default_factory=dict)
    besides: Data = field(default_factory=dict)

    @property
    def messages(self) -> Mapping[str, Data]:
        """The messages that these flows send, by id."""
        found = _section(self.sections, "messages")
        return {name: one for name, one in found.items() if isinstance(one, dict)}

    @property
    def settings(self) -> Data:
        """What holds for the whole playbook: everything but what has ids."""
        told = {**self.besides, **self.sections}
        return {name: one for name, one in told.items() if name in _SETTINGS}

    @property
    def declared(self) -> Data:
        """The facts and events that stale notes declare, and their settings."""
        return {name: one for name, one in self.besides.items() if name not in _BY_USE}

    @property
    def texts(self) -> Mapping[str, Data]:
        """The messages of stale notes that no archive holds: those that are no e-mails."""
        found = _section(self.besides, "messages")
        return {
            name: one
            for name, one in found.items()
            if isinstance(one, dict) and one.get("channel", "email") != "email"
        }

    @property
    def offers(self) -> Mapping[str, Data]:
        """What the offers of stale notes are worth, by id."""
        found = _section(self.besides, "offers")
        return {
            name: {key: value for key, value in one.items() if key != "for"}
            for name, one in found.items()
            if isinstance(one, dict)
        }


def noted(campaigns: Sequence[Row]) -> Noted:
    """Return what the notes of an archive say and its campaigns do."""
    notes = {number: note for number, data in enumerate(campaigns) if (note := _note(data))}
    why = dict.fromkeys(notes, _OTHERWISE)
    agreeing = _agreeing(notes)
    graph, compiled, refused = _compiled(agreeing)
    why |= refused | dict.fromkeys(compiled, _CHANGED)
    labels = field_labels(campaigns)
    made = _made(graph, frozenset(labels.values()))
    flows = {}
    for number, note in compiled.items():
        (flow,) = _section(note, _FLOWS)
        does = flow in made and contents(campaigns[number], labels).does(made[flow])
        if does and not (_restarts(campaigns[number]) and _once(note)):
            flows[number] = flow
    stale = {number: note for number, note in notes.items() if number not in flows}
    return Noted(
        joined(notes[number] for number in flows),
        flows,
        {
            number: Stale(why[number], _unseen(campaigns[number], note))
            for number, note in stale.items()
        },
        _besides(campaigns, stale),
    )


def _unseen(data: Row, note: Data) -> Data:
    """Return the keys of a note's flow that no campaign holds."""
    (flow,) = _section(note, _FLOWS).values()
    said = flow if isinstance(flow, dict) else {}
    other = ("entry",) if _restarts(data) and _once(note) else ()
    return {key: said[key] for key in _UNSEEN if key in said and key not in other}


def _besides(campaigns: Sequence[Row], stale: Mapping[int, Data]) -> Data:
    """Return what stale notes say besides their flows; the sender only where all e-mails still
    have it."""
    told = joined(stale.values())
    kept: Data = {
        key: told[key] for key in (*_SETTINGS, "facts", "events", *_BY_USE) if key in told
    }
    senders = {
        one.get("from_name") for number in stale for one in listed(campaigns[number], "email")
    }
    if not senders <= {_section(kept, "sender").get("name")}:
        kept.pop("sender", None)
    return kept


def _restarts(data: Row) -> bool:
    """Return whether contacts may go through a campaign again."""
    return head_of(data).get("allow_restart") in (True, 1)


def _note(data: Row) -> Data:
    """Return the playbook that stands below the name of an event, or of a campaign that has none;
    empty where none does."""
    for row in (*listed(data, "campaign_event"), head_of(data)):
        text = str(row.get("description") or "").partition("\n")[2]
        if not text.startswith("{"):
            continue
        document, findings = parse(SourceFile(MAIN, text))
        found = _written(document.data) if document is not None and not findings else None
        if isinstance(found, dict) and len(_section(found, _FLOWS)) == 1:
            return _without_defaults(found)
    return {}


def _without_defaults(note: Data) -> Data:
    """Return a note without what holds anyway: an export writes out all that it goes by, and
    `check` warns of an `existing` that changes nothing."""
    for flow in _section(note, _FLOWS).values():
        if isinstance(flow, dict) and flow.get("existing") == _SKIP:
            del flow["existing"]
    return note


def _written(value: Value) -> Written:
    """Return data of a document as it is written again."""
    match value:
        case Decimal():
            return Bare(plain(value))
        case list():
            return [_written(one) for one in value]
        case dict():
            return {name: _written(one) for name, one in value.items()}
        case _:
            return value


def _section(note: Data, name: str) -> dict[str, Written]:
    found = note.get(name)
    return found if isinstance(found, dict) else {}


def _agreeing(notes: Mapping[int, Data]) -> dict[int, Data]:
    """Return the notes that say nothing else than those before them of one and the same thing."""
    whole: Data = {}
    found: dict[int, Data] = {}
    for number, note in notes.items():
        if _section(note, _FLOWS).keys() & _section(whole, _FLOWS).keys():
            continue
        more = joined((whole, note))
        if more == joined((note, whole)):
            whole, found[number] = more, note
    return found


def joined(notes: Iterable[Data]) -> Data:
    """Return several notes as one playbook; of what they say otherwise, the first."""
    whole: Data = {}
    for note in notes:
        for section, value in note.items():
            known = whole.setdefault(section, value)
            if isinstance(known, dict) and isinstance(value, dict):
                whole[section] = {**value, **known}
    return whole


def _compiled(
    notes: Mapping[int, Data],
) -> tuple[TriggerGraph | None, dict[int, Data], dict[int, str]]:
    """Return the graph of the notes that compile together, these, and why not the others."""
    left, why = dict(notes), dict[int, str]()
    while left:
        text = yaml_text(joined(left.values()))
        compiled = compile_playbook(MAIN, given={MAIN: text.encode()})
        if compiled.graph is not None:
            return compiled.graph, left, why
        refused = entries_of(text, [one for one in compiled.diagnostics if one.is_error])
        wrong = {number: _refusal(note, refused) for number, note in left.items()}
        why |= {number: said for number, said in wrong.items() if said}
        if not any(wrong.values()):
            break
        left = {number: note for number, note in left.items() if not wrong[number]}
    return None, {}, {**dict.fromkeys(left, _OTHERWISE), **why}


def _refusal(note: Data, refused: Mapping[tuple[str, str], Diagnostic]) -> str:
    """Return why a note cannot be read as a playbook, empty where nothing of it is refused."""
    for (section, name), finding in refused.items():
        if name in _section(note, section) if name else section in note:
            return f"what it was exported from is no playbook by itself: {finding.message}"
    return ""


def _once(note: Data) -> bool:
    """Return whether customers enter a note's flow once; for others a person allows more."""
    return any(
        isinstance(one, dict) and one.get("entry") == "once"
        for one in _section(note, _FLOWS).values()
    )


def _made(graph: TriggerGraph | None, told: frozenset[str]) -> dict[str, Contents]:
    """Return what the export of a playbook does in each flow. `told` are the names of the contact
    fields that the archive brings: one campaign alone may lack those that another one made."""
    bundle = None if graph is None else TARGET.export(graph, allow_lossy=True)[0]
    if bundle is None or graph is None:
        return {}
    groups: list[Row] = json.loads(bundle.files[DATA_FILE])
    labels = {alias: name for alias, name in field_labels(groups).items() if name in told}
    return {
        flow: contents(group, labels)
        for flow, group in zip(graph.playbook.flows, groups, strict=True)
    }
