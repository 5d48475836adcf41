"""Mermaid, which GitHub, GitLab and many editors draw: a subgraph for each flow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from playbook_compiler.graph import TriggerGraph
from playbook_compiler.inert import mermaid_quoted
from playbook_compiler.views._labels import edge_label, node_label

FIRST_LINE: Final = "flowchart LR"
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
    return chart(graph, tuple(graph.playbook.flows))


def chart(graph: TriggerGraph, flows: Sequence[str]) -> str:
    """Return some flows as one flowchart, with the edges between their own nodes.

    All goes from left to right: what no edge joins then stands below each other, in both the whole
    and a flow. Mermaid turns a flow that says no direction of its own, and puts flows side by side
    in a chart that goes down.
    """
    nodes = [node.id for flow in flows for node in graph.of_flow(flow)]
    numbers = {node_id: f"n{index}" for index, node_id in enumerate(nodes)}
    lines = [FIRST_LINE]
    for position, flow in enumerate(flows):
        lines.append(f"  subgraph f{position}[{mermaid_quoted(flow)}]")
        lines.append("    direction LR")
        for node in graph.of_flow(flow):
            opening, closing = _SHAPES.get(node.kind, ("[", "]"))
            label = mermaid_quoted(node_label(node))
            lines.append(f"    {numbers[node.id]}{opening}{label}{closing}")
        lines.append("  end")
    for edge in graph.edges:
        if edge.source not in numbers or edge.target not in numbers:
            continue
        label = edge_label(edge, graph.nodes[edge.source])
        arrow = f"-->|{mermaid_quoted(label)}|" if label else "-->"
        lines.append(f"  {numbers[edge.source]} {arrow} {numbers[edge.target]}")
    return "\n".join(lines) + "\n"
