"""A Playbook to its TriggerGraph: each flow's steps as nodes, joined by the ways a run can go."""

from __future__ import annotations

from collections.abc import Sequence

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.emissions import emissions
from playbook_compiler.graph import (
    CASE,
    END_STEP,
    HAPPENED,
    NEXT,
    NO,
    STARTS,
    TIMED_OUT,
    TRIGGER_STEP,
    VARIANT,
    YES,
    Edge,
    Node,
    TriggerGraph,
)
from playbook_compiler.model import Flow, Playbook
from playbook_compiler.steps import Branch, Exit, If, Split, Start, Step, UntilEvent, Wait


def lower(playbook: Playbook) -> tuple[TriggerGraph | None, list[Diagnostic]]:
    """Return the graph of all flows. A resolved playbook always has one: no finding is made.

    Steps after an exit stay as nodes that nothing leads to, for a check to name.
    """
    nodes: dict[str, Node] = {}
    edges: list[Edge] = []
    for flow in playbook.flows.values():
        _lower_flow(flow, nodes, edges)
    edges.extend(emissions(playbook, nodes))
    return TriggerGraph(playbook, nodes, tuple(edges)), []


def _lower_flow(flow: Flow, nodes: dict[str, Node], edges: list[Edge]) -> None:
    trigger, end = f"{flow.id}/{TRIGGER_STEP}", f"{flow.id}/{END_STEP}"
    nodes[trigger] = Node(trigger, flow.id, "trigger", flow.trigger, flow.trigger.origin)
    first = f"{flow.id}/{flow.steps[0].id}" if flow.steps else end
    edges.append(Edge(trigger, first, NEXT))
    _lower_steps(flow, flow.steps, end, nodes, edges)
    nodes[end] = Node(end, flow.id, "end", None, flow.origin)


def _lower_steps(
    flow: Flow, steps: Sequence[Step], after: str, nodes: dict[str, Node], edges: list[Edge]
) -> None:
    """Add the nodes of a list of steps in the author's order; its tail leads to `after`."""
    for index, step in enumerate(steps):
        here = f"{flow.id}/{step.id}"
        following = f"{flow.id}/{steps[index + 1].id}" if index + 1 < len(steps) else after
        nodes[here] = Node(here, flow.id, step.kind, step, step.origin)
        if isinstance(step, Exit):
            following = f"{flow.id}/{END_STEP}"
        ways = _ways(step)
        for way, name, inner in ways:
            target = f"{flow.id}/{inner[0].id}" if inner else following
            edges.append(Edge(here, target, way, name))
        if isinstance(step, Start):
            edges.append(Edge(here, f"{step.start}/{TRIGGER_STEP}", STARTS))
        for _, _, inner in ways:
            _lower_steps(flow, inner, following, nodes, edges)


def _ways(step: Step) -> list[tuple[str, str, tuple[Step, ...]]]:
    """Return the ways out of a step: way, name and the steps on it."""
    match step:
        case If(then=then, otherwise=otherwise):
            return [(YES, "", then), (NO, "", otherwise)]
        case Branch(branch=cases, otherwise=otherwise):
            numbered = [(CASE, str(n), case.then) for n, case in enumerate(cases, 1)]
            return [*numbered, (NO, "", otherwise)]
        case Split(variants=variants):
            return [(VARIANT, name, arm.steps) for name, arm in variants.items()]
        case Wait(wait=UntilEvent(), happened=happened, timed_out=timed_out):
            return [(HAPPENED, "", happened), (TIMED_OUT, "", timed_out)]
        case _:
            return [(NEXT, "", ())]
