"""A message as it goes out: what is asked before it, in the order of the language, and the task.

Exit, the window of the day, holdout and consent, the offer, quiet hours, caps: as far as the
playbook has them. Each wait leads back to the question whether the run goes on at all.
"""

from __future__ import annotations

from playbook_compiler.encode import encode
from playbook_compiler.export.bundle import file_name
from playbook_compiler.export.constructs import construct_of
from playbook_compiler.export.dialect import inert_tags
from playbook_compiler.graph import Node
from playbook_compiler.message_choice import LADDER, ROTATION
from playbook_compiler.model import Message, Offer, WhenCapped
from playbook_compiler.steps import Send
from playbook_compiler.targets.bpmn.elements import (
    CATCH,
    EVENT_BASED,
    SEND,
    SERVICE,
    THROW,
    Arrow,
    Element,
    MessageEvent,
    Part,
    TimerEvent,
    Way,
    choice,
    joined,
    step_to,
)
from playbook_compiler.targets.bpmn.expressions import truth
from playbook_compiler.targets.bpmn.names import own, step_id
from playbook_compiler.targets.bpmn.state import Export
from playbook_compiler.targets.bpmn.timers import after, timer, until, within
from playbook_compiler.units import Duration, TimeWindow
from playbook_compiler.values import dataclass

# The events by which a ladder knows that a message has reached its reader.
SIGNS = {"opened": "message_opened", "clicked": "link_clicked"}
EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Exits:
    """When a run ends before an action: the expression, empty for never, and where it goes."""

    condition: str
    end: str

    def before(self, id_: str, target: str) -> Part:
        """Return the question whether the run ends here, or nothing where it never does."""
        if not self.condition:
            return Part(target)
        ways = [Way(self.end, self.condition, "exit"), Way(target)]
        return choice(f"{id_}_exit", "Does the run end?", ways, "exit_when of the flow")


def lower_send(export: Export, node: Node, exits: Exits, target: str) -> Part:
    """Return a send step: one message, a ladder of them, or a rotation."""
    step = node.what
    assert isinstance(step, Send)
    lowering, span = export.lowering, node.origin.key_span("send")
    lowering.note("step.send", node.id, span)
    id_ = step_id(node.step_id)
    order = step.send.order
    if order != "one":
        lowering.note(f"step.send.{order}", node.id, span)
    messages = [export.playbook.messages[name] for name in step.send.messages]
    for message in messages:
        lowering.note(construct_of("channel", message.channel), node.id, span)
    if order == LADDER:
        return _ladder(export, node, step, messages, exits, target)
    if order == ROTATION:
        return _rotation(export, node, step, messages, exits, target)
    return _one(export, node, step, messages[0], id_, exits, target, target)


def _ladder(
    export: Export, node: Node, step: Send, messages: list[Message], exits: Exits, target: str
) -> Part:
    """Return messages of which each follows where the one before it has not reached anybody."""
    id_ = step_id(node.step_id)
    rung = target
    parts: list[Part] = []
    sign = SIGNS.get(step.reached.sign, "") if step.reached is not None else ""
    for number in range(len(messages), 0, -1):
        here = id_ if number == 1 else f"{id_}_rung{number}"
        sent = target
        if sign and step.reached is not None and number < len(messages):
            waiting = wait_for(f"{here}_reached", sign, timer(step.reached.within), target, rung)
            parts.append(waiting)
            sent = waiting.entry
        made = _one(export, node, step, messages[number - 1], here, exits, sent, rung)
        parts.append(made)
        rung = made.entry
    return joined(rung, *reversed(parts))


def wait_for(id_: str, event: str, timeout: TimerEvent, happened: str, timed_out: str) -> Part:
    """Return the wait for an event of this run, with its time-out."""
    gateway = Element(id_, EVENT_BASED, f"{event}, or time is up")
    came = Element(f"{id_}_happened", CATCH, event, event=MessageEvent(event))
    late = Element(f"{id_}_timeout", CATCH, "time is up", event=timeout)
    arrows = (
        Arrow(id_, came.id),
        Arrow(id_, late.id),
        Arrow(came.id, happened),
        Arrow(late.id, timed_out),
    )
    return Part(id_, (gateway, came, late), arrows)


def _rotation(
    export: Export, node: Node, step: Send, messages: list[Message], exits: Exits, target: str
) -> Part:
    """Return messages of which each run takes the next one."""
    id_ = step_id(node.step_id)
    turn = own("turn_", node.id)
    about = "0 for the customer's first time here, then one more each time, and 0 again"
    export.read(turn, "integer", f"the turn of {node.id}", about)
    parts = [
        _one(export, node, step, message, f"{id_}_turn{number}", exits, target, target)
        for number, message in enumerate(messages)
    ]
    ways = [
        Way(part.entry, f"{turn} == {number}", messages[number].id)
        for number, part in enumerate(parts[:-1])
    ]
    ways.append(Way(parts[-1].entry, "", messages[-1].id))
    gateway = choice(f"{id_}_turn", "Whose turn is it?", ways)
    data = (("node", node.id), ("variable", turn), ("of", str(len(messages))))
    counted = Element(id_, SERVICE, "Take the next turn", about, data, operation="next-turn")
    return joined(id_, step_to(counted, gateway.entry), gateway, *parts)


def _one(
    export: Export,
    node: Node,
    step: Send,
    message: Message,
    id_: str,
    exits: Exits,
    sent: str,
    dropped: str,
) -> Part:
    """Return one message with all that is asked before it."""
    offer = export.playbook.offers[step.offer] if step.offer else None
    task = _task(export, node, step, message, id_)
    parts: list[Part] = [step_to(task, sent)]
    held = Element(
        f"{id_}_held", THROW, "held back", "the message does not go out; the run goes on"
    )
    again = f"{id_}_exit" if exits.condition else ""
    marketing = message.kind == "marketing"
    first = _blocked(export, message, offer)
    quiet = _quiet_end(export, message)
    capped = marketing and export.guardrails is not None and bool(export.guardrails.frequency)
    entry = task.id
    back = again or next(
        name
        for name, there in (
            (f"{id_}_may", bool(first)),
            (f"{id_}_quiet", bool(quiet)),
            (f"{id_}_cap", capped),
            (task.id, True),
        )
        if there
    )
    if capped:
        parts.append(_caps(export, message, id_, entry, held.id, back))
        entry = parts[-1].entry
    if quiet:
        parts.append(_quiet(export, id_, entry, back, quiet))
        entry = parts[-1].entry
    if first:
        ways = [Way(held.id, " or ".join(first), "no"), Way(entry, "", "yes")]
        parts.append(choice(f"{id_}_may", "May it go out?", ways))
        entry = parts[-1].entry
    if first or capped:
        parts.append(step_to(held, dropped))
    parts.append(exits.before(id_, entry))
    entry = parts[-1].entry
    if step.at is not None:
        span = node.origin.key_span("at")
        export.lowering.note("step.send.at", node.id, span)
        export.given("local_time")
        wait = Element(f"{id_}_window-opens", CATCH, str(step.at), event=until(step.at.start))
        ways = [Way(wait.id, f"not {within(step.at)}", "not yet"), Way(entry, "", "yes")]
        parts += [
            step_to(wait, entry),
            choice(f"{id_}_window", f"Is it {step.at}?", ways),
        ]
        entry = parts[-1].entry
        if exits.condition:
            ways = [Way(exits.end, exits.condition, "exit"), Way(entry)]
            parts.append(choice(f"{id_}_exit-first", "Does the run end?", ways))
            entry = parts[-1].entry
    return joined(entry, *reversed(parts))


def _task(export: Export, node: Node, step: Send, message: Message, id_: str) -> Element:
    """Return the task that sends; the message that it throws names channel, text and offer."""
    name = export.variation(message, step.offer)
    data = [
        ("node", node.id),
        ("channel", message.channel),
        ("kind", message.kind),
        ("message", message.id),
        ("texts", f"messages/{file_name(name)}.json"),
    ]
    about = f"{message.kind} message {message.id} by {message.channel}"
    if step.offer:
        export.offers.add(step.offer)
        export.lowering.note("step.send.offer", node.id, node.origin.key_span("offer"))
        data.append(("offer", step.offer))
        about += f" with the offer {step.offer}: {terms(export.playbook.offers[step.offer])}"
    return Element(
        id_,
        SEND,
        f"Send {name} ({message.channel})",
        about,
        tuple(data),
        message=f"send:{message.channel}:{name}",
    )


def terms(offer: Offer) -> str:
    """Return what an offer gives and when, in the words of the playbook."""
    written = encode(offer, without=frozenset({"cost"}))
    assert isinstance(written, dict)
    said = {name: str(value).lower() for name, value in written.items() if value is not False}
    return inert_tags(", ".join(f"{name} {value}" for name, value in said.items()))


def _blocked(export: Export, message: Message, offer: Offer | None) -> list[str]:
    """Return the expressions of which each keeps a message back for good."""
    found = []
    if message.kind == "marketing":
        if export.holds_out:
            found.append(f"{export.given('held_out')} is True")
        consent = own("may_send_", message.channel)
        rule = "none"
        if export.guardrails is not None:
            rule = export.guardrails.consent.get(message.channel, "by the channel's default")
        about = f"by the consent that the channel needs: {rule}"
        export.read(consent, "boolean", f"consent has {message.channel}", about)
        found.append(f"{consent} is not True")
        found.append(f"{export.given('suppressed')} is True")
    if export.playbook.marketplaces:
        found.append(f"{export.given('marketplace_allows')} is not True")
    if offer is not None:
        found += offer_refused(export, offer)
    if _quiet_end(export, message) and _holds_unknown_zone(export, message):
        found.append(f"{export.given('zone_known')} is not True")
    return found


def offer_refused(export: Export, offer: Offer) -> list[str]:
    """Return the expressions of which each keeps an offer from a customer."""
    found = []
    if offer.once_per_customer:
        live, issued = own("holds_", offer.id), own("issued_", offer.id)
        export.read(live, "boolean", f"holds({offer.id})", "has a live code of the offer")
        export.read(issued, "boolean", f"was ever given {offer.id}", "has ever had a code of it")
        found.append(f"({issued} is True and {live} is not True)")
    if offer.audience:
        found.append(truth(export, export.playbook.audiences[offer.audience].where).yes)
        found[-1] = f"not ({found[-1]})"
    return found


def _holds_unknown_zone(export: Export, message: Message) -> bool:
    """Return whether a message to a customer of unknown zone is held: by default not e-mail."""
    quiet = export.guardrails.quiet_hours if export.guardrails is not None else None
    if quiet is not None and quiet.unknown:
        return quiet.unknown == "hold"
    return message.channel != EMAIL


def _quiet_end(export: Export, message: Message) -> str:
    """Return when the quiet hours that bind a message end, empty where none do."""
    quiet = export.guardrails.quiet_hours if export.guardrails is not None else None
    if quiet is None or (message.kind == "transactional" and message.channel == EMAIL):
        return ""
    return str(quiet.end)


def _quiet(export: Export, id_: str, entry: str, back: str, end: str) -> Part:
    """Return the wait for the end of the quiet hours, after which all is asked again."""
    quiet = export.guardrails.quiet_hours if export.guardrails is not None else None
    assert quiet is not None
    export.given("local_time")
    wait = Element(f"{id_}_quiet-ends", CATCH, f"until {end}", event=until(end))
    ways = [Way(wait.id, within(TimeWindow(quiet.start, quiet.end)), "yes"), Way(entry, "", "no")]
    return joined(f"{id_}_quiet", choice(f"{id_}_quiet", "Quiet hours?", ways), step_to(wait, back))


def _caps(export: Export, message: Message, id_: str, entry: str, held: str, back: str) -> Part:
    """Return the wait for room under the frequency caps, or the end of the message."""
    room = f"room_at({message.channel!r})"
    rule = export.guardrails.when_capped if export.guardrails is not None else "skip"
    delay = rule.delay if isinstance(rule, WhenCapped) else Duration()
    if delay.is_zero:
        ways = [Way(held, f"{room} is not None", "full"), Way(entry, "", "room")]
        return choice(f"{id_}_cap", "Room under the caps?", ways)
    wait = Element(f"{id_}_room", CATCH, "room again", event=TimerEvent("timeDate", room))
    ways = [
        Way(wait.id, f"{room} is not None and {room} <= {after(delay)}", "soon"),
        Way(held, f"{room} is not None and {room} > {after(delay)}", "too late"),
        Way(entry, "", "room"),
    ]
    gateway = choice(f"{id_}_cap", "Room under the caps?", ways)
    return joined(gateway.entry, gateway, step_to(wait, back))
