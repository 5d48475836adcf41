"""What a step does, in words, and what its ways out are called."""

from __future__ import annotations

from collections.abc import Sequence

from playbook_compiler.message_choice import LADDER, ONE
from playbook_compiler.model import Playbook
from playbook_compiler.spoken.conditions import condition_words
from playbook_compiler.spoken.lengths import length
from playbook_compiler.spoken.values import moment, said
from playbook_compiler.steps import (
    Branch,
    Call,
    Exit,
    Experiment,
    Grant,
    If,
    Membership,
    Send,
    Split,
    Start,
    Step,
    Task,
    UntilEvent,
    UntilTime,
    Update,
    Wait,
    children,
)
from playbook_compiler.units import Duration


def step_words(step: Step, playbook: Playbook) -> str:
    """Return what one step does, without the steps on its ways."""
    currency = playbook.currency
    match step:
        case Send():
            return _send(step, playbook)
        case Grant(grant=gift):
            if gift.offer:
                return f'Give the offer "{gift.offer}", without a message'
            what = f"{gift.points} points" if gift.points is not None else ""
            return f"Give {what or said(gift.credit, currency) + ' of store credit'}"
        case Wait(wait=UntilEvent(until=event, at_most=at_most), since=since):
            start = " (it counts since entry into the flow)" if since == "entry" else ""
            return f'Wait until the event "{event}" happens{start}, at most {length(at_most)}'
        case Wait(wait=UntilTime(until=until)):
            return f"Wait until it is {moment(until)} in the customer's time zone"
        case Wait(wait=Duration() as duration):
            return f"Wait {length(duration)}"
        case If(condition=condition):
            return f"Ask whether {condition_words(condition, currency)}"
        case Branch():
            return "Go the first of these ways whose condition holds"
        case Split(split=name, experiment=experiment):
            return (
                f'Divide customers by chance (split "{name}"); a customer always falls into the '
                f"same arm{_experiment(experiment)}"
            )
        case Update(update=change):
            return {
                "tag": f'Add the tag "{change.name}" to the customer',
                "untag": f'Remove the tag "{change.name}" from the customer',
                "suppress": f'Unsubscribe the customer from "{change.name}"',
            }.get(change.deed, f'Set the customer\'s "{change.name}" to "{change.told}"')
        case Membership():
            return _membership(step)
        case Task(task=task, owner=owner, due=due, cost=cost):
            who = owner or "the team"
            when = f", within {length(due)}" if due is not None else ""
            price = f" (it costs {said(cost, currency)} each time)" if cost is not None else ""
            return f"Task for {who}{when}: {task}{price}"
        case Call(call=webhook):
            fields = f", with {', '.join(webhook.fields)}" if webhook.fields else ""
            return f"Call {webhook.url} ({webhook.method}) with the customer's id{fields}"
        case Start(start=flow):
            return f'Start the flow "{flow}" for the same customer'
        case Exit(exit=why):
            return "End here" + (f": {why}" if why else "")
        case _:
            raise AssertionError(step.kind)


def way_words(step: Step, way: str, playbook: Playbook) -> str:
    """Return what a way out of a step is called; `way` as `steps.children` names it."""
    match step, way:
        case Wait(), "happened":
            return "If it happens in time"
        case Wait(), _:
            return "If it does not"
        case If(), "then":
            return "If yes"
        case If(), _:
            return "If no, or if that is not known"
        case Branch(branch=cases), _:
            if way == "else":
                return "If none of them holds"
            condition = cases[int(way.removeprefix("case-")) - 1].condition
            return f"If {condition_words(condition, playbook.currency)}"
        case Split(variants=variants), _:
            return f'Arm "{way}", {variants[way].share} of the customers'
        case _:
            return way


def messages_sent(steps: Sequence[Step]) -> list[tuple[str, str]]:
    """Return (message, offer) of every send among steps and those in them, "" for no offer."""
    found: list[tuple[str, str]] = []
    for step in steps:
        if isinstance(step, Send):
            found += [(message, step.offer) for message in step.send.messages]
        for _, inner in children(step):
            found += messages_sent(inner)
    return list(dict.fromkeys(found))


def channel_words(step: Send, playbook: Playbook) -> str:
    """Return the messages that a send may send, each with its channel."""
    joint = {LADDER: ", else ", ONE: ""}.get(step.send.order, ", then ")
    return joint.join(
        f'"{name}" ({playbook.messages[name].channel})' for name in step.send.messages
    )


def _send(step: Send, playbook: Playbook) -> str:
    what = channel_words(step, playbook)
    if step.send.order == ONE:
        said_ = f"Send {what}"
    elif step.send.order == LADDER:
        said_ = f"Send the first that reaches the customer: {what}"
        if step.reached is not None:
            said_ += f"; reached is who has it {step.reached.sign} within "
            said_ += f"{length(step.reached.within)}, a message that may not be sent reaches nobody"
    else:
        said_ = f"Send one of these in turn, the next one at each run of the customer: {what}"
    if step.offer:
        said_ += f', with the offer "{step.offer}"'
    if step.at is not None:
        said_ += f", only from {step.at.start} to {step.at.end} of the customer's day"
    return said_


def _experiment(experiment: Experiment | None) -> str:
    if experiment is None:
        return ""
    found = f". Experiment: {experiment.hypothesis}; decided by {experiment.metric}"
    if experiment.smallest_effect is not None:
        found += f"; the smallest difference that matters is {experiment.smallest_effect}"
    return found


def _membership(step: Membership) -> str:
    outside = step.audience
    if outside.remove:
        return f'Take the customer out of the outside list "{outside.remove}"'
    found = f'Put the customer into the outside list "{outside.add}"'
    if outside.at_most is not None:
        found += f", out again after {length(outside.at_most)}"
    if outside.leave_on:
        found += f", out again at: {', '.join(outside.leave_on)}"
    return found
