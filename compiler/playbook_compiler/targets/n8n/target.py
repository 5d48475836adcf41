"""n8n: a workflow for each flow, which calls the shop's service, an SMTP account and others."""

from __future__ import annotations

from collections.abc import Mapping

from playbook_compiler.diagnostics import Diagnostic, has_errors, in_order
from playbook_compiler.export.bundle import ExportBundle, file_name, make_bundle, to_bytes
from playbook_compiler.export.capability import Capability
from playbook_compiler.export.elsewhere import note_programmes
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.targets.n8n.capabilities import CAPABILITIES
from playbook_compiler.targets.n8n.flow import lower_flow
from playbook_compiler.targets.n8n.graph_checks import check_workflow
from playbook_compiler.targets.n8n.state import Export
from playbook_compiler.values import dataclass

FOLDER = "workflows"
_UNUSED = "no exported flow uses it"


@dataclass(frozen=True, slots=True)
class N8n:
    """The automation engine n8n, as a bridge to any service that can be called."""

    name: str = "n8n"
    title: str = "n8n"

    @property
    def capabilities(self) -> Mapping[str, Capability]:
        """Return what n8n can say."""
        return CAPABILITIES

    def export(
        self, graph: TriggerGraph, *, allow_lossy: bool = False
    ) -> tuple[ExportBundle | None, list[Diagnostic]]:
        """Return the workflows to import, or findings at the lines that n8n cannot say."""
        lowering = Lowering(self.title, CAPABILITIES, allow_lossy)
        export = Export(graph, lowering)
        workflows = {flow.id: lower_flow(export, flow) for flow in graph.playbook.flows.values()}
        _note_objects(export)
        note_programmes(lowering, graph.playbook)
        lowering.complete(graph)
        if has_errors(lowering.findings):
            return None, in_order(lowering.findings)
        problems = [
            f"{name}: {problem}"
            for name, found in workflows.items()
            for problem in check_workflow(found)
        ]
        assert not problems, "; ".join(problems)
        return (
            make_bundle(
                self.name,
                graph.playbook.name,
                graph.playbook.origin.document.source.path,
                (),
                lowering.lookups,
                lowering.report(),
                {
                    f"{FOLDER}/{file_name(name)}.json": to_bytes(found)
                    for name, found in workflows.items()
                },
            ),
            in_order(lowering.findings),
        )


def _note_objects(export: Export) -> None:
    """Tell which audiences, offers and messages are not in the export."""
    playbook, lowering = export.playbook, export.lowering
    used = {message for message, _ in export.wordings}
    inside = {entry.id for entry in lowering.entries if entry.construct == "audience.where"}
    for kind, defined, needed in (
        ("audience", playbook.audiences, inside),
        ("offer", playbook.offers, export.offers),
        ("message", playbook.messages, used),
    ):
        for name in defined:
            if name not in needed:
                lowering.leave_out(kind, name, _UNUSED)
