"""Exports of the golden playbooks to Resend, for the tests of what leaves."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tests.contracts.exports import graph_of

from playbook_compiler.export.bundle import ExportBundle
from playbook_compiler.targets.resend import TARGET

CASES = Path(__file__).resolve().parents[1] / "cases" / "export" / "resend"
NAMES = ("everything", "hostile", "lossy")
LOSSY = ("lossy",)


def bundle_of(path: Path, *, allow_lossy: bool = False) -> ExportBundle:
    """Return the export of a playbook that has one."""
    bundle, findings = TARGET.export(graph_of(path), allow_lossy=allow_lossy)
    assert bundle is not None, [found.message for found in findings]
    return bundle


@cache
def case(name: str) -> ExportBundle:
    """Return the export of a golden playbook."""
    return bundle_of(CASES / name / "playbook.yaml", allow_lossy=name in LOSSY)
