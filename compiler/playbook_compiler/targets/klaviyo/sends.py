"""The step `send`: which action, with whose words, under which filters."""

from __future__ import annotations

from typing import Any

from playbook_compiler.export.bundle import ref
from playbook_compiler.export.capability import Support
from playbook_compiler.export.constructs import construct_of
from playbook_compiler.export.wording import variation
from playbook_compiler.graph import Node
from playbook_compiler.model import Message
from playbook_compiler.steps import Send
from playbook_compiler.targets.klaviyo import actions, terms
from playbook_compiler.targets.klaviyo.actions import Action
from playbook_compiler.targets.klaviyo.formula import Groups, as_filter
from playbook_compiler.targets.klaviyo.profile_tests import compare, consent_groups, custom
from playbook_compiler.targets.klaviyo.several import ladder, rotation
from playbook_compiler.targets.klaviyo.state import CHANNELS, Export
from playbook_compiler.targets.klaviyo.template import DIALECT


def messages_of(export: Export, step: Send) -> list[Message]:
    """Return the messages of a send that Klaviyo has a channel for, in their order."""
    messages = (export.playbook.messages[name] for name in step.send.messages)
    return [message for message in messages if message.channel in CHANNELS]


def lower_send(
    export: Export, node: Node, next_: str | None, *, held_out_here: bool
) -> list[Action]:
    """Return the actions of a send, the first being its entry; none where it is left out.

    `held_out_here`: the holdout is a filter of the message, not a gate of the flow.
    """
    step, lowering = node.what, export.lowering
    assert isinstance(step, Send)
    span = step.origin.key_span("send")
    for name in step.send.messages:
        channel = export.playbook.messages[name].channel
        if channel not in CHANNELS:
            lowering.note(construct_of("channel", channel), node.id, span)
    sent = messages_of(export, step)
    if not sent:
        lowering.leave_out("step.send", node.id, "it goes with its channel")
        return []

    def one(message: Message, id_: str, after: str | None) -> Action:
        return _one(export, node, message, id_, after, held_out_here=held_out_here)

    made: list[Action]
    if len(sent) == 1:
        made = [one(sent[0], node.step_id, next_)]
    elif step.send.order == "ladder":
        made = ladder(lowering, step, sent, node, next_, one)
    else:
        made = rotation(step, sent, node, next_, one)
    if step.at is None:
        return made
    at = f"{node.step_id}~at"
    return [actions.until_time(at, made[0]["temporary_id"], step.at.start), *made]


def _one(
    export: Export,
    node: Node,
    message: Message,
    id_: str,
    next_: str | None,
    *,
    held_out_here: bool,
) -> Action:
    """Return the action that sends one message."""
    step, lowering = node.what, export.lowering
    assert isinstance(step, Send)
    if not message.body:
        lowering.note(
            "message.body",
            message.id,
            message.origin.key_span(),
            "it has no text",
            Support.REFUSED,
            "the template is empty until you write the text there",
            kept=True,
        )
    offer = _offer(export, node, step)
    export.sent.setdefault(node.id, set()).add((message.id, offer))
    wording = export.wording(message, offer)
    payload: dict[str, Any]
    marketing = message.kind == "marketing"
    common = {
        "smart_sending_enabled": marketing and _capped(export),
        "additional_filters": _filters(export, message, held_out_here) if marketing else None,
        "name": variation(message.id, offer),
    }
    sender = export.playbook.sender
    match message.channel:
        case "email":
            payload = {
                "from_email": from_address(export),
                "from_label": DIALECT.inert(sender.name) if sender else None,
                "reply_to_email": sender.email if sender else None,
                "subject_line": wording.subject or _no_subject(export, message),
                "preview_text": wording.preview or None,
                "template_id": ref("template", variation(message.id, offer)),
                "transactional": not marketing,
                **common,
            }
        case "sms":
            payload = {
                "body": wording.text.strip(),
                "add_org_prefix": True,
                "add_opt_out_language": marketing,
                "sms_quiet_hours_enabled": export.quiet_end is not None,
                "transactional": not marketing,
                **common,
            }
        case _:
            payload = {
                "title": wording.subject or None,
                "body": wording.text.strip(),
                "push_type": "standard",
                **common,
            }
    return actions.send(id_, next_, message.channel, payload)


def _offer(export: Export, node: Node, step: Send) -> str:
    """Return the offer that a send carries in Klaviyo."""
    if not step.offer:
        return ""
    offer, lowering = export.playbook.offers[step.offer], export.lowering
    export.offers.add(offer.id)
    for key in ("credit", "points"):
        if getattr(offer, key) is not None:
            lowering.note(f"offer.{key}", offer.id, offer.origin.key_span(key))
            return ""
    how, support = "", None
    if offer.code == "unique":
        export.coupons.add(offer.id)
    else:
        how, support = f"the shared code {offer.code} in the message", Support.APPROXIMATED
    lowering.note("step.send.offer", node.id, step.origin.key_span("offer"), how, support)
    return offer.id


def from_address(export: Export) -> str:
    """Return the sender's address, or its placeholder where the playbook names no sender."""
    sender = export.playbook.sender
    if sender is not None:
        return sender.email
    return export.lowering.need("mailbox", "sender", "the address that e-mails come from")


def _no_subject(export: Export, message: Message) -> str:
    """Note an e-mail without a subject, and return what stands for it."""
    how, lossy = "an e-mail needs a subject", "the message's id stands as its subject"
    span = message.origin.key_span()
    export.lowering.note(
        "message.subject", message.id, span, how, Support.REFUSED, lossy, kept=True
    )
    return message.id


def _capped(export: Export) -> bool:
    guardrails = export.guardrails
    return guardrails is not None and bool(guardrails.frequency)


def _filters(export: Export, message: Message, held_out_here: bool) -> dict[str, Any] | None:
    guardrails = export.guardrails
    rule = "opt-in"
    if guardrails is not None:
        rule = guardrails.consent.get(message.channel, rule)
    groups: Groups = consent_groups(message.channel, rule)
    if held_out_here:
        groups += compare(custom(terms.HOLDOUT), "boolean", "equals", True).no
    return as_filter(groups)
