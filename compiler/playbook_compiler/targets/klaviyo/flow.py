"""One flow of the graph as a Klaviyo flow: its trigger, filters and actions, from the end back.

A node becomes no action (an exit), one, or several (a wait for an event is a delay and a split);
`entry` of a node is the temporary id of its first action, or what follows where it has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playbook_compiler.calendar_units import Weekday
from playbook_compiler.export.bundle import ref
from playbook_compiler.export.capability import Support
from playbook_compiler.export.timing import since_action, together
from playbook_compiler.graph import (
    EMITS,
    HAPPENED,
    NEXT,
    NO,
    STARTS,
    TIMED_OUT,
    YES,
    Node,
)
from playbook_compiler.model import Flow
from playbook_compiler.steps import (
    Branch,
    Call,
    If,
    Membership,
    Send,
    Split,
    Task,
    UntilEvent,
    UntilTime,
    Update,
    Wait,
)
from playbook_compiler.targets.klaviyo import actions
from playbook_compiler.targets.klaviyo import profile_tests as tests
from playbook_compiler.targets.klaviyo.actions import Action
from playbook_compiler.targets.klaviyo.body import Body, delay_actions
from playbook_compiler.targets.klaviyo.changes import (
    lower_call,
    lower_membership,
    lower_update,
)
from playbook_compiler.targets.klaviyo.conditions import lower_condition
from playbook_compiler.targets.klaviyo.forks import decide, lower_branch, lower_split
from playbook_compiler.targets.klaviyo.formula import as_filter
from playbook_compiler.targets.klaviyo.front import lower_front
from playbook_compiler.targets.klaviyo.graph_checks import targets_of
from playbook_compiler.targets.klaviyo.head import lower_head
from playbook_compiler.targets.klaviyo.scope import Scope
from playbook_compiler.targets.klaviyo.sends import from_address, lower_send, messages_of
from playbook_compiler.targets.klaviyo.state import Export
from playbook_compiler.targets.klaviyo.template import DIALECT
from playbook_compiler.targets.klaviyo.terms import OF_AN_ORDER, event_metric
from playbook_compiler.triggers import EventTrigger
from playbook_compiler.units import Duration, TimeOfDay

MIDNIGHT = TimeOfDay(0)


def lower_flow(export: Export, flow: Flow) -> dict[str, Any] | None:
    """Return the flow's definition as `create_flow` takes it, or None where it is left out."""
    trigger = flow.trigger
    metric = event_metric(trigger.event).name if isinstance(trigger, EventTrigger) else ""
    scope = Scope(export.playbook, export.lowering, flow.id, metric, segments=export.audiences)
    head = lower_head(export, flow, scope)
    if head is None:
        return None
    nodes = export.graph.of_flow(flow.id)
    kinds = {
        message.kind
        for node in nodes
        if isinstance(node.what, Send)
        for message in messages_of(export, node.what)
    }
    held_out = export.guardrails is not None and export.guardrails.holdout.fraction > 0
    body = Body(
        export,
        flow,
        scope,
        held_out_here=held_out and kinds == {"marketing", "transactional"},
        hold_until=export.quiet_end if "marketing" in kinds else None,
    )
    reached = _reached(export, nodes[0])
    for node in reversed(nodes[1:]):
        if node.id not in reached:
            if node.kind != "end":
                how = "nothing leads to this step"
                export.lowering.note(
                    f"step.{node.kind}", node.id, node.origin.span(), how, Support.DROPPED
                )
            continue
        made, entry = _lower(body, node)
        body.made[node.id], body.entries[node.id] = made, entry
    first = body.entry(nodes[0].id, NEXT)
    front, entry = lower_front(body, head, first, kinds)
    made = front + [action for node in nodes for action in body.made.get(node.id, [])]
    made = _without_dead(body, nodes, made, entry)
    return {
        "triggers": [head.trigger],
        "profile_filter": as_filter(head.stay),
        "actions": made,
        "entry_action_id": entry,
        "reentry_criteria": head.reentry,
    }


def _without_dead(
    body: Body, nodes: Sequence[Node], made: list[Action], entry: str | None
) -> list[Action]:
    """Return the actions that somebody can come to; a condition may never be true in Klaviyo."""
    by_id = {action["temporary_id"]: action for action in made}
    alive: set[str] = set()
    waiting = [entry]
    while waiting:
        id_ = waiting.pop()
        if id_ is not None and id_ not in alive:
            alive.add(id_)
            waiting += targets_of(by_id[id_])
    for node in nodes:
        own = [action["temporary_id"] for action in body.made.get(node.id, [])]
        if own and alive.isdisjoint(own):
            why = "nobody comes here: no way to it is left in Klaviyo"
            body.export.lowering.retract(node.id, why)
            body.export.sent.pop(node.id, None)
    return [action for action in made if action["temporary_id"] in alive]


def _reached(export: Export, trigger: Node) -> set[str]:
    seen, waiting = {trigger.id}, [trigger.id]
    while waiting:
        for edge in export.graph.out(waiting.pop()):
            if edge.way not in (STARTS, EMITS) and edge.target not in seen:
                seen.add(edge.target)
                waiting.append(edge.target)
    return seen


def _lower(body: Body, node: Node) -> tuple[list[Action], str | None]:
    """Return a node's actions and its entry; what follows it is lowered already."""
    lowering = body.export.lowering
    step = node.what
    span = node.origin.key_span(node.kind) if step is not None else node.origin.span()
    after = body.entry(node.id, NEXT)
    made: list[Action]
    if step is not None and node.origin.has("id"):
        lowering.note("step.id", node.id, node.origin.key_span("id"))
    match step:
        case None:
            return [], None
        case Send():
            made = lower_send(body.export, node, after, held_out_here=body.held_out_here)
        case Wait(wait=Duration() as duration):
            made, how, support = delay_actions(body, duration, node.step_id, after)
            lowering.note("step.wait", node.id, span, how, support)
        case Wait(wait=UntilTime(until=until)):
            lowering.note("step.wait.time", node.id, span)
            if isinstance(until, Weekday):
                time = until.at or body.export.quiet_end or MIDNIGHT
                made = [actions.until_time(node.step_id, after, time, [until.day])]
            else:
                made = [actions.until_time(node.step_id, after, until)]
        case Wait(wait=UntilEvent(until=event, at_most=at_most)):
            made = _wait_for(body, node, step, event, at_most)
        case If(condition=condition):
            lowering.note("step.if", node.id, span)
            groups = lower_condition(condition, body.scope).true.yes
            return decide(node.step_id, groups, body.entry(node.id, YES), body.entry(node.id, NO))
        case Branch():
            return lower_branch(body, node, step)
        case Split():
            return lower_split(body, node, step)
        case Task():
            made = [_task(body, node, step, after)]
        case Update():
            made = lower_update(body.export, node, step, after)
        case Membership():
            made = lower_membership(body.export, node, step, after)
        case Call():
            made = lower_call(body.export, node, step, after)
        case _:
            lowering.note(f"step.{step.kind}", node.id, span)
            made = []
    return made, made[0]["temporary_id"] if made else after


def _wait_for(body: Body, node: Node, step: Wait, event: str, at_most: Duration) -> list[Action]:
    lowering = body.export.lowering
    split = f"{node.step_id}~happened"
    since_entry = step.since == "entry"
    if node.origin.has("since"):
        lowering.note("step.wait.since", node.id, node.origin.key_span("since"))
    name = event_metric(event).name
    note_event(body.export, event, node)
    first, _, _ = delay_actions(body, at_most, node.step_id, split)
    counted = together(since_action(body.export.graph, node), at_most)
    frame = tests.SINCE_FLOW_START if since_entry else tests.relative(counted)
    happened = tests.happened(lowering, name, frame)
    yes, no = body.entry(node.id, HAPPENED), body.entry(node.id, TIMED_OUT)
    how = f"a delay of {at_most}, then a split on `{name}` " + (
        "since the flow's start" if since_entry else f"in the last {counted}"
    )
    how += "; those whose event came go on when the delay is over, not before"
    if event in OF_AN_ORDER:
        how += "; it may be another order's"
    lowering.note("step.wait.event", node.id, node.origin.key_span("wait"), how)
    return [*first, actions.conditional(split, happened.yes, yes, no)]


def note_event(export: Export, event: str, node: Node) -> None:
    """Note how Klaviyo names an event."""
    custom = f"event.{event}" not in export.lowering.capabilities
    construct = "event.own" if custom else f"event.{event}"
    export.lowering.note(construct, node.id, node.origin.key_span(node.kind))


def _task(body: Body, node: Node, step: Task, next_: str | None) -> Action:
    export = body.export
    lowering = export.lowering
    for key in ("task", "owner", "due", "cost"):
        if node.origin.has(key):
            construct = "step.task" if key == "task" else f"step.task.{key}"
            lowering.note(construct, node.id, node.origin.key_span(key))
    due = f" (within {step.due})" if step.due is not None else ""
    what = DIALECT.inert(f"{step.task}{due}")
    name = f"task:{node.id}"
    export.tasks[name] = (what, node.id)
    sender = export.playbook.sender
    mailbox = lowering.need(
        "mailbox", step.owner or "team", "e-mail address of those who carry out the tasks"
    )
    return actions.alert(
        node.step_id,
        next_,
        {
            "from_email": from_address(export),
            "from_label": DIALECT.inert(sender.name) if sender else None,
            "to_emails": [mailbox],
            "subject_line": what,
            "template_id": ref("template", name),
            "name": node.step_id,
        },
    )
