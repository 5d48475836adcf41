"""A flow that starts a day too early for its audience: `inactive_for: 120d` and `> 120` days."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._conditions import Placed, entry_parts, told_audiences
from playbook_compiler.checks._discounts import getting
from playbook_compiler.checks._moments import acts_at_once, moments
from playbook_compiler.condition_implication import cannot_be_met
from playbook_compiler.condition_states import Goal, Want
from playbook_compiler.conditions import Condition
from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Flow, Playbook
from playbook_compiler.source import Span
from playbook_compiler.steps import Branch, If, Send, Step
from playbook_compiler.triggers import Inactivity
from playbook_compiler.values import dataclass

RULE = name_of(__name__)


@dataclass(frozen=True, slots=True)
class _Missed:
    """What those who enter at the moment of the trigger cannot meet, and what comes of it."""

    goal: Goal
    span: Span
    outcome: str


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find what nobody meets when the trigger fires, though one could within a day.

    That is the entry, not to be out by `exit_when`, and what is asked before time passes: a first
    `if`, and for whom the offer of a first message is.
    """
    audiences, playbook = told_audiences(graph.playbook), graph.playbook
    for flow in playbook.flows.values():
        if not isinstance(flow.trigger, Inactivity):
            continue
        parts = entry_parts(flow, playbook, at_once=True)
        if cannot_be_met(_goals(parts), audiences):
            if not cannot_be_met(_goals(entry_parts(flow, playbook)), audiences):
                yield _found(flow, parts[-1].span, "this leaves those customers out")
            continue
        # Those of the first day may all be older: here it is about everyone after them.
        at_once = _goals(entry_parts(flow, playbook, at_once=True, existing=False))
        within = _goals(entry_parts(flow, playbook, existing=False))
        if cannot_be_met(at_once, audiences):
            continue
        for missed, known, later in _asked(flow, playbook, at_once, within):
            if not cannot_be_met([*known, missed.goal], audiences):
                continue
            if not cannot_be_met([*later, missed.goal], audiences):
                yield _found(flow, missed.span, missed.outcome)


def _goals(parts: list[Placed]) -> list[Goal]:
    return [(part.condition, Want.TRUE) for part in parts]


def _asked(
    flow: Flow, playbook: Playbook, at_once: list[Goal], within: list[Goal]
) -> Iterator[tuple[_Missed, list[Goal], list[Goal]]]:
    """Yield what is asked of those who have just entered, with what is known of them when the
    trigger fires and within a day."""
    if flow.exit_when is not None and acts_at_once(flow.steps):
        stays = (flow.exit_when, Want.NOT_TRUE)
        outcome = "all of them leave by `exit_when` before the first step"
        yield _Missed(stays, flow.origin.span("exit_when"), outcome), at_once, within
    pairs = zip(moments(flow.steps, at_once), moments(flow.steps, within), strict=True)
    for now, later in pairs:
        if not now.first:
            continue
        for condition, span, outcome in _of_step(now.step, playbook):
            missed = _Missed((condition, Want.TRUE), span, outcome)
            yield missed, list(now.known), list(later.known)


def _of_step(step: Step, playbook: Playbook) -> Iterator[tuple[Condition, Span, str]]:
    match step:
        case If(condition=condition):
            yield condition, step.origin.span("if"), "this leaves those customers out"
        case Branch(branch=cases):
            for case in cases:
                outcome = "this leaves those customers out"
                yield case.condition, case.origin.span("if"), outcome
        case Send(offer=name) if name and step.at is None:
            for condition, _, whose in getting(playbook.offers[name], playbook):
                outcome = f"none of them gets the offer `{name}` yet: it is {whose}"
                yield condition, step.origin.span("offer"), outcome


def _found(flow: Flow, span: Span, outcome: str) -> Diagnostic:
    trigger = flow.trigger
    assert isinstance(trigger, Inactivity)
    length = trigger.inactive_for
    days = length.days if not length.months and not length.seconds else 0
    write = f"`>= {days}` instead of `> {days}`" if days else "`>=` instead of `>`"
    return warning(
        RULE,
        f"the trigger fires after exactly {length}, and {outcome}",
        span,
        caption="one day too strict",
        help=f"write {write}, or make the trigger a day longer",
        labels=(Label(trigger.origin.span("inactive_for"), "fires once, at this moment"),),
    )
