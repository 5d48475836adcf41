"""Exports to Dittofeed of its golden playbooks."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tests.contracts.exports import graph_of

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.export.bundle import ExportBundle
from playbook_compiler.export.registry import all_targets

CASES = Path(__file__).resolve().parents[1] / "cases" / "export" / "dittofeed"
NAMES = ("everything", "hostile", "lossy")
LOSSY = ("lossy",)


def exported(
    path: Path, *, allow_lossy: bool = False
) -> tuple[ExportBundle | None, list[Diagnostic]]:
    """Export a playbook to Dittofeed."""
    return all_targets()["dittofeed"].export(graph_of(path), allow_lossy=allow_lossy)


def bundle_of(path: Path, *, allow_lossy: bool = False) -> ExportBundle:
    """Return the export of a playbook that has one."""
    bundle, findings = exported(path, allow_lossy=allow_lossy)
    assert bundle is not None, [found.message for found in findings]
    return bundle


@cache
def case(name: str) -> ExportBundle:
    """Return the export of a golden playbook."""
    return bundle_of(CASES / name / "playbook.yaml", allow_lossy=name in LOSSY)
