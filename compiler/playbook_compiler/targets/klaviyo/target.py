"""Klaviyo: flows, segments, templates and coupons, in the order in which they must be created."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playbook_compiler.diagnostics import Diagnostic, has_errors, in_order
from playbook_compiler.export.bundle import ExportBundle, make_bundle
from playbook_compiler.export.capability import Capability, Support
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Playbook
from playbook_compiler.records import Record, is_required, keys_of
from playbook_compiler.source import Span
from playbook_compiler.targets.klaviyo import requests
from playbook_compiler.targets.klaviyo.capabilities import CAPABILITIES
from playbook_compiler.targets.klaviyo.flow import lower_flow
from playbook_compiler.targets.klaviyo.graph_checks import check_requests
from playbook_compiler.targets.klaviyo.head import note_keys
from playbook_compiler.targets.klaviyo.state import Export
from playbook_compiler.values import dataclass

_FILLED_IN = ("stage", "stages")
_ENTRIES = ("flows", "audiences", "offers", "messages", "guardrails")
_UNUSED = "no exported flow uses it"


@dataclass(frozen=True, slots=True)
class Klaviyo:
    """The e-mail and SMS engine Klaviyo, revision 2026-07-15 of its API."""

    name: str = "klaviyo"
    title: str = "Klaviyo"

    @property
    def capabilities(self) -> Mapping[str, Capability]:
        """Return what Klaviyo can say."""
        return CAPABILITIES

    def export(
        self, graph: TriggerGraph, *, allow_lossy: bool = False
    ) -> tuple[ExportBundle | None, list[Diagnostic]]:
        """Return the plan of requests, or findings at the lines that Klaviyo cannot say."""
        lowering = Lowering(self.title, CAPABILITIES, allow_lossy)
        export = Export(graph, lowering)
        definitions: dict[str, dict[str, Any]] = {}
        for flow in graph.playbook.flows.values():
            note_keys(export, flow)
            definition = lower_flow(export, flow)
            if definition is not None:
                definitions[flow.id] = definition
        segments = requests.segments(export)
        _note_objects(export)
        _note_playbook(export)
        if has_errors(lowering.findings):
            return None, in_order(lowering.findings)
        templates, pages = requests.templates(export)
        plan = [
            *segments,
            *templates,
            *requests.coupons(export),
            *(requests.flow(export, name, found) for name, found in definitions.items()),
        ]
        problems = check_requests(plan)
        assert not problems, "; ".join(problems)
        return (
            make_bundle(
                self.name,
                graph.playbook.name,
                graph.playbook.origin.document.source.path,
                plan,
                lowering.lookups,
                lowering.report(),
                pages,
            ),
            in_order(lowering.findings),
        )


def _note_objects(export: Export) -> None:
    """Note what became of audiences, offers and messages, the unused ones too."""
    playbook, lowering = export.playbook, export.lowering
    used = {message for message, _ in export.wordings}
    for audience in playbook.audiences.values():
        if audience.id not in export.audiences:
            span = audience.origin.key_span()
            lowering.note("audience.where", audience.id, span, _UNUSED, Support.DROPPED)
        if audience.sync:
            lowering.note("audience.sync", audience.id, audience.origin.key_span("sync"))
    for offer in playbook.offers.values():
        if offer.id not in export.offers:
            span = offer.origin.key_span()
            lowering.note("offer.code", offer.id, span, _UNUSED, Support.DROPPED)
            continue
        _note_written(export, "offer", offer.id, offer, skip=("credit", "points"))
        if offer.id in export.coupons:
            what = requests.benefit(export, offer)
            lowering.need("codes", offer.id, f"upload unique codes that the shop accepts: {what}")
            if not offer.origin.has("code"):
                lowering.note("offer.code", offer.id, offer.origin.key_span())
    for message in playbook.messages.values():
        if message.id not in used:
            span = message.origin.key_span()
            lowering.note("message.body", message.id, span, _UNUSED, Support.DROPPED)
            continue
        _note_written(export, "message", message.id, message, skip=())


def _note_written(
    export: Export, prefix: str, name: str, record: Record, skip: tuple[str, ...]
) -> None:
    for key in keys_of(type(record)):
        if record.origin.has(key) and key not in skip:
            export.lowering.note(f"{prefix}.{key}", name, record.origin.key_span(key))


def _note_playbook(export: Export) -> None:
    """Note every section that the playbook has, in whichever file."""
    playbook, lowering = export.playbook, export.lowering
    for key, field in keys_of(Playbook).items():
        value = getattr(playbook, field.name)
        if key in _ENTRIES or value is None or (not is_required(field) and not value):
            continue
        if key in _FILLED_IN and not playbook.origin.has(key):
            continue
        lowering.note(f"playbook.{key}", playbook.name, _section(playbook, key, value))
    guardrails = playbook.guardrails
    if guardrails is None:
        return
    for key in keys_of(type(guardrails)):
        if guardrails.origin.has(key):
            span = guardrails.origin.key_span(key)
            if key == "holdout" and any(
                entry.construct == "guardrails.holdout" for entry in lowering.entries
            ):
                continue
            lowering.note(f"guardrails.{key}", "guardrails", span)
    if guardrails.frequency:
        caps = "; ".join(
            f"{cap.at_most} {cap.channel or 'messages'} per {cap.per}"
            for cap in guardrails.frequency
        )
        lowering.need("setting", "Smart Sending window", f"set it near the playbook's caps: {caps}")


def _section(playbook: Playbook, key: str, value: Any) -> Span:
    if isinstance(value, Record):
        return value.origin.key_span()
    return playbook.origin.key_span(key)
