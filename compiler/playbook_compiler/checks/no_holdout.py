"""No holdout: without a few customers who get nothing, nobody can tell what the flows bring."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._flows import is_marketing, sends
from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find playbooks that send marketing to everyone."""
    guardrails, playbook = graph.playbook.guardrails, graph.playbook
    if guardrails is not None and guardrails.holdout.fraction > 0:
        return
    if not any(is_marketing(sent) for sent in sends(graph)):
        return
    if guardrails is None:
        place = playbook.origin.key_span("flows")
    elif guardrails.origin.has("holdout"):
        place = guardrails.origin.span("holdout")
    else:
        place = guardrails.origin.key_span()
    yield warning(
        RULE,
        "no customers are held out, so the effect of these flows can never be measured",
        place,
        caption="everyone gets every message",
        help="add `guardrails: {holdout: 10%}`",
    )
