"""Our own checks of a segment's definition, and of the keys that a payload may have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from playbook_compiler.targets.dittofeed.payload_keys import OPERATORS, TESTS


def check_keys(found: Any, allowed: Sequence[str], where: str) -> Iterator[str]:
    """Return the keys of an object that are none of those allowed."""
    if not isinstance(found, dict):
        yield f"{where} is not an object"
        return
    for key in found:
        if key not in allowed:
            yield f"{where} has the key {key!r}, which is not one that is written here"


def check_segment(definition: Any) -> Iterator[str]:
    """Return what is wrong with a segment's definition."""
    yield from check_keys(definition, ("entryNode", "nodes"), "the definition")
    entry, nodes = definition.get("entryNode") or {}, definition.get("nodes") or []
    every = [entry, *nodes]
    ids = [node.get("id") for node in every]
    if len(set(ids)) < len(ids):
        yield "two nodes of the segment have one id"
    named = [child for node in every for child in node.get("children") or []]
    for child in named:
        if child not in ids[1:]:
            yield f"the segment asks its node {child!r}, which it has not"
    if len(set(named)) < len(named):
        yield "a node of the segment is asked twice"
    for id_ in ids[1:]:
        if id_ not in named:
            yield f"nothing asks the node {id_!r} of the segment"
    for node in nodes:
        if node.get("type") in ("KeyedPerformed", "Everyone", "Manual"):
            yield f"a {node.get('type')} stands alone, and not in another node"
    for node in every:
        yield from _test(node)


def _test(node: dict[str, Any]) -> Iterator[str]:
    type_ = str(node.get("type"))
    if type_ not in TESTS:
        yield f"a test of type {type_!r}"
        return
    yield from check_keys(node, TESTS[type_], "a test")
    match type_:
        case "And" | "Or":
            if len(node.get("children") or []) < 2:
                yield f"an {type_} of fewer than two"
        case "RandomBucket":
            share = node.get("percent")
            if not isinstance(share, int | float) or isinstance(share, bool) or not 0 <= share <= 1:
                yield f"a random share of {share!r}: expected 0 to 1"
        case "Trait":
            if not node.get("path"):
                yield "a test of no trait"
            yield from _operator(node.get("operator"))
        case "Performed" | "KeyedPerformed":
            yield from _performed(node)


def _performed(node: dict[str, Any]) -> Iterator[str]:
    if not node.get("event"):
        yield "a test of no event"
    if node.get("type") == "KeyedPerformed" and not node.get("key"):
        yield "a test of the run's event without its key"
    times = node.get("times")
    if not isinstance(times, int) or isinstance(times, bool) or times < 1:
        yield f"an event performed {times!r} times"
    if node.get("timesOperator") not in (">=", "<"):
        yield f"times compared by {node.get('timesOperator')!r}"
    within = node.get("withinSeconds")
    if (within is None) is ("timeOperator" in node):
        yield "a time without its operator, or the other way round"
    if within is not None and (not isinstance(within, int) or within <= 0):
        yield f"an event in the last {within!r} seconds"
    for one in node.get("properties") or []:
        yield from check_keys(one, ("path", "operator"), "a property")
        if not one.get("path"):
            yield "a test of no property"
        yield from _operator(one.get("operator"))


def _operator(operator: Any) -> Iterator[str]:
    if not isinstance(operator, dict) or operator.get("type") not in OPERATORS:
        yield f"an operator {operator!r}"
        return
    yield from check_keys(operator, OPERATORS[operator["type"]], "an operator")
