"""A checklist for people: for engines that take no flows or programmes from outside."""

from __future__ import annotations

from collections.abc import Mapping

from playbook_compiler.diagnostics import Diagnostic, has_errors, in_order
from playbook_compiler.export.bundle import ExportBundle, make_bundle
from playbook_compiler.export.capability import Capability
from playbook_compiler.export.dialect import Dialect
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.targets.manual import flows, knowledge, letters, objects
from playbook_compiler.targets.manual.capabilities import CAPABILITIES
from playbook_compiler.targets.manual.checklist import checklist
from playbook_compiler.targets.manual.spreadsheet import spreadsheet
from playbook_compiler.targets.manual.template import DIALECT
from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class Manual:
    """Steps for a person at the screen of any engine."""

    name: str = "manual"
    title: str = "A checklist"
    dialect: Dialect = DIALECT

    @property
    def capabilities(self) -> Mapping[str, Capability]:
        """Return what a checklist can say."""
        return CAPABILITIES

    def export(
        self, graph: TriggerGraph, *, allow_lossy: bool = False
    ) -> tuple[ExportBundle | None, list[Diagnostic]]:
        """Return the checklist with the texts of messages. Only a broken template stops it."""
        lowering = Lowering(self.title, CAPABILITIES, allow_lossy)
        several = letters.letters(graph, lowering)
        lowering.complete(graph)
        if has_errors(lowering.findings):
            return None, in_order(lowering.findings)
        sections = (
            knowledge.account(graph),
            knowledge.knowledge(graph),
            knowledge.consent(graph),
            objects.audiences(graph),
            objects.offers(graph),
            objects.programmes(graph),
            letters.messages(several),
            flows.flows(graph),
            objects.guardrails(graph),
            objects.checklists(graph),
            objects.stages(graph),
            flows.trial(graph, several),
            flows.launch(graph),
        )
        playbook = graph.playbook
        root = playbook.origin.document.source.path
        files = {
            "checklist.md": checklist(playbook.name, root, sections).encode(),
            "checklist.csv": spreadsheet(root, sections).encode(),
        }
        for letter in several:
            files |= letter.files()
        return (
            make_bundle(self.name, playbook.name, root, (), (), lowering.report(), files),
            in_order(lowering.findings),
        )
