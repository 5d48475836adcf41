"""Mautic 7: one file to import, with a campaign for each flow, its e-mails, segments and fields."""

from __future__ import annotations

from collections.abc import Mapping

from playbook_compiler.diagnostics import Diagnostic, has_errors, in_order
from playbook_compiler.export.bundle import ExportBundle, file_name, make_bundle, to_bytes
from playbook_compiler.export.capability import Capability
from playbook_compiler.export.dialect import Dialect
from playbook_compiler.export.elsewhere import note_programmes
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.export.wording import variation
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.targets.mautic import terms
from playbook_compiler.targets.mautic.archive import DATA_FILE, archive
from playbook_compiler.targets.mautic.capabilities import CAPABILITIES
from playbook_compiler.targets.mautic.fields import Fields
from playbook_compiler.targets.mautic.flow import lower_flow
from playbook_compiler.targets.mautic.graph_checks import check_groups
from playbook_compiler.targets.mautic.rows import group
from playbook_compiler.targets.mautic.state import Export
from playbook_compiler.targets.mautic.template import dialect
from playbook_compiler.targets.mautic.tree import End
from playbook_compiler.values import dataclass

IMPORT_FILE = "mautic.zip"
_UNUSED = "no exported flow uses it"
# What may go out to a contact more than once is "transactional". Until 7.2 that meant, too, that
# neither Do Not Contact nor the frequency rule holds (mautic/mautic#11786, #15995).
_VERSION = (
    "7.2 or later: earlier versions send these e-mails to people on Do Not Contact, too, "
    "and keep no frequency rule for them"
)


@dataclass(frozen=True, slots=True)
class Mautic:
    """The marketing automation Mautic, from version 7.2 on."""

    name: str = terms.TARGET
    title: str = "Mautic"

    @property
    def dialect(self) -> Dialect:
        """Return how Mautic writes messages."""
        return dialect(Fields(Lowering(self.title, CAPABILITIES, allow_lossy=True)))

    @property
    def capabilities(self) -> Mapping[str, Capability]:
        """Return what Mautic can say."""
        return CAPABILITIES

    def export(
        self, graph: TriggerGraph, *, allow_lossy: bool = False
    ) -> tuple[ExportBundle | None, list[Diagnostic]]:
        """Return the file to import, or findings at the lines that Mautic cannot say."""
        lowering = Lowering(self.title, CAPABILITIES, allow_lossy)
        export = Export(graph, lowering, Fields(lowering))
        campaigns = [lower_flow(export, flow, (End(),)) for flow in graph.playbook.flows.values()]
        _note_objects(export)
        _note_account(export)
        note_programmes(lowering, graph.playbook)
        lowering.complete(graph)
        if has_errors(lowering.findings):
            return None, in_order(lowering.findings)
        rows = export.fields.rows()
        groups = [
            group(export, campaign, rows if number == 0 else [])
            for number, campaign in enumerate(campaigns)
        ]
        problems = check_groups(groups)
        assert not problems, "; ".join(problems)
        data = to_bytes(groups)
        files = {DATA_FILE: data, IMPORT_FILE: archive(data)} if groups else {}
        return (
            make_bundle(
                self.name,
                graph.playbook.name,
                graph.playbook.origin.document.source.path,
                (),
                lowering.lookups,
                lowering.report(),
                {**files, **_texts(export)},
            ),
            in_order(lowering.findings),
        )


def _texts(export: Export) -> dict[str, bytes]:
    """Return the messages as pages to look at, and as texts to make by hand."""
    found = {}
    for (message, offer), wording in sorted(export.wordings.items()):
        name = file_name(variation(message, offer))
        if wording.html:
            found[f"emails/{name}.html"] = wording.html.encode()
        else:
            subject = f"{wording.subject}\n\n" if wording.subject else ""
            found[f"messages/{name}.txt"] = f"{subject}{wording.text.strip()}\n".encode()
    return found


def _note_objects(export: Export) -> None:
    """Tell which audiences, offers and messages are not in the export, and what offers need."""
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


def _note_account(export: Export) -> None:
    """Ask for the settings that no import sets."""
    playbook, lowering = export.playbook, export.lowering
    need = lowering.need
    if playbook.sender is not None:
        need("setting", "from address", f"the mailer's sender: {playbook.sender.email}")
    kinds = {playbook.messages[message].kind for _, message, _ in export.email_names()}
    if "marketing" in kinds:
        need("setting", "version of Mautic", _VERSION)
    guardrails = export.guardrails
    if guardrails is not None and guardrails.frequency:
        caps = "; ".join(
            f"{cap.at_most} {cap.channel or 'messages'} per {cap.per}"
            for cap in guardrails.frequency
        )
        need("setting", "default frequency rule", f"set it near the playbook's caps: {caps}")
    if guardrails is not None and guardrails.consent:
        rules = ", ".join(f"{channel} {rule}" for channel, rule in guardrails.consent.items())
        need("setting", "Do Not Contact", f"put everybody on it who has not consented: {rules}")
    for flow in playbook.flows.values():
        entry = flow.entry
        if entry is None or entry.rule == "once":
            continue
        often = "always" if entry.again_after is None else f"not before {entry.again_after}"
        need("setting", f"restart {flow.id}", f"allow contacts to restart the campaign: {often}")
