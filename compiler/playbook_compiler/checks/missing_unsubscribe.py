"""A marketing e-mail without a link to unsubscribe, which law demands in every one."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.template import parse_template, variables

RULE = name_of(__name__)
LINK = "unsubscribe_url"


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find marketing e-mails whose text never says `{{ unsubscribe_url }}`."""
    for message in graph.playbook.messages.values():
        if message.channel != "email" or message.kind != "marketing" or not message.body:
            continue
        template, _ = parse_template(message.body)
        if template is None or any(name == LINK for name, _, _ in variables(template)):
            continue
        yield error(
            RULE,
            f"the marketing e-mail `{message.id}` gives no way to unsubscribe",
            message.origin.key_span(),
            caption="its text has no unsubscribe link",
            help="end the text with `[Unsubscribe]({{ unsubscribe_url }})`",
        )
