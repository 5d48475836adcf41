"""The step `send`: an e-mail, a text or push message, or a call of your service for the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from playbook_compiler.export.capability import Support
from playbook_compiler.export.constructs import construct_of
from playbook_compiler.export.wording import variation
from playbook_compiler.graph import Node
from playbook_compiler.model import Flow, Message, Playbook
from playbook_compiler.steps import Call, Grant, Membership, Send, Start, Task, Update
from playbook_compiler.targets.mautic import actions, terms
from playbook_compiler.targets.mautic.asking import decide
from playbook_compiler.targets.mautic.facts import has_tag, on_do_not_contact
from playbook_compiler.targets.mautic.schedule import Schedule, Window, at, hours_of, window
from playbook_compiler.targets.mautic.state import Export
from playbook_compiler.targets.mautic.tree import (
    ACTION,
    DECISION,
    NO,
    TAGS,
    YES,
    Ends,
    Tree,
    What,
    below,
    waiting,
)
from playbook_compiler.units import Duration, TimeWindow
from playbook_compiler.values import dataclass, replace

_REACHED = {"opened": "email.open", "clicked": "email.click"}
ROTATION = "rotation"
# The ends of those whom nothing ends before an action, by the id of the action.
Staying: TypeAlias = Callable[[str, Ends], Ends]


@dataclass(frozen=True, slots=True)
class Sending:
    """What holds for all actions of a flow: who is held out where, and the quiet hours."""

    flow: str
    held_out_at_entry: bool
    held_out_here: bool
    quiet: TimeWindow | None

    @staticmethod
    def of(export: Export, flow: Flow, nodes: Sequence[Node]) -> Sending:
        """Return what holds for a flow's actions. The holdout closes a flow of which it gets
        nothing; of another flow, each action that it does not get."""
        guardrails = export.guardrails
        held = guardrails is not None and guardrails.holdout.fraction > 0
        kinds = {kind for node in nodes for kind in _held_back(export.playbook, node)}
        quiet = None
        if guardrails is not None and guardrails.quiet_hours is not None:
            quiet = TimeWindow(guardrails.quiet_hours.start, guardrails.quiet_hours.end)
        return Sending(flow.id, held and kinds == {True}, held and len(kinds) == 2, quiet)

    def quiet_for(self, message: Message) -> TimeWindow | None:
        """Return the quiet hours of a message; transactional e-mails have none."""
        is_free = message.kind != "marketing" and message.channel == "email"
        return None if is_free else self.quiet


def _held_back(playbook: Playbook, node: Node) -> set[bool]:
    """Return whether the holdout is kept from what a step does, for each thing that it does."""
    match node.what:
        case Send(send=choice):
            return {playbook.messages[name].kind == "marketing" for name in choice.messages}
        case Grant() | Task() | Membership() | Call():
            return {True}
        case Update() | Start():
            return {False}
        case _:
            return set()


def lower_send(
    export: Export, tree: Tree, sending: Sending, node: Node, ends: Ends, staying: Staying
) -> Ends:
    """Return the ends after a send, before each message of which the run may end."""
    step, lowering = node.what, export.lowering
    assert isinstance(step, Send)
    lowering.note("step.send", node.id, step.origin.key_span("send"))
    if step.send.order == ROTATION:
        return _in_turn(export, tree, sending, node, staying(node.step_id, ends))
    names = step.send.messages
    done: Ends = ()
    for number, name in enumerate(names):
        message = export.playbook.messages[name]
        id_ = node.step_id if number == 0 else f"{node.step_id}~{name}"
        last = number == len(names) - 1
        ends = staying(id_, ends)
        if not last:
            lowering.note("step.send.ladder", node.id, step.origin.key_span("send"))
            skipped, ends = _contactable(export, tree, sending, message, ends, id_)
        sent, passed = _sent(export, tree, sending, node, message, ends, id_)
        if last:
            return done + sent + passed
        reached, ends = _reached(tree, step, message, sent, id_)
        done += reached
        ends = skipped + passed + ends
        if not ends:
            break
    return done


def _in_turn(export: Export, tree: Tree, sending: Sending, node: Node, ends: Ends) -> Ends:
    """Return the ends after the message whose turn it is, which a tag remembers."""
    step = node.what
    assert isinstance(step, Send)
    export.lowering.note("step.send.rotation", node.id, step.origin.key_span("send"))
    names = step.send.messages
    turns = [terms.tag(f"playbook: {node.id} turn {number}") for number in range(len(names))]
    done: Ends = ()
    for number in (*range(1, len(names)), 0):
        mine = ends
        id_ = f"{node.step_id}~{names[number]}" if number else node.step_id
        if number:
            question = has_tag(turns[number], wanted=True)
            text = f"turn {number + 1} of {len(names)}"
            mine, ends = decide(export, tree, sending.flow, ends, question, f"{id_}~turn", text)
        message = export.playbook.messages[names[number]]
        sent, passed = _sent(export, tree, sending, node, message, mine, id_)
        following = (number + 1) % len(names)
        turn = {
            "add_tags": [turns[following]] if following else [],
            "remove_tags": [turns[number]] if number else [],
        }
        what = What(f"{id_}~next", f"next time: turn {following + 1}", TAGS, ACTION, turn)
        done += below(tree.add(sent, what)) + passed
    return done


def _contactable(
    export: Export, tree: Tree, sending: Sending, message: Message, ends: Ends, id_: str
) -> tuple[Ends, Ends]:
    """Return the ends of those who must not be written to in the channel, and of the others."""
    if message.channel not in terms.CHANNELS:
        return (), ends
    question = on_do_not_contact(message.channel, wanted=True)
    text = f"no {message.channel} allowed"
    return decide(export, tree, sending.flow, ends, question, f"{id_}~allowed", text)


def _reached(tree: Tree, step: Send, message: Message, sent: Ends, id_: str) -> tuple[Ends, Ends]:
    """Return the ends of those whom a rung of a ladder reached, and of the others."""
    reached = step.reached
    word = reached.sign if reached is not None else "delivered"
    decision = _REACHED.get(word)
    if decision is None or message.channel != "email" or len(sent) != 1 or not sent[0].sent:
        return sent, ()
    within = reached.within if reached is not None else Duration(days=1)
    made = tree.add(sent, What(f"{id_}~reached", f"{word} within {within}", decision, DECISION, {}))
    late = waiting(below(made, NO), Schedule(within))
    return below(made, YES), tuple(replace(end, late=True) for end in late)


def _sent(
    export: Export,
    tree: Tree,
    sending: Sending,
    node: Node,
    message: Message,
    ends: Ends,
    id_: str,
) -> tuple[Ends, Ends]:
    """Return the ends after one message, and those that go past it: the holdout's."""
    lowering, step = export.lowering, node.what
    assert isinstance(step, Send)
    channel = construct_of("channel", message.channel)
    lowering.note(channel, node.id, step.origin.key_span("send"))
    if not message.body:
        lowering.note(
            "message.body",
            message.id,
            message.origin.key_span(),
            "it has no text",
            Support.REFUSED,
            "the message is empty until you write the text in Mautic",
        )
    passed: Ends = ()
    marketing = message.kind == "marketing"
    if sending.held_out_here and marketing:
        formula = actions.not_held_out(export)
        ends, passed = decide(
            export, tree, sending.flow, ends, formula, f"{id_}~holdout", "not held out"
        )
    offer = step.offer
    if offer:
        export.offers.add(offer)
    export.wording(message, offer)
    quiet = sending.quiet_for(message)
    hours = None if quiet is None else window(quiet.end, quiet.start)
    if step.at is not None:
        hours = _hours(export, node, step.at, quiet)
    what = _what(export, message, offer, id_)
    return below(tree.add(ends, replace(what, window=hours))), passed


def _hours(export: Export, node: Node, hours: TimeWindow, quiet: TimeWindow | None) -> Window:
    """Return the hours of `at` that are not quiet, the minute after the quiet ones if none is."""
    lowering, span = export.lowering, node.origin.key_span("at")
    how = lowering.capabilities["step.send.at"].how
    wanted = window(hours.start, hours.end)
    if quiet is None:
        lowering.note("step.send.at", node.id, span)
        return wanted
    found = hours_of(hours, quiet)
    if found is None:
        how = f"{how}; all of them are quiet: {quiet.end}, the end of the quiet hours"
        lowering.note("step.send.at", node.id, span, how)
        return at(quiet.end)
    if found != wanted:
        how = f"{how}; the part of them that lies outside the quiet hours: {found.start} to "
        how += f"{found.stop}"
    lowering.note("step.send.at", node.id, span, how)
    return found


def _what(export: Export, message: Message, offer: str, id_: str) -> What:
    """Return the event that sends a message."""
    name = variation(message.id, offer)
    properties: dict[str, Any]
    match message.channel:
        case "email":
            # Mautic's own "marketing" would mean: this e-mail once in a contact's life.
            properties = {
                "email": None,
                "email_type": "transactional",
                "priority": 2,
                "attempts": 3,
            }
            return What(
                id_,
                f"e-mail {name}",
                "email.send",
                ACTION,
                properties,
                channel="email",
                email=name,
            )
        case "sms" | "push" as kind:
            channel = terms.CHANNELS[kind]
            export.lowering.need(
                f"{kind} message",
                name,
                f"make it in Mautic with the text of messages/{name}.txt and choose it in the "
                "campaign",
            )
            return What(
                id_,
                f"{kind} {name}",
                terms.SENDS[kind],
                ACTION,
                {channel: None},
                channel=channel,
            )
        case other:
            url = export.lowering.need(
                "webhook", other, f"https address of what sends {other} messages for you"
            )
            fields = {"message": name, "channel": other}
            return actions.webhook(id_, f"{other} {name}", url, "POST", fields)
