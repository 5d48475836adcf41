"""A marketing text message that does not say how to get no more of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from playbook_compiler.checks._texts import said_to_all
from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.template import parse_template

RULE = name_of(__name__)
LINK = "unsubscribe_url"
# The words that carriers and law know, and those that shops write in German.
_WORD = re.compile(
    r"\b(stopp?|unsubscribe|opt[ -]?out|abmelden|abmeldung|abbestellen)\b", re.IGNORECASE
)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find marketing by SMS whose text has neither a word to answer with nor the link."""
    for message in graph.playbook.messages.values():
        if message.channel != "sms" or message.kind != "marketing" or not message.body:
            continue
        template, _ = parse_template(message.body)
        if template is None or LINK in said_to_all(template, message.body):
            continue
        if _WORD.search(message.body) is None:
            yield warning(
                RULE,
                f"the marketing text message `{message.id}` does not say how to get no more",
                message.origin.key_span(),
                caption="no way out",
                help="end it with `Reply STOP to opt out` or `{{ unsubscribe_url }}`",
            )
