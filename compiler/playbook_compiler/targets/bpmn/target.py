"""BPMN 2.0: a process a flow, to be run by an engine that reads Python expressions."""

from __future__ import annotations

from collections.abc import Mapping

from playbook_compiler.diagnostics import Diagnostic, has_errors, in_order
from playbook_compiler.export.bundle import ExportBundle, make_bundle
from playbook_compiler.export.capability import Capability
from playbook_compiler.export.dialect import Dialect
from playbook_compiler.export.elsewhere import note_programmes
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.targets.bpmn.capabilities import CAPABILITIES
from playbook_compiler.targets.bpmn.files import files
from playbook_compiler.targets.bpmn.flow import lower_flow
from playbook_compiler.targets.bpmn.graph_checks import check_files
from playbook_compiler.targets.bpmn.state import Export
from playbook_compiler.targets.bpmn.template import DIALECT
from playbook_compiler.values import dataclass

_UNUSED = "no exported flow uses it"


@dataclass(frozen=True, slots=True)
class Bpmn:
    """BPMN 2.0 with Python expressions, as SpiffWorkflow runs it."""

    name: str = "bpmn"
    title: str = "BPMN"
    dialect: Dialect = DIALECT

    @property
    def capabilities(self) -> Mapping[str, Capability]:
        """Return what BPMN can say."""
        return CAPABILITIES

    def export(
        self, graph: TriggerGraph, *, allow_lossy: bool = False
    ) -> tuple[ExportBundle | None, list[Diagnostic]]:
        """Return the processes, or findings at the lines that BPMN cannot say."""
        lowering = Lowering(self.title, CAPABILITIES, allow_lossy)
        export = Export(graph, lowering)
        processes = {flow.id: lower_flow(export, flow) for flow in graph.playbook.flows.values()}
        _note_unused(export)
        note_programmes(lowering, graph.playbook)
        lowering.complete(graph)
        if has_errors(lowering.findings):
            return None, in_order(lowering.findings)
        made = files(export, processes)
        problems = check_files(made)
        assert not problems, "; ".join(problems)
        return (
            make_bundle(
                self.name,
                graph.playbook.name,
                graph.playbook.origin.document.source.path,
                (),
                lowering.lookups,
                lowering.report(),
                made,
            ),
            in_order(lowering.findings),
        )


def _note_unused(export: Export) -> None:
    """Tell which messages and offers are not in the export."""
    used = {message for message, _ in export.wordings}
    for kind, defined, needed in (
        ("offer", export.playbook.offers, export.offers),
        ("message", export.playbook.messages, used),
    ):
        for name in defined:
            if name not in needed:
                export.lowering.leave_out(kind, name, _UNUSED)
