"""A frequency cap of 0: nothing is ever sent, and it looks as if everything ran."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find caps of no message, and caps over no time."""
    guardrails = graph.playbook.guardrails
    for cap in guardrails.frequency if guardrails is not None else ():
        if cap.at_most == 0:
            yield error(
                RULE,
                "a cap of 0 lets no marketing message through",
                cap.origin.span("at_most"),
                caption="expected 1 or more",
                help="to pause, use `enabled: false` in the flow",
            )
        elif cap.per.is_zero:
            yield error(
                RULE,
                "a cap over no time holds nothing back",
                cap.origin.span("per"),
                caption="expected a stretch of time",
                help="write for example `per: 7d`",
            )
