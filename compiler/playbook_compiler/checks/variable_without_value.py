"""A message that says something its flow cannot fill in: a gap in the text of every mail."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.brought import lacks
from playbook_compiler.checks._flows import Sent, sends
from playbook_compiler.checks._texts import AuthoredText, texts, unguarded
from playbook_compiler.diagnostics import Diagnostic, Label, nearest, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.template import Variable

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find `offer.*` in sends without an offer, `cart.*`, `order.*`, `product.*`, `trigger.*` where
    the trigger brings none, and `sender.url` where there is none. A variable with a default, or
    within an `if` on it, is fine."""
    seen: set[tuple[str, str, int]] = set()
    open_: dict[str, list[tuple[AuthoredText, Variable]]] = {}
    for sent in sends(graph):
        if sent.message.id not in open_:
            open_[sent.message.id] = [
                (text, variable)
                for text in texts(sent.message)
                for variable in unguarded(text.template or ())
            ]
        for text, variable in open_[sent.message.id]:
            reason = _why_empty(sent, variable.name, graph)
            key = (sent.message.id, text.key, variable.start)
            if not reason or key in seen:
                continue
            seen.add(key)
            yield warning(
                RULE,
                f"`{variable.name}` has no value when `{sent.flow.id}` sends"
                f" `{sent.message.id}`: {reason}",
                text.span(variable.start, variable.end),
                caption="would be empty",
                help=_offered(sent, variable.name, graph)
                or (
                    f'give it a default (`{{{{ {variable.name} | default: "..." }}}}`), put it'
                    f" within `{{% if {variable.name} %}}`, or send another message"
                ),
                labels=(Label(sent.node.origin.span("send"), "sent here"),),
            )


def _offered(sent: Sent, name: str, graph: TriggerGraph) -> str:
    """Return the help line for a send that lacks an offer, empty where the shop has none."""
    offers = sorted(graph.playbook.offers)
    if name.partition(".")[0] != "offer" or not offers:
        return ""
    guess = sent.message.id if sent.message.id in offers else nearest(sent.message.id, offers)
    return (
        f"add `offer: {guess or offers[0]}` to the step, or put the text within `{{% if {name} %}}`"
    )


def _why_empty(sent: Sent, name: str, graph: TriggerGraph) -> str:
    """Return why a variable has no value in a send; empty where it can have one."""
    family, sender = name.partition(".")[0], graph.playbook.sender
    if name == "sender.url" and (sender is None or not sender.url):
        return "`sender` has no `url`"
    if family == "offer":
        return "" if sent.step.offer else "it carries no offer"
    return lacks(sent.flow.trigger, name, graph.playbook.catalogue)
