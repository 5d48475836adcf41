"""The same message twice in one ladder or rotation."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, shown, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.message_choice import LADDER
from playbook_compiler.steps import Send

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find ladders and rotations that name a message more than once."""
    for node in graph.nodes.values():
        if not isinstance(node.what, Send):
            continue
        names = node.what.send.messages
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            ladder = node.what.send.order == LADDER
            yield warning(
                RULE,
                f"`{shown(twice[0])}` stands here more than once",
                node.origin.span("send"),
                caption="sent again to those whom it did not reach"
                if ladder
                else "its turn comes more often",
                help="name each message once; a ladder goes on to another message or channel"
                if ladder
                else "name each message once",
            )
