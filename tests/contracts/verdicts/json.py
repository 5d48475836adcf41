"""What the published schema of plan.json says against an export, and whether the graph is whole."""

from __future__ import annotations

import json

from jsonschema import Draft202012Validator

from playbook_compiler.export.bundle import ExportBundle
from playbook_compiler.plan import plan_schema


def problems(bundle: ExportBundle) -> list[str]:
    """Return every objection to an export."""
    plan = json.loads(bundle.files["plan.json"])
    graph = json.loads(bundle.files["graph.json"])
    found = [error.message[:200] for error in Draft202012Validator(plan_schema()).iter_errors(plan)]
    if graph["digest"] != plan["digest"]:
        found.append("the graph is of another plan")
    nodes = {one["id"] for one in graph["nodes"]}
    if nodes != {one["id"] for one in plan["nodes"]}:
        found.append("the graph has other nodes than the plan")
    for edge in graph["edges"]:
        if not {edge["source"], edge["target"]} <= nodes:
            found.append(f"an edge between no nodes: {edge['source']} to {edge['target']}")
    return found
