"""The graph as JSON: nodes with their label and place in the files, and edges."""

from __future__ import annotations

import json

from playbook_compiler.export.bundle import relative_to_folder
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.plan import digest_of
from playbook_compiler.views._labels import edge_label, node_label

GRAPH_VERSION = 1


def render(graph: TriggerGraph) -> str:
    """Return nodes in the order of flows and steps, and edges, with the plan's digest.

    Files are relative to the playbook's folder.
    """
    root = graph.playbook.origin.document.source.path
    nodes = []
    for node in graph.nodes.values():
        span = node.origin.span()
        nodes.append(
            {
                "id": node.id,
                "flow": node.flow,
                "kind": node.kind,
                "label": node_label(node),
                "file": relative_to_folder(span.file, root),
                "line": span.line,
            }
        )
    edges = [
        {
            "source": edge.source,
            "target": edge.target,
            "way": edge.way,
            "name": edge.name,
            "label": edge_label(edge, graph.nodes[edge.source]),
        }
        for edge in graph.edges
    ]
    data = {"version": GRAPH_VERSION, "digest": digest_of(graph), "nodes": nodes, "edges": edges}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
