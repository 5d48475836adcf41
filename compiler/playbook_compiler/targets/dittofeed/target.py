"""Dittofeed: segments, user properties, subscription groups, templates and journeys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from playbook_compiler import conditions
from playbook_compiler.conditions import Condition, Entered
from playbook_compiler.diagnostics import Diagnostic, has_errors, in_order
from playbook_compiler.export.bundle import ExportBundle, make_bundle
from playbook_compiler.export.capability import Capability
from playbook_compiler.export.dialect import Dialect
from playbook_compiler.export.elsewhere import note_programmes
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.export.offers import benefit
from playbook_compiler.export.places import conditions_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Playbook
from playbook_compiler.steps import Step, children
from playbook_compiler.targets.dittofeed import requests
from playbook_compiler.targets.dittofeed.calls import send_traits_along
from playbook_compiler.targets.dittofeed.capabilities import CAPABILITIES
from playbook_compiler.targets.dittofeed.flow import lower_flow
from playbook_compiler.targets.dittofeed.graph_checks import check_requests
from playbook_compiler.targets.dittofeed.start_notes import note_existing
from playbook_compiler.targets.dittofeed.state import Export
from playbook_compiler.targets.dittofeed.template import DIALECT
from playbook_compiler.values import dataclass

_UNUSED = "no exported flow uses it"


@dataclass(frozen=True, slots=True)
class Dittofeed:
    """The open messaging engine Dittofeed, in the form of March 2026 of its admin interface."""

    name: str = "dittofeed"
    title: str = "Dittofeed"
    dialect: Dialect = DIALECT

    @property
    def capabilities(self) -> Mapping[str, Capability]:
        """Return what Dittofeed can say."""
        return CAPABILITIES

    def export(
        self, graph: TriggerGraph, *, allow_lossy: bool = False
    ) -> tuple[ExportBundle | None, list[Diagnostic]]:
        """Return the plan of requests, or findings at the lines that Dittofeed cannot say."""
        lowering = Lowering(self.title, CAPABILITIES, allow_lossy)
        export = Export(graph, lowering)
        export.needs.entered.update(_asked_entries(graph.playbook))
        journeys: dict[str, dict[str, Any]] = {}
        for flow in graph.playbook.flows.values():
            note_existing(export, flow)
            journey = lower_flow(export, flow)
            if journey is not None:
                journeys[flow.id] = journey
        requests.audiences(export)
        send_traits_along(export)
        _note_objects(export)
        note_programmes(lowering, graph.playbook)
        lowering.complete(graph)
        if has_errors(lowering.findings):
            return None, in_order(lowering.findings)
        plan = requests.plan(export, journeys)
        pages = {
            one.file.removesuffix(".json") + ".html": definition["body"].encode()
            for one in plan
            if one.kind == "template"
            and (definition := one.payload["definition"])["type"] == "Email"
        }
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
    used = {message for message, _ in export.wordings}
    for kind, defined, needed in (
        ("audience", playbook.audiences, export.audiences | export.needs.audiences),
        ("offer", playbook.offers, export.offers),
        ("message", playbook.messages, used),
    ):
        for name in defined:
            if name not in needed:
                lowering.leave_out(kind, name, _UNUSED)
    for name in sorted(export.offers):
        what = benefit(playbook, playbook.offers[name])
        lowering.need("offer", name, f"make it in the shop: {what}")


def _asked_entries(playbook: Playbook) -> set[str]:
    """Return the flows of which some condition asks who has entered them."""
    return {
        node.flow
        for condition in _conditions(playbook)
        for node in conditions.nodes(condition)
        if isinstance(node, Entered)
    }


def _conditions(playbook: Playbook) -> Iterator[Condition]:
    for audience in playbook.audiences.values():
        yield audience.where
    for flow in playbook.flows.values():
        for condition in (flow.trigger.where, flow.audience, flow.exit_when):
            if condition is not None:
                yield condition
        yield from _asked(flow.steps)


def _asked(steps: tuple[Step, ...]) -> Iterator[Condition]:
    for step in steps:
        yield from conditions_of(step)
        for _, inner in children(step):
            yield from _asked(inner)
