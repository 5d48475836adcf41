"""A message that says a variable which does not exist: its place would stay empty."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._flows import sends
from playbook_compiler.checks._texts import texts
from playbook_compiler.diagnostics import Diagnostic, error, nearest, shown
from playbook_compiler.event_catalogue import trigger_source
from playbook_compiler.family import name_of
from playbook_compiler.fixes import is_clear
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.template import variables
from playbook_compiler.triggers import EventTrigger

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find variables that neither the catalogue nor a flow's trigger gives a message."""
    catalogue = graph.playbook.catalogue
    triggers: dict[str, set[str]] = {}
    for sent in sends(graph):
        trigger = sent.flow.trigger
        event = trigger.event if isinstance(trigger, EventTrigger) else ""
        source = trigger_source(trigger.kind, event)
        if source is not None:
            triggers.setdefault(sent.message.id, set()).add(source)
    everywhere = catalogue.message_variables()
    for message in graph.playbook.messages.values():
        given = [catalogue.trigger_facts(event) for event in sorted(triggers.get(message.id, ()))]
        known = {*everywhere, *(name for facts in given for name in facts)}
        for text in texts(message):
            for name, start, end in variables(text.template or ()):
                if name not in known:
                    at = text.text.index(name, start, end)
                    close = nearest(name, known)
                    yield error(
                        RULE,
                        f"unknown variable `{shown(name)}` in the {text.key} of `{message.id}`",
                        text.span(at, at + len(name)),
                        caption="no such variable",
                        help=(
                            f"did you mean `{close}`?"
                            if close
                            else "messages know customer.*, order.*, product.*, cart.*, offer.*,"
                            " sender.* and what the flow's trigger brings, trigger.*"
                        ),
                        fix=text.fix(
                            at,
                            at + len(name),
                            close,
                            safe=close is not None and is_clear(name, close, known),
                        ),
                    )
