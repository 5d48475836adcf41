"""Klaviyo: flows, segments, templates and coupons, in the order in which they must be created."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playbook_compiler.diagnostics import Diagnostic, has_errors, in_order
from playbook_compiler.export.bundle import ExportBundle, make_bundle
from playbook_compiler.export.capability import Capability
from playbook_compiler.export.dialect import Dialect
from playbook_compiler.export.elsewhere import note_programmes
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.export.offers import benefit
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.targets.klaviyo import requests
from playbook_compiler.targets.klaviyo.capabilities import CAPABILITIES
from playbook_compiler.targets.klaviyo.flow import lower_flow
from playbook_compiler.targets.klaviyo.graph_checks import check_requests
from playbook_compiler.targets.klaviyo.head import note_existing
from playbook_compiler.targets.klaviyo.state import Export
from playbook_compiler.targets.klaviyo.template import DIALECT
from playbook_compiler.values import dataclass

_UNUSED = "no exported flow uses it"


@dataclass(frozen=True, slots=True)
class Klaviyo:
    """The e-mail and SMS engine Klaviyo, revision 2026-07-15 of its API."""

    name: str = "klaviyo"
    title: str = "Klaviyo"
    dialect: Dialect = DIALECT

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
            note_existing(export, flow)
            definition = lower_flow(export, flow)
            if definition is not None:
                definitions[flow.id] = definition
        segments = requests.segments(export)
        _note_objects(export)
        _note_caps(export)
        note_programmes(lowering, graph.playbook)
        lowering.complete(graph)
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
    """Tell which audiences, offers and messages are not in the export, and what codes it needs."""
    playbook, lowering = export.playbook, export.lowering
    used = {message for message, _ in export.used}
    inside = {entry.id for entry in lowering.entries if entry.construct == "audience.where"}
    for kind, defined, needed in (
        ("audience", playbook.audiences, export.audiences | inside),
        ("offer", playbook.offers, export.offers),
        ("message", playbook.messages, used),
    ):
        for name in defined:
            if name not in needed:
                lowering.leave_out(kind, name, _UNUSED)
                if kind == "message":
                    lowering.retract(name, _UNUSED)
    for name in sorted(export.coupons):
        offer = playbook.offers[name]
        what = benefit(playbook, offer)
        lowering.need("codes", name, f"upload unique codes that the shop accepts: {what}")
        if not offer.origin.has("code"):
            lowering.note("offer.code", name, offer.origin.key_span())


def _note_caps(export: Export) -> None:
    """Ask for the one setting of the account that stands for the frequency caps."""
    guardrails = export.playbook.guardrails
    if guardrails is not None and guardrails.frequency:
        caps = "; ".join(
            f"{cap.at_most} {cap.channel or 'messages'} per {cap.per}"
            for cap in guardrails.frequency
        )
        note = f"set it near the playbook's caps: {caps}"
        export.lowering.need("setting", "Smart Sending window", note)
