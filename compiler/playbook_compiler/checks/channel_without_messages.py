"""A message by `ads`: an advertising audience is a list, and nobody in it can be written to."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._flows import sends
from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)
ADS = "ads"


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find messages whose channel is an advertising audience; a community can be posted in."""
    seen: set[str] = set()
    for sent in sends(graph):
        message = sent.message
        if message.channel == ADS and message.id not in seen:
            seen.add(message.id)
            yield error(
                RULE,
                f"`{message.id}` cannot be sent: ads show to an audience, and carry no messages to"
                " a customer",
                message.origin.span("channel"),
                caption="not a channel for messages",
                help="put the customer into the advertising audience instead:"
                " `audience: {add: ads-lapsed, at_most: 30d}`",
            )
