"""The step `send`: a template, behind the questions whether the customer may get it."""

from __future__ import annotations

from typing import Any

from playbook_compiler.export.bundle import ref
from playbook_compiler.export.capability import Support
from playbook_compiler.export.constructs import construct_of
from playbook_compiler.export.dialect import inert_tags
from playbook_compiler.export.logic import ALWAYS, NEVER, any_of
from playbook_compiler.export.wording import variation
from playbook_compiler.graph import Node
from playbook_compiler.model import Flow
from playbook_compiler.steps import Send
from playbook_compiler.targets.resend import terms
from playbook_compiler.targets.resend.actions import DEFAULT, Body
from playbook_compiler.targets.resend.conditions import Scope, held_out, lower_condition, rule, test
from playbook_compiler.targets.resend.state import Export
from playbook_compiler.targets.resend.template import filling


def lower_send(export: Export, flow: Flow, body: Body, node: Node, next_: str | None) -> str | None:
    """Add the sending of an e-mail, and return its first step, or where the run goes on."""
    step, lowering = node.what, export.lowering
    assert isinstance(step, Send)
    span = step.origin.key_span("send")
    message = export.playbook.messages[step.send.messages[0]]
    if not lowering.note(construct_of("channel", message.channel), node.id, span):
        lowering.leave_out("step.send", node.id, f"it goes with the channel {message.channel}")
        return next_
    if not message.body:
        lowering.note(
            "message.body",
            message.id,
            message.origin.key_span(),
            "it has no text",
            Support.REFUSED,
            "the template is empty until you write the text there",
        )
    if step.offer:
        export.offers.add(step.offer)
    wording = export.wording(message, step.offer)
    name = variation(message.id, step.offer)
    template: dict[str, Any] = {"id": ref("template", name)}
    if filled := filling(wording, step.offer):
        template["variables"] = filled
    config: dict[str, Any] = {"template": template}
    if wording.subject:
        config["subject"] = wording.subject
    sender = export.playbook.sender
    if sender is not None:
        config |= {"from": sender_of(sender.name, sender.email), "reply_to": sender.email}
    entry: str | None = body.add(node.step_id, "send_email", config, ((DEFAULT, next_),))
    if message.kind == "marketing":
        barred = [test(terms.UNSUBSCRIBED, "eq", True).yes]
        held = held_out(export)
        if held is not None:
            barred.append(held.yes)
        entry = body.condition(f"{node.step_id}~may", rule(any_of(barred)), next_, entry)
    return _exit_when(export, flow, body, node, entry)


def _exit_when(export: Export, flow: Flow, body: Body, node: Node, entry: str | None) -> str | None:
    if flow.exit_when is None:
        return entry
    tree = lower_condition(flow.exit_when, Scope(export, flow.id)).true.yes
    if tree == ALWAYS:
        return None
    if tree == NEVER:
        return entry
    return body.condition(f"{node.step_id}~exit", rule(tree), None, entry)


def sender_of(name: str, email: str) -> str:
    """Return a sender as a header says it, the name in quotes and inert."""
    plain = inert_tags(name).replace("\\", "").replace('"', "'")
    return f'"{" ".join(plain.split())}" <{email}>'
