"""What each thing of a playbook uses: the ids that its keys and conditions name.

Read off the kinds of the model's keys, so that a new key that takes the id of something is known
here without a line. Values that are kept as written are searched for words that are ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from playbook_compiler.changes import FIELD, Change
from playbook_compiler.checklists import DoneBy
from playbook_compiler.conditions import Condition, facts_read, references
from playbook_compiler.diff_entities import MARKETPLACE, SETTING, Entity, Key
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.kinds import Anything, Custom, ListOf, MapOf
from playbook_compiler.model import Flow, Message
from playbook_compiler.programmes import RewardChoice
from playbook_compiler.reading import Kind
from playbook_compiler.records import OneOf, Record, RecordOf, keys_of
from playbook_compiler.references import Reference
from playbook_compiler.source import Span
from playbook_compiler.steps import STEP_LIST, Step, children
from playbook_compiler.template import parse_template, variables
from playbook_compiler.triggers import Replenishment
from playbook_compiler.values import dataclass, fields
from playbook_compiler.webhook import MessageVariable

# Facts, events and keys begin with the word of the programme that they are about.
_PROGRAMMES: Final = {
    "points": "points",
    "tier": "tiers",
    "referr": "referral",
    "subscription": "subscription",
    "member": "membership",
}
# Settings that change what flows do. Economics and assumptions change what is projected of them.
_FOR_ALL = ("timezone", "currency")
_FOR_SENDERS = ("sender",)
_SEND = "send"
# Stand for products: those of a category, and all of them.
PRODUCT: Final = "product"
CATEGORY: Final = "category"
ALL_PRODUCTS: Final = ("products", "")
Known = Mapping[Key, Entity]


@dataclass(frozen=True, slots=True)
class Use:
    """One use of something: what is used, and the step that does it (empty for the whole)."""

    key: Key
    span: Span
    step: str = ""


def uses_of(entity: Entity, known: Known) -> Iterator[Use]:
    """Yield what an entity that is no flow uses itself."""
    for key in _walk(entity.value, entity.value_kind, known):
        yield Use(key, entity.span)
    if isinstance(entity.value, Message):
        for name in _said(entity.value):
            yield from (Use(key, entity.span) for key in _variable(name, known))


def uses_of_flow(
    flow: Flow, graph: TriggerGraph, known: Known, rules: Sequence[Key]
) -> Iterator[Use]:
    """Yield what a flow uses: by its own keys, by its steps, and for being a flow at all.

    `rules` are the keys of all guardrails and marketplaces.
    """
    here = flow.origin.key_span()
    for key in _walk(flow, None, known):
        yield Use(key, here)
    if isinstance(flow.trigger, Replenishment):
        yield Use(ALL_PRODUCTS, here)
    messages: list[str] = []
    offers = False
    for step in _all(flow.steps):
        span = step.origin.key_span(step.kind)
        for key in _walk(step, None, known):
            yield Use(key, span, step.id)
            if key[0] == "message" and step.kind == _SEND:
                messages.append(key[1])
            offers = offers or key[0] == "offer"
    yield from (Use((SETTING, name), here) for name in _FOR_ALL)
    yield from (Use(key, here) for key in _rules(messages, offers, graph, rules))


def _all(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield step
        for _, inner in children(step):
            yield from _all(inner)


def _rules(
    messages: list[str], offers: bool, graph: TriggerGraph, rules: Sequence[Key]
) -> Iterator[Key]:
    """Yield the rules, and settings, that bind a flow which sends these messages."""
    sent = [graph.playbook.messages[name] for name in messages if name in graph.playbook.messages]
    marketing = {message.channel for message in sent if message.kind == "marketing"}
    # Transactional e-mail is exempt from all guardrails, other channels keep quiet hours, consent.
    bound = marketing | {message.channel for message in sent if message.channel != "email"}
    if sent:
        yield from ((SETTING, name) for name in _FOR_SENDERS)
    for key in rules:
        rule, _, channel = key[1].partition(".")
        if key[0] == MARKETPLACE:
            applies = bool(sent)
        elif rule == "discounts":
            applies = offers
        else:
            channels = bound if rule in ("quiet_hours", "consent") else marketing
            applies = channel in channels if channel else bool(channels)
        if applies:
            yield key


def _walk(value: Any, kind: Kind | None, known: Known) -> Iterator[Key]:
    """Yield the keys of what a value of the model names, steps inside left out."""
    match value:
        case None | bool() | int():
            return
        case Record():
            for name, entry in keys_of(type(value)).items():
                inner, item = entry.metadata["kind"], getattr(value, entry.name)
                if inner is STEP_LIST or item in (None, ""):
                    continue
                yield from _programme(name, known)
                yield from _walk(item, inner, known)
        case Mapping():
            names = kind.names if isinstance(kind, MapOf) else None
            for name, item in value.items():
                if names is not None:
                    yield from _found(names.noun, str(name), known)
                yield from _programme(str(name), known)
                yield from _walk(item, kind.value if isinstance(kind, MapOf) else kind, known)
        case list() | tuple():
            for item in value:
                yield from _walk(item, kind.item if isinstance(kind, ListOf) else kind, known)
        case str() if isinstance(kind, MessageVariable):
            yield from _variable(value, known)
        case str():
            for noun in _nouns(kind):
                yield from _found(noun, value, known)
        case Change(deed=deed, name=name):
            yield from _found("fact", name, known) if deed == FIELD else ()
        case DoneBy(kind=noun, name=name):
            yield from _found(noun, name, known)
        case _ if isinstance(value, Condition):
            yield from _of_condition(value, known)
        case _ if hasattr(value, "__value_fields__"):
            for entry in fields(value):
                if entry.compare:
                    yield from _walk(getattr(value, entry.name), kind, known)


def _nouns(kind: Kind | None) -> tuple[str, ...]:
    """Return what a text read by a kind may be the id of; anything where nothing is said."""
    inner: Iterable[Kind] = ()
    match kind:
        case Reference(noun=noun):
            return (noun,)
        case RewardChoice():
            return ("offer", "product")
        case Anything():
            return ("audience", "offer", "message", "flow")
        case ListOf(item=one) | MapOf(value=one):
            inner = (one,)
        case Custom(alternatives=alternatives):
            inner = (one for _, one in alternatives)
        case RecordOf(record=record):
            kinds = (entry.metadata["kind"] for entry in keys_of(record).values())
            inner = (one for one in kinds if not _is_deep(one))
    return tuple(dict.fromkeys(noun for one in inner for noun in _nouns(one)))


def _is_deep(kind: Kind) -> bool:
    return isinstance(kind, RecordOf | OneOf | Custom) or kind is STEP_LIST


def _found(noun: str, name: str, known: Known) -> Iterator[Key]:
    if (noun, name) in known:
        yield (noun, name)
    if noun in ("tier", "event"):
        yield from _programme(name if noun == "event" else noun, known)


def _said(message: Message) -> Iterator[str]:
    """Yield the variables in a message's texts."""
    for text in (message.subject, message.preview, message.body):
        template, _ = parse_template(text)
        yield from (name for name, _, _ in variables(template or ()))


def _variable(name: str, known: Known) -> Iterator[Key]:
    yield from _found("fact", name.removeprefix("customer."), known)


def _programme(word: str, known: Known) -> Iterator[Key]:
    for start, programme in _PROGRAMMES.items():
        if word.startswith(start) and ("programme", programme) in known:
            yield ("programme", programme)


def _of_condition(condition: Condition, known: Known) -> Iterator[Key]:
    for reference in references(condition):
        if reference.kind == CATEGORY:
            yield (CATEGORY, reference.name)
        yield from _found(str(reference.kind), reference.name, known)
    for read in facts_read(condition):
        yield from _found("fact", read.fact.name, known)
        yield from _programme(read.fact.name, known)
