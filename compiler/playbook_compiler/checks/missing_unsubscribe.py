"""A marketing e-mail without a link to unsubscribe, which law demands in every one."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._texts import said_to_all
from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.template import parse_template, variables

RULE = name_of(__name__)
LINK = "unsubscribe_url"


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find marketing e-mails whose text does not say `{{ unsubscribe_url }}`, or not to everyone:
    in a comment, or on one side of an `if`."""
    for message in graph.playbook.messages.values():
        if message.channel != "email" or message.kind != "marketing" or not message.body:
            continue
        template, _ = parse_template(message.body)
        if template is None or LINK in said_to_all(template, message.body):
            continue
        written = [place for place in variables(template) if place[0] == LINK]
        if written:
            yield error(
                RULE,
                f"not everyone who gets the marketing e-mail `{message.id}` can unsubscribe",
                message.body_span(written[-1][1], written[-1][2]),
                caption="only some see this link",
                help="put it outside of any `{% if %}` and comment, at the end of the text",
            )
        else:
            yield error(
                RULE,
                f"the marketing e-mail `{message.id}` gives no way to unsubscribe",
                message.origin.key_span(),
                caption="its text has no unsubscribe link",
                help="end the text with `[Unsubscribe]({{ unsubscribe_url }})`",
            )
