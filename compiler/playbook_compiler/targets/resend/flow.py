"""One flow as an automation: its nodes from the last to the first, each knowing where it leads."""

from __future__ import annotations

from typing import Any

from playbook_compiler.export.capability import Support
from playbook_compiler.export.logic import ALWAYS, NEVER, Tree
from playbook_compiler.graph import (
    CASE,
    END_STEP,
    HAPPENED,
    NEXT,
    NO,
    TIMED_OUT,
    VARIANT,
    YES,
    Node,
)
from playbook_compiler.model import Flow
from playbook_compiler.steps import (
    Branch,
    Exit,
    If,
    Membership,
    Send,
    Split,
    UntilEvent,
    Update,
    Wait,
)
from playbook_compiler.targets.resend import terms
from playbook_compiler.targets.resend.actions import Body
from playbook_compiler.targets.resend.changes import lower_membership, lower_update
from playbook_compiler.targets.resend.conditions import Scope, lower_condition, rule, test
from playbook_compiler.targets.resend.head import exit_event, start, whose
from playbook_compiler.targets.resend.sends import lower_send
from playbook_compiler.targets.resend.state import Export
from playbook_compiler.units import Duration
from playbook_compiler.values import dataclass, field


@dataclass(frozen=True, slots=True)
class Lowering:
    """A flow while it is lowered: `entries` says for each node at which step one enters it."""

    export: Export
    flow: Flow
    body: Body = field(default_factory=Body)
    entries: dict[str, str | None] = field(default_factory=dict)

    def scope(self, node: Node) -> Scope:
        """Return where a node's conditions stand."""
        return Scope(self.export, node.id)

    def entry(self, node: Node, way: str = NEXT, name: str = "") -> str | None:
        """Return the step that a way out of a node leads to, None for the end."""
        for edge in self.export.graph.out(node.id):
            if edge.way == way and edge.name == name:
                return self.entries[edge.target]
        return None


def lower_flow(export: Export, flow: Flow) -> dict[str, Any] | None:
    """Return an automation's steps and connections, or None where the flow is left out."""
    found = Lowering(export, flow)
    until = exit_event(export, flow)
    trigger, *nodes = export.graph.of_flow(flow.id)
    for node in reversed(nodes):
        is_end = node.step_id == END_STEP
        found.entries[node.id] = None if is_end else _entered(found, node, until)
    first = found.entry(trigger)
    start(export, flow, found.body, first)
    steps, connections = found.body.reached()
    if len(steps) > terms.STEPS_LIMIT:
        how = f"it has {len(steps)} steps; Resend takes {terms.STEPS_LIMIT}"
        span = flow.trigger.origin.key_span(flow.trigger.kind)
        kind = f"trigger.{flow.trigger.kind}"
        export.lowering.note(kind, trigger.id, span, how, Support.REFUSED, "the flow is left out")
        export.lowering.leave_out("flow", flow.id, "the flow is left out")
        return None
    return {"steps": steps, "connections": connections}


def _entered(found: Lowering, node: Node, until: str) -> str | None:
    """Add a node's steps, and return the first of them, or where the run goes on without any."""
    match node.what:
        case Send():
            return lower_send(found.export, found.flow, found.body, node, found.entry(node))
        case Wait(wait=UntilEvent()):
            return _wait_for(found, node)
        case Wait(wait=Duration() as length):
            return _wait(found, node, length, until)
        case If(condition=condition):
            tree = lower_condition(condition, found.scope(node)).true.yes
            return _ask(found, node.step_id, tree, found.entry(node, YES), found.entry(node, NO))
        case Branch():
            return _branch(found, node, node.what)
        case Split():
            return _split(found, node, node.what)
        case Update():
            return lower_update(found.export, found.body, node, found.entry(node))
        case Membership():
            return lower_membership(found.export, found.body, node, found.entry(node))
        case Exit():
            return None
        case _:
            return found.entry(node)  # the table says that it is left out


def _ask(found: Lowering, key: str, tree: Tree, yes: str | None, no: str | None) -> str | None:
    if tree == ALWAYS:
        return yes
    if tree == NEVER:
        return no
    return found.body.condition(key, rule(tree), yes, no)


def _wait(found: Lowering, node: Node, length: Duration, until: str) -> str | None:
    lowering, span = found.export.lowering, node.origin.key_span("wait")
    seconds = terms.seconds_of(length)
    if seconds == 0:
        lowering.note("step.wait", node.id, span, "nothing to wait for")
        return found.entry(node)
    parts = len(list(terms.chunks(seconds)))
    how = lowering.capabilities["step.wait"].how
    if parts > 1:
        how = f"{how}; in {parts} parts of at most 30 days each"
    lowering.note("step.wait", node.id, span, how)
    return found.body.wait(node.step_id, seconds, found.entry(node), until)


def _wait_for(found: Lowering, node: Node) -> str | None:
    step = node.what
    assert isinstance(step, Wait)
    assert isinstance(step.wait, UntilEvent)
    export = found.export
    event, at_most = step.wait.until, step.wait.at_most
    happened, timed_out = found.entry(node, HAPPENED), found.entry(node, TIMED_OUT)
    how = export.lowering.capabilities["step.wait.event"].how
    how = "; ".join([how, *whose(export, found.flow, event)])
    export.lowering.note("step.wait.event", node.id, node.origin.key_span("wait"), how)
    export.hear(event, {}, "the shop sends it for the customer's contact")
    if happened is None and timed_out is None:
        return None
    seconds = terms.seconds_of(at_most)
    if seconds == 0:
        return timed_out
    return found.body.wait_for(node.step_id, event, seconds, happened, timed_out)


def _branch(found: Lowering, node: Node, step: Branch) -> str | None:
    next_ = found.entry(node, NO)
    for number, case in reversed(list(enumerate(step.branch, 1))):
        tree = lower_condition(case.condition, found.scope(node)).true.yes
        key = node.step_id if number == 1 else f"{node.step_id}~{number}"
        next_ = _ask(found, key, tree, found.entry(node, CASE, str(number)), next_)
    return next_


def _split(found: Lowering, node: Node, step: Split) -> str | None:
    """Return the first of the questions for the customer's arm; the last arm is the rest."""
    arms = [(name, arm.share) for name, arm in step.variants.items() if arm.share.fraction > 0]
    shares = ", ".join(f"{name} {share}" for name, share in arms)
    own = found.export.keep(
        f"split_{node.flow}.{step.split}",
        "string",
        f"the arm of the customer, drawn once by the shop: {shares}",
    )
    next_ = found.entry(node, VARIANT, arms[-1][0])
    for number, (name, _) in reversed(list(enumerate(arms[:-1], 1))):
        key = node.step_id if number == 1 else f"{node.step_id}~{number}"
        tree = test(own, "eq", name).yes
        next_ = _ask(found, key, tree, found.entry(node, VARIANT, name), next_)
    return next_
