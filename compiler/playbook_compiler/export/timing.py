"""How long ago the previous action of a run is: what a wait for an event counts from."""

from __future__ import annotations

from playbook_compiler.calendar_units import Weekday
from playbook_compiler.graph import TRIGGER_STEP, Node, TriggerGraph
from playbook_compiler.steps import Branch, If, Split, UntilEvent, UntilTime, Wait
from playbook_compiler.units import Duration
from playbook_compiler.values import replace

_A_DAY, _A_WEEK = Duration(days=1), Duration(days=7)


def since_action(graph: TriggerGraph, node: Node) -> Duration:
    """Return the longest time that can have passed, by waits alone, between the action before a
    node (or the trigger) and the node: `send, wait: 2d` before it are 2 days."""
    before: dict[str, list[str]] = {}
    for one in graph.of_flow(node.flow):
        for edge in graph.out(one.id):
            before.setdefault(edge.target, []).append(one.id)
    longest = Duration()
    waiting = [(one, Duration()) for one in before.get(node.id, [])]
    while waiting:
        id_, passed = waiting.pop()
        step = graph.nodes[id_].what
        if id_.endswith(f"/{TRIGGER_STEP}") or not isinstance(step, Wait | If | Branch | Split):
            longest = max(longest, passed, key=lambda one: one.nominal_days)
            continue
        if isinstance(step, Wait):
            passed = together(passed, _at_most(step))
        waiting += [(one, passed) for one in before.get(id_, [])]
    return longest


def together(one: Duration, other: Duration) -> Duration:
    """Return two durations one after the other."""
    return replace(
        one,
        months=one.months + other.months,
        days=one.days + other.days,
        seconds=one.seconds + other.seconds,
    )


def _at_most(step: Wait) -> Duration:
    match step.wait:
        case UntilEvent(at_most=at_most):
            return at_most
        case UntilTime(until=Weekday()):
            return _A_WEEK
        case UntilTime():
            return _A_DAY
        case Duration() as length:
            return length
