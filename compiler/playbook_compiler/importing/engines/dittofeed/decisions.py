"""Splits one after the other that the exporter made of one condition, as its tree again.

A test of the run's own event is a segment of its own, so that a condition that mixes it with others
became several splits: `id`, `id~2` and so on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from playbook_compiler.export.logic import ALWAYS, NEVER, All, Leaf, Tree, all_of, any_of
from playbook_compiler.importing.engines.dittofeed.conditions import length_of, tree_of
from playbook_compiler.importing.engines.dittofeed.workspace import Workspace
from playbook_compiler.printing_yaml import Bare
from playbook_compiler.values import dataclass

DEPTH_LIMIT = 60
Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decision:
    """A condition over several splits: what it asks, where its answers lead, which nodes it is."""

    tree: Tree
    yes: Any
    no: Any
    nodes: tuple[str, ...]


def decision(id_: str, nodes: Mapping[str, Node], workspace: Workspace) -> Decision | None:
    """Return the condition that begins with a split, None where it cannot be read as one."""
    chain = [id_]
    for one in chain:
        for way in ("trueChild", "falseChild"):
            target = _variant(nodes[one]).get(way)
            if _continues(id_, target, nodes) and target not in chain:
                chain.append(str(target))
    if len(chain) > DEPTH_LIMIT:
        return None
    outside = [
        (way, target)
        for one in chain
        for way in ("trueChild", "falseChild")
        if (target := _variant(nodes[one]).get(way)) not in chain
    ]
    last = max(chain, key=lambda one: int(one.rpartition("~")[2]) if one != id_ else 1)
    yes, no = (_variant(nodes[last]).get(way) for way in ("trueChild", "falseChild"))
    if yes == no or any(target not in (yes, no) for _, target in outside):
        return None
    tree = _tree(id_, yes, nodes, workspace, chain, {})
    return None if tree is None else Decision(tree, yes, no, tuple(chain))


def _continues(id_: str, target: Any, nodes: Mapping[str, Node]) -> bool:
    if not isinstance(target, str) or target not in nodes:
        return False
    same = re.fullmatch(re.escape(id_) + r"~[0-9]{1,3}", target)
    return same is not None and nodes[target].get("type") == "SegmentSplitNode"


def _tree(
    id_: Any,
    yes: Any,
    nodes: Mapping[str, Node],
    workspace: Workspace,
    chain: list[str],
    done: dict[str, Tree | None],
) -> Tree | None:
    """Return when a split leads to `yes`: its answer, once given, never speaks against it."""
    if id_ not in chain:
        return ALWAYS if id_ == yes else NEVER
    if id_ in done:
        return done[id_]
    done[id_] = None  # a circle
    variant = _variant(nodes[id_])
    segment = workspace.of("segment").get(str(variant.get("segment")))
    here = tree_of(segment.definition) if segment is not None else None
    rest = [
        _tree(variant.get(way), yes, nodes, workspace, chain, done)
        for way in ("trueChild", "falseChild")
    ]
    if here is None or rest[0] is None or rest[1] is None:
        return None
    done[id_] = any_of([all_of([here, rest[0]]), rest[1]])
    return done[id_]


def parts_of(tree: Tree) -> tuple[Tree, ...]:
    """Return what has to hold, each part for itself."""
    return tree.parts if isinstance(tree, All) else (tree,)


def reads_event(tree: Tree) -> bool:
    """Return whether a tree asks for the event of the run."""
    if isinstance(tree, Leaf):
        return bool(tree.test.get("type") == "KeyedPerformed")
    return any(reads_event(part) for part in tree.parts)


def of_trigger(
    tree: Tree, trigger: dict[str, Any], event_of: Callable[[str], str]
) -> dict[str, Any] | None:
    """Return the keys of the trigger for which a test stands in front of the steps; None where it
    stands for none. Of goods that are used up there are none: no second order is asked for."""
    if not isinstance(tree, Leaf) or tree.test.get("type") != "Performed":
        return None
    within, times = tree.test.get("withinSeconds"), tree.test.get("times")
    sign, event = tree.test.get("timesOperator"), str(tree.test.get("event"))
    if not isinstance(within, int):
        return None
    if "replenishment" in trigger:
        return {} if event == "order_placed" and sign == "<" else None
    often = isinstance(times, int) and 2 <= times <= 100 and sign == ">="
    if not often or trigger.get("event") is None or "at_least" in trigger:
        return None
    if event_of(event) != trigger["event"]:
        return None
    return {"at_least": times, "within": Bare(length_of(within))}


def _variant(node: Node) -> Mapping[str, Any]:
    variant = node.get("variant")
    return variant if isinstance(variant, dict) else {}
