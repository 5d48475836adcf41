"""What the engine must know before anything can be built: facts, events, channels with consent."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler import conditions
from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.conditions import Condition
from playbook_compiler.export.places import conditions_of
from playbook_compiler.facts import Fact, Where
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Playbook
from playbook_compiler.source import Span
from playbook_compiler.spoken.conditions import fact_words
from playbook_compiler.steps import Membership, Step, UntilEvent, Update, Wait
from playbook_compiler.targets.manual.items import Item, Section
from playbook_compiler.triggers import EventTrigger, Trigger


def account(graph: TriggerGraph) -> Section:
    """Return what the account itself must be set to."""
    playbook = graph.playbook
    origin = playbook.origin
    items = [
        Item(
            f"Set the time zone of the account to {playbook.timezone}; waits and times of day are "
            "the customer's own where the engine knows the customer's zone",
            origin.key_span("timezone"),
        ),
        Item(
            f"Set the currency of the account to {playbook.currency}", origin.key_span("currency")
        ),
    ]
    if playbook.sender is not None:
        sender = playbook.sender
        span = sender.origin.key_span()
        items.append(Item(f"Verify the sender {sender.name} <{sender.email}>", span))
        if sender.address:
            items.append(Item(f"Enter the postal address: {sender.address}", span))
        if sender.url:
            items.append(Item(f"Enter the address of the shop: {sender.url}", span))
    return Section("Account", tuple(items))


def knowledge(graph: TriggerGraph) -> Section:
    """Return the facts and events that conditions and flows read, each once, by name."""
    playbook = graph.playbook
    items = []
    for _, (fact, span) in sorted(_facts(graph).items()):
        own = fact.name not in BUILT_IN.facts
        kind = ", ".join(fact.members) if fact.members else str(fact.type)
        made = f"Create the property {fact_words(fact)} ({kind}), filled by the shop"
        known = f"See to it that the engine knows {fact_words(fact)}: {fact.documentation}"
        items.append(Item(made if own else known, span))
    for name, span in sorted(_events(graph).items()):
        event = playbook.catalogue.events[name]
        fields = ", ".join(one.name for one in event.fields)
        with_fields = f" Its fields: {fields}." if fields else ""
        items.append(
            Item(
                f'See to it that the event "{name}" reaches the engine: '
                f"{event.documentation}{with_fields}",
                span,
            )
        )
    return Section("Properties and events", tuple(items))


def consent(graph: TriggerGraph) -> Section:
    """Return the consent that each channel needs."""
    guardrails = graph.playbook.guardrails
    if guardrails is None:
        return Section("Consent")
    span = guardrails.origin.key_span("consent") if guardrails.consent else None
    rules = {
        "none": "needs no consent",
        "opt-out": "goes to everyone who has not objected",
        "opt-in": "goes only to those who have agreed",
        "double-opt-in": "goes only to those who have agreed and confirmed it by a link",
    }
    return Section(
        "Consent",
        tuple(
            Item(f'Set up consent for "{channel}": marketing there {rules[rule]}', span)
            for channel, rule in guardrails.consent.items()
            if span is not None
        ),
    )


def _conditions(graph: TriggerGraph) -> Iterator[Condition]:
    playbook = graph.playbook
    for audience in playbook.audiences.values():
        yield audience.where
    for flow in playbook.flows.values():
        yield from (one for one in (flow.audience, flow.exit_when) if one is not None)
    for node in graph.nodes.values():
        match node.what:
            case Trigger(where=where) if where is not None:
                yield where
            case Step() as step:
                yield from conditions_of(step)
    if playbook.programmes is not None and playbook.programmes.points is not None:
        for earn in playbook.programmes.points.earn:
            if earn.where is not None:
                yield earn.where


def _facts(graph: TriggerGraph) -> dict[str, tuple[Fact, Span]]:
    """Return the customer's facts that are read or set, each with the first place."""
    playbook, found = graph.playbook, dict[str, tuple[Fact, Span]]()
    for condition in _conditions(graph):
        for read in conditions.facts_read(condition):
            if read.fact.where is Where.CUSTOMER:
                found.setdefault(str(read.fact), (read.fact, read.span))
    for node in graph.nodes.values():
        if isinstance(node.what, Update) and node.what.update.deed == "field":
            fact = playbook.catalogue.facts[node.what.update.name]
            found.setdefault(fact.name, (fact, node.origin.key_span("update")))
    own = playbook.origin.has("facts")
    for name, fact in playbook.catalogue.facts.items():
        if own and name not in BUILT_IN.facts:
            found.setdefault(name, (fact, playbook.origin.key_span("facts")))
    return found


def _events(graph: TriggerGraph) -> dict[str, Span]:
    """Return the events that start, end or steer something, each with the first place."""
    playbook, found = graph.playbook, dict[str, Span]()
    for node in graph.nodes.values():
        match node.what:
            case EventTrigger(event=event):
                found.setdefault(event, node.origin.key_span("event"))
            case Wait(wait=UntilEvent(until=event)):
                found.setdefault(event, node.origin.key_span("wait"))
            case Membership(audience=outside):
                for event in outside.leave_on:
                    found.setdefault(event, node.origin.key_span("audience"))
    for flow in playbook.flows.values():
        for event in (*(flow.exit_on or ()), *([flow.goal.event] if flow.goal else ())):
            found.setdefault(event, flow.origin.key_span())
    for condition in _conditions(graph):
        for part in conditions.nodes(condition):
            if isinstance(part, conditions.Happened):
                found.setdefault(part.event, part.name_span)
    found |= {name: span for name, span in _earned(playbook).items() if name not in found}
    for name in playbook.catalogue.events:
        if playbook.origin.has("events") and playbook.catalogue.events[name].custom:
            found.setdefault(name, playbook.origin.key_span("events"))
    return found


def _earned(playbook: Playbook) -> dict[str, Span]:
    points = playbook.programmes.points if playbook.programmes is not None else None
    if points is None:
        return {}
    return {one.event: one.origin.key_span("event") for one in reversed(points.earn)}
