"""One flow of the graph as an n8n workflow, from its trigger to the right."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from playbook_compiler.conditions import Condition
from playbook_compiler.export.capability import Support
from playbook_compiler.graph import CASE, HAPPENED, NEXT, NO, TIMED_OUT, VARIANT, YES, Node
from playbook_compiler.model import Flow
from playbook_compiler.steps import (
    Branch,
    Exit,
    If,
    Send,
    Split,
    UntilEvent,
    UntilTime,
    Wait,
)
from playbook_compiler.targets.n8n import nodes, script
from playbook_compiler.targets.n8n.actions import lower_action
from playbook_compiler.targets.n8n.head import CUSTOMER_URL, lower_head
from playbook_compiler.targets.n8n.nodes import Json
from playbook_compiler.targets.n8n.sends import Sending, lower_send
from playbook_compiler.targets.n8n.state import Export
from playbook_compiler.targets.n8n.waits import so_long, until_event, until_time
from playbook_compiler.targets.n8n.workflow import Ends, Workflow, workflow_id
from playbook_compiler.units import Duration
from playbook_compiler.values import dataclass, field


@dataclass(frozen=True, slots=True)
class _Body:
    """One workflow while it is made: the ends that lead to each node of the graph."""

    export: Export
    flow: Flow
    work: Workflow
    sending: Sending
    arriving: dict[str, list[Any]] = field(default_factory=dict)

    def lead(self, node: Node, way: str, ends: Ends, name: str = "") -> None:
        """Let ends go on by a way out of a node."""
        for edge in self.export.graph.out(node.id):
            if edge.way == way and (not name or edge.name == name):
                self.arriving.setdefault(edge.target, []).extend(ends)


def lower_flow(export: Export, flow: Flow) -> Json:
    """Return a flow's workflow as n8n imports it."""
    work = Workflow(flow.id)
    graph_nodes = export.graph.of_flow(flow.id)
    at_entry, here = _held_out(export, graph_nodes)
    sending = Sending(export, flow, work, here)
    body = _Body(export, flow, work, sending)
    entering, _ = lower_head(export, flow, work, at_entry)
    body.lead(graph_nodes[0], NEXT, entering)
    for node in graph_nodes[1:]:
        ends = tuple(body.arriving.get(node.id, ()))
        if node.what is None:
            continue
        if ends:
            _lower(body, node, ends)
        else:
            how = "nothing leads to this step"
            export.lowering.note(
                f"step.{node.kind}", node.id, node.origin.span(), how, Support.DROPPED
            )
    return {
        "id": workflow_id(flow.id),
        "name": f"{export.playbook.name}: {flow.id}",
        "active": False,
        "nodes": work.rows(),
        "connections": work.connections(),
        "settings": {"executionOrder": "v1", "timezone": export.playbook.timezone},
        "pinData": {},
        "tags": [],
    }


def _held_out(export: Export, graph_nodes: tuple[Node, ...]) -> tuple[float, float]:
    """Return the share held out at the entry, and the one held out before each message: the latter
    in a flow with transactional messages, too."""
    guardrails = export.guardrails
    share = float(guardrails.holdout.fraction) if guardrails is not None else 0.0
    kinds = {
        export.playbook.messages[name].kind
        for node in graph_nodes
        if isinstance(node.what, Send)
        for name in node.what.send.messages
    }
    if "marketing" not in kinds:
        return 0.0, 0.0
    return (0.0, share) if "transactional" in kinds else (share, 0.0)


def _lower(body: _Body, node: Node, ends: Ends) -> None:
    export, work = body.export, body.work
    lowering, step, span = export.lowering, node.what, node.origin.key_span(node.kind)
    match step:
        case Send():
            after, _ = lower_send(body.sending, node, ends)
            body.lead(node, NEXT, after)
        case Wait(wait=Duration() as duration):
            lowering.note("step.wait", node.id, span)
            if not duration.is_zero:
                ends = work.add(node.step_id, so_long(export, duration), ends, node.step_id)
            body.lead(node, NEXT, ends)
        case Wait(wait=UntilTime() as moment):
            lowering.note("step.wait.time", node.id, span)
            body.lead(node, NEXT, until_time(export, work, node.step_id, moment, ends))
        case Wait(wait=UntilEvent(until=event, at_most=at_most)):
            lowering.note("step.wait.event", node.id, span)
            happened, late = until_event(
                export, work, node.step_id, event, at_most, ends, step.since
            )
            body.lead(node, HAPPENED, happened)
            body.lead(node, TIMED_OUT, late)
        case If(condition=condition):
            lowering.note("step.if", node.id, span)
            yes, no = _asked(body, node, ends, [condition])
            body.lead(node, YES, yes)
            body.lead(node, NO, no)
        case Branch():
            lowering.note("step.branch", node.id, span)
            *ways, otherwise = _asked(body, node, ends, [one.condition for one in step.branch])
            for number, way in enumerate(ways, 1):
                body.lead(node, CASE, way, str(number))
            body.lead(node, NO, otherwise)
        case Split():
            _split(body, node, step, ends)
        case Exit():
            lowering.note("step.exit", node.id, span)
        case _:
            after, _ = lower_action(export, body.flow, work, node, ends)
            body.lead(node, NEXT, after)


def _asked(body: _Body, node: Node, ends: Ends, conditions: list[Condition]) -> list[Ends]:
    """Return the ends for each condition that is the first to hold, and those where none does."""
    export, work, id_ = body.export, body.work, node.step_id
    here = work.add(f"{id_}~customer", nodes.get(CUSTOMER_URL, export.shop), ends)
    rule = {"tests": [export.test(condition, node.id) for condition in conditions]}
    asked = work.add(f"{id_}~asked", nodes.code(script.ASK, rule), here)
    work.add(id_, nodes.ways(len(conditions) + 1), asked, id_)
    return work.ways(id_)


def _split(body: _Body, node: Node, step: Split, ends: Ends) -> None:
    """Divide customers by a number made of their id and the split's name."""
    work, id_ = body.work, node.step_id
    body.export.lowering.note("step.split", node.id, node.origin.key_span("split"))
    arms = [
        (name, variant.share.fraction)
        for name, variant in step.variants.items()
        if variant.share.fraction > 0
    ]
    upto, sum_ = [], Decimal(0)
    for _, share in arms[:-1]:
        sum_ += share
        upto.append(float(sum_))
    if not upto:
        body.lead(node, VARIANT, ends, arms[-1][0])
        return
    rule = {"split": f"{body.flow.id}/{step.split}", "upto": upto}
    drawn = work.add(f"{id_}~drawn", nodes.code(script.SPLIT, rule), ends)
    work.add(id_, nodes.ways(len(arms)), drawn, id_)
    for (name, _), way in zip(arms, work.ways(id_), strict=True):
        body.lead(node, VARIANT, way, name)
