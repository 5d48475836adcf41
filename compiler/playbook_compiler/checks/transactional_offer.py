"""A transactional message that carries an offer: an offer makes it marketing."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, Label, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.steps import Send

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find sends of transactional messages with an `offer`."""
    for node in graph.nodes.values():
        if not isinstance(node.what, Send) or not node.what.offer:
            continue
        for name in node.what.send.messages:
            message = graph.playbook.messages[name]
            if message.kind == "transactional":
                yield error(
                    RULE,
                    f"`{name}` is transactional and cannot carry the offer `{node.what.offer}`",
                    node.origin.span("offer"),
                    caption="an offer is marketing",
                    help="make the message `kind: marketing`, or send the offer in one of its own",
                    labels=(Label(message.origin.span("kind"), "declared transactional"),),
                )
