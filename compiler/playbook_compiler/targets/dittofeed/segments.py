"""A tree of tests as the definition of a segment: an entry node, and the others by id."""

from __future__ import annotations

from typing import Any

from playbook_compiler.export.logic import ALWAYS, All, Leaf, Test, Tree, leaves
from playbook_compiler.targets.dittofeed.segment_tests import is_keyed


def definition_of(tree: Tree) -> dict[str, Any]:
    """Return a segment's definition. A keyed test stands alone: Dittofeed nests it in nothing."""
    if tree == ALWAYS:
        return {"entryNode": {"type": "Everyone", "id": "0"}, "nodes": []}
    nodes: list[Test] = []
    _placed(tree, nodes)
    return {"entryNode": nodes[0], "nodes": nodes[1:]}


def _placed(tree: Tree, nodes: list[Test]) -> str:
    """Add a tree's nodes, itself first, and return its id."""
    id_ = str(len(nodes))
    if isinstance(tree, Leaf):
        nodes.append({"id": id_, **tree.test})
        return id_
    children: list[str] = []
    type_ = "And" if isinstance(tree, All) else "Or"
    nodes.append({"id": id_, "type": type_, "children": children})
    for part in tree.parts:
        children.append(_placed(part, nodes))
    return id_


def has_keyed(tree: Tree) -> bool:
    """Return whether a test in a tree reads the events of the run's key."""
    return any(is_keyed(test) for test in leaves(tree))
