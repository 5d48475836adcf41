"""Mermaid, which GitHub, GitLab and many editors draw: a subgraph for each flow."""

from __future__ import annotations

from playbook_compiler.graph import TriggerGraph
from playbook_compiler.views._labels import edge_label, node_label

_SHAPES = {
    "trigger": ("([", "])"),
    "end": ("((", "))"),
    "if": ("{", "}"),
    "branch": ("{", "}"),
    "split": ("{", "}"),
    "wait": ("[/", "/]"),
}


def render(graph: TriggerGraph) -> str:
    """Return the graph as a Mermaid flowchart. Nodes are numbered; labels are quoted."""
    numbers = {node_id: f"n{index}" for index, node_id in enumerate(graph.nodes)}
    lines = ["flowchart TD"]
    for position, flow in enumerate(graph.playbook.flows):
        lines.append(f"  subgraph f{position}[{_quoted(flow)}]")
        for node in graph.of_flow(flow):
            opening, closing = _SHAPES.get(node.kind, ("[", "]"))
            label = _quoted(node_label(node))
            lines.append(f"    {numbers[node.id]}{opening}{label}{closing}")
        lines.append("  end")
    for edge in graph.edges:
        label = edge_label(edge, graph.nodes[edge.source])
        arrow = f"-->|{_quoted(label)}|" if label else "-->"
        lines.append(f"  {numbers[edge.source]} {arrow} {numbers[edge.target]}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Return a label that Mermaid shows as it is: entities for its own signs and HTML's."""
    safe = "".join(
        char if char.isalnum() or char in " -_.,:/()" else f"#{ord(char)};" for char in text
    )
    return f'"{safe}"'
