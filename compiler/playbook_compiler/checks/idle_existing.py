"""`existing` in a flow whose trigger nobody meets on the first day: it changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._flows import running
from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.triggers import DateTrigger, EventTrigger, Schedule

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find `existing` beside events, dates and schedules: they come, nobody is in them."""
    for flow in running(graph.playbook):
        trigger = flow.trigger
        if flow.origin.has("existing") and isinstance(
            trigger, EventTrigger | DateTrigger | Schedule
        ):
            yield warning(
                RULE,
                f"`existing` changes nothing in `{flow.id}`: its trigger is a moment, which nobody"
                " is in on the first day",
                flow.origin.key_span("existing"),
                caption="means nothing here",
                help="remove it; it goes with `enters` and `inactive_for`",
                labels=(Label(trigger.origin.span(trigger.kind), "the trigger"),),
            )
