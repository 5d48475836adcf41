"""What a node and an edge say in a picture."""

from __future__ import annotations

from playbook_compiler.changes import FIELD
from playbook_compiler.graph import NEXT, Edge, Node
from playbook_compiler.steps import (
    Branch,
    Call,
    Exit,
    Grant,
    If,
    Membership,
    Send,
    Split,
    Start,
    Step,
    Task,
    UntilEvent,
    UntilTime,
    Update,
    Wait,
)
from playbook_compiler.triggers import (
    DateTrigger,
    EventTrigger,
    Inactivity,
    Schedule,
    TierChanged,
    Trigger,
)
from playbook_compiler.units import Share

LABEL_LIMIT = 80


def node_label(node: Node) -> str:
    """Return a few words on what happens at a node."""
    return _cut(_said(node))


def _said(node: Node) -> str:
    match node.what:
        case None:
            return "end"
        case Trigger(where=where) as trigger:
            said = _started(trigger)
            return said if where is None else f"{said} where {where}"
        case step:
            return _done(step)


def _started(trigger: Trigger) -> str:
    match trigger:
        case EventTrigger(event=event, at_least=count, within=within):
            return f"{event} {count} times within {within}" if within else event
        case DateTrigger(date=day, before=before, after=after):
            when = f"{before} before " if before else f"{after} after " if after else ""
            return f"{when}{day}"
        case Schedule(every=every):
            return f"every {every}"
        case TierChanged(tier_changed=direction, to=tier):
            return f"tier changed {direction} to {tier}" if tier else f"tier changed {direction}"
        case Inactivity(inactive_for=age):
            return f"inactive for {age}"
        case _:
            return f"{trigger.kind} {getattr(trigger, trigger.kind)}"


def _done(step: Step) -> str:
    match step:
        case Send(send=choice, offer=offer):
            joint = {"ladder": " or ", "rotation": " then "}.get(choice.order, "")
            said = f"send {joint.join(choice.messages)}"
            return f"{said} with {offer}" if offer else said
        case Wait(wait=UntilEvent(until=event, at_most=at_most)):
            return f"wait for {event}, at most {at_most}"
        case Wait(wait=UntilTime(until=until)):
            return f"wait until {until}"
        case Wait(wait=length):
            return f"wait {length}"
        case If(condition=condition):
            return f"if {condition}"
        case Branch():
            return "branch"
        case Split(split=name):
            return f"split {name}"
        case Task(task=what):
            return f"task: {what}"
        case Grant(grant=gift):
            return f"grant {gift}"
        case Update(update=change):
            return f"set {change}" if change.deed == FIELD else str(change)
        case Membership(audience=outside):
            return f"list: {outside}"
        case Call(call=webhook):
            return f"call {webhook.url}"
        case Start(start=flow):
            return f"start {flow}"
        case Exit(exit=why):
            return f"exit: {why}" if why else "exit"
        case _:
            raise AssertionError(step.kind)


def edge_label(edge: Edge, source: Node) -> str:
    """Return the word on an edge: the way, a variant with its share, or a case's condition."""
    match source.what:
        case Split(variants=variants) if edge.name in variants:
            share: Share = variants[edge.name].share
            return f"{edge.name} {share}"
        case Branch(branch=cases) if edge.name:
            return _cut(str(cases[int(edge.name) - 1].condition))
        case _:
            return "" if edge.way == NEXT else edge.way


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LABEL_LIMIT else f"{line[: LABEL_LIMIT - 3]}..."
