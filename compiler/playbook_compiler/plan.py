"""plan.json: the compiled playbook in canonical JSON, the same bytes for the same meaning.

Its digest ignores what does not matter to a run: places, comments, order of keys, how the playbook
is split into files, line endings.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from playbook_compiler.encode import Json, encode
from playbook_compiler.graph import WAYS, Edge, Node, TriggerGraph
from playbook_compiler.steps import STEPS

PLAN_VERSION = 1
# `flows` stand without trigger and steps: those are the graph's nodes.
_NOT_IN_PLAYBOOK = frozenset({"include", "flows", "require", "checks", "use"})
_NOT_IN_FLOW = frozenset({"trigger", "steps"})


def plan_of(graph: TriggerGraph) -> dict[str, Json]:
    """Return the plan as JSON data, with its digest."""
    playbook = graph.playbook
    settings = encode(playbook, without=_NOT_IN_PLAYBOOK)
    assert isinstance(settings, dict)
    flows = {
        name: encode(playbook.flows[name], without=_NOT_IN_FLOW) for name in sorted(playbook.flows)
    }
    settings["flows"] = flows
    settings["require"] = encode(sorted({line.text for line in playbook.require}))
    content: dict[str, Json] = {
        "version": PLAN_VERSION,
        "playbook": settings,
        "nodes": [_node(node) for node in graph.nodes.values()],
        "edges": [_edge(edge) for edge in graph.edges],
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return content | {"digest": f"sha256:{sha256(canonical.encode()).hexdigest()}"}


def digest_of(graph: TriggerGraph) -> str:
    """Return the digest of the plan: `sha256:` and 64 hexadecimal digits."""
    return str(plan_of(graph)["digest"])


def plan_text(graph: TriggerGraph) -> str:
    """Return plan.json: sorted keys, two spaces, a line break at the end."""
    return json.dumps(plan_of(graph), sort_keys=True, indent=2, ensure_ascii=False) + "\n"


def _node(node: Node) -> dict[str, Json]:
    read: dict[str, Json] = {"id": node.id, "flow": node.flow, "kind": node.kind}
    if node.what is not None:
        read["what"] = encode(node.what, without=frozenset({"id"}))
    return read


def _edge(edge: Edge) -> Json:
    read: dict[str, Json] = {"source": edge.source, "target": edge.target, "way": edge.way}
    if edge.name:
        read["name"] = edge.name
    return read


def plan_schema() -> dict[str, Any]:
    """Return the JSON Schema of plan.json, of the parts that other programs may rely on."""
    text = {"type": "string"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Compiled playbook, version {PLAN_VERSION}",
        "description": "What `playbook compile` writes. Empty values are left out; durations,"
        " shares, money and conditions are their canonical text.",
        "type": "object",
        "required": ["version", "digest", "playbook", "nodes", "edges"],
        "additionalProperties": False,
        "properties": {
            "version": {"const": PLAN_VERSION},
            "digest": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
            "playbook": {
                "type": "object",
                "description": "The settings with every default filled in, sections by id.",
                "required": ["playbook", "name", "currency", "timezone", "flows", "stages"],
            },
            "nodes": {
                "type": "array",
                "description": "By flow, a flow's trigger first, its end last.",
                "items": {
                    "type": "object",
                    "required": ["id", "flow", "kind"],
                    "additionalProperties": False,
                    "properties": {
                        "id": {
                            "type": "string",
                            "description": "flow/step, stable under editing of other steps",
                        },
                        "flow": text,
                        "kind": {"enum": ["trigger", *STEPS, "end"]},
                        "what": {
                            "type": "object",
                            "description": "What the trigger or step says, without inner steps.",
                        },
                    },
                },
            },
            "edges": {
                "type": "array",
                "description": "The ways from node to node, in the order of each node's ways.",
                "items": {
                    "type": "object",
                    "required": ["source", "target", "way"],
                    "additionalProperties": False,
                    "properties": {
                        "source": text,
                        "target": text,
                        "way": {"enum": list(WAYS)},
                        "name": {
                            "type": "string",
                            "description": "The variant, or the number of the case.",
                        },
                    },
                },
            },
        },
    }
