"""An `if` or a case that nobody takes: what is known before it excludes it."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._conditions import entry_parts, told_audiences
from playbook_compiler.checks._moments import Moment, excluding, moments, nobody
from playbook_compiler.condition_implication import Audiences
from playbook_compiler.condition_states import Goal, Want
from playbook_compiler.conditions import NOWHERE, Condition, Not
from playbook_compiler.diagnostics import Diagnostic, Label, shown, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Flow
from playbook_compiler.source import Span
from playbook_compiler.steps import Branch, If, Step

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find conditions that the entry, or the conditions around them, exclude while no time passes.

    So is an `else` that nobody is left for.
    """
    audiences = told_audiences(graph.playbook)
    deciding = {n.flow for n in graph.nodes.values() if isinstance(n.what, If | Branch)}
    for flow in graph.playbook.flows.values():
        if flow.id not in deciding:
            continue
        parts = entry_parts(flow, graph.playbook)
        entry = [(part.condition, Want.TRUE) for part in parts]
        places = {id(part.condition): part.span for part in parts}
        for moment in moments(flow.steps, entry):
            if moment.known:
                yield from _of(moment, flow, audiences, places)


def _of(
    moment: Moment, flow: Flow, audiences: Audiences, places: dict[int, Span]
) -> Iterator[Diagnostic]:
    step = moment.step
    for condition, span in _asked(step):
        goal = (condition, Want.TRUE)
        if nobody(moment.known, goal, audiences):
            why, labels = _why(excluding(moment.known, goal, audiences), flow, places)
            yield warning(
                RULE,
                f"nobody meets `{shown(str(condition))}` here: {why}",
                span,
                caption="never taken",
                help="correct the condition, or remove it with its steps",
                labels=labels,
            )
    if isinstance(step, If) and step.otherwise:
        goal = (step.condition, Want.NOT_TRUE)
        if nobody(moment.known, goal, audiences):
            why, labels = _why(excluding(moment.known, goal, audiences), flow, places)
            yield warning(
                RULE,
                f"everyone meets `{shown(str(step.condition))}` here, so nobody takes the `else`:"
                f" {why}",
                step.origin.key_span("else"),
                caption="never taken",
                help="correct the condition, or remove the `else`",
                labels=labels,
            )


def _asked(step: Step) -> Iterator[tuple[Condition, Span]]:
    if isinstance(step, If):
        yield step.condition, step.origin.span("if")
    elif isinstance(step, Branch):
        for case in step.branch:
            yield case.condition, case.origin.span("if")


def _why(cause: Goal | None, flow: Flow, places: dict[int, Span]) -> tuple[str, tuple[Label, ...]]:
    """Return what excludes a condition, in words and with its place."""
    if cause is None:
        return f"what is known in `{flow.id}` before it excludes it", ()
    condition, want = cause
    text = shown(str(condition if want is Want.TRUE else Not(condition)))
    span = places.get(id(condition), condition.span)
    labels = (Label(span, f"here `{text}`"),) if span != NOWHERE else ()
    return f"`{text}` holds by then", labels
