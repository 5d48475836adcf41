"""Exports for people, of the playbooks that hold every kind of construct and every hostile text."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

from tests.contracts.exports import graph_of

from playbook_compiler.export.bundle import ExportBundle
from playbook_compiler.export.capability import Target
from playbook_compiler.graph import TriggerGraph

CASES = Path(__file__).resolve().parents[1] / "cases" / "export" / "for_people"
NAMES = ("everything", "hostile")
TARGETS = ("dot", "json", "manual", "markdown", "mermaid")


@cache
def graph(name: str) -> TriggerGraph:
    """Return the graph of a golden playbook."""
    return graph_of(CASES / name / "playbook.yaml")


def exported(target: str, lowered: TriggerGraph) -> ExportBundle:
    """Return the export of a graph to a target that refuses nothing."""
    chosen: Target = import_module(f"playbook_compiler.targets.{target}").TARGET
    bundle, findings = chosen.export(lowered)
    assert bundle is not None
    assert findings == []
    return bundle


@cache
def case(target: str, name: str) -> ExportBundle:
    """Return the export of a golden playbook to a target."""
    return exported(target, graph(name))
