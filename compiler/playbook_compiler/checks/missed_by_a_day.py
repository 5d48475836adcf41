"""A flow that starts a day too early for its audience: `inactive_for: 120d` and `> 120` days."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._conditions import Meanings, entry_parts, meanings
from playbook_compiler.conditions import all_of
from playbook_compiler.conditions_analysis import is_impossible
from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Flow, Playbook
from playbook_compiler.triggers import Inactivity

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find flows that nobody enters when the trigger fires, though one could within a day."""
    told = meanings(graph.playbook)
    for flow in graph.playbook.flows.values():
        if not isinstance(flow.trigger, Inactivity):
            continue
        at_once = _is_empty(flow, graph.playbook, told, at_once=True)
        if not at_once or _is_empty(flow, graph.playbook, told, at_once=False):
            continue
        here = entry_parts(flow, graph.playbook)[-1]
        length = flow.trigger.inactive_for
        yield warning(
            RULE,
            f"the trigger fires after exactly {length}, and this leaves those customers out",
            here.span,
            caption="one day too strict",
            help="write `>=` instead of `>`, or make the trigger a day longer",
            labels=(Label(flow.trigger.origin.span("inactive_for"), "fires once, at this moment"),),
        )


def _is_empty(flow: Flow, playbook: Playbook, told: Meanings, *, at_once: bool) -> bool:
    parts = entry_parts(flow, playbook, at_once=at_once)
    return is_impossible(all_of([told.of(part.condition) for part in parts]))
