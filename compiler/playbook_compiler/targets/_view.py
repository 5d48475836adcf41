"""A view of the graph as a target: files to look at, and nothing to send."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.export.bundle import ExportBundle, make_bundle
from playbook_compiler.export.capability import Capability
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.values import dataclass


def nothing_to_note(graph: TriggerGraph, lowering: Lowering) -> None:
    """Leave the report to the table."""


@dataclass(frozen=True, slots=True)
class View:
    """Files for people or programs that read. `files` makes each of them from the graph.

    `note` tells what the table cannot decide by the construct alone.
    """

    name: str
    title: str
    capabilities: Mapping[str, Capability]
    files: Mapping[str, Callable[[TriggerGraph], str]]
    note: Callable[[TriggerGraph, Lowering], None] = nothing_to_note

    def export(
        self, graph: TriggerGraph, *, allow_lossy: bool = False
    ) -> tuple[ExportBundle | None, list[Diagnostic]]:
        """Return the files. A view refuses nothing: what it does not show is noted as dropped."""
        lowering = Lowering(self.title, self.capabilities, allow_lossy)
        self.note(graph, lowering)
        lowering.complete(graph)
        assert not lowering.findings
        return (
            make_bundle(
                self.name,
                graph.playbook.name,
                graph.playbook.origin.document.source.path,
                (),
                (),
                lowering.report(),
                {name: render(graph).encode() for name, render in self.files.items()},
            ),
            [],
        )
