"""A message that is sent and has no text: the projection counts it, and nobody can send it."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._flows import is_marketing, sends
from playbook_compiler.diagnostics import Diagnostic, hint, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find messages without `body`."""
    seen: set[str] = set()
    for sent in sends(graph):
        if not sent.message.body and sent.message.id not in seen:
            seen.add(sent.message.id)
            name = sent.message.id.rpartition("/")[2]
            yield (warning if is_marketing(sent) else hint)(
                RULE,
                f"the message `{sent.message.id}` has no text yet",
                sent.message.origin.key_span(),
                caption="add a body",
                help=f"write `body: ...`, or `body: messages/{name}.md` for a text in that file",
            )
