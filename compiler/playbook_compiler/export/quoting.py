"""What a message can quote of what its flows start with: the order, the product, the points.

Whether a trigger brings a value is the language's to say (brought.py); whether it reaches the
engine with it is the target's: a segment that starts a flow has no order to quote.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from playbook_compiler.brought import FAMILIES, lacks
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Flow, Message
from playbook_compiler.steps import Send
from playbook_compiler.template import parse_template, variables
from playbook_compiler.triggers import EventTrigger, Trigger

# Returns why a variable cannot be quoted, as a sentence without its stop; empty where it can.
Unquoted: TypeAlias = Callable[[str], str]
_PREFIXES = tuple(f"{family}." for family in (*FAMILIES, "trigger"))


def is_quoted(name: str) -> bool:
    """Return whether a variable is one that a trigger brings: of an order, a cart, a field."""
    return name.startswith(_PREFIXES)


def carries_all(_trigger: Trigger) -> bool:
    """Say that the engine can quote what any trigger is about."""
    return True


def everything(_name: str) -> str:
    """Say that every variable can be quoted: for a reader who sees whether there is a value."""
    return ""


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

    def why(name: str) -> str:
        if not is_quoted(name):
            return ""
        for flow in flows:
            if isinstance(flow.trigger, EventTrigger):
                continue
            reason = lacks(flow.trigger, name, catalogue)
            if reason:
                return f"the flow `{flow.id}` sends this message, and {reason}"
            if not carries(flow.trigger):
                return (
                    f"the flow `{flow.id}` sends this message, and does not start with an event"
                    " that could be quoted"
                )
        return ""

    return why


def quoted(messages: tuple[Message, ...]) -> tuple[str, ...]:
    """Return the variables that a trigger brings and that messages say, sorted."""
    found = set()
    for message in messages:
        for text in (message.subject, message.preview, message.body):
            template, _ = parse_template(text)
            found |= {name for name, _, _ in variables(template or ()) if is_quoted(name)}
    return tuple(sorted(found))
