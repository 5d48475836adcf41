"""The calls to Klaviyo in their order: segments, templates, coupons, then the flows."""

from __future__ import annotations

from html import escape
from typing import Any

from playbook_compiler.export.bundle import Payload, Request, file_name, stable_uuid
from playbook_compiler.export.capability import Support
from playbook_compiler.export.offers import benefit
from playbook_compiler.export.wording import page
from playbook_compiler.targets.klaviyo.conditions import lower_condition
from playbook_compiler.targets.klaviyo.formula import Groups, as_filter, is_never
from playbook_compiler.targets.klaviyo.scope import Scope
from playbook_compiler.targets.klaviyo.state import Export
from playbook_compiler.targets.klaviyo.template import DIALECT, coupon_name

TARGET = "klaviyo"
_FOLDER = {
    "segment": "segments",
    "template": "templates",
    "coupon": "coupons",
    "flow": "flows",
}


def request(kind: str, name: str, attributes: dict[str, Any]) -> Request:
    """Return the request that creates one object."""
    payload: Payload = {"data": {"type": kind, "attributes": attributes}}
    return Request(
        kind,
        name,
        f"create_{kind}",
        "POST",
        f"/api/{_FOLDER[kind]}",
        payload,
        stable_uuid(TARGET, kind, name),
        f"{_FOLDER[kind]}/{file_name(name)}.json",
    )


def title(export: Export, name: str) -> str:
    """Return the name that people see in Klaviyo."""
    return f"{export.playbook.name}: {name}"


def segments(export: Export) -> list[Request]:
    """Return the segments of the audiences that flows refer to, and of inactivity triggers."""
    lowering = export.lowering
    groups: dict[str, tuple[str, Groups]] = dict(export.segments)
    for name in sorted(export.audiences):
        audience = export.playbook.audiences[name]
        lowering.note("audience.where", name, audience.origin.key_span("where"))
        scope = Scope(export.playbook, lowering, name, in_segment=True, audiences=(name,))
        found = lower_condition(audience.where, scope).true.yes
        if not found or is_never(found):
            who = "everybody" if not found else "nobody"
            how = f"the audience holds {who}: Klaviyo's segments need a condition that decides"
            span = audience.origin.key_span("where")
            lowering.note(
                "audience.where", name, span, how, Support.REFUSED, "there is no such segment"
            )
            continue
        groups[name] = (name, found)
    return [
        request(
            "segment",
            name,
            {"name": title(export, shown), "definition": as_filter(found)},
        )
        for name, (shown, found) in sorted(groups.items())
    ]


def templates(export: Export) -> tuple[list[Request], dict[str, bytes]]:
    """Return the templates of e-mails and task alerts, and the same as pages to look at."""
    made, pages = [], {}
    texts = {
        name: (export.wordings[message, offer].html, export.wordings[message, offer].text)
        for name, message, offer in export.template_ids()
    }
    for name, (what, _) in sorted(export.tasks.items()):
        customer = "{{ person.email }}"
        body = f"<p>{escape(what)}</p>\n<p>{customer}</p>\n"
        texts[name] = (page(what, body, DIALECT), f"{what}\n\n{customer}\n")
    for name in sorted(texts):
        html, text = texts[name]
        made.append(
            request(
                "template",
                name,
                {"name": title(export, name), "editor_type": "CODE", "html": html, "text": text},
            )
        )
        pages[made[-1].file.removesuffix(".json") + ".html"] = html.encode()
    return made, pages


def coupons(export: Export) -> list[Request]:
    """Return the coupons that hold the unique codes of offers."""
    return [
        request(
            "coupon",
            coupon_name(name),
            {
                "external_id": coupon_name(name),
                "description": benefit(export.playbook, export.playbook.offers[name]),
            },
        )
        for name in sorted(export.coupons)
    ]


def flow(export: Export, name: str, definition: dict[str, Any]) -> Request:
    """Return the request that creates a flow."""
    return request("flow", name, {"name": title(export, name), "definition": definition})
