"""Resend: automations, templates, contact properties, events and segments, all switched off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playbook_compiler.diagnostics import Diagnostic, has_errors, in_order
from playbook_compiler.export.bundle import ExportBundle, make_bundle
from playbook_compiler.export.capability import Capability
from playbook_compiler.export.dialect import Dialect
from playbook_compiler.export.elsewhere import note_programmes
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.targets.resend import requests, terms
from playbook_compiler.targets.resend.capabilities import CAPABILITIES
from playbook_compiler.targets.resend.flow import lower_flow
from playbook_compiler.targets.resend.graph_checks import check_requests
from playbook_compiler.targets.resend.state import Export
from playbook_compiler.targets.resend.template import dialect
from playbook_compiler.values import dataclass

_UNUSED = "no exported flow uses it"


@dataclass(frozen=True, slots=True)
class Resend:
    """The e-mail engine Resend, its API of August 2026."""

    name: str = terms.TARGET
    title: str = "Resend"

    @property
    def dialect(self) -> Dialect:
        """Return how Resend writes messages."""
        return dialect(lambda name, _kind, _note: terms.property_field(name))

    @property
    def capabilities(self) -> Mapping[str, Capability]:
        """Return what Resend can say."""
        return CAPABILITIES

    def export(
        self, graph: TriggerGraph, *, allow_lossy: bool = False
    ) -> tuple[ExportBundle | None, list[Diagnostic]]:
        """Return the plan of requests, or findings at the lines that Resend cannot say."""
        lowering = Lowering(self.title, CAPABILITIES, allow_lossy)
        export = Export(graph, lowering)
        definitions: dict[str, dict[str, Any]] = {}
        for flow in graph.playbook.flows.values():
            definition = lower_flow(export, flow)
            if definition is not None:
                definitions[flow.id] = definition
        templates, pages = requests.templates(export)
        _note_objects(export)
        note_programmes(lowering, graph.playbook)
        lowering.complete(graph)
        if has_errors(lowering.findings):
            return None, in_order(lowering.findings)
        plan = [
            *requests.properties(export),
            *requests.events(export),
            *requests.segments(export),
            *templates,
            *(requests.automation(export, name, found) for name, found in definitions.items()),
        ]
        problems = check_requests(plan)
        assert not problems, "; ".join(problems)
        root = graph.playbook.origin.document.source.path
        bundle = make_bundle(
            self.name,
            graph.playbook.name,
            root,
            plan,
            lowering.lookups,
            lowering.report(),
            pages,
        )
        return bundle, in_order(lowering.findings)


def _note_objects(export: Export) -> None:
    """Tell which offers and messages are not in the export, and what a person has to do."""
    playbook, lowering = export.playbook, export.lowering
    used = {message for message, _ in export.wordings}
    for kind, defined, needed in (
        ("offer", playbook.offers, export.offers),
        ("message", playbook.messages, used),
    ):
        for name in defined:
            if name not in needed:
                lowering.leave_out(kind, name, _UNUSED)
    if used:
        note = "publish each template: an automation sends published ones only"
        lowering.need("setting", "templates", note)
