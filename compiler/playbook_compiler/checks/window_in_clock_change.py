"""A time of day that one day a year does not have: clocks jump over it when summer time begins."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._clock import left_out, of_window
from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.recurrence import WEEK
from playbook_compiler.source import Span
from playbook_compiler.steps import Send, UntilTime, Wait
from playbook_compiler.triggers import Schedule
from playbook_compiler.units import TimeOfDay

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find send windows, schedules, and times that are waited for, in the gap of the shop's
    zone; those on another weekday than that of the gap are never in it."""
    times = list(_times(graph))
    if not times:
        return
    gap = left_out(graph.playbook.timezone)
    if gap is None:
        return
    day, missing = gap
    for wanted, weekday, span in times:
        if wanted <= missing and weekday in (None, day.weekday()):
            yield warning(
                RULE,
                f"this time does not exist in {graph.playbook.timezone} on the day on which the"
                f" clocks go forward, such as {day}",
                span,
                caption="skipped once a year",
                help="choose a time in daylight, for example 08:00-09:00",
            )


def _times(graph: TriggerGraph) -> Iterator[tuple[frozenset[int], int | None, Span]]:
    """Yield the minutes of the day that are asked for, with the weekday where it is said."""
    for node in graph.nodes.values():
        step = node.what
        if isinstance(step, Send) and step.at is not None:
            yield of_window(step.at), None, node.origin.span("at")
        elif isinstance(step, Wait) and isinstance(step.wait, UntilTime):
            until = step.wait.until
            at = until if isinstance(until, TimeOfDay) else until.at
            if at is not None:
                weekday = None if isinstance(until, TimeOfDay) else until.number
                yield frozenset({at.minutes}), weekday, node.origin.span("wait", "until")
        elif isinstance(step, Schedule):
            every = step.every
            weekday = every.on if every.unit == WEEK else None
            yield frozenset({every.at.minutes}), weekday, step.origin.span("every")
