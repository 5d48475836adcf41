"""The calls to Dittofeed in their order: segments, user properties, subscription groups, templates,
journeys. Each is a PUT by an id of ours, so that a second one changes the object of the first."""

from __future__ import annotations

from typing import Any, Final

from playbook_compiler.export.bundle import Payload, Request, file_name, stable_uuid
from playbook_compiler.export.capability import Support
from playbook_compiler.export.logic import NEVER
from playbook_compiler.model import Audience
from playbook_compiler.source import Span
from playbook_compiler.targets.dittofeed import terms
from playbook_compiler.targets.dittofeed.conditions import lower_condition
from playbook_compiler.targets.dittofeed.scope import Scope
from playbook_compiler.targets.dittofeed.state import Export

PATHS: Final = {
    "segment": "/api/admin/segments/",
    "user-property": "/api/admin/user-properties/",
    "subscription-group": "/api/admin/subscription-groups/",
    "template": "/api/admin/content/templates",
    "journey": "/api/admin/journeys/",
}
_FOLDERS: Final = {
    "segment": "segments",
    "user-property": "user-properties",
    "subscription-group": "subscription-groups",
    "template": "templates",
    "journey": "journeys",
}


def request(export: Export, kind: str, name: str, content: dict[str, Any]) -> Request:
    """Return the request that makes or changes one object. Its name is our id, too: Dittofeed
    refuses a new id with a name that it has."""
    id_ = stable_uuid(terms.TARGET, kind, name)
    workspace = export.lowering.need("workspace", "id", "id of the workspace")
    payload: Payload = {"id": id_, "workspaceId": workspace, "name": name, **content}
    return Request(
        kind,
        name,
        f"put_{kind}",
        "PUT",
        PATHS[kind],
        payload,
        id_,
        f"{_FOLDERS[kind]}/{file_name(name)}.json",
    )


def audiences(export: Export) -> None:
    """Make the segments of the audiences whose members enter a flow; say what became of each."""
    lowering = export.lowering
    for name in sorted(export.audiences):
        audience = export.playbook.audiences[name]
        span = _where(audience)
        lowering.note("audience.where", name, span)
        scope = Scope(export.playbook, lowering, name, export.needs, audiences=(name,))
        tree = lower_condition(audience.where, scope).true.yes
        if tree == NEVER:
            how = "the audience holds nobody: Dittofeed's segments need a condition"
            lossy = "the segment is one that nobody is put into"
            lowering.note("audience.where", name, span, how, Support.REFUSED, lossy)
            export.segments[name] = {
                "entryNode": {"type": "Manual", "id": "0", "version": 1},
                "nodes": [],
            }
            continue
        export.segment(name, tree)
    for name in sorted(export.needs.audiences - export.audiences):
        how = "its condition stands inside the segments that refer to it"
        span = _where(export.playbook.audiences[name])
        lowering.note("audience.where", name, span, how, Support.EXACT)


def _where(audience: Audience) -> Span:
    """Return where an audience says who is in it, as the report names the place."""
    origin = audience.origin
    return origin.key_span("where") if origin.has("where") else origin.key_span()


def plan(export: Export, journeys: dict[str, dict[str, Any]]) -> list[Request]:
    """Return every request in its order."""
    return [
        *(
            request(export, "segment", name, {"definition": export.segments[name]})
            for name in sorted(export.segments)
        ),
        *(
            request(export, "user-property", name, {"definition": export.properties[name]})
            for name in sorted(export.properties)
        ),
        *(_group(export, channel) for channel in sorted(export.needs.groups)),
        *(
            request(export, "template", name, {"definition": export.templates[name]})
            for name in sorted(export.templates)
        ),
        *(
            request(export, "journey", name, {"status": "NotStarted", **content})
            for name, content in journeys.items()
        ),
    ]


def _group(export: Export, channel: str) -> Request:
    rule = "opt-in"
    if export.guardrails is not None:
        rule = export.guardrails.consent.get(channel, rule)
    kind = "OptOut" if rule in ("none", "opt-out") else "OptIn"
    content = {"channel": terms.CHANNELS.get(channel, "Webhook"), "type": kind}
    return request(export, "subscription-group", terms.group_name(channel), content)
