"""One flow of the graph as a Klaviyo flow: its trigger, filters and actions, from the end back.

A node becomes no action (an exit), one, or several (a wait for an event is a delay and a split);
`entry` of a node is the temporary id of its first action, or what follows where it has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from playbook_compiler.calendar_units import Weekday
from playbook_compiler.export.bundle import ref
from playbook_compiler.export.capability import Support
from playbook_compiler.export.timing import since_action, together
from playbook_compiler.graph import (
    CASE,
    EMITS,
    HAPPENED,
    NEXT,
    NO,
    STARTS,
    TIMED_OUT,
    VARIANT,
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
from playbook_compiler.targets.klaviyo.changes import (
    lower_call,
    lower_membership,
    lower_update,
)
from playbook_compiler.targets.klaviyo.conditions import lower_condition
from playbook_compiler.targets.klaviyo.dates import first_wait
from playbook_compiler.targets.klaviyo.formula import Groups, as_filter, is_never
from playbook_compiler.targets.klaviyo.graph_checks import targets_of
from playbook_compiler.targets.klaviyo.head import Head, lower_head
from playbook_compiler.targets.klaviyo.scope import Scope
from playbook_compiler.targets.klaviyo.sends import from_address, lower_send, messages_of
from playbook_compiler.targets.klaviyo.state import Export
from playbook_compiler.targets.klaviyo.template import DIALECT
from playbook_compiler.targets.klaviyo.terms import HOLDOUT, OF_AN_ORDER, PLACED_ORDER, event_metric
from playbook_compiler.triggers import DateTrigger, EventTrigger
from playbook_compiler.units import Duration, TimeOfDay, plain
from playbook_compiler.values import dataclass, field

MIDNIGHT = TimeOfDay(0)
# What a customer who is held out does not get, besides messages.
HELD_BACK = ("task", "audience", "call")


@dataclass(frozen=True, slots=True)
class _Body:
    """The actions of one flow while they are made, by node."""

    export: Export
    flow: Flow
    scope: Scope
    held_out_here: bool
    hold_until: TimeOfDay | None
    entries: dict[str, str | None] = field(default_factory=dict)
    made: dict[str, list[Action]] = field(default_factory=dict)

    def entry(self, node_id: str, way: str, name: str = "") -> str | None:
        """Return the first action on a way out of a node, or None where the run ends."""
        for edge in self.export.graph.out(node_id):
            if edge.way == way and (not name or edge.name == name):
                return self.entries[edge.target]
        return None


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
    body = _Body(
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
    front, entry = _front(body, head, first, kinds)
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
    body: _Body, nodes: Sequence[Node], made: list[Action], entry: str | None
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


def _lower(body: _Body, node: Node) -> tuple[list[Action], str | None]:
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
            made, how, support = _delay_actions(body, duration, node.step_id, after)
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
            return _branch(body, node, step)
        case Split():
            return _split(body, node, step)
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


def decide(
    id_: str, groups: Groups, yes: str | None, no: str | None
) -> tuple[list[Action], str | None]:
    """Return the split that groups make, of the kind that can read them; none where it is sure."""
    if not groups:
        return [], yes
    if is_never(groups):
        return [], no
    if any(test["type"] == "metric-property" for group in groups for test in group):
        branches = [actions.Branch("yes", groups, yes)]
        return [actions.multi_branch(id_, id_, branches, no)], id_
    return [actions.conditional(id_, groups, yes, no)], id_


def _delay_actions(
    body: _Body, duration: Duration, id_: str, next_: str | None
) -> tuple[list[Action], str, Support | None]:
    """Return a delay, how it differs from the duration, and whether it does."""
    if duration.is_zero:
        return [], "nothing to wait for: no action", None
    how, support = "", None
    if duration.months or (duration.days and duration.seconds):
        support = Support.APPROXIMATED
    if duration.seconds and not (duration.months or duration.days):
        if duration.seconds % 3600 == 0:
            unit, value = "hours", duration.seconds // 3600
        else:
            unit, value = "minutes", -(-duration.seconds // 60)
            if duration.seconds % 60:
                how, support = f"{value} whole minutes", Support.APPROXIMATED
    elif duration.seconds:
        unit, value = "hours", round(duration.nominal_days * 24)
        how = f"{value} hours, a day being 24 of them"
    else:
        unit, value = "days", round(duration.nominal_days)
        if duration.months:
            how = f"{value} days, a month being 30.4 of them"
    until = body.hold_until if unit == "days" else None
    return [actions.delay(id_, next_, unit, value, until)], how, support


def _wait_for(body: _Body, node: Node, step: Wait, event: str, at_most: Duration) -> list[Action]:
    lowering = body.export.lowering
    split = f"{node.step_id}~happened"
    since_entry = step.since == "entry"
    if node.origin.has("since"):
        lowering.note("step.wait.since", node.id, node.origin.key_span("since"))
    name = event_metric(event).name
    note_event(body.export, event, node)
    first, _, _ = _delay_actions(body, at_most, node.step_id, split)
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


def _branch(body: _Body, node: Node, step: Branch) -> tuple[list[Action], str | None]:
    body.export.lowering.note("step.branch", node.id, node.origin.key_span("branch"))
    branches = []
    otherwise = body.entry(node.id, NO)
    for number, case in enumerate(step.branch, 1):
        groups = lower_condition(case.condition, body.scope).true.yes
        target = body.entry(node.id, CASE, str(number))
        if is_never(groups):
            continue
        if not groups:  # always true: the ways after it are never taken
            otherwise = target
            break
        branches.append(actions.Branch(str(case.condition), groups, target))
    if not branches:
        return [], otherwise
    made = actions.multi_branch(node.step_id, node.step_id, branches, otherwise)
    return [made], node.step_id


def _split(body: _Body, node: Node, step: Split) -> tuple[list[Action], str | None]:
    """Return random samples one after the other, each of those that the earlier ones left."""
    lowering, span = body.export.lowering, node.origin.key_span("split")
    arms = [
        (body.entry(node.id, VARIANT, name), name, variant.share.fraction)
        for name, variant in step.variants.items()
        if variant.share.fraction > 0
    ]
    made: list[Action] = []
    left, real_left = Decimal(1), Decimal(1)
    shares, lost = [], []
    rest = arms[-1]
    for number, (target, name, share) in enumerate(arms[:-1], 1):
        percent = int((100 * share / left).quantize(Decimal(1), ROUND_HALF_EVEN))
        if percent >= 100:  # the arms after it are too small for a percent
            rest = arms[number - 1]
            lost += [later for _, later, _ in arms[number:]]
            break
        if percent == 0:
            lost.append(name)
            continue
        id_ = node.step_id if not made else f"{node.step_id}~{number}"
        made.append(actions.random_split(id_, percent, target, None))
        shares.append(f"{name} {_percent(real_left * percent)}")
        left -= share
        real_left *= 1 - Decimal(percent) / 100
    for name in lost:
        how = f"`{name}` is too small: Klaviyo samples 1 to 99 whole percent"
        lossy = f"`{name}` gets nobody"
        lowering.note("step.split", node.id, span, how, Support.REFUSED, lossy, kept=True)
    last_target, last_name, _ = rest
    shares.append(f"{last_name} {_percent(real_left * 100)}")
    for number, action in enumerate(made):
        following = made[number + 1]["temporary_id"] if number + 1 < len(made) else last_target
        action["links"]["next_if_false"] = following
    how = f"{lowering.capabilities['step.split'].how} (shares: {', '.join(shares)})"
    lowering.note("step.split", node.id, span, how)
    if step.experiment is not None:
        lowering.note("step.split.experiment", node.id, node.origin.key_span("experiment"))
    return made, made[0]["temporary_id"] if made else last_target


def _percent(number: Decimal) -> str:
    return f"{plain(round(number, 2))}%"


def _task(body: _Body, node: Node, step: Task, next_: str | None) -> Action:
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


def _front(
    body: _Body, head: Head, first: str | None, kinds: set[str]
) -> tuple[list[Action], str | None]:
    """Return what stands before the first step (waits, audience, holdout), and the entry."""
    export, flow = body.export, body.flow
    front: list[Action] = []
    entry = first
    holdout = export.guardrails.holdout.fraction if export.guardrails is not None else Decimal(0)
    acts = any(node.kind in HELD_BACK for node in export.graph.of_flow(flow.id))
    if first is not None and holdout > 0 and ("marketing" in kinds or (acts and not kinds)):
        drawn, entry = _holdout(export, holdout, first, gate=not body.held_out_here)
        front = drawn + front
    if first is not None and head.entered:
        today = [actions.operation(head.entered, "date", "today")]
        front = [actions.update("trigger~entered", entry, today), *front]
        entry = "trigger~entered"
    if first is not None:
        gate, entry = decide("trigger~audience", head.gate, entry, None)
        front = gate + front
    quiet_end = export.quiet_end
    length = first_wait(flow.trigger)
    held = body.hold_until is not None and length is not None and not length.seconds
    sudden = not isinstance(flow.trigger, EventTrigger) and not held
    if sudden and quiet_end and entry and "marketing" in kinds:
        # Nobody has just done something: a segment can change in the middle of the night.
        front = [actions.until_time("trigger~hours", entry, quiet_end), *front]
        entry = "trigger~hours"
    if head.unless_ordered and entry is not None:
        ordered = tests.happened(export.lowering, PLACED_ORDER, tests.SINCE_FLOW_START)
        front = [actions.conditional("trigger~ordered", ordered.yes, None, entry), *front]
        entry = "trigger~ordered"
    if head.abandoned_after is not None and entry is not None:
        id_ = "trigger~abandoned"
        minutes = head.abandoned_after.seconds // 60
        front = [actions.delay(id_, entry, "minutes", minutes), *front]
        entry = id_
    if length is not None and entry is not None:
        delay, how, support = _delay_actions(body, length, "trigger~wait", entry)
        if isinstance(flow.trigger, DateTrigger):
            node, span = f"{flow.id}/trigger", flow.trigger.origin.key_span("after")
            export.lowering.note("trigger.date.after", node, span, how, support)
        front = [*delay, *front]
        entry = delay[0]["temporary_id"] if delay else entry
    return front, entry


def _holdout(export: Export, share: Decimal, first: str, *, gate: bool) -> tuple[list[Action], str]:
    """Return the draw of the holdout: once for a customer, kept in a profile property."""
    percent = int((100 * share).quantize(Decimal(1), ROUND_HALF_EVEN))
    guardrails = export.guardrails
    assert guardrails is not None
    if not 0 < percent < 100:
        how = f"{percent}%: Klaviyo samples 1 to 99 whole percent"
        export.lowering.note(
            "guardrails.holdout",
            "guardrails",
            guardrails.origin.key_span("holdout"),
            how,
            Support.REFUSED,
            "nobody is held out",
        )
        return [], first
    export.lowering.need(
        "property", HOLDOUT, "true for the holdout; drawn by the flows themselves, do not edit"
    )
    known = tests.is_set(tests.custom(HOLDOUT)).yes
    held = ((actions.is_true(HOLDOUT),),)
    check = "trigger~holdout-held" if gate else first
    made = [
        actions.conditional("trigger~holdout-drawn", known, check, "trigger~holdout-draw"),
        actions.random_split(
            "trigger~holdout-draw", percent, "trigger~holdout-in", "trigger~holdout-out"
        ),
        actions.set_property("trigger~holdout-in", None if gate else first, HOLDOUT, True),
        actions.set_property("trigger~holdout-out", first, HOLDOUT, False),
    ]
    if gate:
        made.append(actions.conditional("trigger~holdout-held", held, None, first))
    return made, "trigger~holdout-drawn"
