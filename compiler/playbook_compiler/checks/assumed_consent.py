"""Marketing by e-mail without a rule on consent: opt-in is taken, the usual law."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._flows import is_marketing, sends
from playbook_compiler.diagnostics import Diagnostic, hint
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find the first marketing e-mail of a playbook without `guardrails.consent.email`."""
    guardrails = graph.playbook.guardrails
    if guardrails is not None and "email" in guardrails.consent:
        return
    for sent in sends(graph):
        if is_marketing(sent) and sent.message.channel == "email":
            yield hint(
                RULE,
                "the playbook does not say what consent e-mail needs: opt-in is taken",
                sent.message.origin.key_span(),
                caption="goes only to those who opted in",
                help="write `guardrails: {consent: {email: opt-in}}`, or the rule that you follow",
            )
            return
