"""Messages that ring or buzz, without quiet hours: some will wake people at night."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._flows import sends
from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)
LOUD = ("sms", "push", "phone", "chat")


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find the first message of each loud channel in a playbook without `quiet_hours`."""
    guardrails = graph.playbook.guardrails
    if guardrails is not None and guardrails.quiet_hours is not None:
        return
    seen: set[str] = set()
    for sent in sends(graph):
        message = sent.message
        if message.channel in LOUD and message.channel not in seen:
            seen.add(message.channel)
            yield warning(
                RULE,
                f"`{message.id}` goes out by {message.channel} at any hour of the night",
                message.origin.span("channel"),
                caption="no quiet hours are set",
                help="add `guardrails: {quiet_hours: {from: 21:00, to: 08:00}}`",
            )
