"""Sends of several messages: a ladder of channels, and a rotation from run to run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from playbook_compiler.export.lowering import Lowering
from playbook_compiler.graph import Node
from playbook_compiler.message_choice import Reached
from playbook_compiler.model import Message
from playbook_compiler.steps import Send
from playbook_compiler.targets.klaviyo import actions, terms
from playbook_compiler.targets.klaviyo import profile_tests as tests
from playbook_compiler.targets.klaviyo.actions import Action
from playbook_compiler.targets.klaviyo.formula import either

# Makes the action that sends a message: the message, its temporary id, what follows it.
SendOne: TypeAlias = Callable[[Message, str, str | None], Action]
# The metrics by which Klaviyo tells that a message has reached its reader, by sign and channel. A
# text message cannot be opened and a push not be clicked: the nearest sign stands for it.
_SIGNS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "delivered": {channel: (metric,) for channel, metric in terms.RECEIVED.items()},
    "opened": {**terms.ENGAGED, "email": ("Opened Email",)},
    "clicked": {**terms.ENGAGED, "email": ("Clicked Email",)},
}


def ladder(
    lowering: Lowering,
    step: Send,
    sent: Sequence[Message],
    node: Node,
    next_: str | None,
    one: SendOne,
) -> list[Action]:
    """Return a message, the wait for its sign, and the next message where the sign did not come."""
    reached = step.reached or Reached()
    made: list[Action] = []
    ids = [node.step_id, *(f"{node.step_id}~{number}" for number in range(2, len(sent) + 1))]
    for number, (message, id_) in enumerate(zip(sent, ids, strict=True)):
        if number + 1 == len(sent):
            made.append(one(message, id_, next_))
            break
        pause, asked = f"{id_}~pause", f"{id_}~reached"
        frame = tests.relative(reached.within)
        signs = _SIGNS[reached.sign][message.channel]
        came = either(*(tests.happened(lowering, metric, frame) for metric in signs))
        hours = max(1, round(reached.within.nominal_days * 24))
        made += [
            one(message, id_, pause),
            actions.delay(pause, asked, "hours", hours),
            actions.conditional(asked, came.yes, next_, ids[number + 1]),
        ]
    return made


def rotation(
    step: Send, sent: Sequence[Message], node: Node, next_: str | None, one: SendOne
) -> list[Action]:
    """Return a split on whose turn it is, each message, and the change of the turn after it.

    The turn is kept in a profile property of the step; unset, the first message goes out.
    """
    place = tests.custom(turn(node))
    id_ = node.step_id
    branches = [
        actions.Branch(
            message.id,
            tests.compare(place, "numeric", "equals", number).yes,
            f"{id_}~{number + 1}",
        )
        for number, message in enumerate(sent)
        if number
    ]
    made: list[Action] = [actions.multi_branch(id_, id_, branches, f"{id_}~1")]
    for number, message in enumerate(sent):
        after = f"{id_}~{number + 1}~turn"
        made += [
            one(message, f"{id_}~{number + 1}", after),
            actions.update(after, next_, [_turn_to(node, (number + 1) % len(sent))]),
        ]
    return made


def turn(node: Node) -> str:
    """Return the profile property that holds whose turn it is at a rotation."""
    return f"playbook_turn: {node.id}"


def _turn_to(node: Node, number: int) -> dict[str, Any]:
    return actions.operation(turn(node), "numeric", number)
