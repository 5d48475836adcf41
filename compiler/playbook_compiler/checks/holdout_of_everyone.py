"""A holdout of 100%: nobody is left to send anything to."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find a holdout of all customers."""
    guardrails = graph.playbook.guardrails
    if guardrails is not None and guardrails.holdout.fraction >= 1:
        yield error(
            RULE,
            "a holdout of 100% keeps every customer out of every flow",
            guardrails.origin.span("holdout"),
            caption="expected a small share such as 10%",
            help="to pause, use `enabled: false` in the flow",
        )
