"""The step `send`: what stands before a message, the message itself, and ladders of them."""

from __future__ import annotations

from html import escape
from typing import Any

from playbook_compiler.export.bundle import stable_uuid
from playbook_compiler.export.capability import Support
from playbook_compiler.export.constructs import construct_of
from playbook_compiler.export.logic import Formula, Test, Tree, any_of, either
from playbook_compiler.export.markup import at_top
from playbook_compiler.export.wording import Wording, variation
from playbook_compiler.graph import NEXT
from playbook_compiler.graph import Node as Step
from playbook_compiler.message_choice import LADDER, ONE, Reached
from playbook_compiler.model import Message
from playbook_compiler.steps import Send
from playbook_compiler.targets.dittofeed import nodes, terms, webhooks
from playbook_compiler.targets.dittofeed import segment_tests as tests
from playbook_compiler.targets.dittofeed.body import (
    LAG,
    Body,
    Made,
    cap_delay,
    counts_holds,
    is_own,
    reached_by,
)
from playbook_compiler.targets.dittofeed.conditions import lower_condition
from playbook_compiler.targets.dittofeed.state import Export
from playbook_compiler.targets.dittofeed.template import DIALECT


def lower_send(body: Body, step: Step) -> Made:
    """Return the nodes of a send and the first of them."""
    send, export, lowering = step.what, body.export, body.export.lowering
    assert isinstance(send, Send)
    span = send.origin.key_span("send")
    after = body.entry(step.id, NEXT)
    if not lowering.note("step.send", step.id, span):
        return [], after
    if send.origin.has("expect"):
        lowering.note("step.send.expect", step.id, send.origin.key_span("expect"))
    messages = [export.playbook.messages[name] for name in send.send.messages]
    offer = _offer(body, step, send)
    reached = send.reached or Reached()
    if send.send.order != ONE and not _several(body, step, send, messages, reached):
        messages = messages[:1]
    made: list[nodes.Node] = []
    entry = after
    for number in range(len(messages), 0, -1):
        message = messages[number - 1]
        id_ = step.step_id if number == 1 else f"{step.step_id}~{number}"
        child = after
        if number < len(messages):
            waited, child = _wait_until_reached(body, id_, message, offer, reached, after, entry)
            made = waited + made
        found, entry = _message(body, step, id_, message, offer, child, reached_by(send, number))
        made = found + made
    if send.at is not None:
        lowering.note("step.send.at", step.id, send.origin.key_span("at"))
        at = f"{step.step_id}~at"
        made = [nodes.until_time(at, entry, send.at.start, export.playbook.timezone), *made]
        entry = at
    return made, entry


def exits(body: Body, step: Step, action: str, child: str, since: int = 0, held: int = 0) -> Made:
    """Return the split in front of an action that ends the run where the flow says so.

    The run came to its step `since` seconds before, and was held there for `held` at most.
    """
    flow, run = body.flow, body.elapsed[step.id]
    parts: list[Tree] = []
    for event in flow.exit_on or ():
        elapsed = since + (run.entry + held if counts_holds(body, event) else run.sure_entry)
        if not elapsed:
            continue
        name, told = terms.event_of(event)
        properties = [(path, tests.equals(value)) for path, value in told.items()]
        # The event that started the run is one of them.
        times = 2 if is_own(body, event) else 1
        parts.append(tests.performed(name, times, elapsed, properties).yes)
    if flow.exit_when is not None:
        parts.append(lower_condition(flow.exit_when, body.scope).true.yes)
    return body.decide(f"{action}~exit", "exit", any_of(parts), body.exit, child)


def wait_until(
    body: Body, id_: str, formula: Formula, seconds: int, came: str, timed_out: str
) -> Made:
    """Return a wait for a segment: at once where a segment started the run, else a delay and a
    split (Dittofeed tells a run that an event started of no segment)."""
    if not body.by_event:
        segment = body.segment(id_, formula.yes)
        return [nodes.wait_for(id_, seconds, timed_out, segment, came)], id_
    asked = f"{id_}~happened"
    found, entry = body.decide(asked, "happened", formula.yes, came, timed_out)
    return [nodes.delay(id_, entry, seconds), *found], id_


def _several(body: Body, step: Step, send: Send, messages: list[Message], reached: Reached) -> bool:
    """Note a ladder or rotation, and return whether all its messages are sent."""
    lowering, span = body.export.lowering, send.origin.key_span("send")
    if send.send.order != LADDER:
        return lowering.note("step.send.rotation", step.id, span)
    deaf = [one for one in messages[:-1] if (one.channel, reached.sign) not in terms.REACHED]
    construct = "step.send.reached" if send.origin.has("reached") else "step.send.ladder"
    if deaf:
        how = f"Dittofeed does not hear whether `{deaf[0].channel}` was {reached.sign}"
        lossy = "only the first message is sent"
        lowering.note("step.send.ladder", step.id, span, how, Support.REFUSED, lossy)
    else:
        lowering.note("step.send.ladder", step.id, span)
    if construct == "step.send.reached":
        lowering.note(construct, step.id, send.origin.key_span("reached"))
    return not deaf


def _wait_until_reached(
    body: Body, id_: str, message: Message, offer: str, reached: Reached, came: str, else_: str
) -> Made:
    seconds = tests.seconds(reached.within)
    template = stable_uuid(terms.TARGET, "template", variation(message.id, offer))
    formula = either(
        *(
            tests.performed(
                one, within=seconds + LAG, properties=[("templateId", tests.equals(template))]
            )
            for one in terms.REACHED[message.channel, reached.sign]
        )
    )
    return wait_until(body, f"{id_}~reached", formula, seconds, came, else_)


def _message(
    body: Body, step: Step, id_: str, message: Message, offer: str, child: str, since: int
) -> Made:
    """Return a message with what stands before it: exit, holdout, room under the caps."""
    export, lowering = body.export, body.export.lowering
    send = step.what
    assert isinstance(send, Send)
    lowering.note(construct_of("channel", message.channel), step.id, send.origin.key_span("send"))
    if not message.body:
        lowering.note(
            "message.body",
            message.id,
            message.origin.key_span(),
            "it has no text",
            Support.REFUSED,
            "the template is empty until you write the text there",
        )
    wording = export.wording(message, offer)
    definition = _template(export, message, wording)
    template = export.template(variation(message.id, offer), definition)
    marketing = message.kind == "marketing"
    group = export.group(message.channel) if marketing else ""
    channel = definition["type"]
    made = [nodes.message(id_, variation(message.id, offer), channel, template, child, group)]
    entry = id_
    if marketing:
        found, entry = _room(body, id_, message.channel, child, entry)
        made = found + made
        if body.held_out_here:
            made.insert(0, holdout_split(body, f"{id_}~holdout", child, entry))
            entry = f"{id_}~holdout"
    held = tests.DAY if send.at is not None else 0
    found, entry = exits(body, step, id_, entry, since, held)
    return found + made, entry


def holdout_split(body: Body, id_: str, held_out: str, others: str) -> nodes.Node:
    """Return the split of the holdout. All flows ask one segment: Dittofeed draws by its name."""
    guardrails = body.export.guardrails
    assert guardrails is not None
    share = tests.number(guardrails.holdout.fraction)
    segment = body.export.segment(terms.HOLDOUT, tests.bucket(share))
    return nodes.split(id_, "holdout", segment, held_out, others)


def _room(body: Body, id_: str, channel: str, child: str, entry: str) -> Made:
    """Return the splits that ask whether there is room under the frequency caps."""
    export, guardrails = body.export, body.export.guardrails
    caps = [
        cap
        for cap in (guardrails.frequency if guardrails is not None else ())
        if cap.channel in ("", channel)
    ]
    if not caps:
        return [], entry
    full = export.segment(
        terms.CAP.format(channel=channel),
        any_of(
            tests.performed(
                terms.SENT, cap.at_most, tests.seconds(cap.per), _counted(cap.channel)
            ).yes
            for cap in caps
        ),
    )
    asked, waiting, again = f"{id_}~room", f"{id_}~capped", f"{id_}~capped-again"
    delay = cap_delay(export)
    if not delay:
        return [nodes.split(asked, "no room", full, child, entry)], asked
    return [
        nodes.split(asked, "no room", full, waiting, entry),
        nodes.delay(waiting, again, delay),
        nodes.split(again, "no room", full, child, entry),
    ], asked


def _counted(channel: str) -> list[tuple[str, Test]]:
    """Return what a message must be to count for a cap."""
    if channel in terms.CHANNELS:
        return [("channel", tests.equals(terms.CHANNELS[channel]))]
    if channel:
        return [("channel", tests.equals("Webhook"))]
    return [("channel", {"type": "NotEquals", "value": "Webhook"})]


def _template(export: Export, message: Message, wording: Wording) -> dict[str, Any]:
    """Return the template of a message in its channel."""
    sender = export.playbook.sender
    match message.channel:
        case "email":
            mailbox = (
                sender.email
                if sender is not None and sender.email
                else export.lowering.need("mailbox", "sender", "address that mails come from")
            )
            made: dict[str, Any] = {
                "type": "Email",
                "from": mailbox,
                "replyTo": mailbox,
                "subject": wording.subject,
                "body": with_preview(wording),
                "emailContentsType": "Code",
            }
            if sender is not None and sender.name:
                made["name"] = DIALECT.inert(sender.name)
            return made
        case "sms":
            return {"type": "Sms", "body": wording.text.strip()}
        case "push":
            title = {"title": wording.subject} if wording.subject else {}
            return {"type": "MobilePush", **title, "body": wording.text.strip()}
    name = terms.identifier(f"playbook_{message.channel}_url")
    export.lowering.need("secret", name, f"address that sends what goes by {message.channel}")
    data = {
        "message": message.id,
        "channel": message.channel,
        "subject": webhooks.Text(wording.subject),
        "text": webhooks.Text(wording.text.strip()),
        "userId": webhooks.Value("user.id"),
        "email": webhooks.Value("user.email"),
    }
    return webhooks.template(webhooks.Text(webhooks.secret(name)), data)


def with_preview(wording: Wording) -> str:
    """Return an e-mail's page; the preview line is a hidden text at its top."""
    if not wording.preview:
        return wording.html
    text = escape(wording.preview, quote=False)
    hidden = (
        f"{{% capture preview %}}{text}{{% endcapture %}}"
        '<div style="display:none">{{ preview | escape_once }}</div>'
    )
    return at_top(wording.html, hidden)


def _offer(body: Body, step: Step, send: Send) -> str:
    """Return the offer that a send carries in Dittofeed."""
    if not send.offer:
        return ""
    export, lowering = body.export, body.export.lowering
    offer = export.playbook.offers[send.offer]
    export.offers.add(offer.id)
    lowering.note("step.send.offer", step.id, send.origin.key_span("offer"))
    return offer.id
