"""The calls to Resend in their order: properties, events, segments, templates, automations."""

from __future__ import annotations

from typing import Any, Final

from playbook_compiler.export.bundle import Payload, Request, file_name, stable_uuid
from playbook_compiler.export.capability import Support
from playbook_compiler.export.wording import with_preview
from playbook_compiler.targets.resend import terms
from playbook_compiler.targets.resend.sends import sender_of
from playbook_compiler.targets.resend.state import Export
from playbook_compiler.targets.resend.template import variables_of

PATHS: Final = {
    "contact-property": "/contact-properties",
    "event": "/events",
    "segment": "/segments",
    "template": "/templates",
    "automation": "/automations",
}


def _request(kind: str, name: str, payload: Payload) -> Request:
    path = PATHS[kind]
    return Request(
        kind,
        name,
        f"create_{kind.replace('-', '_')}",
        "POST",
        path,
        payload,
        stable_uuid(terms.TARGET, kind, name),
        f"{path.strip('/')}/{file_name(name)}.json",
    )


def properties(export: Export) -> list[Request]:
    """Return the contact properties that conditions and texts read."""
    return [
        _request("contact-property", key, {"key": key, "type": kind})
        for key, kind in sorted(export.properties.items())
    ]


def events(export: Export) -> list[Request]:
    """Return the events that the shop sends, with the types of their fields."""
    made = []
    for name, fields in sorted(export.events.items()):
        payload: Payload = {"name": name}
        if fields:
            payload["schema"] = dict(sorted(fields.items()))
        made.append(_request("event", name, payload))
    return made


def segments(export: Export) -> list[Request]:
    """Return the segments that flows put customers into."""
    return [
        _request("segment", name, {"name": f"{export.playbook.name}: {name}"})
        for name in sorted(export.segments)
    ]


def templates(export: Export) -> tuple[list[Request], dict[str, bytes]]:
    """Return the templates of e-mails, and the same as pages to look at."""
    made, pages = [], {}
    sender = export.playbook.sender
    for name, message, offer in export.template_ids():
        wording = export.wordings[message, offer]
        payload: Payload = {
            "name": f"{export.playbook.name}: {name}",
            "alias": f"playbook-{stable_uuid(terms.TARGET, 'template', name)}",
        }
        if sender is not None:
            payload["from"] = sender_of(sender.name, sender.email)
            payload["reply_to"] = [sender.email]
        html = with_preview(wording)
        payload |= {"subject": wording.subject, "html": html, "text": wording.text}
        variables = variables_of(wording, offer)
        if len(variables) > terms.VARIABLES_LIMIT:
            _note_many(export, message, len(variables))
        if variables:
            payload["variables"] = variables
        made.append(_request("template", name, payload))
        pages[made[-1].file.removesuffix(".json") + ".html"] = html.encode()
    return made, pages


def _note_many(export: Export, message: str, count: int) -> None:
    span = export.playbook.messages[message].origin.key_span()
    how = f"its texts have {count} variables; a template of Resend has {terms.VARIABLES_LIMIT}"
    lossy = "Resend refuses the template: take variables out of it"
    export.lowering.note("message.body", message, span, how, Support.REFUSED, lossy)


def automation(export: Export, name: str, definition: dict[str, Any]) -> Request:
    """Return the request that creates a flow, switched off."""
    payload = {"name": f"{export.playbook.name}: {name}", "status": "disabled", **definition}
    return _request("automation", name, payload)
