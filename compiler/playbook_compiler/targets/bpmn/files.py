"""The files of an export: a process a flow, the texts of its messages, and what it asks for."""

from __future__ import annotations

from playbook_compiler.export.bundle import file_name, stable_uuid, to_bytes
from playbook_compiler.export.wording import variation
from playbook_compiler.targets.bpmn.document import document
from playbook_compiler.targets.bpmn.elements import Process
from playbook_compiler.targets.bpmn.names import FUNCTIONS
from playbook_compiler.targets.bpmn.sends import terms
from playbook_compiler.targets.bpmn.state import Export

VARIABLES_FILE = "variables.json"
VERSION = 1
TARGET = "bpmn"


def files(export: Export, processes: dict[str, Process]) -> dict[str, bytes]:
    """Return the files by path."""
    return {
        **{f"flows/{file_name(name)}.bpmn": document(one) for name, one in processes.items()},
        **_messages(export),
        VARIABLES_FILE: to_bytes(_asked(export)),
    }


def _messages(export: Export) -> dict[str, bytes]:
    """Return the texts of messages; `filled` are the values that are put in for each customer."""
    found = {}
    for (name, offer), wording in sorted(export.wordings.items()):
        message = export.playbook.messages[name]
        with_offer = variation(name, offer)
        data = {
            "id": stable_uuid(TARGET, "message", with_offer),
            "message": name,
            "channel": message.channel,
            "kind": message.kind,
            "offer": {"id": offer, "terms": terms(export.playbook.offers[offer])}
            if offer
            else None,
            "subject": wording.subject,
            "preview": wording.preview,
            "text": wording.text,
            "html": wording.html,
            "filled": [{"name": one, "default": default} for one, default in wording.filled],
        }
        found[f"messages/{file_name(with_offer)}.json"] = to_bytes(data)
    return found


def _asked(export: Export) -> dict[str, object]:
    """Return what the application supplies to every run."""
    return {
        "version": VERSION,
        "language": "Python expressions; a variable that is None is not known",
        "variables": [
            {
                "name": one.name,
                "type": one.type,
                "means": one.means,
                "about": one.about,
                "unit": one.unit,
            }
            for one in sorted(export.variables.values())
        ],
        "functions": [{"name": name, "about": about} for name, about in FUNCTIONS.items()],
    }
