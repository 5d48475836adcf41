"""Graphviz DOT: a cluster for each flow."""

from __future__ import annotations

from playbook_compiler.graph import TriggerGraph
from playbook_compiler.inert import dot_quoted
from playbook_compiler.views._labels import edge_label, node_label

_SHAPES = {
    "trigger": "oval",
    "end": "doublecircle",
    "if": "diamond",
    "branch": "diamond",
    "split": "diamond",
    "wait": "parallelogram",
}


def render(graph: TriggerGraph) -> str:
    """Return the graph in the DOT language; node names are the ids."""
    lines = ["digraph playbook {", "  rankdir=TB;", '  node [fontname="sans-serif", shape=box];']
    for position, flow in enumerate(graph.playbook.flows):
        lines.append(f"  subgraph cluster_{position} {{")
        lines.append(f"    label={dot_quoted(flow)};")
        for node in graph.of_flow(flow):
            shape = _SHAPES.get(node.kind, "box")
            lines.append(
                f"    {dot_quoted(node.id)} [label={dot_quoted(node_label(node))}, shape={shape}];"
            )
        lines.append("  }")
    for edge in graph.edges:
        label = edge_label(edge, graph.nodes[edge.source])
        more = f" [label={dot_quoted(label)}]" if label else ""
        lines.append(f"  {dot_quoted(edge.source)} -> {dot_quoted(edge.target)}{more};")
    return "\n".join([*lines, "}"]) + "\n"
