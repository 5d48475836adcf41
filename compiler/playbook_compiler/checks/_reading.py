"""Which flows are started by a customer who reads a message: opens it, or clicks in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from playbook_compiler.checks._conditions import Meanings
from playbook_compiler.conditions import (
    And,
    Compare,
    Condition,
    Happened,
    InSet,
    Not,
    Or,
    all_of,
)
from playbook_compiler.conditions_analysis import is_impossible
from playbook_compiler.facts import Fact, Nature
from playbook_compiler.model import Flow, Message, Playbook
from playbook_compiler.source import Span
from playbook_compiler.triggers import EntersAudience, EventTrigger
from playbook_compiler.values import dataclass

MESSAGE_FIELD, CHANNEL_FIELD = "trigger.message", "trigger.channel"


@dataclass(frozen=True, slots=True)
class Reader:
    """A flow that reading starts, where its trigger says so, and the messages that do it."""

    flow: Flow
    span: Span
    messages: tuple[str, ...]


def readers(playbook: Playbook, told: Meanings, sent: Sequence[Message]) -> Iterator[Reader]:
    """Yield the flows that some of the messages that are sent start when they are read."""
    passing: dict[tuple[str, str], tuple[str, ...]] = {}
    for flow in playbook.flows.values():
        trigger = flow.trigger
        if not flow.enabled:
            continue
        if isinstance(trigger, EventTrigger) and _is_reading(trigger.event, playbook):
            key = (trigger.event, str(trigger.where))
            if key not in passing:
                fields = playbook.catalogue.trigger_facts(trigger.event)
                passing[key] = tuple(_passing(trigger.where, fields, sent))
            yield Reader(flow, trigger.origin.span("event"), passing[key])
        elif isinstance(trigger, EntersAudience):
            where = told.of(playbook.audiences[trigger.enters].where)
            if any(_is_reading(one.event, playbook) for one in _happened(where)):
                everything = tuple(message.id for message in sent)
                yield Reader(flow, trigger.origin.span("enters"), everything)


def _is_reading(event: str, playbook: Playbook) -> bool:
    told = playbook.catalogue.events[event]
    fields = playbook.catalogue.trigger_facts(event)
    return told.nature is Nature.AFTER_MESSAGE and MESSAGE_FIELD in fields


def _passing(
    where: Condition | None, fields: dict[str, Fact], sent: Sequence[Message]
) -> Iterator[str]:
    """Yield the messages that a trigger lets pass."""
    named = None if where is None else _named(where)
    for message in sent:
        if where is None:
            yield message.id
        elif named is None or message.id in named:
            this = Compare(fields[MESSAGE_FIELD], "=", message.id)
            channel = Compare(fields[CHANNEL_FIELD], "=", message.channel)
            if not is_impossible(all_of([where, this, channel])):
                yield message.id


def _named(where: Condition) -> frozenset[str] | None:
    """Return the only messages that a condition can let pass; None where it names none."""
    match where:
        case Compare(fact, "=", value) if fact.name == MESSAGE_FIELD:
            return frozenset({str(value)})
        case InSet(fact, values) if fact.name == MESSAGE_FIELD:
            return frozenset(str(value) for value in values)
        case And(parts):
            found = [names for part in parts if (names := _named(part)) is not None]
            return min(found, key=len) if found else None
    return None


def _happened(condition: Condition, truth: bool = True) -> Iterator[Happened]:
    """Yield the events whose happening, not long ago, helps a condition to hold.

    What happened ever is so once and for all: it is entered a single time.
    """
    match condition:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _happened(part, truth)
        case Not(part):
            yield from _happened(part, not truth)
        case Happened(within=within) if truth and within is not None:
            yield condition
