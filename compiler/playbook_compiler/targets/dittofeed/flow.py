"""One flow of the graph as a Dittofeed journey, from the end back."""

from __future__ import annotations

from typing import Any, Final

from playbook_compiler.calendar_units import Weekday
from playbook_compiler.export.capability import Support
from playbook_compiler.export.constructs import construct_of
from playbook_compiler.facts import Nature
from playbook_compiler.graph import (
    CASE,
    HAPPENED,
    NEXT,
    NO,
    TIMED_OUT,
    VARIANT,
    YES,
)
from playbook_compiler.graph import Node as Step
from playbook_compiler.model import Flow
from playbook_compiler.steps import (
    Branch,
    Call,
    Grant,
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
from playbook_compiler.targets.dittofeed import nodes, terms
from playbook_compiler.targets.dittofeed import segment_tests as tests
from playbook_compiler.targets.dittofeed.body import LAG, Body, Made, counts_holds, holds, measure
from playbook_compiler.targets.dittofeed.calls import HELD_BACK, lower_call
from playbook_compiler.targets.dittofeed.conditions import lower_condition
from playbook_compiler.targets.dittofeed.head import Head, front, lower_head
from playbook_compiler.targets.dittofeed.scope import stand_in_name
from playbook_compiler.targets.dittofeed.sends import lower_send, wait_until
from playbook_compiler.targets.dittofeed.state import Export
from playbook_compiler.triggers import (
    EntersAudience,
    EventTrigger,
    PointsReach,
    Replenishment,
    TierChanged,
)
from playbook_compiler.units import Duration, TimeOfDay

MIDNIGHT: Final = TimeOfDay(0)


def lower_flow(export: Export, flow: Flow) -> dict[str, Any] | None:
    """Return the journey's resource but its id and name, or None where it is left out."""
    head = lower_head(export, flow)
    if head is None:
        return None
    body = _body(export, flow, head)
    steps = list(export.graph.of_flow(flow.id))
    measure(body, steps)
    for step in reversed(steps[1:]):
        if step.id not in body.elapsed:
            if step.kind != "end":
                how = "nothing leads to this step"
                export.lowering.note(
                    f"step.{step.kind}", step.id, step.origin.span(), how, Support.DROPPED
                )
            continue
        body.made[step.id], body.entries[step.id] = _lower(body, step)
    before, entry = front(body, head, body.entry(steps[0].id, NEXT))
    found = [*before, *(node for step in steps for node in body.made.get(step.id, []))]
    return {
        "canRunMultiple": flow.entry is None or flow.entry.rule != "once",
        "definition": {
            "entryNode": {**head.entry, "child": entry},
            "exitNode": {"type": nodes.EXIT},
            "nodes": [*_reached(found, entry), *head.after],
        },
    }


def _body(export: Export, flow: Flow, head: Head) -> Body:
    kinds = {
        export.playbook.messages[name].kind
        for step in export.graph.of_flow(flow.id)
        if isinstance(step.what, Send)
        for name in step.what.send.messages
    }
    steps = [step.what for step in export.graph.of_flow(flow.id)]
    held_out = export.guardrails is not None and export.guardrails.holdout.fraction > 0
    # What holds a customer back, and what is done for those held out, too.
    stops = "marketing" in kinds or any(isinstance(one, HELD_BACK) for one in steps)
    goes_on = "transactional" in kinds or any(isinstance(one, Update) for one in steps)
    return Body(
        export,
        flow,
        head.scope,
        head.exit,
        by_event=head.entry["type"] == "EventEntryNode",
        held_out_here=held_out and stops and goes_on,
        held_out=held_out and stops and not goes_on,
        hold_until=export.quiet_end if "marketing" in kinds else None,
        follows_order=_follows_order(export, flow),
    )


def _follows_order(export: Export, flow: Flow) -> bool:
    """Return whether an order, or what comes after one, can bring a customer into a flow."""
    match flow.trigger:
        case EventTrigger(event=event):
            natures = (Nature.ORDER, Nature.AFTER_ORDER)
            return export.playbook.catalogue.events[event].nature in natures
        case EntersAudience() | Replenishment() | PointsReach() | TierChanged():
            return True
    return False


def _reached(found: list[nodes.Node], entry: str) -> list[nodes.Node]:
    """Return the nodes that the entry leads to: a sure answer leaves others behind."""
    by_id = {node["id"]: node for node in found}
    seen, waiting = set(), [entry]
    while waiting:
        id_ = waiting.pop()
        if id_ in by_id and id_ not in seen:
            seen.add(id_)
            waiting += nodes.children_of(by_id[id_])
    return [node for node in found if node["id"] in seen]


def _lower(body: Body, step: Step) -> Made:
    """Return a step's nodes and the first; what follows it is lowered already."""
    lowering = body.export.lowering
    what = step.what
    if what is None:
        return [], body.exit
    span = step.origin.key_span(step.kind)
    after = body.entry(step.id, NEXT)
    match what:
        case Send():
            return lower_send(body, step)
        case Wait(wait=Duration() as duration):
            return _delay(body, step, duration, after)
        case Wait(wait=UntilTime(until=until)):
            lowering.note("step.wait.time", step.id, span)
            zone = body.export.playbook.timezone
            if isinstance(until, Weekday):
                time = until.at or body.export.quiet_end or MIDNIGHT
                made = nodes.until_time(step.step_id, after, time, zone, [until.day])
            else:
                made = nodes.until_time(step.step_id, after, until, zone)
            return [made], step.step_id
        case Wait(wait=UntilEvent(until=event, at_most=at_most)):
            return _wait_for(body, step, what, event, at_most)
        case If(condition=condition):
            lowering.note("step.if", step.id, span)
            tree = lower_condition(condition, body.scope).true.yes
            yes, no = body.entry(step.id, YES), body.entry(step.id, NO)
            return body.decide(step.step_id, str(condition), tree, yes, no)
        case Branch():
            return _branch(body, step, what)
        case Split():
            return _split(body, step, what)
        case Task() | Call() | Grant() | Update() | Membership():
            return lower_call(body, step, after)
    lowering.note(f"step.{step.kind}", step.id, span)
    return [], after


def _delay(body: Body, step: Step, duration: Duration, after: str) -> Made:
    how, support = "a delay in seconds", Support.EXACT
    if duration.is_zero:
        how = "nothing to wait for: no node"
    elif duration.months or duration.days:
        support = Support.APPROXIMATED
        how = "a delay in seconds: a day is 24 hours of them"
        how += ", a month 30.4 days" if duration.months else ""
    body.export.lowering.note("step.wait", step.id, step.origin.key_span("wait"), how, support)
    if duration.is_zero:
        return [], after
    made: list[nodes.Node] = []
    if body.hold_until is not None and holds(duration):
        id_ = f"{step.step_id}~hours"
        zone = body.export.playbook.timezone
        made, after = [nodes.until_time(id_, after, body.hold_until, zone)], id_
    return [nodes.delay(step.step_id, after, tests.seconds(duration)), *made], step.step_id


def _wait_for(body: Body, step: Step, wait: Wait, event: str, at_most: Duration) -> Made:
    lowering, span = body.export.lowering, step.origin.key_span("wait")
    lowering.note(construct_of("event", event), step.id, span)
    run, entry = body.elapsed[step.id], wait.since == "entry"
    if counts_holds(body, event):
        since = run.entry if entry else run.action
    else:
        since = run.sure_entry if entry else run.sure_action
    if wait.origin.has("since"):
        lowering.note("step.wait.since", step.id, wait.origin.key_span("since"))
    seconds = tests.seconds(at_most)
    name, told = terms.event_of(event)
    properties = [(path, tests.equals(value)) for path, value in told.items()]
    came, late = body.entry(step.id, HAPPENED), body.entry(step.id, TIMED_OUT)
    if body.by_event and name == body.scope.event:
        how = f"waits for the next `{event}` of the same `{body.scope.key}`"
        lowering.note("step.wait.event", step.id, span, how)
        formula = tests.keyed(name, body.scope.key, times=2)
        segment = body.segment(step.step_id, formula.yes)
        return [nodes.wait_for(step.step_id, seconds, late, segment, came)], step.step_id
    if body.by_event:
        window = since + seconds
        how = (
            f"a delay of {at_most}, then a split on `{name}`: those whose event came go on when "
            "the delay is over, not before"
        )
    else:
        window = since + LAG
        how = f"waits for `{name}`, also if it came in the hour before"
    nature = body.export.playbook.catalogue.events[event].nature
    if nature is Nature.AFTER_ORDER and body.scope.key == terms.RUN_KEYS["order"]:
        # A run hears by its key of no other event than the one that started it.
        how += f"; `{name}` of any order of the customer counts, not of the run's order alone"
    lowering.note("step.wait.event", step.id, span, how)
    formula = tests.performed(name, within=window, properties=properties)
    return wait_until(body, step.step_id, formula, seconds, came, late)


def _branch(body: Body, step: Step, branch: Branch) -> Made:
    body.export.lowering.note("step.branch", step.id, step.origin.key_span("branch"))
    entry = body.entry(step.id, NO)
    made: list[nodes.Node] = []
    segments = _case_segments(step.step_id, branch)
    for number in range(len(branch.branch), 0, -1):
        case = branch.branch[number - 1]
        tree = lower_condition(case.condition, body.scope).true.yes
        # A case's later splits are `branch~1~2`: the number of the case comes first.
        id_ = step.step_id if number == 1 else f"{step.step_id}~case-{number}"
        target = body.entry(step.id, CASE, str(number))
        asked = segments[number - 1]
        found, entry = body.decide(id_, str(case.condition), tree, target, entry, asked=asked)
        made = found + made
    return made, entry


def _case_segments(step: str, branch: Branch) -> list[str]:
    """Return what the segments of the cases are named by: what each asks, and not its place.

    A run keeps the nodes that it began with, but asks segments as they are now: a case put in front
    of others must leave theirs alone.
    """
    asked = [stand_in_name(case.condition).rpartition("_")[2] for case in branch.branch]
    return [
        f"{step}~case-{one}" + (f"-{again}" if (again := asked[:number].count(one)) else "")
        for number, one in enumerate(asked)
    ]


def _split(body: Body, step: Step, split: Split) -> Made:
    lowering, span = body.export.lowering, step.origin.key_span("split")
    arms = [
        (name, variant.share.fraction * 100, body.entry(step.id, VARIANT, name))
        for name, variant in split.variants.items()
        if variant.share.fraction > 0
    ]
    once = body.flow.entry is not None and body.flow.entry.rule == "once"
    how = "random cohorts, drawn once: nobody enters twice" if once else ""
    lowering.note("step.split", step.id, span, how, Support.EXACT if once else None)
    if split.experiment is not None:
        lowering.note("step.split.experiment", step.id, split.origin.key_span("experiment"))
    made = nodes.cohorts(
        step.step_id, [(name, tests.number(percent), child) for name, percent, child in arms]
    )
    return [made], step.step_id
