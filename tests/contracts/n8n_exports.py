"""Exports of the golden playbooks to n8n, for the tests of what leaves."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from tests.contracts.exports import graph_of

from playbook_compiler.export.bundle import ExportBundle
from playbook_compiler.targets.n8n import TARGET

CASES = Path(__file__).resolve().parents[1] / "cases" / "export" / "n8n"
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


def workflow(name: str, flow: str) -> dict[str, Any]:
    """Return one workflow of a golden playbook, parsed anew."""
    found: dict[str, Any] = json.loads(case(name).files[f"workflows/{flow}.json"])
    return found


def node(made: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a node of a workflow by its name."""
    found: dict[str, Any] = next(one for one in made["nodes"] if one["name"] == name)
    return found
