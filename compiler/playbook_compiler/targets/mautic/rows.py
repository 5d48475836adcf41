"""Campaigns as Mautic imports them: a group of objects each, with the rows that tie them together.

Numbers of objects hold within their group only: Mautic gives its own, and by the dependency rows
finds what belongs together. A dependency row of an action on segments names them as a mapping,
since Mautic looks the old number up there; of a condition, as a list, which it takes over.
"""

from __future__ import annotations

from typing import Any

from playbook_compiler.export.bundle import stable_uuid
from playbook_compiler.export.own_text import own_text
from playbook_compiler.targets.mautic import terms
from playbook_compiler.targets.mautic.canvas import canvas
from playbook_compiler.targets.mautic.flow import Campaign
from playbook_compiler.targets.mautic.logic import as_filters
from playbook_compiler.targets.mautic.state import Export
from playbook_compiler.targets.mautic.tree import DECISION, Event

_CAMPAIGN = 1


def group(export: Export, campaign: Campaign, fields: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one campaign with its objects; `fields` are the contact fields that it brings."""
    events = campaign.tree.events
    segments = dict.fromkeys([campaign.source.segment])
    segments |= dict.fromkeys(name for event in events for name in event.segments)
    lists = {name: number for number, name in enumerate(segments, 1)}
    names = dict.fromkeys(event.email for event in events if event.email)
    emails = {name: number for number, name in enumerate(names, 1)}
    made: dict[str, Any] = {"campaign": [_campaign(export, campaign)]}
    if fields:
        made["lead_field"] = fields
    made["lists"] = [_segment(export, name, number) for name, number in lists.items()]
    if emails:
        made["email"] = [_email(export, name, number) for name, number in emails.items()]
    made["campaign_event"] = [_event(campaign, event, lists, emails) for event in events]
    # An event's description is kept and shown nowhere: an import finds the flow in it.
    noted = made["campaign_event" if events else "campaign"][0]
    noted["description"] += f"\n{own_text(export.graph, campaign.flow)}"
    made["dependencies"] = [
        {
            "campaign_event": [_dependency(event, lists, emails) for event in events],
            "lists": [{"campaign": _CAMPAIGN, "lists": lists[campaign.source.segment]}],
        }
    ]
    return made


def _campaign(export: Export, campaign: Campaign) -> dict[str, Any]:
    flow = campaign.flow
    about = f" - {flow.about}" if flow.about else ""
    return {
        "id": _CAMPAIGN,
        "name": terms.shown(f"{export.playbook.name}: {flow.id}"),
        "description": terms.shown(f"playbook: {flow.id}{about}"),
        "is_published": False,
        "canvas_settings": canvas(campaign.tree.events),
        "uuid": stable_uuid(terms.TARGET, "campaign", flow.id),
    }


def _segment(export: Export, name: str, number: int) -> dict[str, Any]:
    uuid = stable_uuid(terms.TARGET, "lists", name)
    segment = export.segments.get(name)
    assert segment is not None, name
    return {
        "id": number,
        "name": terms.shown(segment.label),
        "is_published": True,
        "description": terms.shown(segment.description),
        "alias": f"playbook-{uuid[:13]}",
        "public_name": terms.shown(segment.label),
        "filters": as_filters(segment.groups),
        "is_global": True,
        "is_preference_center": False,
        "uuid": uuid,
    }


def _email(export: Export, name: str, number: int) -> dict[str, Any]:
    message, offer = next(
        (message, offer) for found, message, offer in export.email_names() if found == name
    )
    wording = export.wordings[message, offer]
    sender = export.playbook.sender
    return {
        "id": number,
        "translation_parent_id": None,
        "variant_parent_id": None,
        "unsubscribeform_id": None,
        "preference_center_id": None,
        "is_published": False,
        "name": terms.shown(f"{export.playbook.name}: {name}"),
        "description": terms.shown(f"playbook: {name}"),
        "subject": wording.subject,
        "preheader_text": wording.preview or None,
        "from_name": export.inert(sender.name) if sender is not None else None,
        "use_owner_as_mailer": False,
        "template": "mautic_code_mode",
        "content": [],
        "utm_tags": {
            "utmSource": None,
            "utmMedium": None,
            "utmCampaign": None,
            "utmContent": None,
        },
        "plain_text": wording.text,
        "custom_html": wording.html,
        "email_type": "template",
        "publish_up": None,
        "publish_down": None,
        "revision": 1,
        "lang": "en",
        "variant_settings": [],
        "variant_start_date": None,
        "dynamic_content": [],
        "headers": [],
        "public_preview": False,
        "uuid": stable_uuid(terms.TARGET, "email", name),
    }


def _event(
    campaign: Campaign, event: Event, lists: dict[str, int], emails: dict[str, int]
) -> dict[str, Any]:
    schedule = event.schedule.keys()
    if event.kind == DECISION:
        schedule |= {
            "trigger_interval": 0,
            "trigger_interval_unit": "",
            "trigger_mode": "",
        }
    id_ = f"{campaign.flow.id}/{event.id}"
    return {
        "id": event.number,
        "campaign_id": _CAMPAIGN,
        "name": event.name,
        "description": f"playbook: {id_}",
        "type": event.type,
        "event_type": event.kind,
        "event_order": event.order,
        "properties": _properties(event, lists, emails),
        **schedule,
        "decisionPath": event.path,
        "channel": event.channel,
        "channel_id": emails.get(event.email, 0),
        "parent_id": event.parent,
        "uuid": stable_uuid(terms.TARGET, "campaign_event", id_),
    }


def _properties(event: Event, lists: dict[str, int], emails: dict[str, int]) -> dict[str, Any]:
    properties = dict(event.properties)
    if event.email:
        properties["email"] = emails[event.email]
    if event.type == "lead.segments":
        properties["segments"] = [lists[name] for name in event.segments]
    for key in ("addToLists", "removeFromLists"):
        if key in properties:
            properties[key] = [lists[name] for name in properties[key]]
    return properties


def _dependency(event: Event, lists: dict[str, int], emails: dict[str, int]) -> dict[str, Any]:
    row: dict[str, Any] = {"campaign": _CAMPAIGN, "campaign_event": event.number}
    if event.email:
        row["email"] = emails[event.email]
    numbers = [lists[name] for name in event.segments]
    if event.type == "lead.segments":
        row["lists"] = numbers
    elif numbers:
        row["lists"] = {str(number): number for number in numbers}
    return row
