"""How far back a wait has to look: events count since the action before it, or since entry.

Mautic asks once, when the wait is over, for the day of the latest event.
"""

from __future__ import annotations

from playbook_compiler.calendar_units import Weekday
from playbook_compiler.graph import TIMED_OUT, Node, TriggerGraph
from playbook_compiler.steps import UntilEvent, UntilTime, Wait
from playbook_compiler.units import Duration
from playbook_compiler.values import dataclass

_ACTIONS = ("send", "grant", "update", "audience", "task", "call", "start")


@dataclass(frozen=True, slots=True)
class Reach:
    """How much time lies between the action before a step, or entry, and the step itself."""

    shortest: Duration = Duration()
    longest: Duration = Duration()


def total(one: Duration, other: Duration) -> Duration:
    """Return two lengths of time after each other."""
    return Duration(one.months + other.months, one.days + other.days, one.seconds + other.seconds)


def reaches(graph: TriggerGraph, flow: str, *, since_entry: bool = False) -> dict[str, Reach]:
    """Return the reach of each node of a flow that something leads to, over all ways to it."""
    found: dict[str, Reach] = {}
    for node in graph.of_flow(flow):
        here = found.get(node.id, Reach())
        if node.kind in _ACTIONS and not since_entry:
            here = Reach()
        for edge in graph.out(node.id):
            low, high = _waited(node, edge.way)
            there = Reach(total(here.shortest, low), total(here.longest, high))
            other = found.get(edge.target, there)
            found[edge.target] = Reach(
                min(there.shortest, other.shortest, key=_days),
                max(there.longest, other.longest, key=_days),
            )
    return found


def _days(duration: Duration) -> float:
    return float(duration.nominal_days)


def _waited(node: Node, way: str) -> tuple[Duration, Duration]:
    """Return the least and the most that passes on a way out of a node."""
    match node.what:
        case Wait(wait=Duration() as duration):
            return duration, duration
        case Wait(wait=UntilTime(until=until)):
            return Duration(), Duration(days=7 if isinstance(until, Weekday) else 1)
        case Wait(wait=UntilEvent(at_most=at_most)):
            return (at_most if way == TIMED_OUT else Duration()), at_most
        case _:
            return Duration(), Duration()
