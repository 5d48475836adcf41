"""Voucherify: loyalty programmes, offers and audiences, in the order in which they are created."""

from __future__ import annotations

from collections.abc import Mapping

from playbook_compiler.diagnostics import Diagnostic, has_errors, in_order
from playbook_compiler.export.bundle import ExportBundle, make_bundle
from playbook_compiler.export.capability import Capability
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.targets.voucherify import naming
from playbook_compiler.targets.voucherify.campaigns import lower_offer
from playbook_compiler.targets.voucherify.capabilities import CAPABILITIES, FLOWS
from playbook_compiler.targets.voucherify.payload_checks import check_requests
from playbook_compiler.targets.voucherify.programme import lower_programmes
from playbook_compiler.targets.voucherify.segments import other_audiences
from playbook_compiler.targets.voucherify.state import Export
from playbook_compiler.values import dataclass

_METADATA_NOTE = (
    "allow the keys playbook_id, playbook_uuid, playbook_rights and playbook_reserve in the "
    "project's metadata schemas, or allow undefined keys"
)


@dataclass(frozen=True, slots=True)
class Voucherify:
    """The engine for offers and loyalty Voucherify: API v1, and v2 of Loyalties."""

    name: str = naming.TARGET
    title: str = "Voucherify"

    @property
    def capabilities(self) -> Mapping[str, Capability]:
        """Return what Voucherify can say."""
        return CAPABILITIES

    def export(
        self, graph: TriggerGraph, *, allow_lossy: bool = False
    ) -> tuple[ExportBundle | None, list[Diagnostic]]:
        """Return the plan of requests, or findings at the lines that Voucherify cannot say."""
        playbook = graph.playbook
        lowering = Lowering(self.title, CAPABILITIES, allow_lossy)
        export = Export(graph, lowering)
        for flow in playbook.flows:
            lowering.leave_out("flow", flow, FLOWS)
        for message in playbook.messages:
            lowering.leave_out("message", message, FLOWS)
        for offer in playbook.offers.values():
            lower_offer(export, offer)
        if playbook.programmes is not None:
            lower_programmes(export, playbook.programmes)
        other_audiences(export)
        _note_stacking(export)
        if export.requests:
            lowering.need("setting", "metadata schemas", _METADATA_NOTE)
        lowering.complete(graph)
        if has_errors(lowering.findings):
            return None, in_order(lowering.findings)
        plan = export.plan()
        problems = check_requests(plan)
        assert not problems, "; ".join(problems)
        return (
            make_bundle(
                self.name,
                playbook.name,
                playbook.origin.document.source.path,
                plan,
                lowering.lookups,
                lowering.report(),
                {},
            ),
            in_order(lowering.findings),
        )


def _note_stacking(export: Export) -> None:
    """Ask for the project's setting that stands for whether offers may be used together."""
    guardrails = export.playbook.guardrails
    discounts = guardrails.discounts if guardrails is not None else None
    if discounts is not None and export.requests:
        may = "may" if discounts.stackable else "must not"
        note = f"offers {may} be used together: set the project's stacking rules so"
        export.lowering.need("setting", "stacking rules", note)
