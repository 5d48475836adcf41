"""The step `send`: the moment of sending, the words, and the channel that carries them."""

from __future__ import annotations

from playbook_compiler.export.capability import Support
from playbook_compiler.export.constructs import construct_of
from playbook_compiler.export.wording import variation
from playbook_compiler.graph import Node
from playbook_compiler.message_choice import LADDER, ROTATION
from playbook_compiler.model import Flow, Message
from playbook_compiler.steps import Send
from playbook_compiler.targets.n8n import nodes, script
from playbook_compiler.targets.n8n.actions import body_for, gate
from playbook_compiler.targets.n8n.head import CUSTOMER_URL
from playbook_compiler.targets.n8n.nodes import Json
from playbook_compiler.targets.n8n.state import Export
from playbook_compiler.targets.n8n.waits import until_event
from playbook_compiler.targets.n8n.words import page_parts, parts
from playbook_compiler.targets.n8n.workflow import Ends, Workflow
from playbook_compiler.units import Duration
from playbook_compiler.values import dataclass

_SIGNS = {"opened": "message_opened", "clicked": "link_clicked"}


@dataclass(frozen=True, slots=True)
class Sending:
    """A flow whose sends are lowered: `held_out` is the share held out before each message."""

    export: Export
    flow: Flow
    work: Workflow
    held_out: float


def lower_send(sending: Sending, node: Node, ends: Ends) -> tuple[Ends, Ends]:
    """Return the ends after a send, and those where the run is over."""
    step, lowering = node.what, sending.export.lowering
    assert isinstance(step, Send)
    span = step.origin.key_span("send")
    lowering.note("step.send", node.id, span)
    names = step.send.messages
    match step.send.order:
        case order if order == ROTATION:
            lowering.note("step.send.rotation", node.id, span)
            return _in_turn(sending, node, ends)
        case order if order == LADDER:
            lowering.note("step.send.ladder", node.id, span)
    done: Ends = ()
    over: Ends = ()
    for number, name in enumerate(names):
        id_ = node.step_id if number == 0 else f"{node.step_id}~{number + 1}"
        sent, passed, left = _one(sending, node, name, ends, id_)
        over += left
        if number == len(names) - 1:
            return done + sent + passed, over
        reached = step.reached
        event = _SIGNS.get(reached.sign if reached is not None else "delivered")
        if event is None:
            done, ends = done + sent, passed
            continue
        within = reached.within if reached is not None else Duration(days=1)
        happened, late = until_event(
            sending.export, sending.work, f"{id_}~reached", event, within, sent, "previous"
        )
        done, ends = done + happened, passed + late
    return done, over


def _in_turn(sending: Sending, node: Node, ends: Ends) -> tuple[Ends, Ends]:
    """Let each run of a customer take the next message; the shop counts the turns."""
    step, work, export = node.what, sending.work, sending.export
    assert isinstance(step, Send)
    names = step.send.messages
    here = work.add(f"{node.step_id}~whose", nodes.get(CUSTOMER_URL, export.shop), ends)
    rule = {"step": node.id, "count": len(names)}
    asked = work.add(f"{node.step_id}~turn", nodes.code(script.TURN, rule), here)
    work.add(f"{node.step_id}~turns", nodes.ways(len(names)), asked)
    done: Ends = ()
    over: Ends = ()
    for number, way in enumerate(work.ways(f"{node.step_id}~turns")):
        sent, passed, left = _one(sending, node, names[number], way, f"{node.step_id}~{number + 1}")
        fields = {
            "customer": f"{script.START}.customer.id",
            "what": script.quoted("turn"),
            "step": script.quoted(node.id),
        }
        told = nodes.send(f"{nodes.SHOP}/records", nodes.record(fields), export.shop)
        done += work.add(f"{node.step_id}~{number + 1}~counted", told, sent)
        done += passed
        over += left
    return done, over


def _one(sending: Sending, node: Node, name: str, ends: Ends, id_: str) -> tuple[Ends, Ends, Ends]:
    """Return the ends of those who got one message, of those whom it passed, and of ended runs."""
    export, work, step = sending.export, sending.work, node.what
    assert isinstance(step, Send)
    message = export.playbook.messages[name]
    _note(export, node, message)
    marketing = message.kind == "marketing"
    if step.at is not None:
        export.lowering.note("step.send.at", node.id, step.origin.key_span("at"))
    ends = _at_its_hour(sending, step, message, ends, id_)
    go, passed, over = gate(
        export,
        sending.flow,
        work,
        id_,
        ends,
        _sending_rule(export, message, sending.held_out if marketing else 0.0),
    )
    codes, go = _codes(export, work, step, go, id_)
    wording, marks = export.wording(message, step.offer)
    rule: Json = {
        "gate": f"{id_}~may",
        "codes": codes,
        "from": _from(export),
        "subject": parts(wording.subject, marks, "text"),
        "text": parts(wording.text, marks, "text"),
        "html": page_parts(wording.html, wording.preview, marks) if wording.html else [],
    }
    go = work.add(f"{id_}~words", nodes.code(script.MESSAGE, rule), go, id_)
    sent = work.add(id_, _channel(export, message, step.offer), go, node.step_id)
    guardrails = export.guardrails
    if marketing and guardrails is not None and guardrails.frequency:
        fields = {
            "what": script.quoted("sent"),
            "message": script.quoted(message.id),
            "channel": script.quoted(message.channel),
        }
        told = nodes.send(f"{nodes.SHOP}/records", body_for(fields), export.shop)
        sent = work.add(f"{id_}~told", told, sent)
    return sent, passed, over


def _note(export: Export, node: Node, message: Message) -> None:
    lowering = export.lowering
    span = node.origin.key_span("send")
    lowering.note(construct_of("channel", message.channel), node.id, span)
    if not message.body:
        lowering.note(
            "message.body",
            message.id,
            message.origin.key_span(),
            "it has no text",
            Support.REFUSED,
            "the message goes out without a text until you write one",
        )


def _at_its_hour(sending: Sending, step: Send, message: Message, ends: Ends, id_: str) -> Ends:
    """Return the ends after the wait for an hour in which the message may go out."""
    export, work = sending.export, sending.work
    guardrails = export.guardrails
    quiet = guardrails.quiet_hours if guardrails is not None else None
    exempt = message.kind == "transactional" and message.channel == "email"
    if step.at is None and (quiet is None or exempt):
        return ends
    rule: Json = {
        "zone": export.playbook.timezone,
        "at": None if step.at is None else [step.at.start.minutes, step.at.end.minutes],
        "quiet": None if quiet is None or exempt else [quiet.start.minutes, quiet.end.minutes],
    }
    asked = work.add(f"{id_}~hour", nodes.code(script.WHEN, rule), ends)
    return work.add(f"{id_}~held", nodes.wait_until("$json.until"), asked)


def _sending_rule(export: Export, message: Message, held_out: float) -> Json:
    """Return what is asked at the moment of sending; a transactional message is always allowed."""
    if message.kind == "transactional":
        return {"channel": "", "consent": False, "holdout": 0.0, "caps": []}
    guardrails = export.guardrails
    rule = "opt-in"
    caps = []
    if guardrails is not None:
        rule = guardrails.consent.get(message.channel, rule)
        caps = [
            {
                "at_most": cap.at_most,
                "channel": cap.channel,
                "per": {
                    "months": cap.per.months,
                    "days": cap.per.days,
                    "seconds": cap.per.seconds,
                },
            }
            for cap in guardrails.frequency
            if not cap.channel or cap.channel == message.channel
        ]
    return {
        "channel": message.channel,
        "consent": rule in ("opt-in", "double-opt-in"),
        "holdout": held_out,
        "caps": caps,
    }


def _codes(export: Export, work: Workflow, step: Send, ends: Ends, id_: str) -> tuple[str, Ends]:
    """Return the node that asks for the customer's code, "" for none, and the ends after it."""
    if not step.offer:
        return "", ends
    export.offers.add(step.offer)
    offer = export.playbook.offers[step.offer]
    if offer.code != "unique" and offer.valid is None:
        return "", ends
    name = f"{id_}~code"
    asked = nodes.send(
        f"{nodes.SHOP}/codes",
        body_for({"offer": script.quoted(step.offer)}),
        export.shop,
        go_on=False,
    )
    return (name, work.add(name, asked, ends)) if ends else ("", ends)


def _from(export: Export) -> str:
    sender = export.playbook.sender
    if sender is None:
        return ""
    name = " ".join(sender.name.split()).replace("\\", "").replace('"', "'")
    return f'"{name}" <{sender.email}>'


def _channel(export: Export, message: Message, offer: str) -> nodes.Made:
    """Return the node that sends what the node before has worded."""
    sender = export.playbook.sender
    if message.channel == "email":
        smtp = export.credential("mail", "SMTP account that sends the shop's mails")
        return nodes.mail(smtp, sender.email if sender is not None else "")
    url = f"={{{{ {script.START}.settings[{script.quoted(message.channel)}] }}}}"
    fields = {
        "message": script.quoted(variation(message.id, offer)),
        "title": "$json.subject",
        "text": "$json.text",
    }
    service = export.credential(
        message.channel, f"header auth of what sends {message.channel} messages"
    )
    return nodes.send(url, body_for(fields), service)
