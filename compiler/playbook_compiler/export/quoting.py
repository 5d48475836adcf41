"""What a message can quote of what its flows start with: the order, the product, the points.

Whether a trigger brings a value is the language's to say (brought.py); whether it reaches the
engine with it is the target's: a segment that starts a flow has no order to quote.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from playbook_compiler.brought import FAMILIES, lacks
from playbook_compiler.facts import Catalogue
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Flow, Message
from playbook_compiler.steps import Send
from playbook_compiler.template import parse_template, variables
from playbook_compiler.triggers import EventTrigger, Trigger
from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class Gap:
    """Why a variable has no value in a flow that sends the message; a sentence without its stop.

    `engine`: there is a value, and the engine has no way to quote it: a default would be a loss.
    Else there is none by the language, and a default, or the other text of an `if`, says all that
    there is to say. `everywhere`: so it is in every flow that sends the message.
    """

    why: str
    engine: bool
    everywhere: bool


# Returns why a variable cannot be quoted, None where it can.
Unquoted: TypeAlias = Callable[[str], Gap | None]
_PREFIXES = tuple(f"{family}." for family in (*FAMILIES, "trigger"))


def is_quoted(name: str) -> bool:
    """Return whether a variable is one that a trigger brings: of an order, a cart, a field."""
    return name.startswith(_PREFIXES)


def carries_all(_trigger: Trigger) -> bool:
    """Say that the engine can quote what any trigger is about."""
    return True


def everything(_name: str) -> None:
    """Say that every variable can be quoted: for a reader who sees whether there is a value."""


def senders(graph: TriggerGraph, message: str) -> tuple[Flow, ...]:
    """Return the flows that send a message, in the order of their ids."""
    names = {
        node.flow
        for node in graph.nodes.values()
        if isinstance(node.what, Send) and message in node.what.send.messages
    }
    return tuple(graph.playbook.flows[name] for name in sorted(names))


def unquoted(
    graph: TriggerGraph, message: str, carries: Callable[[Trigger], bool] = carries_all
) -> Unquoted:
    """Return what tells why a message cannot quote a variable.

    `carries` is the dialect's, where it has one of its own. An event can always be quoted: where it
    brings no such value, the author's default stands there, and `check` says so.
    """
    flows = senders(graph, message)
    catalogue = graph.playbook.catalogue

    def gap(name: str) -> Gap | None:
        if not is_quoted(name):
            return None
        reasons = {
            flow.id: lacks(flow.trigger, name, catalogue)
            for flow in flows
            if not isinstance(flow.trigger, EventTrigger)
        }
        for flow in flows:
            if reasons.get(flow.id) == "" and not carries(flow.trigger):
                why = "does not start with an event that could be quoted"
                return Gap(_of(flow.id, why), engine=True, everywhere=False)
        lacking = {flow: reason for flow, reason in reasons.items() if reason}
        if not lacking:
            return None
        first, reason = next(iter(lacking.items()))
        return Gap(_of(first, reason), engine=False, everywhere=len(lacking) == len(flows))

    return gap


def _of(flow: str, why: str) -> str:
    return f"the flow `{flow}` sends this message, and {why}"


def brings(flow: Flow, name: str, catalogue: Catalogue) -> bool:
    """Return whether the messages of a flow may quote a variable: an event's always."""
    return isinstance(flow.trigger, EventTrigger) or not lacks(flow.trigger, name, catalogue)


def quoted(messages: tuple[Message, ...]) -> tuple[str, ...]:
    """Return the variables that a trigger brings and that messages say, sorted."""
    found = set()
    for message in messages:
        for text in (message.subject, message.preview, message.body):
            template, _ = parse_template(text)
            found |= {name for name, _, _ in variables(template or ()) if is_quoted(name)}
    return tuple(sorted(found))
