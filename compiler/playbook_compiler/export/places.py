"""Every construct that a playbook holds, with the place it stands in: what no target may overlook.

A target notes what it decides case by case; for every other place its capability table speaks. So
nothing that an author wrote can be missing from a lowering report.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from playbook_compiler import conditions
from playbook_compiler.conditions import Condition
from playbook_compiler.export.constructs import (
    OPENED,
    RECORDS,
    condition_name,
    construct_of,
)
from playbook_compiler.facts import Where
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Flow, Message, Playbook
from playbook_compiler.programmes import PROGRAMME_NAMES
from playbook_compiler.records import Record, is_required, keys_of
from playbook_compiler.source import Span
from playbook_compiler.steps import (
    Branch,
    Grant,
    If,
    Send,
    Step,
    UntilEvent,
    UntilTime,
    Update,
    Wait,
    children,
)
from playbook_compiler.template import parse_template, variables
from playbook_compiler.triggers import EventTrigger, Trigger
from playbook_compiler.values import dataclass

Owner: TypeAlias = tuple[str, str]
# Ways out of a step: the steps on them are places of their own.
WAYS = ("happened", "timed_out", "then", "else", "variants")
# Sections that are filled in where the author wrote none.
_FILLED_IN = ("stage", "stages")


@dataclass(frozen=True, slots=True)
class Place:
    """One construct where it stands. `id` is the flow, `flow/step` or object, as in the report.

    `owners` are the constructs, with their ids, that this one is part of: where one of them is left
    out, this one is left out with it.
    """

    construct: str
    id: str
    span: Span
    owners: tuple[Owner, ...] = ()


def places(graph: TriggerGraph) -> Iterator[Place]:
    """Return every construct of the playbook, in no particular order, some perhaps twice."""
    playbook = graph.playbook
    yield from _sections(playbook)
    if playbook.guardrails is not None:
        yield from _written(playbook.guardrails, "guardrails", "guardrails", ())
    for audience in playbook.audiences.values():
        owners = (("audience", audience.id),)
        where = _span(audience, "where")
        yield Place("audience.where", audience.id, where, owners)
        yield from _written(audience, "audience", audience.id, owners, skip=("where",))
        yield from _condition(audience.where, audience.id, owners)
    for offer in playbook.offers.values():
        yield from _written(offer, "offer", offer.id, (("offer", offer.id),))
    for message in playbook.messages.values():
        yield from _message(message)
    for flow in playbook.flows.values():
        yield from _flow(playbook, flow)
    yield from _programmes(playbook)


def _sections(playbook: Playbook) -> Iterator[Place]:
    for key, entry in keys_of(Playbook).items():
        value = getattr(playbook, entry.name)
        if key in OPENED or value is None or (not is_required(entry) and not value):
            continue
        if key in _FILLED_IN and not playbook.origin.has(key):
            continue
        span = (
            value.origin.key_span() if isinstance(value, Record) else playbook.origin.key_span(key)
        )
        yield Place(f"playbook.{key}", playbook.name, span)


def _written(
    record: Record,
    prefix: str,
    name: str,
    owners: tuple[Owner, ...],
    skip: tuple[str, ...] = (),
) -> Iterator[Place]:
    """Return the keys that the author wrote in a record."""
    for key in keys_of(type(record)):
        if key not in skip and record.origin.has(key):
            yield Place(f"{prefix}.{key}", name, record.origin.key_span(key), owners)


def _message(message: Message) -> Iterator[Place]:
    owners = (("message", message.id),)
    yield from _written(message, "message", message.id, owners)
    if message.passage is not None:
        yield Place("message.body", message.id, message.body_span(0, 0), owners)
    for key in ("subject", "preview", "body"):
        template, _ = parse_template(getattr(message, key))
        for name, start, end in variables(template or ()):
            span = (
                message.body_span(start, end)
                if key == "body"
                else message.origin.span_in(start, end, key)
            )
            yield Place(construct_of("variable", name), message.id, span, owners)


def _flow(playbook: Playbook, flow: Flow) -> Iterator[Place]:
    trigger = flow.trigger
    node = f"{flow.id}/trigger"
    owners: tuple[Owner, ...] = (("flow", flow.id), (f"trigger.{trigger.kind}", node))
    yield Place(f"trigger.{trigger.kind}", node, trigger.origin.key_span(trigger.kind), owners[:1])
    yield from _trigger(trigger, node, owners)
    yield from _written(flow, "flow", flow.id, owners, skip=("trigger", "steps"))
    for event in flow.exit_on or ():
        span = _span(flow, "exit_on")
        yield Place(construct_of("event", event), flow.id, span, owners)
    for condition in (flow.audience, flow.exit_when):
        if condition is not None:
            yield from _condition(condition, flow.id, owners)
    yield from _steps(playbook, flow, flow.steps, owners)


def _trigger(trigger: Trigger, node: str, owners: tuple[Owner, ...]) -> Iterator[Place]:
    common = keys_of(Trigger)
    for key in keys_of(type(trigger)):
        if key == trigger.kind or not trigger.origin.has(key):
            continue
        prefix = "trigger" if key in common else f"trigger.{trigger.kind}"
        yield Place(f"{prefix}.{key}", node, trigger.origin.key_span(key), owners)
    if isinstance(trigger, EventTrigger):
        span = trigger.origin.key_span("event")
        yield Place(construct_of("event", trigger.event), node, span, owners)
    if trigger.where is not None:
        yield from _condition(trigger.where, node, owners)


def _steps(
    playbook: Playbook, flow: Flow, steps: tuple[Step, ...], outer: tuple[Owner, ...]
) -> Iterator[Place]:
    for step in steps:
        node = f"{flow.id}/{step.id}"
        construct = f"step.{step.kind}"
        match step:
            case Wait(wait=UntilEvent()):
                construct = "step.wait.event"
            case Wait(wait=UntilTime()):
                construct = "step.wait.time"
        head = step.origin.key_span(step.kind)
        yield Place(construct, node, head, outer)
        owners = (*outer, (f"step.{step.kind}", node), (construct, node))
        if step.origin.has("id"):
            yield Place("step.id", node, step.origin.key_span("id"), owners)
        yield from _written(step, f"step.{step.kind}", node, owners, skip=("id", step.kind, *WAYS))
        match step:
            case Send(send=choice):
                if choice.order != "one":
                    yield Place(f"step.send.{choice.order}", node, head, owners)
                for name in choice.messages:
                    channel = playbook.messages[name].channel
                    yield Place(construct_of("channel", channel), node, head, owners)
            case Grant(grant=gift):
                if gift.points is not None or gift.credit is not None:
                    kind = "points" if gift.points is not None else "credit"
                    yield Place(f"step.grant.{kind}", node, head, owners)
            case Update(update=change):
                yield Place(f"step.update.{change.deed}", node, head, owners)
            case Wait(wait=UntilEvent(until=event)):
                yield Place(construct_of("event", event), node, head, owners)
        for condition in conditions_of(step):
            yield from _condition(condition, node, owners)
        for _, inner in children(step):
            yield from _steps(playbook, flow, inner, owners)


def conditions_of(step: Step) -> tuple[Condition, ...]:
    """Return the conditions that a step itself asks, without those of the steps in it."""
    match step:
        case If(condition=condition):
            return (condition,)
        case Branch(branch=cases):
            return tuple(case.condition for case in cases)
        case _:
            return ()


def _condition(condition: Condition, name: str, owners: tuple[Owner, ...]) -> Iterator[Place]:
    for node in conditions.nodes(condition):
        yield Place(condition_name(node), name, node.span, owners)
        match node:
            case conditions.Happened(event):
                yield Place(construct_of("event", event), name, node.name_span, owners)
    for read in conditions.facts_read(condition):
        fact = "trigger" if read.fact.where is Where.TRIGGER else read.fact.name
        yield Place(construct_of("fact", fact), name, read.span, owners)


def _programmes(playbook: Playbook) -> Iterator[Place]:
    if playbook.programmes is None:
        return
    outer: Owner = ("playbook.programmes", playbook.name)
    for kind in PROGRAMME_NAMES:
        programme = getattr(playbook.programmes, kind)
        if programme is None:
            continue
        construct = f"programme.{kind}"
        yield Place(construct, kind, programme.origin.key_span(), (outer,))
        yield from _records(programme, construct, kind, (outer, (construct, kind)))


def _records(record: Record, prefix: str, name: str, owners: tuple[Owner, ...]) -> Iterator[Place]:
    """Return the written keys of a record and of the records in it.

    A record that is written as one word, such as a right, has the key that the word stands for.
    """
    keys = keys_of(type(record))
    written = [key for key in keys if record.origin.has(key)]
    shown = written or [key for key, one in keys.items() if getattr(record, one.name)]
    for key in shown:
        entry = keys[key]
        construct = f"{prefix}.{key}"
        span = record.origin.key_span(key) if written else record.origin.span()
        yield Place(construct, name, span, owners)
        if key not in RECORDS:
            continue
        inner = (*owners, (construct, name))
        for one in _listed(getattr(record, entry.name)):
            yield from _records(one, construct, name, inner)


def _listed(value: Any) -> tuple[Record, ...]:
    """Return the records in a value: one, a list, or lists by name."""
    if isinstance(value, Record):
        return (value,)
    if isinstance(value, tuple):
        return tuple(one for one in value if isinstance(one, Record))
    if isinstance(value, dict):
        return tuple(one for several in value.values() for one in _listed(several))
    return ()


def _span(record: Record, key: str) -> Span:
    return record.origin.key_span(key) if record.origin.has(key) else record.origin.key_span()
