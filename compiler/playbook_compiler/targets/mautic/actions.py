"""Steps without a message as events: points, tags, fields, lists, tasks, calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.changes import TAG, Change
from playbook_compiler.conditions import facts_read
from playbook_compiler.export.capability import Support
from playbook_compiler.facts import ValueType, Where
from playbook_compiler.graph import Node
from playbook_compiler.model import Flow
from playbook_compiler.steps import Call, Grant, Membership, Start, Step, Task, Update
from playbook_compiler.targets.mautic import terms
from playbook_compiler.targets.mautic.fields import type_of
from playbook_compiler.targets.mautic.logic import BOOLEAN, TEXT, Filter, Formula, opposite
from playbook_compiler.targets.mautic.source import segment_name
from playbook_compiler.targets.mautic.state import Export, Segment
from playbook_compiler.targets.mautic.template import inert, token
from playbook_compiler.targets.mautic.tree import ACTION, TAGS, What
from playbook_compiler.units import Money, Share, plain
from playbook_compiler.webhook import VARIABLE

HOLDOUT = "holdout"
_SECONDS = 10


def not_held_out(export: Export) -> Formula:
    """Return the formula of not belonging to the holdout, which the shop draws."""
    guardrails = export.guardrails
    assert guardrails is not None
    note = f"yes for {guardrails.holdout} of the contacts, drawn once for each by the shop"
    alias = export.fields.of(HOLDOUT, BOOLEAN, note)
    return opposite(Filter(alias, BOOLEAN, "=", "1"))


def whats(export: Export, flow: Flow, node: Node, step: Step) -> list[What]:
    """Return the events of a step without a message; none where Mautic has nothing like it."""
    lowering, id_ = export.lowering, node.step_id
    span = node.origin.key_span(node.kind)
    match step:
        case Grant():
            return _grant(export, node, step)
        case Update(update=change):
            lowering.note(f"step.update.{change.deed}", node.id, span)
            lowering.note("step.update", node.id, span)
            return _update(export, node, change)
        case Membership(audience=outside):
            lowering.note("step.audience", node.id, span)
            name = outside.add or outside.remove
            label = f"{export.playbook.name}: list {name}"
            segment = export.segment(Segment(f"list/{name}", label, f"playbook: list {name}"))
            if outside.at_most is not None or outside.leave_on:
                when = [f"{outside.at_most} later"] if outside.at_most is not None else []
                when += outside.leave_on
                note = f"take the contact out {' or at '.join(when)}"
                lowering.need("segment", terms.shown(label), note)
                how = "a segment without filters; the shop takes the contact out again"
                lowering.note("step.audience", node.id, span, how, Support.APPROXIMATED)
            add, remove = (segment, "") if outside.add else ("", segment)
            return [change_segments(id_, str(outside), add=add, remove=remove)]
        case Task():
            lowering.note("step.task", node.id, span)
            due = f" (within {step.due})" if step.due is not None else ""
            owner = f" - {step.owner}" if step.owner else ""
            tag = terms.tag(f"task: {step.task}{due}{owner}")
            note = f"contacts with the tag are its list: {tag}; take the tag away when it is done"
            lowering.need("task", node.id, note)
            return [_tags(id_, tag, add=tag)]
        case Call(call=hook):
            lowering.note("step.call", node.id, span)
            url = hook.url
            if VARIABLE.fullmatch(url):
                url = lowering.need("webhook", url, "https address; it may be a secret")
            else:
                url = called_address(url)
            fields = {name: _value(export, name) for name in hook.fields}
            return [webhook(id_, f"call {node.step_id}", url, hook.method, fields)]
        case Start(start=other):
            lowering.note("step.start", node.id, span, _how_started(export, other))
            return [change_segments(id_, f"start {other}", add=segment_name(other))]
        case _:
            raise AssertionError(f"not a step without a message: {node.kind}")


def _how_started(export: Export, other: str) -> str:
    """Return how a flow is started, with what its campaign asks although the playbook does not."""
    how = export.lowering.capabilities["step.start"].how
    trigger = export.playbook.flows[other].trigger
    where = trigger.where
    if where is None:
        return how
    if any(one.fact.where is Where.TRIGGER for one in facts_read(where)):
        return how  # the shop asks it at the event
    return f"{how}; the `where` of its trigger is asked of those started, too"


def _grant(export: Export, node: Node, step: Grant) -> list[What]:
    lowering, gift = export.lowering, step.grant
    span = node.origin.key_span("grant")
    if gift.points is not None:
        lowering.note("step.grant.points", node.id, span)
        lowering.note("step.grant", node.id, span, "Mautic's own points")
        properties = {"points": gift.points, "group": None}
        title = f"{gift.points} points"
        return [What(node.step_id, title, "lead.changepoints", ACTION, properties)]
    lowering.note("step.grant", node.id, span)
    if gift.credit is not None:
        lowering.note("step.grant.credit", node.id, span)
        fields = {"credit": str(gift.credit)}
    else:
        export.offers.add(gift.offer)
        fields = {"offer": gift.offer}
    url = lowering.need("webhook", "grant", "https address of the shop that gives offers, credit")
    return [webhook(node.step_id, f"grant {gift}", url, "POST", fields)]


def _update(export: Export, node: Node, change: Change) -> list[What]:
    id_, span = node.step_id, node.origin.key_span("update")
    match change.deed:
        case "tag" | "untag":
            tag = terms.tag(change.name)
            return [_tags(id_, f"{change}", **{"add" if change.deed == TAG else "remove": tag})]
        case "suppress" if change.name in terms.CHANNELS:
            properties: dict[str, Any] = {
                "channels": [terms.CHANNELS[change.name]],
                "reason": f"playbook: {id_}",
            }
            return [What(id_, f"{change}", "lead.adddnc", ACTION, properties)]
        case "suppress":
            how = f"Mautic has no channel {change.name}: a yes/no field that the shop reads"
            export.lowering.note("step.update.suppress", node.id, span, how, Support.APPROXIMATED)
            note = f"yes: nothing more by {change.name}"
            alias = export.fields.of(f"no_{change.name}", BOOLEAN, note)
            return [_field(id_, f"{change}", alias, 1)]
        case _:
            fact = export.playbook.catalogue.facts[change.name]
            value: Any = change.value
            if isinstance(value, bool):
                value = int(value)
            elif isinstance(value, Money | Share):
                number = value.amount if isinstance(value, Money) else value.fraction * 100
                value = plain(number)
            elif fact.type is not ValueType.INTEGER:
                value = inert(str(value))
            return [_field(id_, f"{change}", export.fields.of_fact(fact), value)]


def _field(id_: str, name: str, alias: str, value: Any) -> What:
    return What(id_, name, "lead.updatelead", ACTION, {alias: value})


def _tags(id_: str, name: str, add: str = "", remove: str = "") -> What:
    properties = {
        "add_tags": [add] if add else [],
        "remove_tags": [remove] if remove else [],
    }
    return What(id_, name, TAGS, ACTION, properties)


def change_segments(id_: str, name: str, add: str = "", remove: str = "") -> What:
    """Return the event that puts a contact into a segment, or takes him out of one."""
    segments = tuple(one for one in (add, remove) if one)
    properties = {
        "addToLists": [add] if add else [],
        "removeFromLists": [remove] if remove else [],
    }
    return What(id_, name, "lead.changelist", ACTION, properties, segments=segments)


def webhook(id_: str, name: str, url: str, method: str, fields: Mapping[str, str]) -> What:
    """Return the event that calls another system, with the contact's number and address.

    Values may hold tokens: what an author wrote has to be inert.
    """
    sent = {
        "contact": token("id"),
        "email": token("email"),
        **fields,
    }
    properties = {
        "url": url,
        "method": method.lower(),
        "timeout": _SECONDS,
        "headers": {"list": [{"label": "content-type", "value": "application/json"}]},
        "additional_data": {
            "list": [{"label": key, "value": value} for key, value in sent.items()]
        },
    }
    return What(id_, name, "campaign.sendwebhook", ACTION, properties)


def called_address(url: str) -> str:
    """Return an address that a call reaches as it is written: Mautic decodes it once, and reads
    tokens in it."""
    return url.replace("%", "%25").replace("{", "%257B")


def called_text(text: str) -> str:
    """Return a text that a call sends as it is written."""
    return inert(text.replace("%", "%25"))


def _value(export: Export, name: str) -> str:
    """Return the token of a fact or message variable that a call sends along."""
    own = name.removeprefix("customer.").removeprefix("trigger.")
    if own in terms.PERSON:
        return token(terms.PERSON[own])
    sender = export.playbook.sender
    if own.startswith("sender") or own == "unsubscribe_url":
        key = own.replace("sender_", "sender.").partition(".")[2]
        return called_text(str(getattr(sender, key, ""))) if sender is not None else ""
    fact = export.playbook.catalogue.facts.get(own) or BUILT_IN.variables.get(own)
    type_ = TEXT if fact is None else type_of(fact)
    return token(export.fields.of(own, type_, f"`{own}`, kept up to date by the shop"))
