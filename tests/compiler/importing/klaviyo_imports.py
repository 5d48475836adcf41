"""Klaviyo exports and what comes of importing them, for the tests of both ways."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playbook_compiler.driver import Compiled, compile_playbook, load
from playbook_compiler.export.bundle import ExportBundle
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.importing.engines.klaviyo import IMPORTER
from playbook_compiler.importing.given import Given
from playbook_compiler.importing.imported import Answers, Imported
from playbook_compiler.importing.writing import files_of
from playbook_compiler.lower import lower
from playbook_compiler.plan import plan_of
from playbook_compiler.targets.klaviyo import TARGET

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "playbooks"
EXPORTS = ROOT / "tests" / "cases" / "export" / "klaviyo"
CASES = ROOT / "tests" / "cases" / "import" / "klaviyo"
# What a playbook says in the sections that Klaviyo takes; the others are not exported.
SECTIONS = ("flows", "audiences", "offers", "messages")
BERLIN = Answers(currency="EUR", timezone="Europe/Berlin")


def graph_of(path: Path) -> TriggerGraph:
    """Return the graph of a playbook, unchecked."""
    loaded = load(str(path), library=SHIPPED)
    assert loaded.playbook is not None, [one.message for one in loaded.diagnostics]
    graph, _ = lower(loaded.playbook)
    assert graph is not None
    return graph


def exported(graph: TriggerGraph, *, allow_lossy: bool = False) -> ExportBundle:
    """Return the export of a graph that has one."""
    bundle, findings = TARGET.export(graph, allow_lossy=allow_lossy)
    assert bundle is not None, [one.message for one in findings]
    return bundle


def imported(files: Mapping[str, bytes], answers: Answers = BERLIN) -> Imported:
    """Return what is imported from the files of an export."""
    given = Given("export", {name: raw for name, raw in files.items() if name.endswith(".json")})
    found, findings = IMPORTER.read(given, answers)
    assert found is not None, [one.message for one in findings]
    return found


def written(found: Imported, folder: Path) -> Path:
    """Write an import into a folder, and return it."""
    for name, raw in files_of(found).items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(raw)
    return folder


def checked(folder: Path) -> Compiled:
    """Return the compiled playbook in a folder, which has no errors."""
    compiled = compile_playbook(str(folder))
    errors = [one for one in compiled.diagnostics if one.is_error]
    assert not errors, [(one.rule, one.message) for one in errors]
    return compiled


def part_of(graph: TriggerGraph) -> dict[str, Any]:
    """Return the part of the plan that Klaviyo takes: flows with their steps, audiences, offers and
    messages. Bodies without the line feed at their end, which files of their own always have."""
    plan: dict[str, Any] = plan_of(graph)
    sections = {name: plan["playbook"].get(name, {}) for name in SECTIONS}
    for message in sections["messages"].values():
        if "body" in message:
            message["body"] = message["body"].rstrip("\n")
    return {"nodes": plan["nodes"], "edges": plan["edges"], **sections}


def digest_of_part(graph: TriggerGraph) -> str:
    """Return the digest of that part."""
    text = json.dumps(part_of(graph), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def payloads(bundle: ExportBundle) -> dict[str, bytes]:
    """Return the payloads of an export by file."""
    return {one.file: bundle.files[one.file] for one in bundle.requests}
