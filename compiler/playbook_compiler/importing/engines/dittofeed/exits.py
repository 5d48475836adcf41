"""Which events end a run: those that the exporter asks for in the time that it has lasted.

An exit condition may ask for an event within a time, too; its time is the same at every step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from playbook_compiler.importing.engines.dittofeed.conditions import DAY, literal_of
from playbook_compiler.importing.engines.dittofeed.words import Words
from playbook_compiler.values import dataclass

Node = Mapping[str, Any]
Test = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Lasted:
    """How many seconds a run has lasted at most: by waits alone, and with holds."""

    sure: int = 0
    held: int = 0

    def later(self, sure: int, held: int) -> Lasted:
        return Lasted(self.sure + sure, self.held + sure + held)

    def longest(self, other: Lasted) -> Lasted:
        return Lasted(max(self.sure, other.sure), max(self.held, other.held))


def exit_tests(segment: Any, words: Words) -> list[Test]:
    """Return the tests of which one ends a run."""
    resource = words.workspace.of("segment").get(str(segment))
    if resource is None:
        return []
    entry = _mapping(resource.definition.get("entryNode"))
    if entry.get("type") != "Or":
        return [entry]
    listed = resource.definition.get("nodes")
    by_id = {str(one.get("id")): one for one in listed or () if isinstance(one, dict)}
    return [_mapping(by_id.get(str(one))) for one in entry.get("children") or ()]


def event_of_exit(test: Test, words: Words) -> str:
    """Return the event that a test asks for in a time, empty for other tests."""
    if test.get("type") != "Performed" or not isinstance(test.get("withinSeconds"), int):
        return ""
    literal = literal_of({**test, "times": 1}, words)
    text = literal.yes.alone if literal is not None else ""
    said = re.match(r"event\((\S+)\)", text)
    return said[1] if said is not None else ""


def ending_events(
    first: str | None, nodes: Mapping[str, Node], words: Words, held: int
) -> frozenset[str]:
    """Return the events that all exits ask for in the time that a run has lasted at them, or in
    times that differ from exit to exit."""
    lasted = _lasted(first, nodes, held)
    fitting: dict[str, bool] = {}
    times: dict[str, set[int]] = {}
    for id_, at in lasted.items():
        if not id_.endswith("~exit"):
            continue
        for test in exit_tests(_mapping(nodes[id_].get("variant")).get("segment"), words):
            event = event_of_exit(test, words)
            if event:
                fits = at.sure <= test["withinSeconds"] <= at.held
                fitting[event] = fitting.get(event, True) and fits
                times.setdefault(event, set()).add(test["withinSeconds"])
    return frozenset(one for one, fits in fitting.items() if fits or len(times[one]) > 1)


def _lasted(first: str | None, nodes: Mapping[str, Node], held: int) -> dict[str, Lasted]:
    """Return how long a run has lasted at each node, on the longest way."""
    order: list[str] = []
    state: dict[str, int] = {}
    waiting: list[tuple[str | None, bool]] = [(first, False)]
    while waiting:
        id_, leaving = waiting.pop()
        if id_ is None or id_ not in nodes:
            continue
        if leaving:
            order.append(id_)
        elif id_ not in state:
            state[id_] = 1
            waiting.append((id_, True))
            waiting += [(one, False) for one in _targets(nodes[id_])]
    found = {first: Lasted(0, held)} if first is not None else {}
    for id_ in reversed(order):
        after = found.get(id_, Lasted()).later(*_time(id_, nodes[id_]))
        for target in _targets(nodes[id_]):
            if target in nodes:
                found[target] = after.longest(found.get(target, after))
    return found


def _targets(node: Node) -> Iterator[str]:
    variant = _mapping(node.get("variant"))
    told = [node.get("child"), node.get("timeoutChild")]
    told += [variant.get("trueChild"), variant.get("falseChild")]
    for key in ("children", "segmentChildren"):
        listed = node.get(key)
        for one in listed if isinstance(listed, list) else ():
            told.append(_mapping(one).get("id"))
    yield from (one for one in told if isinstance(one, str))


def _time(id_: str, node: Node) -> tuple[int, int]:
    """Return how long a node waits, and how long it may hold."""
    variant = _mapping(node.get("variant"))
    if node.get("type") == "WaitForNode":
        return _seconds(node.get("timeoutSeconds")), 0
    if node.get("type") != "DelayNode":
        return 0, 0
    if variant.get("type") == "LocalTime":
        return 0, 7 * DAY if variant.get("allowedDaysOfWeek") else DAY
    seconds = _seconds(variant.get("seconds"))
    return (0, seconds) if id_.endswith("~capped") else (seconds, 0)


def _seconds(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
