"""Exports of the golden playbooks, for the tests of what leaves."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.driver import load
from playbook_compiler.export.bundle import ExportBundle
from playbook_compiler.export.registry import all_targets
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.lower import lower

CASES = Path(__file__).resolve().parents[1] / "cases" / "export" / "klaviyo"
NAMES = ("everything", "hostile", "lossy")
LOSSY = ("lossy",)
SHIPPED = Path(__file__).resolve().parents[2] / "playbooks"


def graph_of(path: Path) -> TriggerGraph:
    """Return the graph of the playbook at a path, unchecked: an export must hold by itself."""
    loaded = load(str(path), library=SHIPPED)
    assert loaded.playbook is not None, loaded.diagnostics
    graph, _ = lower(loaded.playbook)
    assert graph is not None
    return graph


def exported(
    path: Path, *, allow_lossy: bool = False
) -> tuple[ExportBundle | None, list[Diagnostic]]:
    """Export a playbook to Klaviyo."""
    return all_targets()["klaviyo"].export(graph_of(path), allow_lossy=allow_lossy)


def bundle_of(path: Path, *, allow_lossy: bool = False) -> ExportBundle:
    """Return the export of a playbook that has one."""
    bundle, findings = exported(path, allow_lossy=allow_lossy)
    assert bundle is not None, [found.message for found in findings]
    return bundle


@cache
def case(name: str) -> ExportBundle:
    """Return the export of a golden playbook."""
    return bundle_of(CASES / name / "playbook.yaml", allow_lossy=name in LOSSY)
