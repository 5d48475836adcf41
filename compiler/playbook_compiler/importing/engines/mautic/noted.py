"""Flows that an archive holds in their own words: the note that our export keeps in a campaign.

A note is trusted only where the export of what it says gives the campaign again. Whoever changes a
campaign in Mautic makes its note stale; then the campaign is read as it stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from playbook_compiler.document import Data as Value
from playbook_compiler.driver import compile_playbook
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.importing.engines.mautic.contents import contents, field_labels
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


@dataclass(frozen=True, slots=True)
class Noted:
    """The flows that are known in their own words: `sections` of the playbook that holds them, with
    `flows`, and the flow of each campaign by the campaign's number. `stale` are the numbers of
    campaigns whose note is no longer what they do."""

    sections: Data = field(default_factory=dict)
    flows: Mapping[int, str] = field(default_factory=dict)
    stale: frozenset[int] = frozenset()

    @property
    def messages(self) -> Mapping[str, Data]:
        """The messages that these flows send, by id."""
        found = _section(self.sections, "messages")
        return {name: one for name, one in found.items() if isinstance(one, dict)}

    @property
    def settings(self) -> Data:
        """What holds for the whole playbook: everything but what has ids."""
        return {name: one for name, one in self.sections.items() if name in _SETTINGS}


def noted(campaigns: Sequence[Row]) -> Noted:
    """Return what the notes of an archive say and its campaigns do."""
    notes = {number: note for number, data in enumerate(campaigns) if (note := _note(data))}
    agreeing = _agreeing(notes)
    graph, agreeing = _compiled(agreeing)
    labels, made = field_labels(campaigns), _made(graph)
    flows = {}
    for number, note in agreeing.items():
        (flow,) = _section(note, _FLOWS)
        again = head_of(campaigns[number]).get("allow_restart") in (True, 1)
        if made.get(flow) == contents(campaigns[number], labels) and not (again and _once(note)):
            flows[number] = flow
    trusted = joined(notes[number] for number in flows)
    return Noted(trusted, flows, frozenset(notes) - frozenset(flows))


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
            return found
    return {}


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


def _compiled(notes: Mapping[int, Data]) -> tuple[TriggerGraph | None, dict[int, Data]]:
    """Return the graph of the notes that can be compiled together, and these."""
    left = dict(notes)
    while left:
        text = yaml_text(joined(left.values()))
        compiled = compile_playbook(MAIN, given={MAIN: text.encode()})
        if compiled.graph is not None:
            return compiled.graph, left
        refused = entries_of(text, [one for one in compiled.diagnostics if one.is_error])
        wrong = {number for number, note in left.items() if _holds(note, refused)}
        left = {number: note for number, note in left.items() if number not in wrong and wrong}
    return None, {}


def _holds(note: Data, refused: Iterable[tuple[str, str]]) -> bool:
    return any(
        name in _section(note, section) if name else section in note for section, name in refused
    )


def _once(note: Data) -> bool:
    """Return whether customers enter a note's flow once; for others a person allows more."""
    return any(
        isinstance(one, dict) and one.get("entry") == "once"
        for one in _section(note, _FLOWS).values()
    )


def _made(graph: TriggerGraph | None) -> dict[str, str]:
    """Return what the export of a playbook says of each flow."""
    bundle = None if graph is None else TARGET.export(graph, allow_lossy=True)[0]
    if bundle is None or graph is None:
        return {}
    groups: list[Row] = json.loads(bundle.files[DATA_FILE])
    labels = field_labels(groups)
    return {
        flow: contents(group, labels)
        for flow, group in zip(graph.playbook.flows, groups, strict=True)
    }
